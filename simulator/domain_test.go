package simulator_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

const domainName = "token.example.com"

// withDomain gives the gateway a custom domain with mutual TLS, and closes the default endpoint.
func withDomain(t *testing.T) func(object) {
	return func(r object) {
		propertiesOf(r, api)["DisableExecuteApiEndpoint"] = true
		r["Truststores"] = resource(t, "AWS::S3::Bucket", `{}`)
		r["Truststore"] = resource(t, "Custom::Truststore", `{"ServiceToken": "arn:aws:lambda:eu-west-1:000000000000:function:put",
			"SourceBucket": {"Fn::Sub": "assets-${AWS::AccountId}"},
			"SourceKey": "0123.pem", "Bucket": {"Ref": "Truststores"}, "Key": "truststore.pem"}`)
		r["Domain"] = resource(t, "AWS::ApiGateway::DomainName", `{"DomainName": "`+domainName+`",
			"EndpointConfiguration": {"Types": ["REGIONAL"]},
			"RegionalCertificateArn": "arn:aws:acm:eu-west-1:000000000000:certificate/1", "SecurityPolicy": "TLS_1_2",
			"MutualTlsAuthentication": {"TruststoreUri": {"Fn::Join": ["", ["s3://", {"Ref": "Truststores"}, "/truststore.pem"]]},
				"TruststoreVersion": {"Fn::GetAtt": ["Truststore", "VersionId"]}}}`)
		r["Mapping"] = resource(t, "AWS::ApiGateway::BasePathMapping",
			`{"DomainName": {"Ref": "Domain"}, "RestApiId": {"Ref": "`+api+`"}, "Stage": {"Ref": "`+stage+`"}}`)
		r["Alias"] = resource(t, "AWS::Route53::RecordSet",
			`{"Name": "`+domainName+`", "Type": "A", "HostedZoneId": "Z1", "AliasTarget": {"DNSName": {"Fn::GetAtt": ["Domain",
				"RegionalDomainName"]}, "HostedZoneId": {"Fn::GetAtt": ["Domain", "RegionalHostedZoneId"]}}}`)
		r["Lock"] = resource(t, "Custom::CacheLock", `{"ServiceToken": "arn:aws:lambda:eu-west-1:000000000000:function:lock",
			"Stage": {"Ref": "`+stage+`"}}`)
	}
}

func authority(t *testing.T) *simulator.ClientAuthority {
	t.Helper()
	a, err := simulator.NewClientAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func issue(t *testing.T, a *simulator.ClientAuthority, validity time.Duration) tls.Certificate {
	t.Helper()
	c, err := a.Issue("orders", validity)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// served is a system with a custom domain on loopback.
type served struct {
	*simulator.Server
	system *simulator.System
	roots  *x509.CertPool
}

func serve(t *testing.T, system *simulator.System) served {
	t.Helper()
	config, roots, err := simulator.LoopbackCertificate()
	if err != nil {
		t.Fatal(err)
	}
	server, err := system.Serve(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(roots)
	return served{server, system, trusted}
}

// ask asks for a token over a connection of its own.
func (s served) ask(ctx context.Context, target string, client *tls.Config, change func(*http.Request)) (status int, body string,
	err error) {
	r := tokenRequest(ctx, s.system.Tenants()[0], target, change)
	r.RequestURI = ""
	client.RootCAs = s.roots
	transport := &http.Transport{DialContext: s.DialContext, TLSClientConfig: client}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(content), err
}

// The truststore is the file of the assembly that the custom resource puts in place; whoever shows a certificate of it gets a token, nobody
// else gets as far as a request.
func TestDomain_mutualTLSOnLoopback(t *testing.T) {
	trusted := authority(t)
	dir := gatewayFixture(t, withDomain(t))
	addAsset(t, dir, "0123.pem", trusted.Truststore())
	system, err := simulator.Load(dir, simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]simulator.Domain{{Name: domainName, MutualTLS: true, BasePaths: []string{""}}},
		system.Gateway().Domains()); diff != "" {
		t.Error(diff)
	}
	s := serve(t, system)
	if len(s.DomainURLs) != 1 || !strings.HasPrefix(s.DomainURLs[0], "https://"+domainName+":") ||
		!strings.HasSuffix(s.DomainURLs[0], "/oauth2/token") {
		t.Fatalf("URLs: %q", s.DomainURLs)
	}
	url, good := s.DomainURLs[0], issue(t, trusted, time.Hour)

	status, body, err := s.ask(t.Context(), url, &tls.Config{Certificates: []tls.Certificate{good}}, asIs)
	if err != nil || status != http.StatusOK || !strings.Contains(body, "access_token") {
		t.Errorf("with a certificate: %d %s, %v", status, body, err)
	}
	for why, client := range map[string]*tls.Config{
		"without a certificate":           {},
		"with one of another authority":   {Certificates: []tls.Certificate{issue(t, authority(t), time.Hour)}},
		"with an expired one":             {Certificates: []tls.Certificate{issue(t, trusted, -time.Hour)}},
		"with the domain's lower version": {MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10, Certificates: []tls.Certificate{good}},
	} {
		before := system.Counters().Requests
		status, _, err := s.ask(t.Context(), url, client, asIs)
		if err == nil || system.Counters().Requests != before {
			t.Errorf("%s: answered %d, %v", why, status, err)
		}
	}
	for why, client := range map[string]*tls.Config{"without a certificate": {},
		"with a certificate": {Certificates: []tls.Certificate{good}}} {
		status, body, err := s.ask(t.Context(), s.GatewayURL, client, asIs)
		if err != nil || status != http.StatusForbidden || body != `{"message":"Forbidden"}` {
			t.Errorf("the default endpoint, %s: %d %s, %v", why, status, body, err)
		}
	}
	// A handshake for the default endpoint needs no certificate: a Host header must not lead from it to the domain.
	status, body, err = s.ask(t.Context(), s.GatewayURL, &tls.Config{}, func(r *http.Request) {
		r.Host, r.URL.Path = domainName, "/oauth2/token"
	})
	if err != nil || status != http.StatusForbidden {
		t.Errorf("the domain by its Host header alone: %d %s, %v", status, body, err)
	}
}

func TestDomain_needTLS(t *testing.T) {
	system := gateway(t, simulator.Options{Truststore: authority(t).Truststore()}, withDomain(t))
	if _, err := system.Serve(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "TLS only") {
		t.Errorf("without TLS: got %v", err)
	}
	if _, err := system.Serve(t.Context(), &tls.Config{}); err == nil || !strings.Contains(err.Error(), "LoopbackCertificate") {
		t.Errorf("with a certificate that cannot sign: got %v", err)
	}
	wants(t, "a request without TLS", ask(t, system, func(r *http.Request) { r.Host, r.URL.Path = domainName, "/oauth2/token" }), 403,
		"Forbidden")
}

// plainDomain has no mutual TLS.
func plainDomain(t *testing.T, basePath string) func(object) {
	return func(r object) {
		withDomain(t)(r)
		delete(propertiesOf(r, "Domain"), "MutualTlsAuthentication")
		delete(r, "Truststore")
		if basePath != "" {
			propertiesOf(r, "Mapping")["BasePath"] = basePath
		}
	}
}

func TestDomain_plainDomainMapsItsBasePath(t *testing.T) {
	var lines []string
	system := gateway(t, simulator.Options{AccessLog: func(line string) { lines = append(lines, line) }}, func(r object) {
		plainDomain(t, "auth")(r)
		propertiesOf(r, stage)["AccessLogSetting"].(object)["Format"] = "$context.requestId $context.status $context.domainName " +
			"$context.customDomain.basePathMatched"
	})
	at := func(host, path string) func(*http.Request) {
		return func(r *http.Request) { r.Host, r.URL.Path = host, path }
	}
	wants(t, "the base path", ask(t, system, at(domainName, "/auth/oauth2/token")), 200, "access_token")
	wants(t, "in other letters, with a port", ask(t, system, at("Token.Example.COM:8443", "/auth/oauth2/token")), 200, "access_token")
	wants(t, "another base path", ask(t, system, at(domainName, "/oauth2/token")), 403, `{"message":"Forbidden"}`)
	wants(t, "the stage's name", ask(t, system, at(domainName, tokenPath)), 403, `{"message":"Forbidden"}`)
	wants(t, "the default endpoint", ask(t, system, asIs), 403, `{"message":"Forbidden"}`)
	if len(lines) != 2 || !strings.HasSuffix(lines[0], " 200 "+domainName+" auth") {
		t.Errorf("log: %q", lines)
	}
	s := serve(t, system)
	if status, body, err := s.ask(t.Context(), s.DomainURLs[0], &tls.Config{}, asIs); err != nil || status != http.StatusOK {
		t.Errorf("over TLS: %d %s, %v", status, body, err)
	}
}

func TestDomain_APIsSecurityPolicyHoldsForTheDefaultEndpoint(t *testing.T) {
	s := serve(t, gateway(t, simulator.Options{}, func(r object) {
		propertiesOf(r, api)["SecurityPolicy"], propertiesOf(r, api)["EndpointAccessMode"] = "SecurityPolicy_TLS13_1_3_2025_09", "BASIC"
	}))
	if _, _, err := s.ask(t.Context(), s.GatewayURL, &tls.Config{MaxVersion: tls.VersionTLS12}, asIs); err == nil {
		t.Error("TLS 1.2 is taken")
	}
	if status, _, err := s.ask(t.Context(), s.GatewayURL, &tls.Config{}, asIs); err != nil || status != http.StatusOK {
		t.Errorf("TLS 1.3: %d, %v", status, err)
	}
}

func TestDomain_unsupportedDomainsAreRefused(t *testing.T) {
	good := authority(t).Truststore()
	for want, test := range map[string]struct {
		change func(object)
		asset  string
	}{
		"/Truststore: no property is the object key of a file asset": {func(object) {}, "other.pem"},
		"/Truststore: two properties name assets":                    {func(r object) { propertiesOf(r, "Truststore")["Copy"] = "0123.pem" }, "0123.pem"},
		"/Truststore puts nothing into the bucket of s3://": {func(r object) {
			propertiesOf(r, "Domain")["MutualTlsAuthentication"].(object)["TruststoreUri"] = "s3://elsewhere/truststore.pem"
		}, "0123.pem"},
		`version "1" is of no Custom::Truststore of the assembly`: {func(r object) {
			propertiesOf(r, "Domain")["MutualTlsAuthentication"].(object)["TruststoreVersion"] = "1"
		}, "0123.pem"},
		"/Mapping.DomainName other.example.com is no domain name of the assembly": {func(r object) {
			propertiesOf(r, "Mapping")["DomainName"] = "other.example.com"
		}, "0123.pem"},
		"/Domain: a private API has no custom domain": {func(r object) {
			propertiesOf(r, api)["EndpointConfiguration"] = object{"Types": []any{"PRIVATE"}}
		}, "0123.pem"},
		"/Domain.SecurityPolicy is TLS_1_2, the API's own is SecurityPolicy_TLS13_1_3_2025_09": {func(r object) {
			propertiesOf(r, api)["SecurityPolicy"] = "SecurityPolicy_TLS13_1_3_2025_09"
		}, "0123.pem"},
		"/Second: two domain names are token.example.com": {func(r object) {
			second := object{}
			for key, value := range propertiesOf(r, "Domain") {
				second[key] = value
			}
			r["Second"] = object{"Type": "AWS::ApiGateway::DomainName", "Properties": second}
		}, "0123.pem"},
	} {
		dir := gatewayFixture(t, func(r object) {
			withDomain(t)(r)
			test.change(r)
		})
		addAsset(t, dir, test.asset, good)
		if _, err := simulator.Load(dir, simulator.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
}

// The rotation's own probe of the gateway meets a closed door then; it learns nothing from that, and goes on.
func TestDomain_headerRotatesBehindAClosedDefaultEndpoint(t *testing.T) {
	system := gateway(t, simulator.Options{}, plainDomain(t, ""))
	if err := system.Origin().Rotate(t.Context(), 0, 0); err != nil || system.Origin().Accepted() != 1 {
		t.Errorf("rotation: %v, %d values accepted", err, system.Origin().Accepted())
	}
	wants(t, "at the domain", ask(t, system, func(r *http.Request) { r.Host, r.URL.Path = domainName, "/oauth2/token" }), 200, "access_token")
}
