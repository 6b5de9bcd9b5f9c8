package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// An answer that the SDK cannot read holds a value all the same. This one is too short for sensitive.Redact.
func TestAdapters_neverPutUnreadableAnswersIntoErrors(t *testing.T) {
	const value = "Fo0Ba7Fo0Ba7Fo0Ba7Fo0Ba7"
	for name, answer := range map[string]string{
		"secret": `{"SecretString":"` + value + `","CreatedDate":"` + value + `"}`,
		"stage":  `{"variables":{"originHeader":"` + value + `"},"lastUpdatedDate":"` + value + `"}`,
		"set":    `{"RegexPatternSet":{"RegularExpressionList":[{"RegexString":"` + value + `"}],"Name":7}}`,
		"cut":    `{"` + value,
		"text":   value,
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
			defer server.Close()
			cfg := aws.Config{Region: testRegion, BaseEndpoint: &server.URL, Credentials: aws.AnonymousCredentials{}}
			ctx := context.Background()
			var errs []error
			_, err := secret{client: secretsmanager.NewFromConfig(cfg), arn: "arn"}.Value(ctx, "00000000-0000-4000-8000-000000000000")
			errs = append(errs, err)
			_, err = stage{client: apigateway.NewFromConfig(cfg), api: "api", name: "prod", variable: testVariable}.Get(ctx)
			errs = append(errs, err)
			_, err = patternSet{client: wafv2.NewFromConfig(cfg), id: "id", name: "accepted"}.Get(ctx)
			errs = append(errs, err)

			var out bytes.Buffer
			unreadable := 0
			for _, err := range errs {
				if err == nil {
					continue
				}
				if strings.Contains(err.Error(), "could not be read") {
					unreadable++
				}
				sensitive.NewLogger(&out).Error("failed", "error", err)
				_, _ = fmt.Fprintf(&out, "%v %+v %#v %q\n", err, err, err, err)
			}
			if unreadable == 0 {
				t.Errorf("no answer was unreadable: %v", errs)
			}
			if strings.Contains(out.String(), value) {
				t.Errorf("the value is in %s", out.String())
			}
		})
	}
}

// A value that a request carried may be quoted by the answer's error, even a foreign one that is short.
func TestAdapters_neverPutSentValuesIntoErrors(t *testing.T) {
	v := header.ValueOf("Fo0Ba7Fo0Ba7Fo0Ba7Fo0Ba7")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "BadRequestException")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"message":"Value '%s' is not valid"}`, v.Plaintext())
	}))
	defer server.Close()
	cfg := aws.Config{Region: testRegion, BaseEndpoint: &server.URL, Credentials: aws.AnonymousCredentials{}}
	const token = "00000000-0000-4000-8000-000000000000"
	for name, err := range map[string]error{
		"secret": secret{client: secretsmanager.NewFromConfig(cfg), arn: "arn"}.PutPending(t.Context(), token, v),
		"stage":  stage{client: apigateway.NewFromConfig(cfg), api: "api", name: "prod", variable: testVariable}.Set(t.Context(), v),
	} {
		if err == nil || strings.Contains(err.Error(), v.Plaintext()) || !strings.Contains(err.Error(), "[redacted]") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
