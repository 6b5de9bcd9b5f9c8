package simulator_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client/allowlist"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

const gatePath = gatewayStack + "/Gate"

// withGate puts a Lambda authorizer before the token method: a function of the stack, or by its ARN one from outside.
func withGate(t *testing.T, functionARN string) func(object) {
	return func(r object) {
		r["Gate"] = resource(t, "AWS::Lambda::Function", `{}`)
		function := `{"Fn::GetAtt": ["Gate", "Arn"]}`
		if functionARN != "" {
			function = `"` + functionARN + `"`
		}
		r["Authorizer"] = resource(t, "AWS::ApiGateway::Authorizer", `{"RestApiId": {"Ref": "`+api+`"}, "Name": "gate", "Type": "REQUEST",
			"AuthorizerResultTtlInSeconds": 300,
			"AuthorizerUri": {"Fn::Join": ["", ["arn:aws:apigateway:", {"Ref": "AWS::Region"}, ":lambda:path/2015-03-31/functions/", `+function+`,
				"/invocations"]]},
			"IdentitySource": "method.request.header.Authorization,context.identity.sourceIp,method.request.querystring.client_id"}`)
		propertiesOf(r, method)["AuthorizationType"], propertiesOf(r, method)["AuthorizerId"] = "CUSTOM", object{"Ref": "Authorizer"}
	}
}

// gate allows source addresses of a network, and counts its runs.
func gate(runs *int) simulator.Authorizer {
	return simulator.Authorizer{Request: func(_ context.Context,
		e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		*runs++
		effect := "Deny"
		if strings.HasPrefix(e.RequestContext.Identity.SourceIP, "192.0.2.") && e.QueryStringParameters["client_id"] != "" {
			effect = "Allow"
		}
		response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: e.QueryStringParameters["client_id"]}
		response.PolicyDocument.Statement = []events.IAMPolicyStatement{{Effect: effect, Action: []string{"execute-api:Invoke"},
			Resource: []string{e.MethodArn}}}
		return response, nil
	}}
}

// A refused caller gets no token, not even from the cache; and the refusal is the gateway's own, in OAuth's form.
func TestAuthorization_authorizerRefusesOnACacheHit(t *testing.T) {
	for name, options := range map[string]struct{ key, arn string }{
		"by the resource's path": {gatePath, ""}, "by ARN": {"arn:aws:lambda:eu-west-1:999999999999:function:foreign",
			"arn:aws:lambda:eu-west-1:999999999999:function:foreign"},
	} {
		runs := 0
		system := gateway(t, simulator.Options{Authorizers: map[string]simulator.Authorizer{options.key: gate(&runs)}}, withGate(t, options.arn))
		from := func(address string) func(*http.Request) {
			return func(r *http.Request) { r.RemoteAddr = address + ":1" }
		}
		wants(t, name+", miss", ask(t, system, from("192.0.2.1")), 200, "access_token")
		wants(t, name+", hit", ask(t, system, from("192.0.2.1")), 200, "access_token")
		wants(t, name+", refused", ask(t, system, from("198.51.100.1")), 403, `{"error":"access_denied"`)
		wants(t, name+", hit from another address", ask(t, system, from("192.0.2.2")), 200, "access_token")
		if c := system.Counters(); c.Hits != 2 || c.Misses != 1 || runs != 3 {
			t.Errorf("%s: %d hits, %d misses, function run %d times, want 2, 1 and 3", name, c.Hits, c.Misses, runs)
		}
	}
}

// A handler gets what JSON has of the event, and its answer counts as JSON has it.
func TestAuthorization_handlerWithTypesOfItsOwn(t *testing.T) {
	type event struct {
		MethodARN      string `json:"methodArn"`
		Headers        map[string]string
		RequestContext struct {
			Identity struct{ SourceIP string }
		}
	}
	type statement struct {
		Effect           string
		Action, Resource []string
	}
	type response struct {
		PrincipalID    string `json:"principalId"`
		PolicyDocument struct{ Statement []statement }
	}
	for name, test := range map[string]struct {
		effect string
		err    error
		status int
	}{"allows": {"Allow", nil, 200}, "denies": {"Deny", nil, 403}, "knows nobody": {"", errors.New("Unauthorized"), 401},
		"fails": {"", errors.New("broken"), 500}} {
		handle := func(_ context.Context, e event) (r response, err error) {
			if e.RequestContext.Identity.SourceIP != "192.0.2.1" || !strings.HasPrefix(e.Headers["Authorization"], "Basic ") {
				t.Errorf("event: %+v", e)
			}
			r.PrincipalID = "client"
			r.PolicyDocument.Statement = []statement{{test.effect, []string{"execute-api:Invoke"}, []string{e.MethodARN}}}
			return r, test.err
		}
		system := gateway(t, simulator.Options{Authorizers: map[string]simulator.Authorizer{gatePath: simulator.RequestHandler(handle)}},
			withGate(t, ""))
		if got := ask(t, system, func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1" }); got.Code != test.status {
			t.Errorf("a handler that %s: got %d %s, want %d", name, got.Code, got.Body, test.status)
		}
	}
}

func TestAuthorization_authorizerThatNobodyRunsIsRefused(t *testing.T) {
	for arn, want := range map[string]string{
		"": gatewayStack + "/Authorizer: the authorizer's function " + gatePath + " is not run: give it to Options.Authorizers by its path",
		"arn:aws:lambda:eu-west-1:999999999999:function:foreign": gatewayStack +
			"/Authorizer: the authorizer's function arn:aws:lambda:eu-west-1:999999999999:function:foreign is not in the assembly",
	} {
		_, err := simulator.Load(gatewayFixture(t, withGate(t, arn)), simulator.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
}

// withIAM makes the token method take signed requests, with the client's credentials in a header of their own.
func withIAM(r object) {
	m := propertiesOf(r, method)
	m["AuthorizationType"] = "AWS_IAM"
	parameters := m["RequestParameters"].(object)
	delete(parameters, "method.request.header.Authorization")
	parameters["method.request.header.x-client-authorization"] = true
	integration := m["Integration"].(object)
	integration["RequestParameters"].(object)["integration.request.header.Authorization"] = "method.request.header.x-client-authorization"
	keys := integration["CacheKeyParameters"].([]any)
	keys[slices.Index(keys, any("method.request.header.Authorization"))] = "method.request.header.x-client-authorization"
}

// sign moves the client's credentials to their header and signs.
func sign(t *testing.T, c aws.Credentials, at time.Time) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("X-Client-Authorization", r.Header.Get("Authorization"))
		r.Header.Del("Authorization")
		hash := sha256.Sum256([]byte("grant_type=client_credentials"))
		if err := v4.NewSigner().SignHTTP(t.Context(), c, r, hex.EncodeToString(hash[:]), "execute-api", "eu-west-1", at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAuthorization_signedRequestsGetTokens(t *testing.T) {
	own := aws.Credentials{AccessKeyID: "AKIAOWN", SecretAccessKey: "s1", SessionToken: "t1"}
	foreign := aws.Credentials{AccessKeyID: "AKIAFOREIGN", SecretAccessKey: "s2"}
	system := gateway(t, simulator.Options{Callers: []simulator.Caller{
		{ARN: "arn:aws:iam::000000000000:role/orders", Credentials: own, Invoke: true},
		{ARN: "arn:aws:iam::444455556666:role/orders", Credentials: foreign, Invoke: true},
	}}, withIAM)
	now := time.Now()
	wants(t, "signed", ask(t, system, sign(t, own, now)), 200, "access_token")
	wants(t, "signed again", ask(t, system, sign(t, own, now)), 200, "access_token")
	wants(t, "from another account without a resource policy", ask(t, system, sign(t, foreign, now)), 403, "access_denied")
	wants(t, "unsigned", ask(t, system, func(r *http.Request) { r.Header.Del("Authorization") }), 404, "error")
	wants(t, "Basic", ask(t, system, asIs), 403, "INVALID_SIGNATURE")
	wants(t, "an unknown key", ask(t, system, sign(t, aws.Credentials{AccessKeyID: "AKIAX", SecretAccessKey: "s1"}, now)), 403,
		"INVALID_SIGNATURE")
	if c := system.Counters(); c.Hits != 1 || c.Misses != 1 {
		t.Errorf("%d hits, %d misses: want the second signed request from the cache, and no other in it", c.Hits, c.Misses)
	}
}

func TestAuthorization_callersAreChecked(t *testing.T) {
	for _, c := range []simulator.Caller{{ARN: "orders", Credentials: aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}},
		{ARN: "arn:aws:iam::444455556666:role/orders"}} {
		if _, err := simulator.Load(gatewayFixture(t, withIAM), simulator.Options{Callers: []simulator.Caller{c}}); err == nil ||
			!strings.Contains(err.Error(), "Options.Callers[0]") {
			t.Errorf("%+v: got %v", c, err)
		}
	}
}

// Each tenant's API key is in a secret, and the API key takes it from there.
func TestAuthorization_PIKeysComeFromSecrets(t *testing.T) {
	dir := fixture(t, func(stack string, r object) {
		switch stack {
		case gatewayStack:
			propertiesOf(r, method)["ApiKeyRequired"] = true
			r["Plan"] = resource(t, "AWS::ApiGateway::UsagePlan", `{"UsagePlanName": "small", "Quota": {"Limit": 2, "Period": "DAY"},
				"ApiStages": [{"ApiId": {"Ref": "`+api+`"}, "Stage": {"Ref": "`+stage+`"}}]}`)
		case "m2m-dev-tenants-sandbox":
			for id, key := range map[string]string{"Plain": "", "JSON": "api_key"} {
				generate := `{"PasswordLength": 40, "ExcludePunctuation": true}`
				if key != "" {
					generate = `{"PasswordLength": 40, "ExcludePunctuation": true, "GenerateStringKey": "api_key",
						"SecretStringTemplate": "{\"tenant\":\"checkout\"}"}`
				}
				r[id+"Secret"] = resource(t, "AWS::SecretsManager::Secret", `{"Name": "m2m/dev/api-keys/`+id+`", "GenerateSecretString": `+generate+`}`)
				r[id+"Key"] = resource(t, "AWS::ApiGateway::ApiKey",
					`{"Name": "`+id+`", "Enabled": true, "Value": {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "`+id+`Secret"},
						":SecretString:`+key+`::}}"]]}}`)
				r[id+"Member"] = resource(t, "AWS::ApiGateway::UsagePlanKey",
					`{"KeyId": {"Ref": "`+id+`Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Fn::GetStackOutput": {"StackName": "`+gatewayStack+`",
						"OutputName": "Plan"}}}`)
			}
		}
	})
	exportPlan(t, dir)
	system, err := simulator.Load(dir, simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	keys := system.Gateway().APIKeys()
	if len(keys) != 2 || keys[0].Name != "JSON" || keys[1].Name != "Plain" || len(keys[0].Value) != 40 || len(keys[1].Value) != 40 ||
		keys[0].Value == keys[1].Value {
		t.Fatalf("keys: %d, want those of two secrets with 40 characters each", len(keys))
	}
	if keys[0].Secret != "m2m/dev/api-keys/JSON" || keys[1].Secret != "m2m/dev/api-keys/Plain" {
		t.Errorf("secrets: %q, %q", keys[0].Secret, keys[1].Secret)
	}
	with := func(key string) func(*http.Request) { return func(r *http.Request) { r.Header.Set("X-Api-Key", key) } }
	wants(t, "no key", ask(t, system, asIs), 403, "INVALID_API_KEY")
	wants(t, "another key", ask(t, system, with("made-up-key-of-more-than-20-characters")), 403, "INVALID_API_KEY")
	wants(t, "key", ask(t, system, with(keys[0].Value)), 200, "access_token")
	wants(t, "key on a hit", ask(t, system, with(keys[0].Value)), 200, "access_token")
	wants(t, "quota used up, on a hit", ask(t, system, with(keys[0].Value)), 429, `{"error":"temporarily_unavailable"`)
	wants(t, "another tenant's key", ask(t, system, with(keys[1].Value)), 200, "access_token")
}

// withOwnGate puts the project's own authorizer before the token method.
func withOwnGate(t *testing.T, variables string) func(object) {
	return func(r object) {
		withGate(t, "")(r)
		r["Gate"] = resource(t, "AWS::Lambda::Function", `{"Description": "`+allowlist.Description+`", "Environment": {"Variables": `+variables+`}}`)
	}
}

// The project's own authorizer needs no Options: it runs with what the template sets.
func TestAuthorization_ownAuthorizerRuns(t *testing.T) {
	system := gateway(t, simulator.Options{}, withOwnGate(t, `{"SOURCE_NETWORKS": "192.0.2.0/24,2001:db8::/32"}`))
	from := func(address string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = address } }
	wants(t, "miss", ask(t, system, from("192.0.2.1:1")), 200, "access_token")
	wants(t, "hit, by IPv6", ask(t, system, from("[2001:db8::1]:1")), 200, "access_token")
	wants(t, "from elsewhere", ask(t, system, from("198.51.100.1:1")), 403, `{"error":"access_denied"`)
	wants(t, "from elsewhere, whatever a header says", ask(t, system, func(r *http.Request) {
		r.RemoteAddr = "198.51.100.1:1"
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
	}), 403, `{"error":"access_denied"`)
	wants(t, "for another client", ask(t, system, func(r *http.Request) {
		r.RemoteAddr = "192.0.2.1:1"
		query := r.URL.Query()
		query.Set("client_id", system.Tenants()[1].ClientID)
		r.URL.RawQuery = query.Encode()
	}), 403, `{"error":"access_denied"`)
	if c := system.Counters(); c.Hits != 1 || c.Misses != 1 || !slices.Equal(system.Gateway().SourceNetworks(),
		[]string{"192.0.2.0/24", "2001:db8::/32"}) {
		t.Errorf("%d hits, %d misses, networks %q", c.Hits, c.Misses, system.Gateway().SourceNetworks())
	}
}

// An authorizer that would not start on AWS does not here.
func TestAuthorization_ownAuthorizerThatDoesNotStartIsRefused(t *testing.T) {
	for variables, want := range map[string]string{
		`{}`: "the allow list is empty", `{"SOURCE_NETWORKS": "here"}`: "SOURCE_NETWORKS: ",
		`{"SOURCE_NETWORKS": "192.0.2.0/24", "IGNORE_CLIENT_ID": "maybe"}`: "want true or false",
	} {
		_, err := simulator.Load(gatewayFixture(t, withOwnGate(t, variables)), simulator.Options{})
		if err == nil || !strings.Contains(err.Error(), gatePath+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want …%s: …%s…", variables, err, gatePath, want)
		}
	}
}
