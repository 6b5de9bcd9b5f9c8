package client

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
)

const (
	methodARN = "arn:aws:execute-api:eu-west-1:111122223333:abcdef1234/v1/POST/oauth2/token"
	secret    = "51c0ffee-never-logged"
)

func basic(credentials string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials))
}

// request is one that passes, changed.
func request(change func(*authorizer.Event)) authorizer.Event {
	event := authorizer.Event{
		MethodArn:                       methodARN,
		MultiValueHeaders:               map[string][]string{"authorization": {basic("shop:" + secret)}, "Host": {"api"}},
		MultiValueQueryStringParameters: map[string][]string{"client_id": {"shop"}, "scope": {"orders/read"}},
	}
	event.RequestContext.RequestID = "request-1"
	event.RequestContext.Identity.SourceIP = "203.0.113.7"
	if change != nil {
		change(&event)
	}
	return event
}

var fullList = Config{ClientIDs: []string{"shop", "billing"}, SourceNetworks: []string{"203.0.113.0/24", "2001:db8:1::/48"}}

func TestAuthorizer_decidesByTheAllowList(t *testing.T) {
	header := func(values ...string) func(*authorizer.Event) {
		return func(e *authorizer.Event) { e.MultiValueHeaders["authorization"] = values }
	}
	clientIDs := func(values ...string) func(*authorizer.Event) {
		return func(e *authorizer.Event) { e.MultiValueQueryStringParameters["client_id"] = values }
	}
	from := func(ip string) func(*authorizer.Event) {
		return func(e *authorizer.Event) { e.RequestContext.Identity.SourceIP = ip }
	}
	encoded := func(encoding *base64.Encoding, credentials string) string {
		return "Basic " + encoding.EncodeToString([]byte(credentials))
	}
	anyClient := Config{SourceNetworks: fullList.SourceNetworks}
	anyNetwork := Config{ClientIDs: fullList.ClientIDs}
	withoutClientID := Config{ClientIDs: fullList.ClientIDs, IgnoreClientID: true}

	for _, test := range []struct {
		name   string
		config Config
		change func(*authorizer.Event)
		want   refusal // "": allowed
	}{
		{"on both lists", fullList, nil, ""},
		{"another name of the scheme", fullList, header(strings.Replace(basic("shop:"+secret), "Basic", "bASIC", 1)), ""},
		{"colons in the secret", fullList, header(basic("shop:a:b:c")), ""},
		{"no secret, which is Cognito's to refuse", fullList, header(basic("shop:")), ""},
		{"the other client", fullList, func(e *authorizer.Event) { header(basic("billing:x"))(e); clientIDs("billing")(e) }, ""},

		{"unknown client", fullList, func(e *authorizer.Event) { header(basic("other:x"))(e); clientIDs("other")(e) }, unknownClient},
		{"case of a client id", fullList, func(e *authorizer.Event) { header(basic("Shop:x"))(e); clientIDs("Shop")(e) }, unknownClient},
		{"encoded client id", fullList, header(basic("%73hop:x")), unknownClient},
		{"space after a client id", fullList, header(basic("shop :x")), unknownClient},
		{"both clients of the list at once", fullList, header(basic("shop,billing:x")), unknownClient},

		{"no base64", fullList, header("Basic shop:secret"), malformed},
		{"no credentials", fullList, header("Basic"), malformed},
		{"empty credentials", fullList, header("Basic "), malformed},
		{"no colon", fullList, header(basic("shop")), malformed},
		{"no client id", fullList, header(basic(":x")), malformed},
		{"another scheme", fullList, header("Bearer " + basic("shop:x")[6:]), malformed},
		{"a signature", fullList, header("AWS4-HMAC-SHA256 Credential=AKIA/20261122/eu-west-1/execute-api/aws4_request"), malformed},
		{"only base64", fullList, header(basic("shop:x")[6:]), malformed},
		{"two spaces", fullList, header("Basic  " + basic("shop:x")[6:]), malformed},
		{"tab", fullList, header("Basic\t" + basic("shop:x")[6:]), malformed},
		{"no padding", fullList, header(encoded(base64.RawStdEncoding, "shop:ab")), malformed},
		{"the URL's alphabet", fullList, header(encoded(base64.URLEncoding, "shop:\xfb\xff")), malformed},
		{"line break", fullList, header(basic("shop:x")[:12] + "\r\n" + basic("shop:x")[12:]), malformed},
		{"text after the padding", fullList, header(basic("shop:ab") + "AAAA"), malformed},
		{"bits after the last byte", fullList, header("Basic c2hvcDp=" /* shop: ends with 6, not with 7 */), malformed},
		{"two credentials in one header", fullList, header(basic("shop:x") + ", " + basic("other:x")), malformed},

		{"two headers", fullList, header(basic("shop:x"), basic("shop:x")), severalHeaders},
		{"two headers of different case", fullList,
			func(e *authorizer.Event) { e.MultiValueHeaders["Authorization"] = []string{basic("other:x")} }, severalHeaders},

		{"no client_id", fullList, func(e *authorizer.Event) { delete(e.MultiValueQueryStringParameters, "client_id") }, severalClientIDs},
		{"two client_ids", fullList, clientIDs("shop", "billing"), severalClientIDs},
		{"one client_id twice", fullList, clientIDs("shop", "shop"), severalClientIDs},
		{"another client_id of the list", fullList, clientIDs("billing"), otherClientID},
		{"empty client_id", fullList, clientIDs(""), otherClientID},
		{"another name of client_id", fullList, func(e *authorizer.Event) {
			e.MultiValueQueryStringParameters = map[string][]string{"Client_ID": {"shop"}}
		}, severalClientIDs},
		{"client_id not asked for", withoutClientID, func(e *authorizer.Event) { e.MultiValueQueryStringParameters = nil }, ""},
		{"client_id not looked at", withoutClientID, clientIDs("billing", "other"), ""},

		{"first address of a network", fullList, from("203.0.113.0"), ""},
		{"last address of a network", fullList, from("203.0.113.255"), ""},
		{"address before a network", fullList, from("203.0.112.255"), foreignNetwork},
		{"address after a network", fullList, from("203.0.114.0"), foreignNetwork},
		{"IPv4 written as IPv6", fullList, from("::ffff:203.0.113.7"), ""},
		{"IPv4 elsewhere, written as IPv6", fullList, from("::ffff:198.51.100.7"), foreignNetwork},
		{"IPv6", fullList, from("2001:db8:1::7"), ""},
		{"IPv6 in full", fullList, from("2001:0DB8:0001:0000:0000:0000:0000:0007"), ""},
		{"IPv6 elsewhere", fullList, from("2001:db8:2::7"), foreignNetwork},
		{"IPv6 with a zone", fullList, from("2001:db8:1::7%eth0"), unknownAddress},
		{"no address", fullList, from(""), unknownAddress},
		{"test-invoke-source-ip", fullList, from("test-invoke-source-ip"), unknownAddress},
		{"two addresses", fullList, from("203.0.113.7, 198.51.100.7"), unknownAddress},

		{"any network", anyNetwork, from("198.51.100.7"), ""},
		{"any network, unknown client", anyNetwork, func(e *authorizer.Event) { header(basic("other:x"))(e); clientIDs("other")(e) },
			unknownClient},
		{"any client", anyClient, func(e *authorizer.Event) { header(basic("other:x"))(e); clientIDs("other")(e) }, ""},
		{"any client, with another client_id", anyClient, header(basic("other:x")), otherClientID},
		{"any client, malformed", anyClient, header("Basic !"), malformed},
		{"any client from elsewhere", anyClient, from("198.51.100.7"), foreignNetwork},

		{"a console's test event", fullList, func(e *authorizer.Event) {
			e.MultiValueHeaders, e.Headers = nil, map[string]string{"AUTHORIZATION": basic("shop:x")}
			e.MultiValueQueryStringParameters, e.QueryStringParameters = nil, map[string]string{"client_id": "shop"}
		}, ""},
		{"single values beside several", fullList, func(e *authorizer.Event) {
			e.Headers = map[string]string{"authorization": basic("shop:x")}
			header(basic("shop:x"), basic("other:x"))(e)
		}, severalHeaders},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			own, err := New(test.config, slog.New(slog.NewJSONHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := own.Handle(t.Context(), request(test.change))
			if err != nil {
				t.Fatal(err)
			}
			effect := "Allow"
			if test.want != "" {
				effect = "Deny"
			}
			want := events.APIGatewayCustomAuthorizerPolicy{Version: "2012-10-17", Statement: []events.IAMPolicyStatement{
				{Effect: effect, Action: []string{"execute-api:Invoke"}, Resource: []string{methodARN}},
			}}
			if diff := cmp.Diff(want, got.PolicyDocument); diff != "" {
				t.Errorf("policy (-want +got):\n%s", diff)
			}
			if test.want != "" && !strings.Contains(log.String(), `"reason":"`+string(test.want)+`"`) {
				t.Errorf("reason %q is not in the log: %s", test.want, log.String())
			}
			if test.want == "" && log.Len() > 0 {
				t.Errorf("logs what it allows: %s", log.String())
			}
		})
	}
}

// The principal gets to the access log: a client, and never what may be a secret in the wrong place or break the log's JSON.
func TestAuthorizer_namesThePrincipal(t *testing.T) {
	anyClient := Config{SourceNetworks: fullList.SourceNetworks, IgnoreClientID: true}
	for _, test := range []struct {
		config      Config
		credentials string
		want        string
	}{
		{fullList, "shop:" + secret, "shop"},
		{fullList, "other:" + secret, "denied"},
		{anyClient, "1example23456789shop000000:" + secret, "1example23456789shop000000"},
		{anyClient, secret + ":1example23456789shop000000", "unlisted"},
		{anyClient, "1example23456789shop0000001:x", "unlisted"},
		{anyClient, `a","status":"200:x`, "unlisted"},
		{anyClient, "shop:x", "unlisted"},
	} {
		own, err := New(test.config, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		response, err := own.Handle(t.Context(), request(func(e *authorizer.Event) {
			e.MultiValueHeaders["authorization"] = []string{basic(test.credentials)}
		}))
		if err != nil || response.PrincipalID != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.credentials, response.PrincipalID, err, test.want)
		}
	}
}

// The error's text is API Gateway's: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
func TestAuthorizer_isUnauthorizedWithoutCredentials(t *testing.T) {
	own, err := New(fullList, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range map[string]map[string][]string{"no headers": nil, "no header": {"Host": {"api"}},
		"empty header": {"Authorization": {""}}, "no value": {"Authorization": {}}} {
		_, err := own.Handle(t.Context(), request(func(e *authorizer.Event) { e.MultiValueHeaders = values }))
		if err == nil || err.Error() != "Unauthorized" {
			t.Errorf("%s: got %v, want Unauthorized", name, err)
		}
	}
	_, err = own.Handle(t.Context(), authorizer.Event{})
	if !errors.Is(err, authorizer.ErrNoMethod) {
		t.Errorf("no method: got %v", err)
	}
}

// A token request's secrets must not get to the log by any way, nor a client id that may be a secret in the wrong place.
func TestAuthorizer_logsNothingOfTheHeader(t *testing.T) {
	var log strings.Builder
	refusals := 0
	for _, list := range []Config{fullList, {SourceNetworks: fullList.SourceNetworks}} {
		own, err := New(list, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		if err != nil {
			t.Fatal(err)
		}
		for _, credentials := range []string{"shop:" + secret, secret + ":shop", secret, "other:" + secret} {
			for _, ip := range []string{"203.0.113.7", "198.51.100.7"} {
				for _, authorization := range []string{basic(credentials), "Basic " + credentials, credentials} {
					response, err := own.Handle(t.Context(), request(func(e *authorizer.Event) {
						e.MultiValueHeaders["authorization"], e.RequestContext.Identity.SourceIP = []string{authorization}, ip
					}))
					if err != nil {
						t.Fatal(err)
					}
					if response.PolicyDocument.Statement[0].Effect == "Deny" {
						refusals++
					}
				}
			}
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines != refusals || refusals != 46 {
		t.Errorf("%d lines for %d refusals, want one for each of 46", lines, refusals)
	}
	for _, leak := range []string{secret, basic("shop:" + secret)[6:], basic(secret + ":shop")[6:], "other:"} {
		if strings.Contains(log.String(), leak) {
			t.Errorf("%q is in the log", leak)
		}
	}
	if !strings.Contains(log.String(), `"requestId":"request-1","clientId":"shop"`) {
		t.Error("a refused client of the list is not named")
	}
}

func TestConfig_reportsEveryMistake(t *testing.T) {
	for _, test := range []struct {
		name        string
		environment map[string]string
		want        Config
		wrong       []string
	}{
		{"both lists", map[string]string{"CLIENT_IDS": "shop,billing", "SOURCE_NETWORKS": "203.0.113.0/24,2001:db8::/32"},
			Config{ClientIDs: []string{"shop", "billing"}, SourceNetworks: []string{"203.0.113.0/24", "2001:db8::/32"}}, nil},
		{"one list", map[string]string{"CLIENT_IDS": "shop", "IGNORE_CLIENT_ID": "true"},
			Config{ClientIDs: []string{"shop"}, IgnoreClientID: true}, nil},
		{"nothing", nil, Config{}, []string{"the allow list is empty: set CLIENT_IDS, SOURCE_NETWORKS or both"}},
		{"everything wrong", map[string]string{"CLIENT_IDS": "shop,,a b", "SOURCE_NETWORKS": "203.0.113.7/24,x"},
			Config{ClientIDs: []string{"shop", "", "a b"}, SourceNetworks: []string{"203.0.113.7/24", "x"}}, []string{
				`CLIENT_IDS: client id "" is not one of Cognito`, `CLIENT_IDS: client id "a b" is not one of Cognito`,
				`SOURCE_NETWORKS: network "203.0.113.7/24" has bits set after its prefix`,
				`SOURCE_NETWORKS: network "x" is not in CIDR notation`,
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ReadConfig(func(name string) string { return test.environment[name] })
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			_, err = New(got, slog.New(slog.DiscardHandler))
			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if len(lines) != len(test.wrong) {
				t.Fatalf("got %q, want %q", lines, test.wrong)
			}
			for i, line := range lines {
				if !strings.HasPrefix(line, test.wrong[i]) {
					t.Errorf("got %q, want %q…", line, test.wrong[i])
				}
			}
		})
	}
	if _, err := ReadConfig(func(string) string { return "maybe" }); err == nil ||
		!strings.Contains(err.Error(), `IGNORE_CLIENT_ID is "maybe": want true or false`) {
		t.Errorf("got %v", err)
	}
}
