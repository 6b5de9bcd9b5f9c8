// Package guard checks a synthesized cloud assembly for mistakes that neither CDK nor cfn-lint reports.
//
// Call [CheckAssembly] after Synth, in any CDK app, or run m2m lint --assembly cdk.out. It reads the templates, so it also covers what an
// app changes or adds by escape hatches. It reads what the assembly's manifest names, nested stages and nested stacks included, and no
// file that an earlier synth left behind.
//
// Findings have one of three tiers:
//
//   - [TierAWS]: CloudFormation or a service refuses it when it is deployed. Applies to every resource of the assembly.
//   - [TierDoor]: AWS takes it, and it breaks the security or the cache of a token endpoint. Applies to doors only.
//   - [TierSynth]: a construct reported an error at synth. The CDK CLI fails on these; an app that runs without the CLI does not.
//
// # Doors
//
// A door is a REST API with a method whose HTTP integration targets /oauth2/token of an Amazon Cognito domain. References are followed
// across stacks. A literal URL counts if its host is a prefix domain of Cognito or the domain of a user pool of the assembly. A method of
// this module's constructs counts always. Routes of HTTP APIs and methods in an OpenAPI body do not count.
//
// To a door belong:
//
//   - the methods with that integration, their API, its stages, custom domains, authorizers and API keys;
//   - the secret and the set of accepted values of the origin header;
//   - the web ACLs of the stage and of the user pool, and their logging configurations;
//   - app clients with the client credentials flow in the user pool behind the door, and the secrets that hold their credentials. If the
//     user pool is not part of the assembly, these are the clients of all user pools that are not part of it;
//   - Lambda functions and IAM roles that this module's constructs mark, by the key cognito-m2m in their Metadata.
//
// In an assembly without a door nothing is found of that tier, unless the option [AsDoor] says that the door's API is elsewhere.
package guard

import (
	"fmt"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// Tier says why a finding is a mistake.
type Tier string

// Tiers of findings.
const (
	TierAWS   Tier = "aws"
	TierDoor  Tier = "door"
	TierSynth Tier = "synth"
)

// Finding is a mistake in an assembly. It is an error, so that an app can return it.
type Finding struct {
	Tier Tier
	// Stack is the stack's path in the app, such as Prod/gateway. It is empty for TierSynth.
	Stack string
	// Type and LogicalID are those of the resource. They are empty if the mistake is in the stack as a whole.
	Type      string
	LogicalID string
	// Message describes the error, the value found and the values allowed. It never contains a secret.
	Message string
}

// Error is the finding in one line.
func (f Finding) Error() string {
	switch {
	case f.Stack == "":
		return f.Message
	case f.LogicalID == "":
		return fmt.Sprintf("stack %s: %s", f.Stack, f.Message)
	}
	return fmt.Sprintf("stack %s: %s %s: %s", f.Stack, f.Type, f.LogicalID, f.Message)
}

// Option changes what CheckAssembly checks.
type Option func(*options)

type options struct{ asDoor bool }

// AsDoor treats every resource as a door's. It is for an assembly that has a part of a door without the API, such as the app clients of
// its tenants.
func AsDoor(o *options) { o.asDoor = true }

// CheckAssembly checks the cloud assembly in a directory, the output of cdk synth, and returns what it finds: by tier, stack and logical
// ID. The error says that the assembly cannot be read, and where.
func CheckAssembly(dir string, with ...Option) ([]Finding, error) {
	var o options
	for _, option := range with {
		option(&o)
	}
	a, err := templates.Load(dir)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, message := range a.Errors {
		found = append(found, Finding{Tier: TierSynth, Message: message})
	}
	for _, s := range a.Stacks {
		for _, message := range exceeded(s) {
			found = append(found, Finding{Tier: TierAWS, Stack: s.Name, Message: message})
		}
		for _, r := range s.Sorted() {
			if check := refused[r.Type]; check != nil {
				found = report(found, TierAWS, r, check)
			}
		}
	}
	d := findDoor(a, o.asDoor)
	for _, s := range a.Stacks {
		for _, r := range s.Sorted() {
			if check := invariants[r.Type]; check != nil && (o.asDoor || d.members[r]) {
				found = report(found, TierDoor, r, func(r *templates.Resource, m *mistakes) { check(d, r, m) })
			}
		}
	}
	return found, nil
}

// Doors returns the methods of the doors that CheckAssembly recognizes, each as the stack's name, a slash and the logical ID. If the method
// of a token endpoint is not among them, its invariants are not checked.
func Doors(dir string) ([]string, error) {
	a, err := templates.Load(dir)
	if err != nil {
		return nil, err
	}
	var methods []string
	for _, e := range findDoor(a, false).endpoints {
		methods = append(methods, e.method.Stack.Name+"/"+e.method.ID)
	}
	return methods, nil
}

func report(found []Finding, tier Tier, r *templates.Resource, check func(*templates.Resource, *mistakes)) []Finding {
	var m mistakes
	check(r, &m)
	slices.Sort(m) // Maps have no order.
	for _, message := range slices.Compact(m) {
		found = append(found, Finding{Tier: tier, Stack: r.Stack.Name, Type: r.Type, LogicalID: r.ID, Message: message})
	}
	return found
}

// refused are the checks of what AWS refuses, by resource type.
var refused = map[string]func(*templates.Resource, *mistakes){
	"AWS::ApiGateway::Authorizer":           refusedAuthorizer,
	"AWS::ApiGateway::DomainName":           refusedDomainName,
	"AWS::ApiGateway::Method":               refusedMethod,
	"AWS::ApiGateway::RestApi":              refusedRestAPI,
	"AWS::ApiGateway::Stage":                refusedStage,
	"AWS::ApiGatewayV2::Route":              refusedRoute,
	"AWS::CloudTrail::Trail":                refusedTrail,
	"AWS::CloudWatch::Alarm":                refusedAlarm,
	"AWS::CloudWatch::CompositeAlarm":       refusedCompositeAlarm,
	"AWS::CloudWatch::Dashboard":            refusedDashboard,
	"AWS::Cognito::UserPoolClient":          refusedClient,
	"AWS::Cognito::UserPoolDomain":          refusedUserPoolDomain,
	"AWS::Cognito::UserPoolResourceServer":  refusedResourceServer,
	"AWS::Logs::LogGroup":                   refusedLogGroup,
	"AWS::Logs::MetricFilter":               refusedMetricFilter,
	"AWS::Logs::SubscriptionFilter":         refusedSubscription,
	"AWS::SecretsManager::RotationSchedule": refusedSchedule,
	"AWS::WAFv2::LoggingConfiguration":      refusedLogging,
	"AWS::WAFv2::RegexPatternSet":           refusedPatternSet,
	"AWS::WAFv2::WebACL":                    refusedWebACL,
	"AWS::WAFv2::WebACLAssociation":         refusedAssociation,
}

// invariants are the checks of a door's resources, by type.
var invariants = map[string]func(*door, *templates.Resource, *mistakes){
	"AWS::ApiGateway::ApiKey":               (*door).apiKey,
	"AWS::ApiGateway::Authorizer":           (*door).authorizer,
	"AWS::ApiGateway::BasePathMapping":      (*door).basePathMapping,
	"AWS::ApiGateway::DomainName":           (*door).domainName,
	"AWS::ApiGateway::Method":               (*door).method,
	"AWS::ApiGateway::RestApi":              (*door).restAPI,
	"AWS::ApiGateway::Stage":                (*door).stage,
	"AWS::Cognito::UserPoolClient":          (*door).client,
	"AWS::IAM::Role":                        (*door).role,
	"AWS::Lambda::Permission":               (*door).permission,
	"AWS::SecretsManager::ResourcePolicy":   (*door).secretPolicy,
	"AWS::SecretsManager::RotationSchedule": (*door).schedule,
	"AWS::SecretsManager::Secret":           (*door).secret,
	"AWS::WAFv2::LoggingConfiguration":      (*door).logging,
	"AWS::WAFv2::RegexPatternSet":           (*door).patternSet,
	"AWS::WAFv2::WebACL":                    (*door).webACL,
}

// mistakes collects the messages of one resource.
type mistakes []string

func (m *mistakes) addf(format string, args ...any) { *m = append(*m, fmt.Sprintf(format, args...)) }

func (m *mistakes) add(err error) {
	if err != nil {
		m.addf("%v", err)
	}
}

// twice are the values that a list has more than once.
func twice(values []string) []string {
	var again []string
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			again = append(again, v)
		}
	}
	return slices.Compact(again)
}

var (
	section = templates.Section
	list    = templates.List
	texts   = templates.Texts
)
