package lifecycle

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// resourceType is what AWS's model says of a resource type, see generate/generate.js.
type resourceType struct {
	Replaces, ID []string
	Ref          string
	Stateful     bool
}

//go:embed types.json
var typesJSON []byte

var types = func() map[string]resourceType {
	all := map[string]resourceType{}
	if err := json.Unmarshal(typesJSON, &all); err != nil {
		panic(err)
	}
	return all
}()

// custom reports whether a function of the app's own stands behind a resource type.
func custom(resourceType string) bool {
	return strings.HasPrefix(resourceType, "Custom::") || resourceType == "AWS::CloudFormation::CustomResource"
}

// known reports whether the rules cover a resource type. CDK's metadata has no effect.
func known(resourceType string) bool {
	_, ok := types[resourceType]
	return ok || custom(resourceType) || resourceType == "AWS::CDK::Metadata"
}

// replacing returns the changed properties for which CloudFormation replaces a resource.
func replacing(resourceType string, before, after map[string]any) []string {
	return slices.DeleteFunc(slices.Clone(types[resourceType].Replaces), func(path string) bool {
		return reflect.DeepEqual(get(before, path), get(after, path))
	})
}

// changed returns the names of the properties that differ.
func changed(before, after map[string]any) []string {
	all := maps.Clone(before)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, after)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(name string) bool {
		return reflect.DeepEqual(before[name], after[name])
	})
}

// names are the properties that together are a name that AWS gives out once, for the types where these are not the whole identifier. A
// path with a question mark may be absent.
var names = map[string][]string{
	"AWS::ApiGateway::ApiKey":          {"Value"},
	"AWS::ApiGateway::Authorizer":      {"RestApiId", "Name"},
	"AWS::ApiGateway::BasePathMapping": {"DomainName", "BasePath?"},
	"AWS::ApiGateway::Resource":        {"RestApiId", "ParentId", "PathPart"},
	"AWS::ApiGateway::UsagePlanKey":    {"UsagePlanId", "KeyId"},
	"AWS::BCMDataExports::Export":      {"Export.Name"},
	"AWS::Budgets::Budget":             {"Budget.BudgetName"},
	"AWS::Cognito::UserPoolDomain":     {"Domain"},
	"AWS::Events::Rule":                {"EventBusName?", "Name"},
	"AWS::Glue::Database":              {"DatabaseInput.Name"},
	"AWS::Glue::Table":                 {"DatabaseName", "TableInput.Name"},
	"AWS::Lambda::EventSourceMapping":  {"EventSourceArn", "FunctionName"},
	"AWS::Route53::RecordSet":          {"HostedZoneId?", "Name", "Type", "SetIdentifier?"},
	"AWS::SNS::Topic":                  {"TopicName"},
	"AWS::SQS::Queue":                  {"QueueName"},
	"AWS::SecretsManager::Secret":      {"Name"},
	"AWS::WAFv2::IPSet":                {"Scope", "Name"},
	"AWS::WAFv2::RegexPatternSet":      {"Scope", "Name"},
	"AWS::WAFv2::WebACL":               {"Scope", "Name"},
}

// overwriting are types whose creation overwrites what another resource has set, and whose deletion removes it, whoever has set it: the
// thing of which there is one.
var overwriting = map[string][]string{
	"AWS::ApiGateway::GatewayResponse":      {"RestApiId", "ResponseType"},
	"AWS::IAM::Policy":                      {"PolicyName", "Roles?", "Users?", "Groups?"},
	"AWS::SNS::TopicPolicy":                 {"Topics"},
	"AWS::SQS::QueuePolicy":                 {"Queues"},
	"AWS::SecretsManager::ResourcePolicy":   {"SecretId"},
	"AWS::SecretsManager::RotationSchedule": {"SecretId"},
	"AWS::WAFv2::WebACLAssociation":         {"ResourceArn"},
}

// fixedName is the name of a resource of which AWS has one at a time, with its type, or empty if CloudFormation makes the name up.
func fixedName(resourceType string, properties map[string]any) string {
	paths, ok := names[resourceType]
	if !ok {
		paths, ok = overwriting[resourceType]
	}
	if !ok {
		paths = types[resourceType].ID
	}
	var parts []string
	for _, path := range paths {
		path, optional := strings.CutSuffix(path, "?")
		value := get(properties, path)
		if value == nil && !optional {
			return ""
		}
		parts = append(parts, text(value))
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("%s %s", resourceType, strings.Join(parts, " "))
}
