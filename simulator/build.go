package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// build creates what the templates describe, in the order in which one refers to another.
func (s *System) build() error {
	if err := s.refuseUnknownTypes(); err != nil {
		return err
	}
	for _, step := range []func() error{
		s.buildPool, s.buildResourceServers, s.buildClients, s.buildSecrets, s.buildSchedules, s.buildSets, s.buildIPSets, s.buildKeys,
		s.buildPolicyStores, s.buildAPIs, s.findOrigin, s.buildDomains, s.buildWebACLs,
	} {
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
	if len(s.assembly.OfType("AWS::Cognito::UserPool")) == 0 {
		return s.buildExistingPool()
	}
	r, err := s.one("AWS::Cognito::UserPool")
	if err != nil {
		return err
	}
	s.poolID = cognito.PoolID(r.Stack.Region, r.Path())
	properties, err := s.assembly.Resolve(r, values{s})
	if err != nil {
		return err
	}
	if err := cognito.CheckUserPool(r.Path(), properties); err != nil {
		return err
	}
	if err := s.newPool(r.Stack, s.poolID); err != nil {
		return err
	}
	domainResource, err := s.one("AWS::Cognito::UserPoolDomain")
	if err != nil {
		return err
	}
	domain, err := s.assembly.Resolve(domainResource, values{s})
	if err != nil {
		return err
	}
	name, _ := domain["Domain"].(string)
	s.domainName = name
	if domain["CustomDomainConfig"] == nil {
		s.domainName = name + ".auth." + r.Stack.Region + ".amazoncognito.com"
	}
	return nil
}

func (s *System) buildResourceServers() error {
	return s.each("AWS::Cognito::UserPoolResourceServer", func(r *assembly.Resource, properties map[string]any) error {
		return s.pool.AddResourceServer(r.Path(), properties)
	})
}

func (s *System) buildSecrets() error {
	return s.each("AWS::SecretsManager::Secret", func(r *assembly.Resource, properties map[string]any) error {
		created, err := readSecret(r.Path(), properties, s.options.Clock)
		if h, ok := created.(held); ok && string(h) == clientsecret.Placeholder {
			created = newTenantSecret(secretARN(r), secretName(r), string(h), tags(properties), s.options.Clock)
		}
		s.secrets[secretARN(r)] = created
		return err
	})
}

// tags are a resource's tags by key.
func tags(properties map[string]any) map[string]string {
	all := map[string]string{}
	list, _ := properties["Tags"].([]any)
	for _, entry := range list {
		tag, _ := entry.(map[string]any)
		all[fmt.Sprint(tag["Key"])] = fmt.Sprint(tag["Value"])
	}
	return all
}

// buildSchedules notes which tenants' secrets rotate by a schedule. The time is not simulated.
func (s *System) buildSchedules() error {
	return s.each("AWS::SecretsManager::RotationSchedule", func(_ *assembly.Resource, properties map[string]any) error {
		if secret, ok := s.secrets[fmt.Sprint(properties["SecretId"])].(*tenantSecret); ok {
			secret.scheduled = true
		}
		return nil
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
	if err == nil {
		err = s.buildExistingClients(names)
	}
	for _, client := range s.pool.Clients() {
		secrets := s.pool.Secrets(client.ID)
		s.tenants = append(s.tenants, Tenant{
			Name: names[client.ID], ClientID: client.ID, ClientSecret: secrets[len(secrets)-1], Scopes: client.Scopes,
			AccessTokenValidity: client.Validity,
		})
	}
	slices.SortFunc(s.tenants, func(a, b Tenant) int { return strings.Compare(a.Name, b.Name) })
	return err
}

// each resolves all resources of a type and hands them on.
func (s *System) each(resourceType string, do func(*assembly.Resource, map[string]any) error) error {
	for _, r := range s.assembly.OfType(resourceType) {
		properties, err := s.assembly.Resolve(r, values{s})
		if err != nil {
			return err
		}
		if err := do(r, properties); err != nil {
			return err
		}
	}
	return nil
}
