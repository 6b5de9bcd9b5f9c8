package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/stagecache"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// Whatever an answer holds, no error and no log line does: not of an answer that cannot be read, nor of one that quotes the request.
func TestAdapters_neverPutValuesIntoErrors(t *testing.T) {
	const value = "Fo0Ba7Fo0Ba7Fo0Ba7Fo0Ba7" // too short for sensitive.Redact
	document := sensitive.ValueOf(`{"client_id":"c","client_secret":"` + value + `"}`)
	ctx := t.Context()
	for name, tt := range map[string]struct {
		status int
		answer string
	}{
		"of another type": {200, `{"SecretString":"` + value + `","CreatedDate":"` + value + `","ARN":7,"SecretList":"` + value + `",
			"UserPoolClient":{"ClientSecret":"` + value + `","CreationDate":"` + value + `"},
			"ClientSecrets":[{"ClientSecretValue":"` + value + `","ClientSecretCreateDate":"` + value + `"}],
			"ClientSecretDescriptor":{"ClientSecretCreateDate":"` + value + `"}}`},
		"cut":             {200, `{"SecretString":"` + value},
		"text":            {200, value},
		"error of text":   {400, value},
		"quoting error":   {400, `{"__type":"InvalidParameterException","message":"Value ` + value + `","Message":"Value ` + value + `"}`},
		"number in error": {500, `{"__type":7,"message":"` + value + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.answer)
			}))
			defer server.Close()
			cfg := aws.Config{Region: testRegion, BaseEndpoint: &server.URL, Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1}
			s := secrets{client: secretsmanager.NewFromConfig(cfg), prefix: testPrefix}
			c := clients{client: cognitoidentityprovider.NewFromConfig(cfg), pool: "eu-west-1_pool"}
			f := stagecache.Cache{Client: apigateway.NewFromConfig(cfg), API: "api", Stage: "v1"}

			errs := []error{s.Put(ctx, "id", unknownVersion, clientsecret.LabelPending, document), c.Add(ctx, "client", sensitive.ValueOf(value))}
			if !strings.HasPrefix(name, "quoting") { // The others carry no value that could be quoted.
				_, described := s.Describe(ctx, "id")
				_, read := s.Value(ctx, "id", unknownVersion)
				_, client := c.Describe(ctx, "client")
				_, listed := c.List(ctx, "client")
				_, origin := header{client: s.client, arn: "arn"}.read(ctx)
				errs = append(errs, described, read, client, listed, origin, f.Flush(ctx), c.Delete(ctx, "client", "id"),
					s.List(ctx, func([]clientsecret.SecretState) {}), s.MoveLabel(ctx, "id", clientsecret.LabelCurrent, unknownVersion, ""),
					s.StartRotation(ctx, "id"), s.SaveSettled(ctx, "id", "v"))
			}
			var out bytes.Buffer
			failed := 0
			for _, err := range errs {
				if err == nil {
					continue
				}
				failed++
				sensitive.NewLogger(&out).Error("failed", "error", err)
				_, _ = fmt.Fprintf(&out, "%v %+v %#v %q\n", err, err, err, err)
			}
			if failed == 0 || strings.Contains(out.String(), value) {
				t.Errorf("%d failed; output: %s", failed, out.String())
			}
		})
	}
}
