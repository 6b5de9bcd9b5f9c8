// Package guard checks synthesized templates for mistakes that neither CDK nor cfn-lint reports and that AWS refuses at deployment, or, worse, takes.
//
// It looks at what the templates say and not at how they came about, so it also covers what an app adds to them.
package guard

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Template is a CloudFormation template.
type Template struct {
	Resources  map[string]Resource
	Parameters map[string]any
	Outputs    map[string]Output
}

// Output is an output of a template.
type Output struct {
	Value  any
	Export map[string]any
}

// Resource is a resource of a template.
type Resource struct {
	Type       string
	Properties map[string]any
}

// checks are the checks of each resource type. A check returns one message for each mistake.
var checks = map[string]func(Resource, Template) []string{
	"AWS::CloudTrail::Trail":                trail,
	"AWS::Logs::LogGroup":                   logGroup,
	"AWS::Logs::SubscriptionFilter":         subscriptionFilter,
	"AWS::Cognito::UserPoolClient":          userPoolClient,
	"AWS::Cognito::UserPoolDomain":          userPoolDomain,
	"AWS::Cognito::UserPoolResourceServer":  resourceServer,
	"AWS::WAFv2::WebACL":                    webACL,
	"AWS::WAFv2::WebACLAssociation":         webACLAssociation,
	"AWS::WAFv2::LoggingConfiguration":      loggingConfiguration,
	"AWS::WAFv2::RegexPatternSet":           regexPatternSet,
	"AWS::ApiGateway::Method":               method,
	"AWS::ApiGateway::Stage":                stage,
	"AWS::SecretsManager::Secret":           secret,
	"AWS::ApiGateway::DomainName":           domainName,
	"AWS::ApiGateway::BasePathMapping":      basePathMapping,
	"AWS::ApiGateway::Authorizer":           authorizer,
	"AWS::ApiGateway::RestApi":              restAPI,
	"AWS::ApiGateway::ApiKey":               apiKey,
	"AWS::Lambda::Permission":               lambdaPermission,
	"AWS::Logs::MetricFilter":               metricFilter,
	"AWS::SecretsManager::RotationSchedule": rotationSchedule,
	"AWS::SecretsManager::ResourcePolicy":   resourcePolicy,
	"AWS::CloudWatch::Dashboard":            dashboardJSON,
	"AWS::ApiGatewayV2::Route":              httpRoute,
	"AWS::ApiGatewayV2::Authorizer":         httpAuthorizer,
	"AWS::VerifiedPermissions::PolicyStore": policyStore,
}

// CheckAssembly checks all templates in a cloud assembly directory.
func CheckAssembly(dir string) []error {
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		return []error{err}
	}
	var errs []error
	templates := map[string]Template{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		var template Template
		if err := json.Unmarshal(body, &template); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
			continue
		}
		stack := strings.TrimSuffix(filepath.Base(file), ".template.json")
		templates[stack] = template
		for _, message := range template.Check() {
			errs = append(errs, fmt.Errorf("stack %s: %s", stack, message))
		}
	}
	errs = append(errs, cacheTTLs(templates)...)
	errs = append(errs, watching(templates)...)
	return append(errs, stackTags(dir, templates)...)
}

// Check returns one message for each mistake in the template, by logical ID.
func (t Template) Check() []string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		resource := t.Resources[id]
		check, ok := checks[resource.Type]
		if !ok {
			continue
		}
		for _, message := range check(resource, t) {
			all = append(all, fmt.Sprintf("%s %s: %s", resource.Type, id, message))
		}
	}
	return all
}

// mistakes collects the messages of one resource.
type mistakes []string

func (m *mistakes) addf(format string, args ...any) { *m = append(*m, fmt.Sprintf(format, args...)) }

func (m *mistakes) add(err error) {
	if err != nil {
		m.addf("%v", err)
	}
}

func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

func section(properties any, name string) map[string]any { return object(object(properties)[name]) }

func list(properties any, name string) []any {
	parent, _ := properties.(map[string]any)
	items, _ := parent[name].([]any)
	return items
}

func texts(properties any, name string) []string {
	var out []string
	for _, item := range list(properties, name) {
		text, ok := item.(string)
		if !ok {
			text = "(known at deployment)"
		}
		out = append(out, text)
	}
	return out
}

// dashboardJSON is all that can be said of a body with references in it before they are followed: see watching.
func dashboardJSON(r Resource, _ Template) []string {
	var m mistakes
	if body, ok := r.Properties["DashboardBody"].(string); ok && !json.Valid([]byte(body)) {
		m.addf("DashboardBody is not JSON")
	}
	return m
}
