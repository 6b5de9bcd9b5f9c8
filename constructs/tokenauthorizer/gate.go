package tokenauthorizer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// gate stands before the methods of a REST API.
type gate struct {
	construct  constructs.Construct
	api        awsapigateway.RestApi
	kind       string // of the methods' authorization
	authorizer awsapigateway.CfnAuthorizer
	required   map[string]bool // methods by their paths in the tree
	open       map[string]bool
}

func newGate(construct constructs.Construct, api awsapigateway.RestApi, kind string, errs *report.Errors) gate {
	if own, theirs := *awscdk.Stack_Of(construct).Node().Path(), *api.Stack().Node().Path(); own != theirs {
		errs.Addf("API", "is in stack %s and the authorizer in %s: put the authorizer into the API's", theirs, own)
	}
	return gate{construct: construct, api: api, kind: kind, required: map[string]bool{}, open: map[string]bool{}}
}

// addAuthorizer adds the authorizer and makes a new deployment of the API when it changes: a deployment is a snapshot.
//
// It uses the L1: the L2 puts a function's permission into the function's stack, and leaves the authorizer out of the deployment's
// hash unless the app has set a feature flag.
func (g *gate) addAuthorizer(props *awsapigateway.CfnAuthorizerProps) {
	g.authorizer = awsapigateway.NewCfnAuthorizer(g.construct, jsii.String("Authorizer"), props)
	g.redeploy(map[string]any{"tokenauthorizer": map[string]any{
		"type": props.Type, "identitySource": props.IdentitySource, "ttl": props.AuthorizerResultTtlInSeconds, "uri": props.AuthorizerUri,
	}})
}

// uniqueName derives from the construct's path: an API can have several authorizers, of different names.
func (g *gate) uniqueName() *string { return uniqueName(g.construct) }

func uniqueName(c constructs.Construct) *string {
	return awscdk.Names_UniqueResourceName(c, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(128), Separator: jsii.String("-")})
}

// Kinds of authorization of a method.
const (
	cognitoUserPools = "COGNITO_USER_POOLS"
	custom           = "CUSTOM"
)

func (g *gate) redeploy(change map[string]any) {
	if deployment := g.api.LatestDeployment(); deployment != nil {
		deployment.AddToLogicalId(change)
	}
}

// attach puts the authorizer before the method, also when there is a mistake: were it overlooked, nothing would be open.
func (g *gate) attach(method awsapigateway.Method, scopes []string, errs *report.Errors) (key, path string) {
	if method == nil {
		panic("tokenauthorizer: Require needs a method")
	}
	name, path := *method.HttpMethod(), *method.Resource().Path()
	node := *method.Node().Path()
	switch {
	case *method.Api().RestApiId() != *g.api.RestApiId():
		errs.Addf("method", "is of another API than the authorizer's")
	case g.required[node]:
		errs.Addf("method", "has its requirement already")
	case g.open[node]:
		errs.Addf("method", "is left open")
	}
	g.required[node] = true
	resource := method.Node().DefaultChild().(awsapigateway.CfnMethod)
	resource.SetAuthorizationType(jsii.String(g.kind))
	resource.SetAuthorizerId(g.authorizer.Ref())
	if g.kind == cognitoUserPools {
		resource.SetAuthorizationScopes(jsii.Strings(scopes...))
	}
	g.redeploy(map[string]any{"tokenauthorizer": map[string]any{"method": name + " " + path, "type": g.kind, "scopes": scopes}})
	return name, path
}

// Open leaves a method of the API open to requests without a token, on purpose.
func (g *gate) Open(method awsapigateway.Method) {
	if method == nil {
		panic("tokenauthorizer: Open needs a method")
	}
	g.open[*method.Node().Path()] = true
}

// completeness reports methods that were passed neither to Require nor to Open. It is an aspect, since methods may be added until the
// synth.
type completeness struct {
	gate *gate
	also func(*report.Errors)
}

var _ awscdk.IAspect = (*completeness)(nil)

// Visit looks at the API when it comes to the authorizer's own construct.
func (c *completeness) Visit(node constructs.IConstruct) {
	if *node.Node().Path() != *c.gate.construct.Node().Path() {
		return
	}
	var errs report.Errors
	for _, method := range *c.gate.api.Methods() {
		path := *method.Node().Path()
		if c.gate.required[path] || c.gate.open[path] || *method.HttpMethod() == "OPTIONS" {
			continue // Browsers send OPTIONS without a token: https://fetch.spec.whatwg.org/#cors-preflight-fetch
		}
		kind := method.Node().DefaultChild().(awsapigateway.CfnMethod).AuthorizationType()
		if kind == nil || *kind == "NONE" {
			errs.Addf("method "+*method.HttpMethod()+" "+*method.Resource().Path(),
				"takes requests without a token: call Require for it, or Open if that is meant")
		}
	}
	if c.also != nil {
		c.also(&errs)
	}
	errs.Attach(c.gate.construct)
}

func (g *gate) watch(also func(*report.Errors)) {
	awscdk.Aspects_Of(g.construct).Add(&completeness{g, also}, nil)
}
