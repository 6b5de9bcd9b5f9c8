package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// ask runs all questions against the target without waiting.
func ask(t *testing.T, target Target) map[string]Result {
	t.Helper()
	r := newRun(&target)
	r.wait = func(context.Context, time.Duration) error { return nil }
	results, err := r.all(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]Result{}
	for _, result := range results {
		byName[result.Name] = result
	}
	want := 0
	for _, q := range questions {
		if q.asked(&target) {
			want++
		}
	}
	for name, given := range map[string]bool{
		"trail-log": target.Trail != nil, "cache-locked": target.Stage != nil,
		"pool-web-acl": target.Pool != nil, "secret-ids": target.Pool != nil,
	} {
		if _, asked := byName[name]; asked != given {
			t.Errorf("%s: asked %t, want %t", name, asked, given)
		}
	}
	if len(results) != want || len(byName) != want {
		t.Errorf("%d results with %d names, want %d", len(results), len(byName), want)
	}
	return byName
}

func names(results map[string]Result, verdict Verdict) []string {
	found := []string{}
	for name, result := range results {
		if result.Verdict == verdict {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

func show(t *testing.T, results map[string]Result) {
	t.Helper()
	for _, q := range questions {
		t.Logf("%-8s %-26s %s", results[q.name].Verdict, q.name, results[q.name].Reason)
	}
}

func TestRun_passesForRightDeployment(t *testing.T) {
	d := newDeployment(t)
	target := d.target()
	target.HTTP = &http.Client{Transport: d.transport()}
	results := ask(t, target)
	if got := names(results, Pass); len(got) != len(questions) {
		show(t, results)
		t.Errorf("%d of %d questions pass", len(got), len(questions))
	}
}

// TestRun_findsEveryFault shows for every question that it fails when it should, and that only those fail that the fault concerns.
func TestRun_findsEveryFault(t *testing.T) {
	tests := []struct {
		fault fault
		fails []string
	}{
		{poolOpen, []string{"direct-blocked", "direct-header-blocked"}},
		{poolTakesAnyValue, []string{"direct-header-blocked"}},
		{wrongOriginValue, []string{"gateway-token", "wrong-secret"}},
		{noCache, []string{"cached"}},
		{maxAgeObeyed, []string{"max-age-ignored"}},
		{scopeNoKey, []string{"other-scope"}},
		{authorizationNoKey, []string{"lower-case-authorization", "wrong-secret"}},
		{clientIDNoKey, []string{"wrong-client-id"}},
		{authorizationOptional, []string{"missing-authorization"}},
		{scopeOptional, []string{"missing-scope"}},
		{clientIDOptional, []string{"missing-client-id"}},
		{blankAllowed, []string{"missing-authorization", "missing-client-id", "missing-scope"}},
		{lowerCaseUnread, []string{"lower-case-authorization"}},
		{lowerCaseUnkeyed, []string{"lower-case-authorization"}},
		{charsetRefused, []string{"content-types"}},
		{noTypeRefused, []string{"content-types"}},
		{clientHeaderWins, []string{"client-header-ignored"}},
		{formPassedOn, []string{"form-scope"}},
		{keysFirstSendsLast, []string{"repeated-scope"}},
		{expiresInUntouched, []string{"expires-in"}},
		{expiresInTooHigh, []string{"expires-in"}},
		{everythingOK, []string{"wrong-secret"}},
		{refusalsBecome503, []string{"wrong-secret"}},
		{otherClientsToken, []string{"gateway-token"}},
		{discoveryBlocked, []string{"discovery"}},
		{foreignDiscovery, []string{"discovery"}},
		{keysBlocked, []string{"signing-key"}},
		{foreignKeys, []string{"signing-key"}},
		{foreignKeySameID, []string{"signing-key"}},
		{lateTokensOtherKey, []string{"token-claims"}},
		{subjectOther, []string{"token-claims"}},
		{subjectMissing, []string{"token-claims"}},
		{usernamePresent, []string{"token-claims"}},
		{cognitoUsername, []string{"token-claims"}},
		{audienceOther, []string{"token-claims"}},
		{versionOne, []string{"token-claims"}},
		{versionText, []string{"token-claims"}},
		{useID, []string{"gateway-token", "token-claims"}},
		{validityOther, []string{"token-claims"}},
		{lateTokensOtherAlg, []string{"token-claims"}},
		{expiryWithFraction, []string{"token-claims"}},
		{issuedWithFraction, []string{"token-claims"}},
		{trailShowsValue, []string{"trail-log"}},
		{headerEchoed, []string{"header-echo"}},
		{valueEchoed, []string{"header-echo"}},
		{errorsCached, []string{}},
		{gatewayErrorsCached, []string{}},
		{getServed, []string{"get-refused"}},
		{defaultEndpointOpen, []string{"default-endpoint-closed"}},
		{noRateLimit, []string{"rate-limited"}},
		{rateLimitNoJSON, []string{"rate-limited"}},
		{rateLimitNoTime, []string{"rate-limited"}},
		{cacheUnlocked, []string{"cache-locked"}},
		{acceptedValuesTagged, []string{"accepted-values-untagged"}},
		{noPoolWebACL, []string{"pool-web-acl"}},
		{firstSecretUnlisted, []string{"secret-ids"}},
		{addedSecretUnlisted, []string{"secret-ids"}},
		{deletedSecretListed, []string{"secret-ids"}},
		{secretIDsChange, []string{"secret-ids"}},
	}
	failing := []string{}
	for _, test := range tests {
		t.Run(string(test.fault), func(t *testing.T) {
			results := ask(t, newDeployment(t, test.fault).target())
			if diff := cmp.Diff(test.fails, names(results, Fail)); diff != "" {
				show(t, results)
				t.Errorf("failing questions (-want +got):\n%s", diff)
			}
			assertNothingSecret(t, results)
		})
		failing = append(failing, test.fails...)
	}
	for _, q := range questions {
		informs := q.name == "error-corrected" || q.name == "gateway-error-cached"
		// These two need the transport, and have tests of their own.
		wrapped := q.name == "tls" || q.name == "client-certificate-required"
		if !informs && !wrapped && !slices.Contains(failing, q.name) {
			t.Errorf("no fault makes %s fail", q.name)
		}
	}
}

func assertNothingSecret(t *testing.T, results map[string]Result) {
	t.Helper()
	text := fmt.Sprintf("%+v", results)
	basic := credentials{testClient, sensitive.ValueOf(testSecret)}.basic()
	for _, secret := range []string{testSecret, originValue, "eyJ", basic[len("Basic "):]} {
		if strings.Contains(text, secret) {
			t.Errorf("a result shows %.10s…: %s", secret, text)
		}
	}
}

func TestTLS_refusesOldVersions(t *testing.T) {
	for name, test := range map[string]struct {
		faults []fault
		want   Verdict
		reason string
	}{
		"1.2 and later": {nil, Pass, "the gateway refuses TLS 1.1"},
		"1.1 accepted":  {[]fault{oldTLS}, Fail, "accepts TLS 1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDeployment(t, test.faults...)
			target := d.target()
			target.HTTP = &http.Client{Transport: d.transport()}
			got := ask(t, target)["tls"]
			if got.Verdict != test.want || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("got %s: %s, want %s: …%s…", got.Verdict, got.Reason, test.want, test.reason)
			}
		})
	}
}

func TestClientCertificate_isRequired(t *testing.T) {
	for name, test := range map[string]struct {
		faults []fault
		given  bool
		want   Verdict
		reason string
	}{
		"required":     {nil, true, Pass, "the connection is refused without one"},
		"not required": {[]fault{noCertificateAsked}, true, Fail, "answered 400 invalid_client without one"},
		"not given":    {[]fault{noCertificateAsked}, false, Unknown, "no client certificate is set"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDeployment(t, test.faults...)
			target, transport := d.target(), d.transport()
			if !test.given {
				transport.TLSClientConfig.Certificates = nil
			}
			target.HTTP = &http.Client{Transport: transport}
			got := ask(t, target)["client-certificate-required"]
			if got.Verdict != test.want || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("got %s: %s, want %s: …%s…", got.Verdict, got.Reason, test.want, test.reason)
			}
		})
	}
}

// A gateway with an authorizer answers 401 itself when it lacks what the authorizer is asked by. Cognito's 401 is no such answer.
func TestRefusedByAuthorizer_needsChallenge(t *testing.T) {
	for scheme, want := range map[string]bool{"Basic": true, "": false} {
		a := &answer{status: http.StatusUnauthorized, code: "invalid_client", header: http.Header{}}
		if scheme != "" {
			a.header.Set("WWW-Authenticate", scheme)
		}
		if refusedByAuthorizer(a) != want {
			t.Errorf("401 invalid_client with scheme %q: got %t", scheme, !want)
		}
	}
}

func TestErrorQuestions_passEitherWay(t *testing.T) {
	tests := map[string]struct {
		faults    []fault
		corrector bool
		question  string
		want      Verdict
		reason    string
	}{
		"corrected, not cached":           {nil, true, "error-corrected", Pass, "errors are not cached"},
		"corrected, cached":               {[]fault{errorsCached}, true, "error-corrected", Pass, "errors are cached"},
		"over HTTP alone":                 {nil, false, "error-corrected", Unknown, "cache key alone"},
		"form passed on, not cached":      {[]fault{formPassedOn}, false, "error-corrected", Pass, "errors are not cached"},
		"form passed on, cached":          {[]fault{formPassedOn, errorsCached}, false, "error-corrected", Pass, "errors are cached"},
		"the gateway's error, not cached": {nil, false, "gateway-error-cached", Pass, "it is not cached"},
		"the gateway's error, cached":     {[]fault{gatewayErrorsCached}, false, "gateway-error-cached", Pass, "it is cached"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			target := newDeployment(t, test.faults...).target()
			if !test.corrector {
				target.Corrector = nil
			}
			got := ask(t, target)[test.question]
			if got.Verdict != test.want || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("got %s: %s, want %s: …%s…", got.Verdict, got.Reason, test.want, test.reason)
			}
		})
	}
}

func TestRun_isUnknownWithoutSettings(t *testing.T) {
	tests := map[string]struct {
		edit func(*Target)
		want []string
	}{
		"one scope":          {func(t *Target) { t.Scopes = t.Scopes[:1] }, []string{"form-scope", "other-scope", "repeated-scope"}},
		"no trail":           {func(t *Target) { t.Trail = nil }, []string{}},
		"no operator":        {func(t *Target) { t.Trail, t.Stage, t.Pool = nil, nil, nil }, []string{}},
		"no endpoint":        {func(t *Target) { t.DefaultEndpoint = "" }, []string{"default-endpoint-closed"}},
		"no rate":            {func(t *Target) { t.RateLimit = 0 }, []string{"rate-limited"}},
		"optional client_id": {func(t *Target) { t.ClientIDOptional = true }, []string{"missing-client-id", "wrong-client-id"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDeployment(t)
			target := d.target()
			test.edit(&target)
			target.HTTP = &http.Client{Transport: d.transport()}
			results := ask(t, target)
			if diff := cmp.Diff(test.want, names(results, Unknown)); diff != "" {
				t.Errorf("unknown questions (-want +got):\n%s", diff)
			}
			if got := names(results, Fail); len(got) > 0 {
				t.Errorf("%q fail", got)
			}
		})
	}
}

// TestRun_sendsOnlyValidRequestsUnderRealKeys proves a promise of the package: no request under the client's own cache keys would get an
// error, even with an empty cache.
func TestRun_sendsOnlyValidRequestsUnderRealKeys(t *testing.T) {
	d := newDeployment(t)
	target := d.target()
	target.Corrector = nil // It makes one of the made-up keys real, for a moment.
	ask(t, target)
	asked := 0
	for _, request := range d.requests {
		basic := credentials{testClient, sensitive.ValueOf(testSecret)}.basic()
		if request.Header.Get("Authorization") != basic || request.URL.Query().Get("client_id") != testClient {
			continue
		}
		asked++
		d.cache = map[string]response{}
		if got := d.answer(request); got.status != http.StatusOK {
			t.Errorf("%s with form %v and content type %q is answered %d %s",
				request.URL, request.PostForm, request.Header.Get("Content-Type"), got.status, got.body)
		}
	}
	if asked < 8 || asked == len(d.requests) {
		t.Errorf("%d of %d requests are under the client's keys, want some", asked, len(d.requests))
	}
}

func TestRun_repeatsThrottledRequests(t *testing.T) {
	d := newDeployment(t)
	d.throttled = 2
	results := ask(t, d.target())
	if got := names(results, Fail); len(got) > 0 {
		t.Errorf("%q fail", got)
	}
}

// A gateway that only throttles says nothing about the other questions.
func TestRun_makesQuestionsWithoutAnAnswerUnknown(t *testing.T) {
	d := newDeployment(t)
	d.throttled = 1000
	results := ask(t, d.target())
	if diff := cmp.Diff([]string{"gateway-token"}, names(results, Fail)); diff != "" {
		t.Errorf("failing questions (-want +got):\n%s", diff)
	}
	for _, name := range []string{"wrong-secret", "content-types", "client-header-ignored", "missing-scope", "error-corrected"} {
		if got := results[name]; got.Verdict != Unknown || got.Reason != "answered 429 temporarily_unavailable" {
			t.Errorf("%s: got %s: %s, want unknown: answered 429", name, got.Verdict, got.Reason)
		}
	}
}

func TestRun_failsForUnreachableGateway(t *testing.T) {
	d := newDeployment(t)
	d.gateway.Close()
	results := ask(t, d.target())
	if diff := cmp.Diff([]string{"gateway-token"}, names(results, Fail)); diff != "" {
		t.Errorf("failing questions (-want +got):\n%s", diff)
	}
	assertNothingSecret(t, results)
	d.cognito.Close()
	d.endpoint.Close()
	if got := names(ask(t, d.target()), Pass); !slices.Equal(got, []string{"accepted-values-untagged", "cache-locked", "pool-web-acl", "secret-ids", "trail-log"}) {
		t.Errorf("with nothing reachable %q pass", got)
	}
}

func TestRun_stopsWhenContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	results, err := Run(ctx, newDeployment(t).target())
	if err != nil || len(results) != len(questions) {
		t.Fatalf("%d results, error %v", len(results), err)
	}
	for _, result := range results {
		if result.Verdict != Unknown || result.Reason != "not asked: enough" {
			t.Errorf("%s: %s: %s", result.Name, result.Verdict, result.Reason)
		}
	}
}
