// Package function creates this project's Lambda functions: compiled at synth, with an encrypted log and a role that allows exactly what it
// is given.
package function

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/mark"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
)

// Props configure a function. All are required but ReservedConcurrency.
type Props struct {
	// Package is the function's folder in functions/. A panic begins with it.
	Package     string
	Description string
	Timeout     time.Duration
	Environment map[string]*string
	// ReservedConcurrency is nil when none is reserved.
	ReservedConcurrency *float64
	// RoleDescription says what the role is for, and PolicyName names its one policy.
	RoleDescription, PolicyName string
	// Statements are all that the role may do besides writing the function's log.
	Statements []awsiam.PolicyStatement
	// LogName is the last part of the log group's name; the parts before it derive from the scope's path.
	LogName       string
	LogKey        awskms.IKey
	LogRetention  awslogs.RetentionDays
	RemovalPolicy awscdk.RemovalPolicy
}

// Function is a function with its log and its role.
type Function struct {
	awslambda.Function
	Role awsiam.Role
	Log  awslogs.LogGroup
}

// New creates the log, the role and the function, in this order, under the IDs Log, Role and Function. It needs Go; a function that does
// not compile is a programmer's error and panics.
func New(scope constructs.Construct, props *Props) Function {
	code, err := lambdabuild.Build(context.Background(), lambdabuild.Module+"/functions/"+props.Package, "arm64")
	if err != nil {
		panic(props.Package + ": " + err.Error())
	}
	unique := awscdk.Names_UniqueResourceName(scope, &awscdk.UniqueResourceNameOptions{
		MaxLength: jsii.Number(200), Separator: jsii.String("-"),
	})
	f := Function{}
	f.Log = loggroup.New(scope, "Log", &loggroup.Props{
		Name: "/cognito-m2m/" + *unique + "/" + props.LogName,
		Key:  props.LogKey, Retention: props.LogRetention, RemovalPolicy: props.RemovalPolicy,
	})
	// All streams of this one group, as its ARN ends with :*; Lambda names them itself.
	log := policy.Statement("Log", nil, f.Log.LogGroupArn(), "logs:CreateLogStream", "logs:PutLogEvents")
	f.Role = awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		Description:    jsii.String(props.RoleDescription),
		AssumedBy:      awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{props.PolicyName: policy.Document(append(slices.Clone(props.Statements), log)...)},
	})
	f.Function = awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		Description:                  jsii.String(props.Description),
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:                 awslambda.Architecture_ARM_64(),
		Handler:                      jsii.String("bootstrap"),
		Code:                         awslambda.Code_FromAsset(jsii.String(code), nil),
		MemorySize:                   jsii.Number(256),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(props.Timeout.Seconds())),
		Role:                         f.Role,
		LogGroup:                     f.Log,
		Environment:                  &props.Environment,
		ReservedConcurrentExecutions: props.ReservedConcurrency,
	})
	mark.As(props.Package, f.Role, f.Function)
	return f
}
