package main

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

var completeEnvironment = map[string]string{
	"SECRET_PREFIX":     "m2m/prod/tenants/",
	"ACCOUNT_ID":        "111122223333",
	"USER_POOL_ID":      "eu-central-1_AbCdEf123",
	"TOKEN_URL":         "https://example.auth.eu-central-1.amazoncognito.com/oauth2/token",
	"GATEWAY_TOKEN_URL": "https://gateway.example/oauth2/token",
	"HEADER_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:origin-AbCdEf",
	"REST_API_ID":       "abcdef1234",
	"STAGE_NAME":        "prod",
	"INTERVAL":          "744h",
}

func TestReadSettings_reportsAllMistakes(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  map[string]string
		want []string // errors
	}{
		{"complete", nil, nil},
		{"everything missing", map[string]string{
			"SECRET_PREFIX": "", "ACCOUNT_ID": "", "USER_POOL_ID": "", "TOKEN_URL": "", "GATEWAY_TOKEN_URL": "", "HEADER_SECRET_ARN": "",
			"REST_API_ID": "", "STAGE_NAME": "", "INTERVAL": "",
		}, []string{
			"environment variable SECRET_PREFIX is not set",
			"environment variable ACCOUNT_ID is not set",
			"environment variable USER_POOL_ID is not set",
			"environment variable TOKEN_URL is not set",
			"environment variable GATEWAY_TOKEN_URL is not set",
			"environment variable HEADER_SECRET_ARN is not set",
			"environment variable REST_API_ID is not set",
			"environment variable STAGE_NAME is not set",
			"environment variable INTERVAL is not set",
			"interval is 0s: want more than the grace of 24h0m0s",
		}},
		{"everything wrong", map[string]string{
			"SECRET_PREFIX": "m2m", "ACCOUNT_ID": "1", "USER_POOL_ID": "pool", "TOKEN_URL": "http://example.com/oauth2/token",
			"GATEWAY_TOKEN_URL": "https://example.com/oauth2/token?x=y", "HEADER_SECRET_ARN": "origin", "HEADER_NAME": "a b",
			"INTERVAL": "monthly", "SWEEP_PACE": "-1s", "STUCK_LIMIT": "1m",
		}, []string{
			`environment variable SECRET_PREFIX is "m2m": want a match of ^[A-Za-z0-9/_+=.@-]+/$`,
			`environment variable ACCOUNT_ID is "1": want a match of ^\d{12}$`,
			`environment variable USER_POOL_ID is "pool": want a match of ^[\w-]+_[0-9a-zA-Z]+$`,
			`environment variable TOKEN_URL is "http://example.com/oauth2/token": want an https URL without user, query and fragment`,
			`environment variable GATEWAY_TOKEN_URL is "https://example.com/oauth2/token?x=y": want an https URL without user, query and fragment`,
			"environment variable HEADER_NAME is \"a b\": want a match of ^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
			`environment variable HEADER_SECRET_ARN is "origin": want a match of ^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$`,
			`environment variable INTERVAL is "monthly": want a duration such as 90s, 2m or 1h`,
			"pace is -1s: want 0s or more",
			"stuck limit is 1m0s: want at least 15m30s (function timeout 15m0s + consistency bound 30s)",
			"interval is 0s: want more than the grace of 24h0m0s",
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
		"HEADER_NAME": "x-origin", "METRICS_NAMESPACE": "N", "GRACE": "12h", "STUCK_LIMIT": "4h", "SWEEP_PACE": "2s",
		"CONSISTENCY_BOUND": "1s", "AUTH_DEADLINE": "3s", "PROBE_INTERVAL": "4s", "FUNCTION_TIMEOUT": "5m",
	})
	got, err := readSettings(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		secretPrefix: "m2m/prod/tenants/", accountID: "111122223333", userPoolID: "eu-central-1_AbCdEf123", tokenURL: env["TOKEN_URL"],
		gatewayTokenURL: env["GATEWAY_TOKEN_URL"], headerName: "x-origin", headerSecretARN: env["HEADER_SECRET_ARN"],
		restAPIID: "abcdef1234", stageName: "prod", metricsNamespace: "N",
		bounds: clientsecret.Config{
			Grace: 12 * time.Hour, StuckLimit: 4 * time.Hour, Interval: 744 * time.Hour, Pace: 2 * time.Second,
			FunctionTimeout: 5 * time.Minute, ConsistencyBound: time.Second, AuthDeadline: 3 * time.Second, ProbeInterval: 4 * time.Second,
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(settings{})); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}
