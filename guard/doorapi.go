package guard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// method checks that no error becomes a success, that an existing authorizer is used, and that no signature leaves the gateway.
func (d *door) method(r *templates.Resource, m *mistakes) {
	integration := section(r.Properties, "Integration")
	for _, status := range twice(statuses(integration, "IntegrationResponses")) {
		m.addf("two integration responses have status %s: API Gateway keeps one", status)
	}
	for _, response := range list(integration, "IntegrationResponses") {
		if integration["Type"] != "MOCK" && section(response)["SelectionPattern"] == nil && fmt.Sprint(section(response)["StatusCode"]) == "200" {
			m.addf("the integration response without a selection pattern is 200: every error would become a success")
		}
	}
	kind := r.Properties["AuthorizationType"]
	if kind != "CUSTOM" && kind != "COGNITO_USER_POOLS" && r.Properties["AuthorizerId"] != nil {
		m.addf("AuthorizationType is %v and AuthorizerId %v: use an authorizer with CUSTOM; API Gateway ignores it with AWS_IAM and NONE",
			kind, r.Properties["AuthorizerId"])
	}
	if kind != "AWS_IAM" {
		return
	}
	if integration["Type"] == "HTTP_PROXY" {
		m.addf("the integration passes the Authorization header through, which with AWS_IAM is the caller's signature: use type HTTP")
	}
	for to, from := range section(integration, "RequestParameters") {
		if text, ok := from.(string); ok && strings.EqualFold(text, "method.request.header.authorization") {
			m.addf("the integration maps the Authorization header to %q, which with AWS_IAM is the caller's signature: "+
				"use a header of the client's own", to)
		}
	}
}

// stage checks that the cache is encrypted, that no entry outlives its token, and that logs have no tokens. It looks at
// settings for the door's method.
func (d *door) stage(r *templates.Resource, m *mistakes) {
	for _, item := range list(r.Properties, "MethodSettings") {
		setting := section(item)
		endpoints := d.endpointsOf(r, setting)
		if len(endpoints) == 0 && !d.all {
			continue
		}
		where := fmt.Sprintf("method setting %v %v", setting["HttpMethod"], setting["ResourcePath"])
		switch setting["CachingEnabled"] {
		case nil:
			m.addf("%s leaves CachingEnabled out: CloudFormation then keeps what is live, so write true or false", where)
		case true:
			if setting["CacheDataEncrypted"] != true {
				m.addf("%s caches unencrypted", where)
			}
			d.ttl(setting, where, endpoints, m)
		}
		if setting["DataTraceEnabled"] != false {
			m.addf("%s may trace data: write DataTraceEnabled false, the trace shows tokens", where)
		}
		if setting["LoggingLevel"] == "INFO" {
			m.add(awslimits.ExecutionLogLevel("INFO"))
		}
	}
}

// endpointsOf are the door's methods to which a setting of a stage applies.
func (d *door) endpointsOf(stage *templates.Resource, setting map[string]any) []*endpoint {
	verb := stage.Text(setting["HttpMethod"])
	// A slash in a path is written ~1: /~1oauth2~1token.
	at := "/" + strings.TrimLeft(strings.ReplaceAll(stage.Text(setting["ResourcePath"]), "~1", "/"), "/")
	var all []*endpoint
	for _, e := range d.endpoints {
		applies := (verb == "*" || verb == e.method.Text(e.method.Properties["HttpMethod"])) && (at == "/*" || e.path == "" || at == e.path)
		if applies && stage.Text(stage.Properties["RestApiId"]) == e.api {
			all = append(all, e)
		}
	}
	return all
}

// ttl holds the time in the cache against the validity of the tokens of every client, in whichever stacks they are.
func (d *door) ttl(setting map[string]any, where string, endpoints []*endpoint, m *mistakes) {
	seconds, ok := setting["CacheTtlInSeconds"].(float64)
	if !ok || seconds < 1 {
		m.addf("%s has a cache TTL of %v s: use 1 to %v", where, setting["CacheTtlInSeconds"], awslimits.MaxCacheTTL.Seconds())
		return
	}
	var clients []*templates.Resource
	for _, e := range endpoints {
		clients = append(clients, e.clients...)
	}
	if d.all {
		d.assembly.Each("AWS::Cognito::UserPoolClient", func(r *templates.Resource) { clients = append(clients, r) })
	}
	if len(clients) > 0 {
		_, err := awslimits.CacheTTL(time.Duration(seconds)*time.Second, validities(clients))
		m.add(err)
	}
}

// authorizer checks that answers of this module's token authorizer are cached by all that they depend on: its policy is for the paths of
// one route, and with a policy store for one path.
func (d *door) authorizer(r *templates.Resource, m *mistakes) {
	sources := fmt.Sprint(r.Properties["IdentitySource"])
	if strings.Contains(sources, " ") {
		m.addf("IdentitySource has a space: %q", sources)
	}
	if r.Properties["Type"] != "REQUEST" || authorizerTTL(r) == 0 {
		return
	}
	for _, function := range r.Mentions(r.Properties["AuthorizerUri"]) {
		if function.Metadata[templates.Mark] != "tokenauthorizer" {
			continue
		}
		needed := []string{"method.request.header.Authorization", "context.httpMethod", "context.resourcePath"}
		if section(function.Properties, "Environment", "Variables")[settings.PolicyStoreIDVariable] != nil {
			needed = append(needed, "context.path")
		}
		for _, each := range needed {
			if !slices.Contains(strings.Split(sources, ","), each) {
				m.addf("IdentitySource has no %s: an answer for one route or path would be used for others", each)
			}
		}
	}
}

// restAPI checks that a resource policy allows at least one caller. A policy of denials denies everyone but callers whose own IAM policy
// allows them.
func (d *door) restAPI(r *templates.Resource, m *mistakes) {
	signed := func(e *endpoint) bool {
		return e.method.Properties["AuthorizationType"] == "AWS_IAM" && slices.Contains(e.method.Mentions(e.method.Properties["RestApiId"]), r)
	}
	allows := func(statement any) bool { return section(statement)["Effect"] == "Allow" }
	policy := section(r.Properties, "Policy")
	if policy != nil && !slices.ContainsFunc(list(policy, "Statement"), allows) && !slices.ContainsFunc(d.endpoints, signed) {
		m.addf("Policy allows nothing: whoever is not allowed is denied")
	}
	if r.Properties["SecurityPolicy"] == "TLS_1_0" {
		m.add(awslimits.SecurityPolicy("TLS_1_0"))
	}
}

func (d *door) domainName(r *templates.Resource, m *mistakes) {
	switch r.Properties["SecurityPolicy"] {
	case nil:
		m.addf("SecurityPolicy is not written: write one, as API Gateway's default is not this template's")
	case "TLS_1_0":
		m.add(awslimits.SecurityPolicy("TLS_1_0"))
	}
	if mutual := section(r.Properties, "MutualTlsAuthentication"); len(mutual) > 0 && mutual["TruststoreVersion"] == nil {
		m.addf("MutualTlsAuthentication has no TruststoreVersion: pin one, or a changed truststore is not noticed")
	}
}

// basePathMapping checks that an API with a mutual TLS domain name has no other endpoint.
func (d *door) basePathMapping(r *templates.Resource, m *mistakes) {
	mutual := func(domain *templates.Resource) bool {
		return len(section(domain.Properties, "MutualTlsAuthentication")) > 0
	}
	open := func(api *templates.Resource) bool {
		return api.Type == "AWS::ApiGateway::RestApi" && api.Properties["DisableExecuteApiEndpoint"] != true
	}
	if slices.ContainsFunc(r.Mentions(r.Properties["DomainName"]), mutual) &&
		slices.ContainsFunc(r.Mentions(r.Properties["RestApiId"]), open) {
		m.addf("leads from a domain name with mutual TLS to an API whose default endpoint is open: " +
			"write DisableExecuteApiEndpoint true there, or clients get in without a certificate")
	}
}

// apiKey checks that the template does not contain the key's value.
func (d *door) apiKey(r *templates.Resource, m *mistakes) {
	value, ok := r.Properties["Value"]
	if ok && !strings.HasPrefix(r.Text(value), "{{resolve:secretsmanager:") {
		m.addf("Value is in the template: use a dynamic reference to a secret")
	}
	if ok && r.Properties["GenerateDistinctId"] != true {
		m.addf("GenerateDistinctId is %v: use true, or the key's id may be its value", r.Properties["GenerateDistinctId"])
	}
}

// permission checks that a service is allowed for one resource or account only: the service acts for every account.
func (d *door) permission(r *templates.Resource, m *mistakes) {
	principal, ok := r.Properties["Principal"].(string)
	if ok && strings.HasSuffix(principal, ".amazonaws.com") && r.Properties["SourceArn"] == nil && r.Properties["SourceAccount"] == nil {
		m.addf("%s may invoke the function for every account: write SourceArn, SourceAccount or both", principal)
	}
}
