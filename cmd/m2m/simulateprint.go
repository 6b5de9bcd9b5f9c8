package main

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// running is a simulation that serves.
type running struct {
	system       *simulator.System
	server       *simulator.Server
	certificates *certificates
	options      simulator.Options
}

func printStart(out io.Writer, r *running) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	for _, u := range r.server.DomainURLs {
		p("domain      %s", u)
	}
	p("gateway     %s", r.server.GatewayURL)
	p("cognito     %s", r.server.CognitoURL)
	p("keys        %s", r.server.JWKSURL)
	p("issuer      %s", r.system.Cognito().Issuer())
	for _, api := range r.system.APIs() {
		p("api         %s, %s", r.server.APIURLs[api.Name], api.Name)
	}
	for _, cached := range r.system.Gateway().Caches() {
		p("cache       %s", cached)
	}
	p("")
	p("Not executed:")
	for _, note := range r.system.Notes() {
		p("  %s", note)
	}
	p("")
	r.printAccess(p)
	tenants := r.system.Tenants()
	const shown = 3
	for i, t := range tenants {
		if i == shown {
			p("... and %d more tenants", len(tenants)-shown)
			p("")
			break
		}
		p("# %s, tokens valid for %s", t.Name, t.AccessTokenValidity)
		p("%s", r.curl(t))
		p("")
	}
	r.printCheck(p, tenants)
	p("# straight to Cognito: refused with 403")
	p("%s -i -u %s:%s -d grant_type=client_credentials %s", r.plainCurl(), tenants[0].ClientID, tenants[0].ClientSecret, r.server.CognitoURL)
	p("")
}

// printAccess prints what a request needs besides the client's credentials.
func (r *running) printAccess(p func(string, ...any)) {
	mutual := slices.ContainsFunc(r.system.Gateway().Domains(), func(d simulator.Domain) bool { return d.MutualTLS })
	if mutual && r.certificates.clientFile == "" {
		p("# The custom domain requires a client certificate of its truststore: replace CLIENT.pem and CLIENT.key, or use --client-cert-dir.")
	}
	if r.certificates.config != nil && r.certificates.caFile == "" {
		p("# curl uses -k because the gateway's CA was not written to a file; --tls and --client-cert-dir write it.")
	}
	if r.system.Gateway().RequiresSignature() && len(r.options.Callers) == 0 {
		p("# Requests must be signed by an IAM principal: name one with --caller.")
	}
	if networks := r.system.Gateway().SourceNetworks(); !r.fromOneOf(networks) {
		p("# The authorizer refuses every request with 403: it accepts clients from %s only. Set their address with --source-ip.",
			strings.Join(networks, ", "))
	}
	for _, key := range r.system.Gateway().APIKeys() {
		p("# API key %s: %s", cmp.Or(key.Secret, key.Name), key.Value)
	}
}

// fromOneOf reports whether requests come from one of the networks. It is true if there are none.
func (r *running) fromOneOf(networks []string) bool {
	source := r.options.SourceIP
	if !source.IsValid() {
		source = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return len(networks) == 0 || slices.ContainsFunc(networks, func(cidr string) bool {
		network, err := netip.ParsePrefix(cidr)
		return err == nil && network.Contains(source.Unmap())
	})
}

func (r *running) plainCurl() string {
	switch {
	case r.certificates.caFile != "":
		return "curl -s --cacert " + r.certificates.caFile
	case r.certificates.config != nil:
		return "curl -s -k"
	}
	return "curl -s"
}

// curl returns the command of a tenant's token request.
func (r *running) curl(t simulator.Tenant) string {
	curl := r.plainCurl()
	target, credentials := r.server.TokenURL(), "-u "+t.ClientID+":"+t.ClientSecret
	for _, domain := range r.system.Gateway().Domains() {
		if !strings.HasPrefix(target, "https://"+domain.Name+":") {
			continue
		}
		_, port, _ := strings.Cut(r.server.Address, ":")
		curl += " --resolve " + domain.Name + ":" + port + ":127.0.0.1"
		if domain.MutualTLS {
			certificate, key := "CLIENT.pem", "CLIENT.key"
			if r.certificates.clientFile != "" {
				certificate, key = r.certificates.clientFile, r.certificates.keyFile
			}
			curl += " --cert " + certificate + " --key " + key
		}
	}
	if !strings.EqualFold(r.system.Gateway().CredentialsHeader(), "Authorization") {
		basic := base64.StdEncoding.EncodeToString([]byte(t.ClientID + ":" + t.ClientSecret))
		credentials = "-H '" + r.system.Gateway().CredentialsHeader() + ": Basic " + basic + "'"
	}
	if r.system.Gateway().RequiresSignature() && len(r.options.Callers) > 0 {
		key := r.options.Callers[0].Credentials
		credentials += " --aws-sigv4 aws:amz:" + r.system.Gateway().Region() + ":execute-api -u " + key.AccessKeyID + ":" + key.SecretAccessKey
	}
	if r.system.Gateway().RequiresAPIKey() {
		credentials += " -H \"x-api-key: " + r.apiKey(t) + "\""
	}
	scope := strings.ReplaceAll(url.QueryEscape(strings.Join(t.Scopes, " ")), "+", "%20")
	// The query is sorted: curl signs it as it is, AWS sorts it first.
	return fmt.Sprintf("%s %s -d grant_type=client_credentials '%s?client_id=%s&scope=%s'", curl, credentials, target, t.ClientID, scope)
}

// apiKey returns the key with the tenant's name, or whose secret's name ends in it. Otherwise it returns a placeholder.
func (r *running) apiKey(t simulator.Tenant) string {
	for _, key := range r.system.Gateway().APIKeys() {
		if key.Name == t.Name || strings.HasSuffix(key.Secret, "/"+t.Name) {
			return key.Value
		}
	}
	return "API-KEY"
}

// printCheck prints a command that asks all questions of m2m check, if the gateway requires only a client's credentials.
func (r *running) printCheck(p func(string, ...any), tenants []simulator.Tenant) {
	i := slices.IndexFunc(tenants, func(t simulator.Tenant) bool { return len(t.Scopes) > 1 })
	if i < 0 || len(r.server.DomainURLs) > 0 || r.system.Gateway().RequiresSignature() || r.system.Gateway().RequiresAPIKey() {
		return
	}
	check := "go run ./cmd/m2m check"
	if ca := r.certificates.caFile; ca != "" {
		check = "AWS_CA_BUNDLE=" + ca + " " + check + " --ca-file " + ca
	}
	t := tenants[i]
	p("# all questions of m2m check")
	p("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=%s AWS_REGION=local AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none \\",
		strings.TrimSuffix(r.server.CognitoURL, "/oauth2/token"))
	p("M2M_CLIENT_SECRET=%s %s --user-pool-id %s --gateway %s --cognito %s --well-known %s"+
		" --client-id %s --scope %s --scope %s --header-name %s --validity %v",
		t.ClientSecret, check, r.system.Cognito().PoolID(), r.server.GatewayURL, r.server.CognitoURL,
		strings.TrimSuffix(r.server.JWKSURL, "/.well-known/jwks.json"),
		t.ClientID, t.Scopes[0], t.Scopes[1], r.system.Origin().Header(), t.AccessTokenValidity)
	p("")
}
