package simulator

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
)

// simulatedTypes are executed.
var simulatedTypes = []string{
	"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolResourceServer", "AWS::Cognito::UserPoolClient",
	"AWS::SecretsManager::Secret", "AWS::WAFv2::RegexPatternSet", "AWS::WAFv2::IPSet", "AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation",
	"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Method", "AWS::ApiGateway::RequestValidator",
	"AWS::ApiGateway::GatewayResponse", "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Authorizer",
	"AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::UsagePlanKey",
	"AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping", truststoreType,
	"AWS::VerifiedPermissions::PolicyStore", "AWS::VerifiedPermissions::Policy",
}

// The project's own custom resources.
const (
	truststoreType = "Custom::Truststore"
	cacheLockType  = "Custom::CacheLock"
)

// inertTypes have no part in a token request; the text says what becomes of them here.
var inertTypes = map[string]string{
	"AWS::ApiGateway::Account":              "logging needs no role here",
	"AWS::Athena::NamedQuery":               "nothing costs anything",
	"AWS::BCMDataExports::Export":           "nothing costs anything",
	"AWS::Budgets::Budget":                  "nothing costs anything",
	"AWS::CloudTrail::Trail":                "nothing records calls",
	"AWS::CloudWatch::Alarm":                "no metrics are kept",
	"AWS::CloudWatch::CompositeAlarm":       "no metrics are kept",
	"AWS::CloudWatch::Dashboard":            "no metrics are kept",
	"AWS::DynamoDB::Table":                  "functions that run here bring what they store in",
	"AWS::DynamoDB::GlobalTable":            "functions that run here bring what they store in",
	"AWS::Events::Rule":                     "no events are sent",
	"AWS::IAM::Policy":                      "permissions are not checked",
	"AWS::IAM::Role":                        "permissions are not checked",
	"AWS::KMS::Key":                         "nothing is encrypted",
	"AWS::Lambda::EventInvokeConfig":        "no events are sent",
	"AWS::Lambda::EventSourceMapping":       "no events are sent",
	"AWS::Lambda::Function":                 "not run, but for authorizers and what the Options give; rotations run when asked",
	"AWS::Lambda::Permission":               "permissions are not checked",
	"AWS::Logs::LogGroup":                   "the access log goes where the caller says",
	"AWS::Logs::MetricFilter":               "no metrics are kept",
	"AWS::Logs::QueryDefinition":            "logs are not kept",
	"AWS::Logs::ResourcePolicy":             "permissions are not checked",
	"AWS::Logs::SubscriptionFilter":         "logs are not kept",
	"AWS::Route53::RecordSet":               "names are not resolved; the gateway listens on loopback",
	"AWS::S3::Bucket":                       "no objects are kept; the truststore is read from the assembly",
	"AWS::S3::BucketPolicy":                 "permissions are not checked",
	"AWS::SNS::Topic":                       "no messages are sent",
	"AWS::SNS::TopicPolicy":                 "permissions are not checked",
	"AWS::SQS::Queue":                       "no messages are sent",
	"AWS::SQS::QueuePolicy":                 "permissions are not checked",
	"AWS::SecretsManager::ResourcePolicy":   "permissions are not checked",
	"AWS::SecretsManager::RotationSchedule": "nothing rotates unless asked, see Credentials.Rotate",
	"AWS::WAFv2::LoggingConfiguration":      "web ACLs write no logs",
	cacheLockType:                           "the cache's entries are protected as by API Gateway's default, which is what the resource pins",
}

// values are the values of the assembly's resources and secrets.
type values struct{ *System }

var _ assembly.Values = values{}

// Ref implements assembly.Values.
func (s values) Ref(r *assembly.Resource) (any, error) {
	switch r.Type {
	case "AWS::Cognito::UserPool":
		return s.poolID, nil
	case "AWS::Cognito::UserPoolClient":
		return s.clientID(r)
	case "AWS::Cognito::UserPoolDomain":
		return r.Properties["Domain"], nil
	case "AWS::Cognito::UserPoolResourceServer":
		return r.Properties["Identifier"], nil
	case "AWS::SecretsManager::Secret":
		return secretARN(r), nil
	case "AWS::ApiGateway::Stage":
		return r.Properties["StageName"], nil
	case "AWS::ApiGateway::DomainName":
		return r.Properties["DomainName"], nil
	case "AWS::WAFv2::RegexPatternSet", "AWS::WAFv2::WebACL":
		return fmt.Sprintf("%v|%s|REGIONAL", r.Properties["Name"], token(r.Path(), 20)), nil
	case "AWS::SNS::Topic":
		return arn(r, "sns", r.LogicalID), nil
	}
	return strings.ToLower(token(r.Path(), 10)), nil
}

// GetAtt implements assembly.Values. An attribute whose form does not matter here has a stable and unique value.
func (s values) GetAtt(r *assembly.Resource, attribute string) (any, error) {
	switch r.Type + "." + attribute {
	case "AWS::Cognito::UserPool.Arn":
		return arn(r, "cognito-idp", "userpool/"+s.poolID), nil
	case "AWS::Cognito::UserPool.ProviderURL":
		return s.pool.Issuer(), nil
	case "AWS::Cognito::UserPool.UserPoolId":
		return s.poolID, nil
	case "AWS::ApiGateway::RestApi.RootResourceId":
		return rootResourceID(r), nil
	case "AWS::ApiGateway::RestApi.RestApiId", "AWS::ApiGateway::Authorizer.AuthorizerId", "AWS::ApiGateway::ApiKey.APIKeyId",
		"AWS::ApiGateway::UsagePlan.Id",
		"AWS::SecretsManager::Secret.Id", "AWS::VerifiedPermissions::PolicyStore.PolicyStoreId":
		return s.Ref(r)
	case "AWS::ApiGateway::DomainName.RegionalDomainName":
		return "d-" + strings.ToLower(token(r.Path(), 10)) + ".execute-api." + r.Stack.Region + ".amazonaws.com", nil
	case "AWS::ApiGateway::DomainName.RegionalHostedZoneId":
		return "Z" + token(r.Path(), 12), nil
	case truststoreType + ".VersionId":
		return truststoreVersion(r), nil
	case "AWS::VerifiedPermissions::PolicyStore.Arn":
		id, err := s.Ref(r)
		return arn(r, "verifiedpermissions", fmt.Sprintf("policy-store/%v", id)), err
	case "AWS::Lambda::Function.Arn":
		return functionARN(r), nil
	case "AWS::WAFv2::RegexPatternSet.Arn", "AWS::WAFv2::IPSet.Arn":
		return setARN(r), nil
	case "AWS::WAFv2::WebACL.Arn":
		return webACLARN(r), nil
	case "AWS::WAFv2::RegexPatternSet.Id", "AWS::WAFv2::IPSet.Id", "AWS::WAFv2::WebACL.Id":
		return token(r.Path(), 20), nil
	}
	if _, inert := inertTypes[r.Type]; inert && attribute == "Arn" {
		return arn(r, strings.ToLower(strings.Split(r.Type, "::")[1]), r.LogicalID), nil
	}
	return nil, fmt.Errorf("%s: attribute %s of %s is not supported", r.Path(), attribute, r.Type)
}

// Dynamic implements assembly.Values: secretsmanager:ARN:SecretString:JSON-KEY:STAGE:VERSION, of which the current version is supported.
func (s values) Dynamic(reference string) (string, error) {
	of, key, ok := parseDynamic(reference)
	if !ok {
		return "", fmt.Errorf("dynamic reference {{resolve:%s}} is not supported: use the current value, "+
			"secretsmanager:ARN:SecretString:KEY:: in full, of which KEY may be empty", reference)
	}
	named, ok := s.secrets[of]
	if !ok {
		return "", fmt.Errorf("dynamic reference to secret %s, which is not in the assembly", of)
	}
	if key == "" {
		return named.currentValue(), nil
	}
	return member(named.currentValue(), key)
}

// parseDynamic parts a dynamic reference to the current value of a secret, or to one key of it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func parseDynamic(reference string) (secretARN, key string, ok bool) {
	text, isSecret := strings.CutPrefix(reference, "secretsmanager:")
	secretARN, rest, found := strings.Cut(text, ":SecretString")
	parts := strings.Split(rest, ":") // nothing, key, version stage, version id
	if !isSecret || !found || parts[0] != "" || len(parts) > 4 {
		return "", "", false
	}
	parts = append(parts, make([]string, 4-len(parts))...)
	return secretARN, parts[1], (parts[2] == "" || parts[2] == current) && parts[3] == ""
}

func (s *System) clientID(r *assembly.Resource) (string, error) {
	id, ok := s.clientIDs[r.Path()]
	if !ok {
		return "", fmt.Errorf("%s: the client is referred to before it exists", r.Path())
	}
	return id, nil
}

func rootResourceID(r *assembly.Resource) string { return strings.ToLower(token(r.Path()+" root", 10)) }

func secretARN(r *assembly.Resource) string {
	return arn(r, "secretsmanager", "secret:"+secretName(r)+"-"+token(r.Path(), 6))
}

// secretName is the secret's name if the template gives one as plain text, and the logical ID otherwise.
func secretName(r *assembly.Resource) string {
	if name, ok := r.Properties["Name"].(string); ok {
		return name
	}
	return r.LogicalID
}

func functionARN(r *assembly.Resource) string { return arn(r, "lambda", "function:"+r.LogicalID) }

func setARN(r *assembly.Resource) string {
	kind := strings.ToLower(strings.TrimPrefix(r.Type, "AWS::WAFv2::"))
	return arn(r, "wafv2", fmt.Sprintf("regional/%s/%v/%s", kind, r.Properties["Name"], token(r.Path(), 20)))
}

func webACLARN(r *assembly.Resource) string {
	return arn(r, "wafv2", "regional/webacl/"+r.LogicalID+"/"+token(r.Path(), 20))
}

func arn(r *assembly.Resource, service, resource string) string {
	return "arn:aws:" + service + ":" + r.Stack.Region + ":" + r.Stack.Account + ":" + resource
}

// token is n characters that are a function of the path.
func token(path string, n int) string {
	sum := sha256.Sum256([]byte(path))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])[:n]
}
