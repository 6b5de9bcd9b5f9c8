package guard_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

type object = map[string]any

// handmade is a sound door in three stacks that owes nothing to this module's constructs but the marks.
func handmade(t *testing.T) object {
	t.Helper()
	return read[object](t, "testdata/door.json")
}

// ours is the dev environment's door, as it is synthesized.
func ours(t *testing.T) object {
	t.Helper()
	stacks := object{}
	for _, name := range []string{"identity", "gateway", "credentials", "tenants-sandbox", "monitoring"} {
		stacks[name] = read[object](t, filepath.Join("..", "testdata", "snapshots", "m2m-dev-"+name+"_1.snap.json"))
	}
	return stacks
}

func read[T any](t *testing.T, file string) (value T) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(body, &value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// at is the properties of the resource at stack/ID.
func at(t *testing.T, stacks object, place string) object {
	t.Helper()
	stack, id, _ := strings.Cut(place, "/")
	resource, ok := stacks[stack].(object)["Resources"].(object)[id].(object)
	if !ok {
		t.Fatalf("no %s", place)
	}
	return resource["Properties"].(object)
}

// Resources of the app beside a door get no finding: user pools of people, plain APIs, functions, alarms.
func TestCheckAssembly_leavesOtherResourcesAlone(t *testing.T) {
	foreign := read[object](t, "testdata/foreign.template.json")
	for name, stacks := range map[string]object{"no door": {}, "our door": ours(t), "a door made by hand": handmade(t)} {
		stacks["foreign"] = foreign
		for _, found := range findings(t, houserules.Write(t, stacks)) {
			t.Errorf("%s: %s", name, found)
		}
	}
	// The same would be found in a door.
	all := strings.Join(findings(t, houserules.Write(t, object{"test": foreign}), guard.AsDoor), "\n")
	for _, id := range []string{"Web", "Mobile", "Stage", "Key", "Domain", "Mapping", "Permission", "Role", "Secret", "Schedule",
		"SecretPolicy", "Set", "Acl", "Logging", "Hydra"} {
		if !strings.Contains(all, " "+id+": ") {
			t.Errorf("nothing is found in %s when all is a door's", id)
		}
	}
}

// Each resource of a door is found from the method, across stacks.
func TestCheckAssembly_findsBrokenDoors(t *testing.T) {
	set := func(name string, value any) func(object) { return func(p object) { p[name] = value } }
	rule := func(p object) object { return first(p["Rules"]) }
	for place, test := range map[string]struct {
		breakIt func(object)
		want    string
	}{
		"gateway/Post": {set("AuthorizationType", "NONE"), "AuthorizationType is NONE and AuthorizerId"},
		"gateway/Api":  {set("Policy", object{"Statement": []any{}}), "Policy allows nothing"},
		"gateway/Stage": {func(p object) { tokenSetting(p)["DataTraceEnabled"] = true },
			"method setting POST /~1oauth2~1token may trace data"},
		"gateway/Authorizer":         {set("IdentitySource", "context.identity.sourceIp, context.path"), "IdentitySource has a space"},
		"gateway/Permission":         {set("SourceArn", nil), "may invoke the function for every account"},
		"gateway/RotationPermission": {set("SourceAccount", nil), "may invoke the function for every account"},
		"gateway/RotationRole": {set("Policies",
			[]any{object{"PolicyDocument": object{"Statement": []any{object{"Effect": "Allow", "NotAction": "s3:*"}}}}}),
			"a policy allows NotAction"},
		"gateway/Domain": {func(p object) { delete(p["MutualTlsAuthentication"].(object), "TruststoreVersion") },
			"has no TruststoreVersion"},
		"gateway/Key":          {set("Value", "0123456789abcdefghij"), "Value is in the template"},
		"gateway/KeySecret":    {set("SecretString", "x"), "SecretString is in the template"},
		"gateway/Secret":       {set("SecretString", "x"), "SecretString is in the template"},
		"gateway/Schedule":     {set("RotateImmediatelyOnUpdate", true), "RotateImmediatelyOnUpdate is true"},
		"gateway/SecretPolicy": {set("BlockPublicPolicy", false), "BlockPublicPolicy is false"},
		"gateway/Set":          {set("RegularExpressionList", []any{"a"}), "pattern 0 is not anchored"},
		"gateway/PoolAcl":      {func(p object) { rule(p)["VisibilityConfig"] = object{} }, "keeps samples of requests"},
		"gateway/EdgeAcl":      {func(p object) { rule(p)["OverrideAction"] = object{"None": object{}} }, "may block by Bot Control"},
		"gateway/EdgeLogging": {set("RedactedFields",
			[]any{object{"SingleHeader": object{"Name": "authorization"}}, object{"SingleHeader": object{"Name": "cookie"}}}),
			"leaves out the header x-api-key"},
		"tenants/Client": {set("ExplicitAuthFlows", []any{"ALLOW_CLIENT_TOKEN_AUTH"}),
			"ExplicitAuthFlows is [ALLOW_CLIENT_TOKEN_AUTH]"},
		"tenants/Credentials": {set("KmsKeyId", nil), "KmsKeyId is missing"},
	} {
		t.Run(place, func(t *testing.T) {
			stacks := handmade(t)
			test.breakIt(at(t, stacks, place))
			expectOne(t, stacks, place, test.want)
		})
	}
	t.Run("policy of a marked role", func(t *testing.T) {
		stacks := handmade(t)
		first(at(t, stacks, "gateway/RotationPolicy")["PolicyDocument"].(object)["Statement"])["Action"] = "wafv2:*"
		expectOne(t, stacks, "gateway/RotationRole", "a policy allows wafv2:*")
	})
	t.Run("open default endpoint", func(t *testing.T) {
		stacks := handmade(t)
		delete(at(t, stacks, "gateway/Api"), "DisableExecuteApiEndpoint")
		expectOne(t, stacks, "gateway/Mapping", "an API whose default endpoint is open")
	})
	t.Run("client without its flow", func(t *testing.T) {
		stacks := handmade(t)
		at(t, stacks, "tenants/Client")["AllowedOAuthFlows"] = []any{"code"}
		expectOne(t, stacks, "tenants/Client", "AllowedOAuthFlows is [code]")
	})
}

// expectOne wants exactly one finding, of the door's tier.
func expectOne(t *testing.T, stacks object, place, want string) {
	t.Helper()
	found, err := guard.CheckAssembly(houserules.Write(t, stacks))
	if err != nil || len(found) != 1 || found[0].Tier != guard.TierDoor || found[0].Stack+"/"+found[0].LogicalID != place ||
		!strings.Contains(found[0].Message, want) {
		t.Errorf("got %q, %v; want one of %s: …%s…", found, err, place, want)
	}
}

// The integration's URL makes a door, in whatever form it is written.
func TestCheckAssembly_recognizesDoors(t *testing.T) {
	reference := object{"Fn::ImportValue": "identity:Domain"}
	for name, test := range map[string]struct {
		uri  any
		edit func(object)
		want bool
	}{
		"literal prefix": {"https://acme-machines.auth.eu-west-1.amazoncognito.com/oauth2/token", nil, true},
		"FIPS endpoint":  {"https://acme-machines.auth-fips.us-east-1.amazoncognito.com/oauth2/token", nil, true},
		"with a query":   {"https://acme-machines.auth.eu-west-1.amazoncognito.com/oauth2/token?x=y", nil, true},
		"prefix by substitution": {object{"Fn::Sub": []any{"https://${Domain}.auth.${AWS::Region}.amazoncognito.com/oauth2/token",
			object{"Domain": reference}}}, nil, true},
		"custom domain by reference": {object{"Fn::Join": []any{"", []any{"https://", reference, "/oauth2/token"}}}, nil, true},
		"literal custom domain": {"https://auth.acme.example/oauth2/token", func(s object) {
			domain := at(t, s, "identity/Domain")
			domain["Domain"], domain["CustomDomainConfig"] = "auth.acme.example", object{}
		}, true},
		"custom domain of a pool elsewhere, marked": {"https://auth.acme.example/oauth2/token", func(s object) {
			s["gateway"].(object)["Resources"].(object)["Post"].(object)["Metadata"] = object{"cognito-m2m": "tokenproxy"}
			at(t, s, "tenants/Client")["UserPoolId"] = "eu-west-1_elsewhere"
			at(t, s, "gateway/PoolAssociation")["ResourceArn"] = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_elsewhere"
		}, true},
		"prefix of a pool elsewhere": {"https://elsewhere.auth.eu-west-1.amazoncognito.com/oauth2/token", func(s object) {
			at(t, s, "tenants/Client")["UserPoolId"] = "eu-west-1_elsewhere"
			at(t, s, "gateway/PoolAssociation")["ResourceArn"] = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_elsewhere"
		}, true},
		"another identity provider": {"https://auth.acme.example/oauth2/token", nil, false},
		"another path":              {"https://acme-machines.auth.eu-west-1.amazoncognito.com/oauth2/userInfo", nil, false},
		"a circle": {object{"Fn::ImportValue": "circle"}, func(s object) {
			s["circle"] = object{"Outputs": object{"A": object{"Value": object{"Fn::ImportValue": "circle"}, "Export": object{"Name": "circle"}}}}
		}, false},
		"not text": {[]any{1}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			stacks := handmade(t)
			at(t, stacks, "gateway/Post")["Integration"].(object)["Uri"] = test.uri
			if test.edit != nil {
				test.edit(stacks)
			}
			if found := findings(t, houserules.Write(t, stacks)); len(found) > 0 {
				t.Errorf("sound: got %q", found)
			}
			at(t, stacks, "gateway/Set")["RegularExpressionList"] = []any{"a"} // behind the pool's association
			at(t, stacks, "tenants/Client")["ExplicitAuthFlows"] = []any{"ALLOW_USER_SRP_AUTH"}
			tokenSetting(at(t, stacks, "gateway/Stage"))["CacheTtlInSeconds"] = 3600
			want := 0
			if test.want {
				want = 3
			}
			if found := findings(t, houserules.Write(t, stacks)); len(found) != want {
				t.Errorf("broken: got %q, want %d", found, want)
			}
		})
	}
}

// Clients and cache are in different stacks, so the TTL is checked over the whole assembly.
func TestCheckAssembly_holdsTheTTLAgainstEveryValidity(t *testing.T) {
	for name, test := range map[string]struct {
		validity float64
		unit     any
		want     string
	}{
		"shorter": {24, "minutes", "cache TTL 20m0s is not allowed"},
		"fits":    {1, "hours", ""},
		"default": {1, nil, ""},
	} {
		stacks := handmade(t)
		client := at(t, stacks, "tenants/Client")
		client["AccessTokenValidity"], client["TokenValidityUnits"] = test.validity, object{"AccessToken": test.unit}
		if test.want == "" {
			if found := findings(t, houserules.Write(t, stacks)); len(found) > 0 {
				t.Errorf("%s: got %q", name, found)
			}
			continue
		}
		expectOne(t, stacks, "gateway/Stage", test.want)
	}
}
