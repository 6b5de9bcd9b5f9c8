package tokenservice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func newService(t *testing.T, configure func(awscdk.Stack, *tokenservice.TokenServiceProps)) (awscdk.Stack, *tokenservice.TokenService) {
	t.Helper()
	stack := cdktest.NewStack(t)
	props := &tokenservice.TokenServiceProps{
		Pool: m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("acme")}}),
	}
	if configure != nil {
		configure(stack, props)
	}
	return stack, tokenservice.NewTokenService(stack, jsii.String("Default"), props)
}

func synth(t *testing.T, configure func(awscdk.Stack, *tokenservice.TokenServiceProps)) cdktest.Template {
	t.Helper()
	stack, _ := newService(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

// The wiring that makes the parts safe together: who reads the header, who accepts it, who changes it, and that the cache is locked.
func TestTokenService_wiresItsParts(t *testing.T) {
	template := synth(t, nil)
	stage, acl := template.ID("AWS::ApiGateway::Stage"), template.ID("AWS::WAFv2::WebACL")
	set, secret := template.ID("AWS::WAFv2::RegexPatternSet"), template.ID("AWS::SecretsManager::Secret")
	function := template.Properties(cdktest.At(t, template.One("AWS::SecretsManager::RotationSchedule"), "RotationLambdaARN", "Fn::GetAtt",
		0).(string))
	for what, got := range map[string][2]any{
		"stage injects the secret": {fmt.Sprint(template.Properties(stage)["Variables"]), secret},
		"web ACL accepts the set":  {fmt.Sprint(template.Properties(acl)["Rules"]), set},
		"web ACL protects the pool": {fmt.Sprint(template.One("AWS::WAFv2::WebACLAssociation")["ResourceArn"]),
			template.ID("AWS::Cognito::UserPool")},
		"schedule rotates the value": {fmt.Sprint(template.One("AWS::SecretsManager::RotationSchedule")["SecretId"]), secret},
		"lock is on the stage":       {fmt.Sprint(template.One(tokenproxy.CacheLockResource)["StageName"]), stage},
		"rotation writes the stage":  {fmt.Sprint(cdktest.At(t, function, "Environment", "Variables", "STAGE_NAME")), stage},
		"rotation writes the set":    {fmt.Sprint(cdktest.At(t, function, "Environment", "Variables", "PATTERN_SET_ID")), set},
		"rotation asks Cognito":      {fmt.Sprint(cdktest.At(t, function, "Environment", "Variables", "TOKEN_URL")), "https://acme.auth."},
		"rotation asks the gateway":  {fmt.Sprint(cdktest.At(t, function, "Environment", "Variables", "GATEWAY_TOKEN_URL")), "/oauth2/token"},
	} {
		if !strings.Contains(got[0].(string), got[1].(string)) {
			t.Errorf("%s: got %s, want %s in it", what, got[0], got[1])
		}
	}
	topic := template.ID("AWS::SNS::Topic")
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		if got := fmt.Sprint(template.Properties(id)["AlarmActions"]); !strings.Contains(got, topic) {
			t.Errorf("alarm %s notifies %s, want %s", id, got, topic)
		}
	}
}

func TestTokenService_logPropsHoldForAllParts(t *testing.T) {
	template := synth(t, func(stack awscdk.Stack, p *tokenservice.TokenServiceProps) {
		p.LogRetention, p.RemovalPolicy = "ONE_WEEK", awscdk.RemovalPolicy_DESTROY
		p.LogEncryptionKey = awskms.NewKey(stack, jsii.String("Given"), nil)
		p.AlarmTopic = awssns.NewTopic(stack, jsii.String("Topic"), nil)
		p.PoolWebACL = &webacl.PoolWebACLProps{Log: &webacl.PoolLog{}}
		p.Edge = &webacl.EdgeWebACLProps{LogRetention: "ONE_DAY"}
	})
	logs := template.IDs("AWS::Logs::LogGroup")
	for _, id := range logs {
		log, want := template.Resource(id), 7.0
		if strings.HasPrefix(id, "EdgeWebAcl") {
			want = 1
		}
		properties := log["Properties"].(map[string]any)
		if cdktest.At(t, properties, "KmsKeyId", "Fn::GetAtt", 0) != "GivenEA18D9CA" || properties["RetentionInDays"] != want ||
			log["DeletionPolicy"] != "Delete" {
			t.Errorf("%s: got %s", id, cdktest.JSON(t, log))
		}
	}
	if len(logs) != 6 { // The proxy's two, the cache lock's, both web ACLs', the rotation's.
		t.Errorf("got the logs %v", logs)
	}
	if topics := template.IDs("AWS::SNS::Topic"); len(topics) != 1 {
		t.Errorf("got the topics %v, want the given one", topics)
	}
}

// A probe without a certificate, or one that an authorization refuses, would tell nothing.
func TestTokenService_probesTheGatewayWhereAProbeGetsThrough(t *testing.T) {
	domain := &tokendomain.TokenDomainProps{
		DomainName: jsii.String("token.example.com"), CertificateArn: jsii.String("arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c"),
	}
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *tokenservice.TokenServiceProps)
		want      string // in the URL; empty for none
	}{
		"domain": {func(_ awscdk.Stack, p *tokenservice.TokenServiceProps) { p.Domain = domain }, "https://token.example.com/oauth2/token"},
		"mutual TLS": {func(_ awscdk.Stack, p *tokenservice.TokenServiceProps) {
			mutual := *domain
			mutual.MutualTLS = &tokendomain.MutualTLS{TruststorePath: jsii.String("../../environments/prod/truststore.pem")}
			p.Domain, p.Proxy = &mutual, &tokenproxy.TokenProxyProps{Endpoint: &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true)}}
		}, ""},
		"IAM": {func(_ awscdk.Stack, p *tokenservice.TokenServiceProps) {
			p.Proxy = &tokenproxy.TokenProxyProps{Authorization: &tokenproxy.Authorization{IAM: &tokenproxy.IAMAuthorization{}}}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			template := synth(t, test.configure)
			function := template.Properties(cdktest.At(t, template.One("AWS::SecretsManager::RotationSchedule"), "RotationLambdaARN", "Fn::GetAtt",
				0).(string))
			got, _ := cdktest.At(t, function, "Environment", "Variables").(map[string]any)["GATEWAY_TOKEN_URL"].(string)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTokenService_everyPartIsWithinReach(t *testing.T) {
	_, service := newService(t, func(_ awscdk.Stack, p *tokenservice.TokenServiceProps) {
		p.OriginHeader = &originheader.OriginHeaderProps{HeaderName: jsii.String("x-gate")}
		p.Edge = &webacl.EdgeWebACLProps{}
	})
	if *service.OriginHeader().HeaderName() != "x-gate" || *service.StageName() != "v1" || *service.CacheTTL().ToMinutes(nil) != 45 {
		t.Errorf("got header %s, stage %s, TTL %v", *service.OriginHeader().HeaderName(), *service.StageName(), service.CacheTTL())
	}
	if service.Domain() != nil || *service.TokenURL() != *service.Proxy().TokenURL() || service.Stage() != service.Proxy().Stage() {
		t.Error("without a domain name the token URL and the stage are the proxy's")
	}
	missing := []bool{service.PoolWebACL() == nil, service.CacheLock() == nil, service.EdgeWebACL() == nil, service.Rotation() == nil}
	if slices.Contains(missing, true) {
		t.Errorf("web ACL, lock, edge, rotation missing: %v", missing)
	}
}

func TestTokenService_panicsWithoutPool(t *testing.T) {
	for name, props := range map[string]*tokenservice.TokenServiceProps{"no props": nil, "no pool": {}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); got != "tokenservice: TokenServiceProps.Pool is required" {
					t.Errorf("got %q", got)
				}
			}()
			tokenservice.NewTokenService(cdktest.NewStack(t), jsii.String("TokenService"), props)
		})
	}
}
