// Command orders-api is a CDK app of one's own: an API that keeps orders of several tenants, protected by access tokens. Who issues
// them is in tokens.go, who takes them in api.go.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	addStack(app)
	app.Synth(nil)
}

func addStack(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("orders-api"),
		&awscdk.StackProps{Description: jsii.String("Orders of several tenants, behind tokens of machines")})
	issued := newTokens(stack)
	api := newAPI(stack, issued)
	awscdk.NewCfnOutput(stack, jsii.String("OrdersUrl"), &awscdk.CfnOutputProps{Value: api.Url()})
	for _, t := range issued.tenants {
		awscdk.NewCfnOutput(stack, jsii.String("SecretOf"+*t.TenantID()), &awscdk.CfnOutputProps{Value: t.SecretName()})
	}
}
