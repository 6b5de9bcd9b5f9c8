// Command minimal is the smallest app that uses the AWS services of this project, as one would begin it with CDK for Go: a resource of each
// service, and a Lambda function in Go that is compiled at synth. bench/build compares the first synth of this project's app with its own.
package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsathena"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsglue"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Minimal"), nil)

	pool := awscognito.NewUserPool(stack, jsii.String("Pool"), nil)
	key := awskms.NewKey(stack, jsii.String("Key"), nil)
	awssecretsmanager.NewSecret(stack, jsii.String("Secret"), &awssecretsmanager.SecretProps{EncryptionKey: key})
	awssqs.NewQueue(stack, jsii.String("Queue"), nil)
	topic := awssns.NewTopic(stack, jsii.String("Topic"), nil)
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	awscloudtrail.NewCfnTrail(stack, jsii.String("Trail"), &awscloudtrail.CfnTrailProps{
		IsLogging: jsii.Bool(true), S3BucketName: bucket.BucketName(),
	})
	awswafv2.NewCfnRegexPatternSet(stack, jsii.String("Patterns"), &awswafv2.CfnRegexPatternSetProps{
		Scope: jsii.String("REGIONAL"), RegularExpressionList: jsii.Strings("^value$"),
	})
	awsroute53.NewCfnHostedZone(stack, jsii.String("Zone"), &awsroute53.CfnHostedZoneProps{Name: jsii.String("example.com")})
	awsathena.NewCfnNamedQuery(stack, jsii.String("Query"), &awsathena.CfnNamedQueryProps{
		Database: jsii.String("billing"), QueryString: jsii.String("SELECT 1"),
	})
	awsglue.NewCfnDatabase(stack, jsii.String("Database"), &awsglue.CfnDatabaseProps{
		CatalogId: stack.Account(), DatabaseInput: &awsglue.CfnDatabase_DatabaseInputProperty{Name: jsii.String("billing")},
	})
	awsbudgets.NewCfnBudget(stack, jsii.String("Budget"), &awsbudgets.CfnBudgetProps{Budget: &awsbudgets.CfnBudget_BudgetDataProperty{
		BudgetType: jsii.String("COST"), TimeUnit: jsii.String("MONTHLY"),
		BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{Amount: jsii.Number(1), Unit: jsii.String("USD")},
	}})

	function := awslambda.NewFunction(stack, jsii.String("Function"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PROVIDED_AL2023(), Architecture: awslambda.Architecture_ARM_64(), Handler: jsii.String("bootstrap"),
		Code:        awslambda.Code_FromAsset(jsii.String(compile()), nil),
		LogGroup:    awslogs.NewLogGroup(stack, jsii.String("Log"), nil),
		Environment: &map[string]*string{"POOL": pool.UserPoolId(), "TOPIC": topic.TopicArn()},
	})
	awsevents.NewRule(stack, jsii.String("Rule"), &awsevents.RuleProps{
		Schedule: awsevents.Schedule_Rate(awscdk.Duration_Hours(jsii.Number(1))),
	})
	awscloudwatch.NewAlarm(stack, jsii.String("Alarm"), &awscloudwatch.AlarmProps{
		Metric: function.MetricErrors(nil), Threshold: jsii.Number(1), EvaluationPeriods: jsii.Number(1),
	})
	awsapigateway.NewLambdaRestApi(stack, jsii.String("Api"), &awsapigateway.LambdaRestApiProps{Handler: function})
	app.Synth(nil)
}

// compile returns a directory with the function's binary.
func compile() string {
	dir := filepath.Join(os.Getenv("CDK_OUTDIR"), "function")
	flags := []string{"build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", filepath.Join(dir, "bootstrap"), "./function"}
	command := exec.CommandContext(context.Background(), "go", flags...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	if output, err := command.CombinedOutput(); err != nil {
		panic(string(output))
	}
	return dir
}
