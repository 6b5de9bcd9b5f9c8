package simulator

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// build creates what the templates describe, in the order in which one refers to another.
func (s *System) build() error {
	if err := s.refuseUnknownTypes(); err != nil {
		return err
	}
	for _, step := range []func() error{s.buildPool, s.buildResourceServers, s.buildClients, s.buildSecrets, s.buildSets, s.buildIPSets, s.buildStage, s.buildWebACLs} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) refuseUnknownTypes() error {
	var errs []error
	left := map[string]int{}
	for _, stack := range s.assembly.Stacks {
		for _, r := range stack.Resources {
			if _, inert := inertTypes[r.Type]; inert {
				left[r.Type]++
			} else if !slices.Contains(simulatedTypes, r.Type) {
				errs = append(errs, fmt.Errorf("%s: resource type %s is not supported", r.Path(), r.Type))
			}
		}
	}
	for resourceType, n := range left {
		s.notes = append(s.notes, fmt.Sprintf("%d × %s: %s", n, resourceType, inertTypes[resourceType]))
	}
	slices.Sort(s.notes)
	return errors.Join(errs...)
}

// one is the one resource of a type.
func (s *System) one(resourceType string) (*assembly.Resource, error) {
	all := s.assembly.OfType(resourceType)
	if len(all) != 1 {
		return nil, fmt.Errorf("the assembly has %d resources of type %s: one is supported", len(all), resourceType)
	}
	return all[0], nil
}

func (s *System) buildPool() error {
	r, err := s.one("AWS::Cognito::UserPool")
	if err != nil {
		return err
	}
	s.poolID = cognito.PoolID(r.Stack.Region, r.Path())
	properties, err := s.assembly.Resolve(r, s)
	if err != nil {
		return err
	}
	if err := cognito.CheckUserPool(r.Path(), properties); err != nil {
		return err
	}
	if s.pool, err = cognito.New(cognito.Config{
		Region: r.Stack.Region, AccountID: r.Stack.Account, ID: s.poolID, Clock: s.options.Clock, RatePerSecond: s.options.TokensPerSecond,
	}); err != nil {
		return err
	}
	domainResource, err := s.one("AWS::Cognito::UserPoolDomain")
	if err != nil {
		return err
	}
	domain, err := s.assembly.Resolve(domainResource, s)
	if err != nil {
		return err
	}
	name, _ := domain["Domain"].(string)
	s.domain = name
	if domain["CustomDomainConfig"] == nil {
		s.domain = name + ".auth." + r.Stack.Region + ".amazoncognito.com"
	}
	return nil
}

func (s *System) buildResourceServers() error {
	return s.each("AWS::Cognito::UserPoolResourceServer", func(r *assembly.Resource, properties map[string]any) error {
		return s.pool.AddResourceServer(r.Path(), properties)
	})
}

// buildSecrets leaves the tenants' secrets out: they hold a placeholder until a rotation, and credentials are in Tenants here.
func (s *System) buildSecrets() error {
	placeholders := 0
	defer func() {
		if placeholders > 0 {
			s.notes = append(s.notes, fmt.Sprintf("%d × AWS::SecretsManager::Secret of a tenant: stays at its placeholder, nothing rotates unless asked", placeholders))
		}
	}()
	return s.each("AWS::SecretsManager::Secret", func(r *assembly.Resource, properties map[string]any) error {
		if properties["SecretString"] == clientsecret.Placeholder {
			placeholders++
			return nil
		}
		created, err := newSecret(r.Path(), properties, s.options.Clock)
		s.secrets[arn(r, "secretsmanager", "secret:"+r.LogicalID+"-"+token(r.Path(), 6))] = created
		return err
	})
}

func (s *System) buildSets() error {
	return s.each("AWS::WAFv2::RegexPatternSet", func(r *assembly.Resource, properties map[string]any) error {
		created, err := newPatternSet(r.Path(), properties, s.options.WAFBound, s.options.Clock)
		s.sets[setARN(r)] = created
		return err
	})
}

func (s *System) buildIPSets() error {
	return s.each("AWS::WAFv2::IPSet", func(r *assembly.Resource, properties map[string]any) error {
		addresses, err := waf.ReadAddresses(r.Path(), properties)
		s.ipSets[setARN(r)] = addresses
		return err
	})
}

func (s *System) buildClients() error {
	names := map[string]string{}
	s.clientIDs = map[string]string{}
	err := s.each("AWS::Cognito::UserPoolClient", func(r *assembly.Resource, properties map[string]any) error {
		id, err := s.pool.AddClient(r.Path(), properties)
		s.clientIDs[r.Path()] = id
		if name, ok := properties["ClientName"].(string); ok {
			names[id] = name
		}
		return err
	})
	for _, client := range s.pool.Clients() {
		secrets := s.pool.Secrets(client.ID)
		s.tenants = append(s.tenants, Tenant{
			Name: names[client.ID], ClientID: client.ID, ClientSecret: secrets[len(secrets)-1], Scopes: client.Scopes, AccessTokenValidity: client.Validity,
		})
	}
	slices.SortFunc(s.tenants, func(a, b Tenant) int { return strings.Compare(a.Name, b.Name) })
	return err
}

func (s *System) buildStage() error {
	var resources []apigw.Resource
	var root string
	for _, stack := range s.assembly.Stacks {
		for _, r := range stack.Resources {
			switch r.Type {
			case "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Account":
				continue
			case "AWS::ApiGateway::RestApi":
				root = rootResourceID(r)
			}
			if !strings.HasPrefix(r.Type, "AWS::ApiGateway::") {
				continue
			}
			properties, err := s.assembly.Resolve(r, s)
			if err != nil {
				return err
			}
			id, err := s.Ref(r)
			if err != nil {
				return err
			}
			if err := s.checkMethod(r, properties); err != nil {
				return err
			}
			resources = append(resources, apigw.Resource{Path: r.Path(), ID: fmt.Sprint(id), Type: r.Type, Properties: properties})
		}
	}
	var err error
	s.stage, err = apigw.New(resources, apigw.Config{
		Upstream: s.askCognito, Clock: s.options.Clock, StageBound: s.options.StageBound, RootResourceID: root,
		CacheBeforeMapping: s.options.CacheBeforeMapping, AccessLog: s.options.AccessLog,
	})
	return err
}

// checkMethod refuses an integration with anything but the pool's token endpoint, and finds the origin header in it.
func (s *System) checkMethod(r *assembly.Resource, properties map[string]any) error {
	integration, ok := properties["Integration"].(map[string]any)
	if !ok {
		return nil
	}
	uri, _ := integration["Uri"].(string)
	if target, err := url.Parse(uri); err != nil || target.Host != s.domain {
		return fmt.Errorf("%s.Integration.Uri %q is not supported: use the user pool's domain, %s", r.Path(), uri, s.domain)
	}
	parameters, _ := integration["RequestParameters"].(map[string]any)
	for to, from := range parameters {
		header, isHeader := strings.CutPrefix(to, "integration.request.header.")
		text, _ := from.(string)
		if variable, ok := strings.CutPrefix(text, "stageVariables."); ok && isHeader {
			s.header, s.variable = header, variable
		}
	}
	return nil
}

func (s *System) buildWebACLs() error {
	acls := map[string]*waf.ACL{}
	err := s.each("AWS::WAFv2::WebACL", func(r *assembly.Resource, properties map[string]any) error {
		acl, err := waf.Compile(r.Path(), properties)
		if err == nil {
			acls[webACLARN(r)] = acl
			s.notes = append(s.notes, acl.Notes()...)
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
			s.edgeACL = acl
		default:
			return fmt.Errorf("%s.ResourceArn %q is not supported: use a user pool or a stage of a REST API", r.Path(), target)
		}
		return nil
	})
}

// each resolves all resources of a type and hands them on.
func (s *System) each(resourceType string, do func(*assembly.Resource, map[string]any) error) error {
	for _, r := range s.assembly.OfType(resourceType) {
		properties, err := s.assembly.Resolve(r, s)
		if err != nil {
			return err
		}
		if err := do(r, properties); err != nil {
			return err
		}
	}
	return nil
}
