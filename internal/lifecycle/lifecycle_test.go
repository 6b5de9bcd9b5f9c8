package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lifecycle"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// TestMain runs the tests in the repository's root, as the app is.
func TestMain(m *testing.M) {
	if err := os.Chdir(environments.Root()); err != nil {
		panic(err)
	}
	cdktest.Main(m)
}

// stacks returns the assembly of templates by stack name.
func stacks(t *testing.T, templates string) *lifecycle.Assembly {
	t.Helper()
	var all map[string]lifecycle.Template
	if err := json.Unmarshal([]byte(templates), &all); err != nil {
		t.Fatalf("%v: %s", err, templates)
	}
	var list []*lifecycle.Stack
	for name, template := range all {
		list = append(list, &lifecycle.Stack{Name: name, Template: template})
	}
	a, err := lifecycle.NewAssembly(list)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// notable are the findings but for those that say that nothing is to be said, in short.
func notable(findings []lifecycle.Finding) []string {
	var all []string
	for _, f := range findings {
		if strings.HasSuffix(f.Rule, "summary") || f.Rule == "unchanged" {
			continue
		}
		text := string(f.Kind)
		if f.Phase != lifecycle.PhaseDeploy {
			text += " " + string(f.Phase)
		}
		text += " " + f.Rule + " " + f.Stack
		if f.Resource != "" {
			text += "/" + f.Resource
		}
		if f.Interrupts != nil {
			text += " !"
		}
		if f.EmptiesCache {
			text += " cache"
		}
		all = append(all, text)
	}
	return all
}

// Each case is the update of a stack with the name app, from resources to resources. "!" marks an interruption.
func TestCompare_resources(t *testing.T) {
	const (
		pool   = `"P": {"Type": "AWS::Cognito::UserPool", "DeletionPolicy": "Retain"}`
		client = `"C": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"UserPoolId": {"Ref": "P"}, "ClientName": "billing"}}`
		server = `"S": {"Type": "AWS::Cognito::UserPoolResourceServer", "Properties": {"UserPoolId": "p", "Identifier": "orders", "Scopes": [{"ScopeName": "read"}, {"ScopeName": "write"}]}}`
		api    = `"A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "tokens", "SecurityPolicy": "TLS_1_2"}},
		          "M": {"Type": "AWS::ApiGateway::Method", "Properties": {"RestApiId": {"Ref": "A"}, "ResourceId": "r", "HttpMethod": "POST", "AuthorizationType": "NONE",
		                "Integration": {"Uri": "https://example.com/oauth2/token", "RequestParameters": {"integration.request.header.x-origin": "stageVariables.value"}}}}`
		stage = `"T": {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": {"Ref": "A"}, "StageName": "v1", "CacheClusterEnabled": true, "CacheClusterSize": "0.5", "DeploymentId": "d",
		               "MethodSettings": [{"CachingEnabled": true, "CacheTtlInSeconds": 300}]}}`
		domain = `"D": {"Type": "AWS::ApiGateway::DomainName", "Properties": {"DomainName": "token.example.com", "SecurityPolicy": "TLS_1_2"}}`
		store  = `"V": {"Type": "AWS::VerifiedPermissions::PolicyStore", "DeletionPolicy": "RetainExceptOnCreate", "Properties": {"DeletionProtection": {"Mode": "ENABLED"}}}`
		policy = `"Y": {"Type": "AWS::VerifiedPermissions::Policy", "Properties": {"PolicyStoreId": "s", "Definition": {"Static": {"Statement": "permit (principal, action, resource) when { context.a };"}}}}`
		bucket = `"B": {"Type": "AWS::S3::Bucket"}`
		log    = `"L": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain", "Properties": {"LogGroupName": "/app/log", "RetentionInDays": 7}}`
		secret = `"X": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "m2m/billing", "SecretString": "{}", "Tags": [{"Key": "m2m:tenant", "Value": "billing"}]}}`
		cron   = `"R": {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": {"SecretId": {"Ref": "X"}, "RotationRules": {"ScheduleExpression": "rate(1 day)"}}}`
		acl    = `"W": {"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "REGIONAL", "Rules": [{"Statement": {"OrStatement": {"Statements": [
		                {"RegexPatternSetReferenceStatement": {"FieldToMatch": {"SingleHeader": {"Name": "x-origin"}}}}, {"ByteMatchStatement": {"SearchString": "/p/.well-known/jwks.json"}}]}}}]}}`
		attached = `"Q": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": {"ResourceArn": "arn:pool", "WebACLArn": {"Fn::GetAtt": ["W", "Arn"]}}}`
		set      = `"E": {"Type": "AWS::WAFv2::RegexPatternSet", "Properties": {"Scope": "REGIONAL", "Name": "accepted", "RegularExpressionList": ["^{{resolve:secretsmanager:s:SecretString:::}}$"]}}`
		prefix   = `"N": {"Type": "AWS::Cognito::UserPoolDomain", "Properties": {"UserPoolId": {"Ref": "P"}, "Domain": "example"}}`
		key      = `"K": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Description": "API key of tenant billing", "Value": "{{resolve:secretsmanager:k}}"}},
		            "U": {"Type": "AWS::ApiGateway::UsagePlanKey", "Properties": {"KeyId": {"Ref": "K"}, "KeyType": "API_KEY", "UsagePlanId": "plan"}}`
		own = `"O": {"Type": "Custom::Own", "Properties": {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}}}, "F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f", "PackageType": "Zip"}}`
	)
	edit := func(resources string, replacements ...string) string {
		t.Helper()
		for i := 0; i < len(replacements); i += 2 {
			if !strings.Contains(resources, replacements[i]) {
				t.Fatalf("no %s in %s", replacements[i], resources)
			}
			resources = strings.ReplaceAll(resources, replacements[i], replacements[i+1])
		}
		return resources
	}
	for _, test := range []struct {
		name, before, after string
		want                []string
	}{
		{"update in place", log, edit(log, `7}`, `30}`), nil},
		{"another type under a logical ID", bucket, edit(bucket, "S3::Bucket", "SNS::Topic"), []string{"fails type-changed app/B"}},
		{"type that the table lacks", `"Z": {"Type": "AWS::Nowhere::Thing"}`, `"Z": {"Type": "AWS::Nowhere::Thing", "Properties": {"A": 1}}`, []string{"fails unknown-type app/Z"}},
		{"another function behind a custom resource", own, edit(own, `"f"`, `"g"`), []string{"replaces replaced app/F", "fails service-token app/O"}},
		{"function that is only updated", own, edit(own, `"Zip"`, `"Zip", "Timeout": 3`), nil},

		{"replaced under its fixed name", own, edit(own, `"Zip"`, `"Image"`), []string{"fails named-replaced app/F", "fails service-token app/O"}},
		{"fixed name moves to another logical ID", log, edit(log, `"L"`, `"L2"`), []string{"safe retained app/L", "fails name-taken app/L2"}},
		{"name of the Stage moves", api + "," + stage, api + "," + edit(stage, `"T"`, `"T2"`), []string{"deletes stage-name app/T ! cache", "fails name-taken app/T2"}},
		{"schedule moves to another logical ID", secret + "," + cron, secret + "," + edit(cron, `"R"`, `"R2"`), []string{"fails overwritten app/R2"}},
		{"web ACL of the pool is replaced", acl + "," + attached, edit(acl, `"Scope"`, `"Name": "new", "Scope"`) + "," + attached,
			[]string{"fails overwritten app/Q", "replaces replaced app/W"}},

		{"retained log group leaves", log, bucket, []string{"fails rollback rollback-refused app/B", "safe retained app/L"}},
		{"log group leaves with its data", edit(log, "RetainExceptOnCreate", "Delete"), "", []string{"deletes deleted app/L"}},
		{"bucket leaves", bucket, "", []string{"deletes delete-refused app/B"}},
		{"bucket leaves that is emptied", bucket + `, "I": {"Type": "Custom::S3AutoDeleteObjects", "Properties": {"BucketName": {"Ref": "B"}}}`, "", []string{"deletes deleted app/B"}},
		{"protected policy store is created", "", store, []string{"fails rollback rollback-refused app/V"}},
		{"protected policy store is created and kept", "", edit(store, "RetainExceptOnCreate", "Retain"), nil},
		{"protected user pool is created", "", edit(pool, `"Retain"`, `"Delete", "Properties": {"DeletionProtection": "ACTIVE"}`), []string{"fails rollback rollback-refused app/P"}},
		{"named log group is created and kept", "", edit(log, "RetainExceptOnCreate", "Retain"), []string{"fails rollback name-kept-by-rollback app/L"}},

		{"fixed property of a user pool", pool, edit(pool, `"Retain"`, `"Retain", "Properties": {"UsernameAttributes": ["email"]}`), []string{"fails immutable app/P"}},
		{"API without a policy gets TLS_1_2", edit(api, `, "SecurityPolicy": "TLS_1_2"`, ""), api, []string{"fails security-policy app/A"}},
		{"private API without a policy gets TLS_1_2", edit(api, `"SecurityPolicy": "TLS_1_2"`, `"EndpointConfiguration": {"Types": ["PRIVATE"]}`),
			edit(api, `"SecurityPolicy"`, `"EndpointConfiguration": {"Types": ["PRIVATE"]}, "SecurityPolicy"`), nil},
		{"API gets an enhanced policy", api, edit(api, "TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09"), []string{"interrupts security-policy-changed app/A !"}},
		{"API loses its policy", api, edit(api, `, "SecurityPolicy": "TLS_1_2"`, ""), []string{"safe security-policy-dropped app/A"}},
		{"schedule changes", secret + "," + cron, secret + "," + edit(cron, "1 day", "7 days"), []string{"fails rotation-schedule app/R"}},
		{"policy gets another condition and action", policy, edit(policy, "context.a", "context.b", ", action,", `, action == Action::\"Read\",`), nil},
		{"policy gets another principal", policy, edit(policy, "principal,", `principal == User::\"a\",`), []string{"fails policy-scope app/Y"}},
		{"policy gets another effect", policy, edit(policy, "permit", "forbid"), []string{"fails policy-scope app/Y"}},

		{"user pool is deleted", edit(pool, `, "DeletionPolicy": "Retain"`, ""), "", []string{"deletes user-pool app/P !"}},
		{"retained user pool leaves", pool, "", []string{"safe retained app/P"}},
		{"client is replaced", pool + "," + client, pool + "," + edit(client, `"ClientName"`, `"GenerateSecret": true, "ClientName"`), []string{"replaces app-client app/C !"}},
		{"client is replaced with its pool", edit(pool, `"P"`, `"P1"`) + "," + edit(client, `"P"`, `"P1"`), edit(pool, `"P"`, `"P2"`) + "," + edit(client, `"P"`, `"P2"`),
			[]string{"replaces app-client app/C !", "safe retained app/P1"}},
		{"client is deleted", pool + "," + client, pool, []string{"deletes app-client app/C !"}},
		{"client loses a scope", edit(client, `"ClientName"`, `"AllowedOAuthScopes": ["a/b", "a/c"], "ClientName"`), edit(client, `"ClientName"`, `"AllowedOAuthScopes": ["a/c"], "ClientName"`),
			[]string{"interrupts scope-withdrawn app/C !"}},
		{"client gets a scope that its server lacks", server, server + "," + edit(client, `"ClientName"`, `"AllowedOAuthScopes": ["orders/cancel"], "ClientName"`), []string{"fails scope-missing app/C"}},
		{"client gets a scope of a server elsewhere", server, server + "," + edit(client, `"ClientName"`, `"AllowedOAuthScopes": ["other/cancel"], "ClientName"`), nil},
		{"server loses a scope in use", server + "," + edit(client, `"ClientName"`, `"AllowedOAuthScopes": ["orders/write"], "ClientName"`),
			edit(server, `, {"ScopeName": "write"}`, "") + "," + edit(client, `"ClientName"`, `"AllowedOAuthScopes": ["orders/write"], "ClientName"`), []string{"interrupts scope-removed app/C !"}},
		{"another prefix", pool + "," + prefix, pool + "," + edit(prefix, "example", "other"), []string{"fails pool-domain app/N", "replaces token-endpoint app/N !"}},
		{"custom domain for a prefix", pool + "," + prefix, pool + "," + edit(prefix, `"example"`, `"auth.example.com", "CustomDomainConfig": {"CertificateArn": "c"}`), []string{"replaces token-endpoint app/N !"}},
		{"secret gets another name", secret, edit(secret, "m2m/billing", "m2m2/billing"), []string{"replaces secret app/X !"}},
		{"secret is overwritten", secret, edit(secret, `"{}"`, `"{\"a\":1}"`), []string{"interrupts secret-overwritten app/X !"}},
		{"API key leaves", key, "", []string{"deletes api-key app/K !", "deletes api-key app/U !"}},
		{"API is deleted", api, "", []string{"deletes api-address app/A !"}},
		{"default endpoint is closed", api, edit(api, `"Name"`, `"DisableExecuteApiEndpoint": true, "Name"`), []string{"interrupts endpoint-closed app/A !"}},
		{"API becomes private", api, edit(api, `"Name"`, `"EndpointConfiguration": {"Types": ["PRIVATE"]}, "Name"`), []string{"interrupts endpoint-type app/A !"}},
		{"API gets a resource policy", api, edit(api, `"Name"`, `"Policy": {"Statement": []}, "Name"`), []string{"interrupts resource-policy app/A !"}},
		{"stage gets another name", api + "," + stage, api + "," + edit(stage, "v1", "v2"), []string{"replaces stage-name app/T ! cache"}},
		{"stage behind a domain name gets another name", edit(api, `"Name"`, `"DisableExecuteApiEndpoint": true, "Name"`) + "," + stage,
			edit(api, `"Name"`, `"DisableExecuteApiEndpoint": true, "Name"`) + "," + edit(stage, "v1", "v2"), []string{"replaces stage-behind-domain app/T cache"}},
		{"cache gets another size", api + "," + stage, api + "," + edit(stage, `"0.5"`, `"1.6"`), []string{"safe cache-recreated app/T cache"}},
		{"stage serves another API deployment", api + "," + stage, api + "," + edit(stage, `"d"`, `"d2"`), []string{"safe cache-emptied app/T cache"}},
		{"stage without a cache serves another API deployment", api + "," + edit(stage, "true, ", "false, "), api + "," + edit(stage, "true, ", "false, ", `"d"`, `"d2"`), nil},
		{"TTL rises with the validity", api + "," + stage + "," + edit(client, `"ClientName"`, `"AccessTokenValidity": 20, "TokenValidityUnits": {"AccessToken": "minutes"}, "ClientName"`),
			api + "," + edit(stage, "300", "1800") + "," + edit(client, `"ClientName"`, `"AccessTokenValidity": 1, "ClientName"`), []string{"interrupts ttl-before-validity app/T !"}},
		{"TTL rises below the validity", api + "," + stage + "," + client, api + "," + edit(stage, "300", "3300") + "," + client, nil},
		{"method asks for IAM", api, edit(api, `"NONE"`, `"AWS_IAM"`), []string{"interrupts authorization app/M !"}},
		{"method asks for an API key", api, edit(api, `"NONE"`, `"NONE", "ApiKeyRequired": true`), []string{"interrupts authorization app/M !"}},
		{"method asks for nothing any more", edit(api, `"NONE"`, `"AWS_IAM"`), api, nil},
		{"method sends another header", api, edit(api, "x-origin", "x-other"), []string{"interrupts header-sent app/M !"}},
		{"DNS record goes", `"H": {"Type": "AWS::Route53::RecordSet", "Properties": {"Name": "token.example.com.", "Type": "A"}}`, "", []string{"deletes dns-record app/H !"}},
		{"domain name gets another policy", domain, edit(domain, "TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09"), []string{"interrupts security-policy-changed app/D !"}},
		{"domain name goes", domain, "", []string{"deletes domain-name app/D !"}},
		{"another domain name", domain, edit(domain, "token.", "tokens."), []string{"replaces domain-name app/D !"}},
		{"mutual TLS", domain, edit(domain, `"SecurityPolicy"`, `"MutualTlsAuthentication": {"TruststoreUri": "s3://b/k"}, "SecurityPolicy"`), []string{"interrupts mutual-tls app/D !"}},
		{"web ACL lets in another header", acl, edit(acl, "x-origin", "x-other"), []string{"interrupts header-accepted app/W !"}},
		{"web ACL blocks the keys", acl, edit(acl, "/p/.well-known/jwks.json", "/nothing"), []string{"interrupts keys-blocked app/W !"}},
		{"set of accepted values is written", set, edit(set, `"Name"`, `"Description": "new", "Name"`), []string{"interrupts accepted-values app/E !"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			app := `{"app": {"Resources": {%s}}}`
			findings := lifecycle.Compare(stacks(t, fmt.Sprintf(app, test.before)), stacks(t, fmt.Sprintf(app, test.after)))
			if diff := cmp.Diff(test.want, notable(findings)); diff != "" {
				t.Error(diff)
			}
			for _, f := range findings {
				body, err := json.Marshal(f)
				if err != nil || regexp.MustCompile(`\{[a-z]+\}`).Match(body) {
					t.Errorf("something is not filled in: %s %v", body, err)
				}
			}
		})
	}
}

const (
	topic    = `"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "one"}}}`
	exported = `"Outputs": {"Out": {"Value": {"Ref": "T"}, "Export": {"Name": "topic"}}}`
	output   = `"Outputs": {"Out": {"Value": {"Ref": "T"}}}`
	strong   = `"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Fn::ImportValue": "topic"}]}}}`
	weak     = `"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Fn::GetStackOutput": {"StackName": "producer", "OutputName": "Out"}}]}}}`
	alone    = `"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm"}}`
	group    = `{"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/app/log"}}`
)

func TestCompare_stacks(t *testing.T) {
	renamed := strings.ReplaceAll(topic, `"one"`, `"two"`)
	for _, test := range []struct {
		name, before, after string
		want                []string
	}{
		{"import of what nobody exports", `{}`, `{"consumer": {` + strong + `}}`, []string{"fails import-missing consumer/topic"}},
		{"import of what a stack before exports", `{}`, `{"consumer": {` + strong + `}, "producer": {` + topic + "," + exported + `}}`, nil},
		{"output that does not exist", `{}`, `{"consumer": {` + weak + `}, "producer": {` + topic + `}}`, []string{"fails output-missing consumer/Out"}},
		{"export in use is removed with its import", `{"user": {` + strong + `}, "producer": {` + topic + "," + exported + `}}`, `{"user": {` + alone + `}, "producer": {` + topic + `}}`,
			[]string{"fails export-in-use producer/topic"}},
		{"export in use changes", `{"consumer": {` + strong + `}, "producer": {` + topic + "," + exported + `}}`, `{"consumer": {` + strong + `}, "producer": {` + renamed + "," + exported + `}}`,
			[]string{"fails export-in-use producer/topic", "replaces replaced producer/T"}},
		{"export in use by a stack that left", `{"consumer": {` + strong + `}, "producer": {` + topic + "," + exported + `}}`, `{"producer": {` + topic + `}}`,
			[]string{"fails export-in-use producer/topic", "stale stack-left consumer"}},
		{"export that nobody uses", `{"producer": {` + topic + "," + exported + `}}`, `{"producer": {` + topic + `}}`, nil},
		{"export of two stacks", `{"producer": {` + topic + "," + exported + `}}`, `{"producer": {` + topic + "," + exported + `}, "second": {` + renamed + "," + exported + `}}`,
			[]string{"fails export-duplicate second/topic"}},
		{"import becomes weak while its export goes", `{"consumer": {` + strong + `}, "producer": {` + topic + "," + exported + `}}`, `{"consumer": {` + weak + `}, "producer": {` + topic + "," + output + `}}`,
			[]string{"fails export-in-use producer/topic"}},
		{"import becomes weak while its export stays", `{"consumer": {` + strong + `}, "producer": {` + topic + "," + exported + `}}`, `{"consumer": {` + weak + `}, "producer": {` + topic + "," + exported + `}}`, nil},
		{"consumer keeps an old value", `{"consumer": {` + weak + `}, "producer": {` + topic + "," + output + `}}`, `{"consumer": {` + weak + `}, "producer": {` + renamed + "," + output + `}}`,
			[]string{"replaces replaced producer/T", "stale weak-reference consumer/A"}},
		{"consumer is updated, too", `{"consumer": {` + weak + `}, "producer": {` + topic + "," + output + `}}`,
			`{"consumer": {` + strings.ReplaceAll(weak, `"Properties": {`, `"Properties": {"Threshold": 1, `) + `}, "producer": {` + renamed + "," + output + `}}`, []string{"replaces replaced producer/T"}},
		{"producer is updated in place", `{"consumer": {` + weak + `}, "producer": {` + topic + "," + output + `}}`,
			`{"consumer": {` + weak + `}, "producer": {` + strings.ReplaceAll(topic, `"one"`, `"one", "DisplayName": "d"`) + "," + output + `}}`, nil},
		{"name moves to a stack that is deployed before", `{"a": {"Resources": {}}, "b": {"Resources": {"L": ` + group + `}}}`, `{"a": {"Resources": {"L": ` + group + `}}, "b": {"Resources": {}}}`,
			[]string{"fails name-taken a/L", "deletes deleted b/L"}},
		{"name moves to a stack that is deployed after", `{"a": {"Resources": {"L": ` + group + `}}, "b": {"Resources": {}}}`, `{"a": {"Resources": {}}, "b": {"Resources": {"L": ` + group + `}}}`,
			[]string{"deletes deleted a/L"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := notable(lifecycle.Compare(stacks(t, test.before), stacks(t, test.after)))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDeploy_remembersWhatWasRetained(t *testing.T) {
	kept := strings.ReplaceAll(group, `"Properties"`, `"DeletionPolicy": "Retain", "Properties"`)
	on, off := stacks(t, `{"app": {"Resources": {"L": `+kept+`}}}`), stacks(t, `{"app": {"Resources": {}}}`)
	account := lifecycle.NewAccount()
	account.Deploy(on)
	for _, step := range []struct {
		next *lifecycle.Assembly
		want []string
	}{
		{off, []string{"safe retained app/L"}},
		{on, []string{"fails name-kept app/L", "fails rollback name-kept-by-rollback app/L"}},
	} {
		if diff := cmp.Diff(step.want, notable(account.Deploy(step.next))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCompare_accountAndRegion(t *testing.T) {
	at := func(account, region, value string) *lifecycle.Assembly {
		a := stacks(t, `{"app": {"Resources": {"L": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": `+value+`}}}}}`)
		a.Stacks[0].Account, a.Stacks[0].Region = account, region
		return a
	}
	ref := `{"Fn::Join": ["", ["/", {"Ref": "AWS::Region"}]]}`
	if got := notable(lifecycle.Compare(at("", "", ref), at("1", "eu-west-1", `"/eu-west-1"`))); got != nil {
		t.Errorf("got %v for an app that names its Region now, want nothing", got)
	}
	want := []string{"replaces environment app !"}
	if diff := cmp.Diff(want, notable(lifecycle.Compare(at("1", "eu-west-1", ref), at("1", "eu-central-1", ref)))); diff != "" {
		t.Error(diff)
	}
}

func TestDestroy_saysWhatIsRefusedAndWhatStays(t *testing.T) {
	a := stacks(t, `{"app": {"Resources": {
		"B": {"Type": "AWS::S3::Bucket"},
		"E": {"Type": "AWS::S3::Bucket"}, "I": {"Type": "Custom::Files", "Properties": {"Bucket": {"Ref": "E"}, "DeleteVersions": "true"}},
		"P": {"Type": "AWS::Cognito::UserPool", "DeletionPolicy": "Retain", "Properties": {"DeletionProtection": "ACTIVE"}},
		"T": {"Type": "AWS::SNS::Topic"}}}}`)
	a.Stacks[0].TerminationProtection = true
	want := []string{"fails destroy termination-protection app", "fails destroy destroy-refused app/B", "safe destroy destroy-retained app/P"}
	if diff := cmp.Diff(want, notable(lifecycle.Destroy(a))); diff != "" {
		t.Error(diff)
	}
}

func TestNewAssembly_refusesACircle(t *testing.T) {
	_, err := lifecycle.NewAssembly([]*lifecycle.Stack{{Name: "a", DependsOn: []string{"b"}}, {Name: "b", DependsOn: []string{"a"}}})
	if err == nil || err.Error() != "the stacks [a b] depend on each other" {
		t.Errorf("got %v", err)
	}
}

func TestWriteText_groupsByStackAndEffect(t *testing.T) {
	client := func(names ...string) string {
		var all []string
		for _, name := range names {
			all = append(all, fmt.Sprintf(`%q: {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"ClientName": %q}}`, name, name))
		}
		return `{"tenants": {"Resources": {` + strings.Join(all, ",") + `}}}`
	}
	var b strings.Builder
	if err := lifecycle.WriteText(&b, lifecycle.Compare(stacks(t, client("audit", "billing", "shop")), stacks(t, client("shop")))); err != nil {
		t.Fatal(err)
	}
	want := `tenants
  deletes    AWS::Cognito::UserPoolClient (tenant audit, tenant billing) is deleted: the tenant's credentials stop working
             interrupts token requests: the tenant, until it uses the id and the secret of a new client
             see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolclient.html
  safe       creates 0, updates 0 in place, replaces 0 and removes 2 resources
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
