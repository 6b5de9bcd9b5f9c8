package tokenproxy

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// logs creates the log groups of the API with one encryption key.
type logs struct {
	scope constructs.Construct
	*settings
	key    awskms.IKey
	ownKey bool
}

func newLogs(scope constructs.Construct, s *settings) *logs {
	l := &logs{scope: scope, settings: s, key: s.LogEncryptionKey}
	if l.key == nil {
		l.ownKey = true
		l.key = awskms.NewKey(scope, jsii.String("LogKey"), &awskms.KeyProps{
			Description:       jsii.String("Encrypts the logs of the token gateway"),
			EnableKeyRotation: jsii.Bool(true),
			RemovalPolicy:     s.RemovalPolicy,
		})
	}
	return l
}

func (l *logs) addAccessLog(proxyName *string) awslogs.LogGroup {
	return l.add("AccessLog", "/cognito-m2m/"+*proxyName+"/access")
}

// addExecutionLog creates the group that API Gateway would otherwise create by itself at the first error, unencrypted and kept for ever.
func (l *logs) addExecutionLog(api awsapigateway.IRestApi, stage string) awslogs.LogGroup {
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
	return l.add("ExecutionLog", "API-Gateway-Execution-Logs_"+*api.RestApiId()+"/"+stage)
}

func (l *logs) add(id, name string) awslogs.LogGroup {
	if l.ownKey {
		l.allowLogs(name)
	}
	return awslogs.NewLogGroup(l.scope, jsii.String(id), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(name),
		Retention:     l.LogRetention,
		EncryptionKey: l.key,
		RemovalPolicy: l.RemovalPolicy,
	})
}

// allowLogs lets CloudWatch Logs use the key for the group of this name. By name, since the group's own ARN would make key and group depend on each
// other. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func (l *logs) allowLogs(name string) {
	stack := awscdk.Stack_Of(l.scope)
	arn := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: jsii.String(name), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
	l.key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("logs."+*stack.Region()+".amazonaws.com"), nil)},
		Actions:    jsii.Strings("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"),
		Resources:  jsii.Strings("*"), // In a key policy: this key.
		Conditions: &map[string]any{"ArnEquals": map[string]any{"kms:EncryptionContext:aws:logs:arn": arn}},
	}), nil)
}

// accessLogFormat has no header, query or body. integrationLatency and integrationStatus are "-" when no integration call was made, which marks
// answers from the cache.
func accessLogFormat() string {
	fields := map[string]string{}
	for name, variable := range map[string]string{
		"requestId":          "requestId",
		"extendedRequestId":  "extendedRequestId",
		"requestTime":        "requestTimeEpoch",
		"apiId":              "apiId",
		"stage":              "stage",
		"method":             "httpMethod",
		"resourcePath":       "resourcePath",
		"protocol":           "protocol",
		"domainName":         "domainName",
		"sourceIp":           "identity.sourceIp",
		"status":             "status",
		"responseType":       "error.responseType",
		"responseLength":     "responseLength",
		"responseLatency":    "responseLatency",
		"integrationStatus":  "integration.status",
		"integrationLatency": "integration.latency",
		"wafResponseCode":    "wafResponseCode",
		"xrayTraceId":        "xrayTraceId",
	} {
		fields[name] = "$context." + variable
	}
	format, err := json.Marshal(fields)
	if err != nil {
		panic(err) // A map of strings can always be marshalled.
	}
	return string(format)
}
