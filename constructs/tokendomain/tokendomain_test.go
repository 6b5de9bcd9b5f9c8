package tokendomain_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/certificates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	apiID       = "TokenProxyApi09D26809"
	stageID     = "TokenProxyApiDeploymentStagev1BD056F72"
	domainID    = "TokenDomainDomainNameA9087294" // Pinned: a replaced domain name is an outage of all clients.
	certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c"
)

// newDomain creates a domain name for a proxy whose default endpoint is disabled and whose security policy is TLS_1_2, in a stack in
// eu-west-1.
func newDomain(t *testing.T, configure func(awscdk.Stack, *tokendomain.TokenDomainProps)) (awscdk.Stack, *tokendomain.TokenDomain) {
	app := cdktest.NewStack(t).Node().Root().(awscdk.App)
	stack := awscdk.NewStack(app, jsii.String("Gateway"), &awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String("111122223333"),
		Region: jsii.String("eu-west-1")}})
	proxy := &front{policy: jsii.String("TLS_1_2"), TokenProxy: tokenproxy.NewTokenProxy(stack, jsii.String("TokenProxy"),
		&tokenproxy.TokenProxyProps{
			Pool: m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
				Domain: &m2mpool.Domain{Prefix: jsii.String("acme")},
			}),
			OriginHeader: originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil),
			Endpoint:     &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true), SecurityPolicy: jsii.String("TLS_1_2")},
		})}
	props := &tokendomain.TokenDomainProps{Proxy: proxy, DomainName: jsii.String("token.example.com"),
		CertificateArn: jsii.String(certificate)}
	if configure != nil {
		configure(stack, props)
	}
	return stack, tokendomain.NewTokenDomain(stack, jsii.String("TokenDomain"), props)
}

// front is a proxy that says something else of its endpoint.
type front struct {
	*tokenproxy.TokenProxy
	private, open bool
	policy        *string
}

func (f *front) IsPrivate() bool               { return f.private }
func (f *front) DefaultEndpointDisabled() bool { return !f.open }
func (f *front) SecurityPolicy() *string       { return f.policy }

func proxyOf(props *tokendomain.TokenDomainProps) *front { return props.Proxy.(*front) }

func synth(t *testing.T, configure func(awscdk.Stack, *tokendomain.TokenDomainProps)) cdktest.Template {
	t.Helper()
	stack, _ := newDomain(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	assertGuarded(t, template)
	return template
}

func assertGuarded(t *testing.T, template cdktest.Template) {
	t.Helper()
	for _, found := range houserules.In(t, template.Body) {
		t.Error(found)
	}
}

// file writes a truststore file.
func file(t *testing.T, content string) *string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "truststore.pem")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return &path
}

// mutual adds mutual TLS with a truststore of one authority.
func mutual(t *testing.T) func(awscdk.Stack, *tokendomain.TokenDomainProps) {
	path := file(t, certificates.PEM(certificates.New(t, "Clients", nil, nil, nil)))
	return func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) {
		p.MutualTLS = &tokendomain.MutualTLS{TruststorePath: path}
	}
}

func TestTokenDomain_wholePathLeadsToTheStage(t *testing.T) {
	stack, domain := newDomain(t, func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) {
		p.HostedZoneID, p.HostedZoneName = jsii.String("Z2FDTNDATAQYW2"), jsii.String("example.com")
		proxyOf(p).open = true // Allowed without mutual TLS: the stage's own protection holds on both names.
	})
	awscdk.NewCfnOutput(stack, jsii.String("Target"), &awscdk.CfnOutputProps{Value: domain.RegionalDomainName()})
	awscdk.NewCfnOutput(stack, jsii.String("TargetZone"), &awscdk.CfnOutputProps{Value: domain.RegionalHostedZoneID()})
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	assertGuarded(t, template)

	want := map[string]any{
		"DomainName": "token.example.com", "RegionalCertificateArn": certificate, "SecurityPolicy": "TLS_1_2",
		"EndpointConfiguration": map[string]any{"Types": []any{"REGIONAL"}},
	}
	if diff := cmp.Diff(want, template.Properties(domainID)); diff != "" {
		t.Errorf("domain name (-want +got):\n%s", diff)
	}
	mapping := map[string]any{"DomainName": map[string]any{"Ref": domainID}, "RestApiId": map[string]any{"Ref": apiID},
		"Stage": map[string]any{"Ref": stageID}}
	if diff := cmp.Diff(mapping, template.One("AWS::ApiGateway::BasePathMapping")); diff != "" {
		t.Errorf("mapping (-want +got):\n%s", diff)
	}
	target := map[string]any{"Fn::GetAtt": []any{domainID, "RegionalDomainName"}}
	zone := map[string]any{"Fn::GetAtt": []any{domainID, "RegionalHostedZoneId"}}
	alias := map[string]any{
		"Name": "token.example.com.", "Type": "A", "HostedZoneId": "Z2FDTNDATAQYW2", "AliasTarget": map[string]any{"DNSName": target,
			"HostedZoneId": zone},
	}
	if diff := cmp.Diff(alias, template.One("AWS::Route53::RecordSet")); diff != "" {
		t.Errorf("alias (-want +got):\n%s", diff)
	}
	for output, want := range map[string]any{"Target": target, "TargetZone": zone} {
		if diff := cmp.Diff(want, cdktest.At(t, template.Body, "Outputs", output, "Value")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", output, diff)
		}
	}
	if *domain.TokenURL() != "https://token.example.com/oauth2/token" || *domain.DomainName() != "token.example.com" ||
		domain.TruststoreBucket() != nil {
		t.Errorf("got %s, %s, bucket %v", *domain.TokenURL(), *domain.DomainName(), domain.TruststoreBucket())
	}
	if got := warnings(stack); len(got) > 0 {
		t.Errorf("warnings: %v", got)
	}
	if ids := template.IDs(tokendomain.ResourceType); len(ids) > 0 {
		t.Errorf("a truststore without mutual TLS: %v", ids)
	}
}

func TestEnhancedPolicies(t *testing.T) {
	const policy = "SecurityPolicy_TLS13_1_3_2025_09"
	for mode, want := range map[string]string{"": "STRICT", "BASIC": "BASIC"} {
		template := synth(t, func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) {
			p.SecurityPolicy = jsii.String(policy)
			proxyOf(p).policy = jsii.String(policy)
			if mode != "" {
				p.EndpointAccessMode = &mode
			}
		})
		domain := template.Properties(domainID)
		if domain["SecurityPolicy"] != policy || domain["EndpointAccessMode"] != want {
			t.Errorf("mode %q: got %v, %v", mode, domain["SecurityPolicy"], domain["EndpointAccessMode"])
		}
		if ids := template.IDs("AWS::Route53::RecordSet"); len(ids) > 0 {
			t.Errorf("an alias without a hosted zone: %v", ids)
		}
	}
}

// warnings are the IDs of the stack's warnings.
func warnings(stack awscdk.Stack) map[string]string {
	all := map[string]string{}
	for _, m := range *assertions.Annotations_FromStack(stack).FindWarning(jsii.String("*"), assertions.Match_AnyValue()) {
		message, id, _ := strings.Cut(strings.TrimSuffix(fmt.Sprint(m.Entry.Data), "]"), " [ack: ")
		all[id] = message
	}
	return all
}

func TestNag_findsNothing(t *testing.T) {
	stack, _ := newDomain(t, mutual(t))
	for _, finding := range cdktest.Nag(stack, "TokenDomain") {
		t.Error(finding)
	}
}
