package guard

import (
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// domainName checks an API's domain name. API Gateway takes some of these mistakes, and the others come to light late in a deployment.
func domainName(r Resource, _ Template) []string {
	var m mistakes
	p := r.Properties
	policy, ok := p["SecurityPolicy"].(string)
	if !ok {
		m.addf("SecurityPolicy is not written: write one, as API Gateway's default is not this template's")
	} else if err := awslimits.SecurityPolicy(policy); err != nil {
		m.add(err)
	} else {
		mode, _ := p["EndpointAccessMode"].(string)
		m.add(awslimits.EndpointAccessMode(mode, policy))
	}
	mutual := section(p, "MutualTlsAuthentication")
	if len(mutual) == 0 {
		return m
	}
	// \x00 begins what is known at deployment only.
	if uri := rendered(mutual["TruststoreUri"]); !strings.HasPrefix(uri, "s3://") && !strings.HasPrefix(uri, "\x00") {
		m.addf("TruststoreUri %q is no object of S3: use s3://BUCKET/KEY", uri)
	}
	if mutual["TruststoreVersion"] == nil {
		m.addf("MutualTlsAuthentication has no TruststoreVersion: pin one, or a changed truststore is not noticed")
	}
	if ok && awslimits.EnhancedSecurityPolicy(policy) {
		m.addf("SecurityPolicy %s does not go with MutualTlsAuthentication: use TLS_1_2, which takes TLS 1.3 as well", policy)
	}
	if types := texts(section(p, "EndpointConfiguration"), "Types"); len(types) != 1 || types[0] != "REGIONAL" {
		m.addf("EndpointConfiguration has the types %v: mutual TLS needs REGIONAL", types)
	}
	return m
}

// basePathMapping checks that a domain name with mutual TLS is the only way to its API, as far as they are in one template.
func basePathMapping(r Resource, t Template) []string {
	var m mistakes
	domain, api := referred(t, r.Properties["DomainName"]), referred(t, r.Properties["RestApiId"])
	if len(section(domain.Properties, "MutualTlsAuthentication")) > 0 && api.Type == "AWS::ApiGateway::RestApi" && api.Properties["DisableExecuteApiEndpoint"] != true {
		m.addf("leads from a domain name with mutual TLS to an API whose default endpoint is open: write DisableExecuteApiEndpoint true there, or clients get in without a certificate")
	}
	return m
}

// referred is the resource of the template that a Ref names, or the zero Resource.
func referred(t Template, value any) Resource {
	reference, _ := value.(map[string]any)
	id, _ := reference["Ref"].(string)
	return t.Resources[id]
}
