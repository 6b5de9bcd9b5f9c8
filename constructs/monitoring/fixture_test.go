package monitoring_test

import (
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// service is a whole token service, in stacks as an environment has them, and an empty stack for its monitoring.
type service struct {
	app                                     awscdk.App
	dir                                     string
	identity, gateway, credentials, monitor awscdk.Stack
	props                                   monitoring.MonitoringProps
	monitoring                              *monitoring.Monitoring
}

func newService(t *testing.T, dir string) *service {
	t.Helper()
	flags := cdktest.FeatureFlags(t)
	(*flags)["@aws-cdk/core:annotationsInValidationReport"] = false
	s := &service{dir: dir}
	s.app = awscdk.NewApp(&awscdk.AppProps{Context: flags, Outdir: jsii.String(s.dir), AnalyticsReporting: jsii.Bool(false)})
	stack := func(name string) awscdk.Stack { return awscdk.NewStack(s.app, jsii.String(name), nil) }
	s.identity, s.gateway, s.credentials, s.monitor = stack("identity"), stack("gateway"), stack("credentials"), stack("monitoring")

	p := &s.props
	pool := m2mpool.NewM2MPool(s.identity, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("acme")}})
	p.UserPool = pool.UserPool()
	header := originheader.NewOriginHeader(s.gateway, jsii.String("OriginHeader"), nil)
	p.PoolWebACL = webacl.NewPoolWebACL(
		s.gateway, jsii.String("PoolWebAcl"), &webacl.PoolWebACLProps{Pool: pool, OriginHeader: header},
	)
	p.Proxy = tokenproxy.NewTokenProxy(s.gateway, jsii.String("TokenProxy"), &tokenproxy.TokenProxyProps{
		Pool: pool, OriginHeader: header,
	})
	p.Edge = webacl.NewEdgeWebACL(s.gateway, jsii.String("EdgeWebAcl"), &webacl.EdgeWebACLProps{Proxy: p.Proxy, OriginHeader: header})
	p.OriginHeaderRotation = originheader.NewHeaderRotation(s.gateway, jsii.String("Rotation"), &originheader.HeaderRotationProps{
		OriginHeader: header, Stage: p.Proxy.Stage(), Association: p.PoolWebACL.Association(), CognitoTokenURL: pool.TokenURL(),
		BudgetAlerts: jsii.Bool(true),
	})
	p.ClientSecretRotation = clientsecret.NewSecretRotation(s.credentials, jsii.String("Rotation"), &clientsecret.SecretRotationProps{
		Pool: pool, Proxy: p.Proxy, OriginHeader: header, SecretPrefix: jsii.String("m2m/"), AlarmTopic: p.OriginHeaderRotation.AlarmTopic(),
	})
	p.Revocation = revocation.NewRevocation(s.credentials, jsii.String("Revocation"), &revocation.RevocationProps{
		Pool: pool, Stage: p.Proxy.Stage(), StaleErrors: p.Proxy.StaleErrorsAlarm(), AlarmTopic: p.OriginHeaderRotation.AlarmTopic(),
	})
	return s
}

// synth synthesizes the service with its monitoring and returns the monitoring's template.
func (s *service) synth(t *testing.T) cdktest.Template {
	t.Helper()
	s.monitoring = monitoring.NewMonitoring(s.monitor, jsii.String("Monitoring"), &s.props)
	s.app.Synth(nil)
	return cdktest.Load(t, filepath.Join(s.dir, "monitoring.template.json"))
}

// everything turns every part on.
func (s *service) everything() *service {
	p := &s.props
	p.Trail = &monitoring.AuditTrailProps{}
	p.Usage = &monitoring.UsageProps{NamedTenants: *jsii.Strings("shop", "billing")}
	p.MonthlyBudget = &monitoring.Budget{USD: jsii.Number(600), Emails: *jsii.Strings("finance@example.com")}
	p.CostReports = &monitoring.CostReportsProps{Database: jsii.String("cid_data_export"), Table: jsii.String("cur2")}
	p.RunbookURL = jsii.String("https://example.com/docs/runbook.md")
	return s
}

// assertGuarded holds the template against the checks of this repository's stacks.
func assertGuarded(t *testing.T, template cdktest.Template) {
	t.Helper()
	for _, found := range houserules.In(t, template.Body) {
		t.Error(found)
	}
}
