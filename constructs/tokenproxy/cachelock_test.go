package tokenproxy_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

const (
	apiID   = "TokenProxyApi09D26809"
	stageID = "TokenProxyApiDeploymentStagev1BD056F72"
)

// synthLock locks the cache of a proxy, configured before and changed after.
func synthLock(t *testing.T, configure func(*tokenproxy.TokenProxyProps), change func(awscdk.Stack,
	*tokenproxy.TokenProxy)) cdktest.Template {
	t.Helper()
	var configured func(awscdk.Stack, *tokenproxy.TokenProxyProps)
	if configure != nil {
		configured = with(configure)
	}
	stack, proxy := newProxy(t, configured)
	tokenproxy.NewCacheLock(stack, jsii.String("CacheLock"), &tokenproxy.CacheLockProps{Proxy: proxy})
	if change != nil {
		change(stack, proxy)
	}
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

func TestCacheLock_locksTheTokenMethod(t *testing.T) {
	template := synthLock(t, nil, nil)
	resource := template.One(tokenproxy.CacheLockResource)
	fingerprint := resource["Fingerprint"].(string)
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(fingerprint) {
		t.Errorf("fingerprint: got %s", fingerprint)
	}
	want := map[string]any{
		"ServiceToken": map[string]any{"Fn::GetAtt": []any{template.ID("AWS::Lambda::Function"), "Arn"}}, "ServiceTimeout": "300",
		// By these references CloudFormation waits for the stage.
		"RestApiId": map[string]any{"Ref": apiID}, "StageName": map[string]any{"Ref": stageID},
		"MethodKey": "~1oauth2~1token/POST", "Fingerprint": fingerprint,
	}
	if diff := cmp.Diff(want, resource); diff != "" {
		t.Errorf("custom resource (-want +got):\n%s", diff)
	}
	// The settings are those of a method setting that the stage really has.
	setting := cdktest.At(t, template.Properties(stageID), "MethodSettings", 1).(map[string]any)
	if want := strings.TrimPrefix(setting["ResourcePath"].(string), "/") + "/" +
		setting["HttpMethod"].(string); resource["MethodKey"] != want || setting["CachingEnabled"] != true {
		t.Errorf("method: got %v, want %s", resource["MethodKey"], want)
	}
}

// The function's role, to the letter: it can patch this one stage, and read nothing.
func TestCacheLock_roleMayPatchTheStageOnly(t *testing.T) {
	template := synthLock(t, nil, nil)
	id := cdktest.At(t, template.One("AWS::Lambda::Function"), "Role", "Fn::GetAtt", 0).(string)
	role := template.Properties(id)
	if role["ManagedPolicyArns"] != nil || len(template.IDs("AWS::IAM::Policy")) > 0 {
		t.Error("the role has more policies than its own")
	}
	want := []any{
		map[string]any{"Sid": "Stage", "Effect": "Allow", "Action": "apigateway:PATCH", "Resource": map[string]any{"Fn::Join": []any{"", []any{
			"arn:", map[string]any{"Ref": "AWS::Partition"}, ":apigateway:", map[string]any{"Ref": "AWS::Region"}, "::/restapis/",
			map[string]any{"Ref": apiID}, "/stages/", map[string]any{"Ref": stageID},
		}}}},
		map[string]any{"Sid": "Log", "Effect": "Allow", "Action": []any{"logs:CreateLogStream", "logs:PutLogEvents"},
			"Resource": map[string]any{"Fn::GetAtt": []any{"CacheLockLog558F7E28", "Arn"}}},
	}
	if diff := cmp.Diff(want, cdktest.At(t, role, "Policies", 0, "PolicyDocument", "Statement")); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	if got := template.One("AWS::Lambda::Function")["Timeout"]; got != 120.0 {
		t.Errorf("the function's timeout: got %v, want 120: the calls that are tried again take half a minute", got)
	}
}

// describe is an aspect, which changes the stage after all constructs were made.
type describe struct{ text string }

func (d *describe) Visit(c constructs.IConstruct) {
	if stage, ok := c.(awsapigateway.CfnStage); ok {
		stage.SetDescription(&d.text)
	}
}

// CloudFormation runs a custom resource again only when a property of it has changed.
func TestCacheLock_runsAgainAfterEveryChangeOfTheStage(t *testing.T) {
	fingerprint := func(configure func(*tokenproxy.TokenProxyProps), change func(awscdk.Stack, *tokenproxy.TokenProxy)) string {
		t.Helper()
		return fmt.Sprint(synthLock(t, configure, change).One(tokenproxy.CacheLockResource)["Fingerprint"])
	}
	plain := fingerprint(nil, nil)
	if again := fingerprint(nil, nil); again != plain {
		t.Errorf("two synths of the same app differ: %s, %s", plain, again)
	}
	seen := map[string]string{plain: "the stage unchanged"}
	differs := func(name, got string) {
		if other, ok := seen[got]; ok {
			t.Errorf("%s: the fingerprint is that of %s", name, other)
		}
		seen[got] = name
	}
	for name, configure := range map[string]func(*tokenproxy.TokenProxyProps){
		"TTL":        func(p *tokenproxy.TokenProxyProps) { p.CacheTTL = awscdk.Duration_Minutes(jsii.Number(10)) },
		"cache size": func(p *tokenproxy.TokenProxyProps) { p.CacheSizeGB = jsii.String("6.1") },
		"throttle":   func(p *tokenproxy.TokenProxyProps) { p.ThrottlingRateLimit = jsii.Number(99) },
		"tracing":    func(p *tokenproxy.TokenProxyProps) { p.Tracing = jsii.Bool(true) },
		"stage name": func(p *tokenproxy.TokenProxyProps) { p.StageName = jsii.String("v2") },
		"logging":    func(p *tokenproxy.TokenProxyProps) { p.ExecutionLogging = awsapigateway.MethodLoggingLevel_OFF },
		// No property of the stage but the deployment that it points at.
		"cache key": func(p *tokenproxy.TokenProxyProps) { p.AllowMissingClientID = jsii.Bool(true) },
	} {
		differs(name, fingerprint(configure, nil))
	}
	stageOf := func(p *tokenproxy.TokenProxy) awsapigateway.CfnStage {
		return p.Stage().Node().DefaultChild().(awsapigateway.CfnStage)
	}
	for name, change := range map[string]func(awscdk.Stack, *tokenproxy.TokenProxy){
		"tag": func(s awscdk.Stack, _ *tokenproxy.TokenProxy) {
			awscdk.Tags_Of(s).Add(jsii.String("a"), jsii.String("b"), nil)
		},
		"aspect": func(s awscdk.Stack, _ *tokenproxy.TokenProxy) {
			awscdk.Aspects_Of(s).Add(&describe{"changed by an aspect"}, nil)
		},
		"property": func(_ awscdk.Stack, p *tokenproxy.TokenProxy) { stageOf(p).SetClientCertificateId(jsii.String("c")) },
		"variable": func(_ awscdk.Stack, p *tokenproxy.TokenProxy) {
			stageOf(p).SetVariables(&map[string]*string{"a": jsii.String("b")})
		},
		"settings": func(_ awscdk.Stack, p *tokenproxy.TokenProxy) {
			stageOf(p).SetMethodSettings(&[]any{&awsapigateway.CfnStage_MethodSettingProperty{HttpMethod: jsii.String("*"),
				ResourcePath: jsii.String("/*")}})
		},
	} {
		differs(name, fingerprint(nil, change))
	}
}

func TestCacheLock_logIsEncryptedAndKeptLikeTheProxys(t *testing.T) {
	own := synthLock(t, nil, nil)
	log := own.Resource("CacheLockLog558F7E28")
	if cdktest.At(t, log, "Properties", "KmsKeyId", "Fn::GetAtt", 0) != "TokenProxyLogKey5F372086" ||
		cdktest.At(t, log, "Properties", "RetentionInDays") != 90.0 || log["DeletionPolicy"] != "RetainExceptOnCreate" {
		t.Errorf("log: got %s", cdktest.JSON(t, log))
	}
	stack, proxy := newProxy(t, func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		p.LogRetention, p.RemovalPolicy, p.LogEncryptionKey = "ONE_WEEK", awscdk.RemovalPolicy_DESTROY,
			awskms.NewKey(stack, jsii.String("Given"), nil)
	})
	lock := tokenproxy.NewCacheLock(stack, jsii.String("CacheLock"), &tokenproxy.CacheLockProps{Proxy: proxy})
	awscdk.NewCfnOutput(stack, jsii.String("Function"), &awscdk.CfnOutputProps{Value: lock.Function().FunctionArn()})
	awscdk.NewCfnOutput(stack, jsii.String("Log"), &awscdk.CfnOutputProps{Value: lock.Log().LogGroupArn()})
	given := cdktest.Synth(t, stack)
	log = given.Resource("CacheLockLog558F7E28")
	if cdktest.At(t, log, "Properties", "KmsKeyId", "Fn::GetAtt", 0) != "GivenEA18D9CA" ||
		cdktest.At(t, log, "Properties", "RetentionInDays") != 7.0 || log["DeletionPolicy"] != "Delete" {
		t.Errorf("log: got %s", cdktest.JSON(t, log))
	}
	for output, want := range map[string]string{"Function": given.ID("AWS::Lambda::Function"), "Log": "CacheLockLog558F7E28"} {
		if got := cdktest.At(t, given.Body, "Outputs", output, "Value", "Fn::GetAtt", 0); got != want {
			t.Errorf("%s: got %v, want %s", output, got, want)
		}
	}
}

func TestCacheLock_hasNoNagFinding(t *testing.T) {
	stack, proxy := newProxy(t, nil)
	tokenproxy.NewCacheLock(stack, jsii.String("CacheLock"), &tokenproxy.CacheLockProps{Proxy: proxy})
	for _, finding := range cdktest.Nag(stack, "CacheLock") {
		t.Error(finding)
	}
}

func TestCacheLock_panicsWithoutProxy(t *testing.T) {
	for name, props := range map[string]*tokenproxy.CacheLockProps{"no props": nil, "no proxy": {}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); got != "tokenproxy: CacheLockProps.Proxy is required" {
					t.Errorf("got %q", got)
				}
			}()
			tokenproxy.NewCacheLock(cdktest.NewStack(t), jsii.String("CacheLock"), props)
		})
	}
}
