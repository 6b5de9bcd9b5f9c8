package guard_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// domainWithMutualTLS is a template without a mistake.
func domainWithMutualTLS() template {

	return template{Resources: map[string]*templates.Resource{
		"Api": {Type: "AWS::ApiGateway::RestApi", Properties: object{"DisableExecuteApiEndpoint": true}},
		"Domain": {Type: "AWS::ApiGateway::DomainName", Properties: object{
			"SecurityPolicy": "TLS_1_2", "EndpointConfiguration": object{"Types": []any{"REGIONAL"}},
			"MutualTlsAuthentication": object{
				"TruststoreUri":     object{"Fn::Join": []any{"", []any{"s3://", object{"Ref": "Bucket"}, "/truststore.pem"}}},
				"TruststoreVersion": object{"Fn::GetAtt": []any{"Truststore", "VersionId"}},
			},
		}},
		"Mapping": {Type: "AWS::ApiGateway::BasePathMapping",
			Properties: object{"DomainName": object{"Ref": "Domain"}, "RestApiId": object{"Ref": "Api"}}},
	}}
}

func TestCheckAssembly_findsMistakesInDomainNames(t *testing.T) {

	if found := domainWithMutualTLS().check(t); len(found) > 0 {
		t.Fatalf("the template without a mistake: %v", found)
	}
	mutual := func(p object) object { return p["MutualTlsAuthentication"].(object) }
	for name, test := range map[string]struct {
		resource string
		breakIt  func(object)
		want     string
	}{
		"no policy": {"Domain", func(p object) { delete(p, "SecurityPolicy") }, "SecurityPolicy is not written"},
		"TLS 1.0":   {"Domain", func(p object) { p["SecurityPolicy"] = "TLS_1_0" }, `security policy "TLS_1_0" is not one of TLS_1_2, `},
		"CDK's name": {"Domain", func(p object) { p["SecurityPolicy"] = "TLS13_1_3_2025_09" },
			`security policy "TLS13_1_3_2025_09" is not one of`},
		"enhanced policy": {"Domain", func(p object) {
			p["SecurityPolicy"], p["EndpointAccessMode"] = "SecurityPolicy_TLS13_1_3_2025_09", "STRICT"
		}, "SecurityPolicy SecurityPolicy_TLS13_1_3_2025_09 does not go with MutualTlsAuthentication"},
		"no access mode": {"Domain", func(p object) {
			p["SecurityPolicy"] = "SecurityPolicy_TLS13_1_3_2025_09"
			delete(p, "MutualTlsAuthentication")
		}, `endpoint access mode "" is not one of`},
		"access mode too much": {"Domain", func(p object) { p["EndpointAccessMode"] = "STRICT" },
			`endpoint access mode "STRICT" does not go with`},
		"no version": {"Domain", func(p object) { delete(mutual(p), "TruststoreVersion") },
			"MutualTlsAuthentication has no TruststoreVersion"},
		"no S3 URI": {"Domain", func(p object) { mutual(p)["TruststoreUri"] = "https://bucket/truststore.pem" },
			`TruststoreUri "https://bucket/truststore.pem" is no object of S3`},
		"edge": {"Domain", func(p object) { p["EndpointConfiguration"] = object{"Types": []any{"EDGE"}} },
			"EndpointConfiguration has the types [EDGE]"},
		"open default endpoint": {"Api", func(p object) { delete(p, "DisableExecuteApiEndpoint") },
			"AWS::ApiGateway::BasePathMapping Mapping: leads from a domain name with mutual TLS to an API whose default endpoint is open"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := domainWithMutualTLS()
			test.breakIt(broken.Resources[test.resource].Properties)
			if found := broken.check(t); len(found) != 1 || !strings.Contains(found[0], test.want) {
				t.Errorf("got %q, want one …%s…", found, test.want)
			}
		})
	}
}

func TestCheckAssembly_allowsAnOpenDefaultEndpointWithoutMutualTLS(t *testing.T) {
	open := domainWithMutualTLS()
	delete(open.Resources["Domain"].Properties, "MutualTlsAuthentication")
	maps.DeleteFunc(open.Resources["Api"].Properties, func(string, any) bool { return true })
	if found := open.check(t); len(found) > 0 {
		t.Errorf("got %q", found)
	}
}
