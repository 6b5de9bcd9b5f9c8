package main

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

var completeEnvironment = map[string]string{
	"SECRET_ARN":       "arn:aws:secretsmanager:eu-central-1:111122223333:secret:origin-AbCdEf",
	"PATTERN_SET_ID":   "11112222-3333-4444-5555-666677778888",
	"PATTERN_SET_NAME": "accepted",
	"REST_API_ID":      "abcdef1234",
	"STAGE_NAME":       "prod",
	"STAGE_VARIABLE":   "originHeader",
	"TOKEN_URL":        "https://example.auth.eu-central-1.amazoncognito.com/oauth2/token",
}

func TestReadSettings_reportsAllMistakes(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  map[string]string
		want []string // errors
	}{
		{"complete", nil, nil},
		{"everything missing", map[string]string{
			"SECRET_ARN": "", "PATTERN_SET_ID": "", "PATTERN_SET_NAME": "", "REST_API_ID": "", "STAGE_NAME": "", "STAGE_VARIABLE": "",
			"TOKEN_URL": "",
		}, []string{
			"environment variable SECRET_ARN is not set",
			"environment variable PATTERN_SET_ID is not set",
			"environment variable PATTERN_SET_NAME is not set",
			"environment variable REST_API_ID is not set",
			"environment variable STAGE_NAME is not set",
			"environment variable STAGE_VARIABLE is not set",
			"environment variable TOKEN_URL is not set",
		}},
		{"everything wrong", map[string]string{
			"SECRET_ARN": "origin", "STAGE_VARIABLE": "a-b", "TOKEN_URL": "http://example.com/oauth2/token",
			"GATEWAY_TOKEN_URL": "https://example.com/oauth2/token?x=y", "HEADER_NAME": "a b",
			"WAF_BOUND": "120", "PROBE_PASSES": "many", "GRACE": "1m",
		}, []string{
			`environment variable SECRET_ARN is "origin": want a match of ^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$`,
			`environment variable STAGE_VARIABLE is "a-b": want a match of ^\w{1,64}$`,
			`environment variable TOKEN_URL is "http://example.com/oauth2/token": want an https URL without user, query and fragment`,
			`environment variable GATEWAY_TOKEN_URL is "https://example.com/oauth2/token?x=y": want an https URL without user, query and fragment`,
			"environment variable HEADER_NAME is \"a b\": want a match of ^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
			`environment variable WAF_BOUND is "120": want a duration such as 90s, 2m or 1h`,
			`environment variable PROBE_PASSES is "many": want a whole number`,
			"grace is 1m0s: want at least 14m0s (function timeout 10m0s + WAF bound 2m0s + stage bound 2m0s)",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := maps.Clone(completeEnvironment)
			maps.Copy(env, tt.set)
			var got []string
			if _, err := readSettings(func(name string) string { return env[name] }); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadSettings_returnsAllSettings(t *testing.T) {
	env := maps.Clone(completeEnvironment)
	maps.Copy(env, map[string]string{
		"GATEWAY_TOKEN_URL": "https://gateway/oauth2/token", "HEADER_NAME": "x-origin", "STACK_IDS": "a, b,", "METRICS_NAMESPACE": "N",
		"WAF_BOUND": "1s", "STAGE_BOUND": "2s", "GRACE": "30m", "STUCK_LIMIT": "4h", "FLUSH_INTERVAL": "5s", "PROBE_DEADLINE": "6s",
		"PROBE_INTERVAL": "7s", "FUNCTION_TIMEOUT": "8m", "PROBE_PASSES": "9",
	})
	got, err := readSettings(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		secretARN: env["SECRET_ARN"], patternSetID: env["PATTERN_SET_ID"], patternSetName: "accepted", restAPIID: "abcdef1234",
		stageName: "prod", stageVariable: "originHeader", tokenURL: env["TOKEN_URL"], gatewayTokenURL: "https://gateway/oauth2/token",
		headerName: "x-origin", stackIDs: []string{"a", "b"}, metricsNamespace: "N",
		bounds: header.Config{
			WAFBound: time.Second, StageBound: 2 * time.Second, Grace: 30 * time.Minute, StuckLimit: 4 * time.Hour,
			FlushInterval: 5 * time.Second, ProbeDeadline: 6 * time.Second, ProbeInterval: 7 * time.Second,
			FunctionTimeout: 8 * time.Minute, ProbePasses: 9,
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(settings{})); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}
