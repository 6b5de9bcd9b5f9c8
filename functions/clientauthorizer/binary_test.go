package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
)

func build(t *testing.T) string {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("this is %s/%s: the binary is for linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := lambdabuild.Build(t.Context(), lambdabuild.Module+"/functions/clientauthorizer", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "bootstrap")
}

// event is a request event as API Gateway's guide shows it, with what no rule looks at.
func event(client, secret, sourceIP string) []byte {
	credentials := base64.StdEncoding.EncodeToString([]byte(client + ":" + secret))
	return fmt.Appendf(nil, `{"type":"REQUEST","methodArn":"arn:aws:execute-api:eu-west-1:111122223333:abcdef1234/v1/POST/oauth2/token",
"resource":"/oauth2/token","path":"/v1/oauth2/token","httpMethod":"POST",
"headers":{"authorization":"Basic %[1]s"},"multiValueHeaders":{"authorization":["Basic %[1]s"]},
"queryStringParameters":{"client_id":%[2]q},"multiValueQueryStringParameters":{"client_id":[%[2]q],"scope":["orders/read"]},
"pathParameters":{},"stageVariables":{"originHeaderValue":"v"},
"requestContext":{"requestId":"r","identity":{"sourceIp":%[3]q,"apiKey":null,"clientCert":null},"stage":"v1","apiId":"abcdef1234",
"resourcePath":"/oauth2/token"}}`, credentials, client, sourceIP)
}

func TestFunction_admitsOnlyListedClients(t *testing.T) {
	var output strings.Builder
	function, err := lambdaruntime.Start(build(t), []string{"CLIENT_IDS=shop", "SOURCE_NETWORKS=203.0.113.0/24"}, &output)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(function.Stop)
	policy := func(principal, effect string) string {
		return `{"principalId":"` + principal + `","policyDocument":{"Version":"2012-10-17","Statement":[{` +
			`"Action":["execute-api:Invoke"],"Effect":"` + effect + `",` +
			`"Resource":["arn:aws:execute-api:eu-west-1:111122223333:abcdef1234/v1/POST/oauth2/token"]}]}}`
	}
	began := time.Now()
	for _, test := range []struct{ client, sourceIP, want string }{
		{"shop", "203.0.113.7", policy("shop", "Allow")},
		{"shop", "198.51.100.7", policy("denied", "Deny")},
		{"other", "203.0.113.7", policy("denied", "Deny")},
	} {
		got, err := function.Invoke(t.Context(), event(test.client, "s3cr3t-s3cr3t", test.sourceIP))
		if err != nil || string(got) != test.want {
			t.Errorf("%s from %s: got %s, %v", test.client, test.sourceIP, got, err)
		}
	}
	each := time.Since(began) / 3
	t.Logf("ready %v after exec, then %v an event", function.Ready.Round(10*time.Microsecond), each.Round(10*time.Microsecond))

	_, err = function.Invoke(t.Context(),
		[]byte(`{"type":"REQUEST","methodArn":"arn:aws:execute-api:eu-west-1:111122223333:a/v1/POST/oauth2/token"}`))
	if failure := (*lambdaruntime.FunctionError)(nil); !errors.As(err, &failure) || failure.Message != "Unauthorized" {
		t.Errorf("no credentials: got %v, want the error by which API Gateway answers 401", err)
	}
	function.Stop() // so that all of its output has arrived
	if !strings.Contains(output.String(), `"msg":"denied","reason":"the client is not on the allow list","requestId":"r"`) {
		t.Errorf("a refusal is not logged: %s", output.String())
	}
	if strings.Contains(output.String(), "s3cr3t") || strings.Contains(output.String(), "Basic") {
		t.Errorf("credentials in the log: %s", output.String())
	}
}

// A function without an allow list must not come to decide anything.
func TestFunction_doesNotStartWithoutAllowList(t *testing.T) {
	for _, environment := range [][]string{
		nil, {"CLIENT_IDS=", "SOURCE_NETWORKS="}, {"SOURCE_NETWORKS=everywhere"}, {"CLIENT_IDS=shop", "IGNORE_CLIENT_ID=yes"},
	} {
		var output strings.Builder
		function, err := lambdaruntime.Start(build(t), environment, &output)
		if err == nil {
			function.Stop()
			t.Fatalf("%v: started", environment)
		}
		if !strings.Contains(output.String(), `"msg":"configuration"`) {
			t.Errorf("%v: does not say why: %s", environment, output.String())
		}
	}
}
