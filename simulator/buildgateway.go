package simulator

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/customdomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/usageplan"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// stageTypes are what a stage is built of.
var stageTypes = []string{
	"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Method", "AWS::ApiGateway::RequestValidator",
	"AWS::ApiGateway::GatewayResponse",
	"AWS::ApiGateway::Authorizer", "AWS::ApiGateway::Stage",
}

func (s *System) buildKeys() error {
	s.keys = usageplan.New(s.options.Clock)
	add := func(resourceType string, do func(path, id string, properties map[string]any) error) error {
		return s.each(resourceType, func(r *assembly.Resource, properties map[string]any) error {
			id, err := values{s}.Ref(r)
			if err != nil {
				return err
			}
			return do(r.Path(), fmt.Sprint(id), properties)
		})
	}
	if err := add("AWS::ApiGateway::ApiKey", s.keys.AddKey); err != nil {
		return err
	}
	if err := s.nameKeySecrets(); err != nil {
		return err
	}
	if err := add("AWS::ApiGateway::UsagePlan", s.keys.AddPlan); err != nil {
		return err
	}
	return s.each("AWS::ApiGateway::UsagePlanKey", func(r *assembly.Resource, properties map[string]any) error {
		return s.keys.AddToPlan(r.Path(), properties)
	})
}

// nameKeySecrets notes which secret an API key's value is in.
func (s *System) nameKeySecrets() error {
	s.keySecrets = map[string]string{}
	names := map[string]string{}
	for _, secret := range s.assembly.OfType("AWS::SecretsManager::Secret") {
		names[secretARN(secret)] = secretName(secret)
	}
	for _, r := range s.assembly.OfType("AWS::ApiGateway::ApiKey") {
		named, err := s.secretsIn(r, r.Properties["Value"])
		if err != nil {
			return err
		}
		id, err := values{s}.Ref(r)
		if err != nil {
			return err
		}
		for _, arn := range named {
			s.keySecrets[fmt.Sprint(id)] = names[arn]
		}
	}
	return nil
}

// checkMethod refuses an integration with anything but the pool's token endpoint, and finds the origin header in it.
func (s *System) checkMethod(path string, properties map[string]any) error {
	integration, ok := properties["Integration"].(map[string]any)
	if !ok {
		return nil
	}
	uri, _ := integration["Uri"].(string)
	if target, err := url.Parse(uri); err != nil || target.Host != s.domainName {
		return fmt.Errorf("%s.Integration.Uri %q is not supported: use the user pool's domain, %s", path, uri, s.domainName)
	}
	parameters, _ := integration["RequestParameters"].(map[string]any)
	s.origin.readHeader(parameters)
	s.credentials = "Authorization"
	from, _ := parameters["integration.request.header.Authorization"].(string)
	if name, ok := strings.CutPrefix(from, "method.request.header."); ok {
		s.credentials = name
	}
	return nil
}

func (s *System) buildDomains() error {
	s.domains = map[string]*customdomain.Domain{}
	err := s.each("AWS::ApiGateway::DomainName", func(r *assembly.Resource, properties map[string]any) error {
		domain, err := customdomain.Read(r.Path(), properties, s.truststore)
		switch {
		case err != nil:
			return err
		case s.domains[domain.Name] != nil:
			return fmt.Errorf("%s: two domain names are %s", r.Path(), domain.Name)
		case s.stage.Private():
			return fmt.Errorf("%s: a private API has no custom domain of this type", r.Path())
		case s.stage.SecurityPolicy() != "" && s.stage.SecurityPolicy() != properties["SecurityPolicy"]:
			// "When you invoke that custom domain name, API Gateway uses the security policy of the API to negotiate the TLS handshake."
			return fmt.Errorf("%s.SecurityPolicy is %v, the API's own is %s: of two different ones AWS uses the API's: give both the same", r.Path(),
				properties["SecurityPolicy"], s.stage.SecurityPolicy())
		}
		s.domains[domain.Name] = domain
		return nil
	})
	if err != nil {
		return err
	}
	return s.each("AWS::ApiGateway::BasePathMapping", func(r *assembly.Resource, properties map[string]any) error {
		domain := s.domains[fmt.Sprint(properties["DomainName"])]
		if domain == nil {
			return fmt.Errorf("%s.DomainName %v is no domain name of the assembly", r.Path(), properties["DomainName"])
		}
		return domain.Map(r.Path(), properties, s.stage.APIID, s.stage.Name)
	})
}

func (s *System) buildWebACLs() error {
	acls := map[string]*waf.ACL{}
	err := s.each("AWS::WAFv2::WebACL", func(r *assembly.Resource, properties map[string]any) error {
		acl, err := waf.Compile(r.Path(), properties)
		if err == nil {
			acls[webACLARN(r)] = acl
			s.notes = append(s.notes, acl.Notes()...)
			if acl.Geographic() && s.options.Country == nil {
				s.notes = append(s.notes, r.Path()+": source addresses have no country here, which is AWS WAF's XX")
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.each("AWS::WAFv2::WebACLAssociation", func(r *assembly.Resource, properties map[string]any) error {
		acl, ok := acls[fmt.Sprint(properties["WebACLArn"])]
		if !ok {
			return fmt.Errorf("%s.WebACLArn %v is no web ACL of the assembly", r.Path(), properties["WebACLArn"])
		}
		switch target := fmt.Sprint(properties["ResourceArn"]); {
		case strings.Contains(target, ":userpool/"):
			s.poolACL = acl
		case strings.Contains(target, "/stages/"):
			return s.associate(r.Path(), target, acl)
		default:
			return fmt.Errorf("%s.ResourceArn %q is not supported: use a user pool or a stage of a REST API", r.Path(), target)
		}
		return nil
	})
}

// associate puts a web ACL before a stage.
func (s *System) associate(path, target string, acl *waf.ACL) error {
	of := func(stage *apigw.Stage) bool {
		return strings.HasSuffix(target, "/restapis/"+stage.APIID+"/stages/"+stage.Name)
	}
	if of(s.stage) {
		s.edgeACL = acl
		return nil
	}
	for _, server := range s.servers {
		if of(server.stage) {
			server.acl = acl
			return nil
		}
	}
	return fmt.Errorf("%s.ResourceArn %q is no stage of the assembly", path, target)
}
