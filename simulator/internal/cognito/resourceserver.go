package cognito

import (
	"fmt"
	"regexp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// Quotas of https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html: scopes of a resource server, and of an app client.
const (
	scopesPerServer = 100
	scopesPerClient = 50
)

// Patterns of https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html: a scope's name has
// no slash.
var (
	serverIdentifier = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]{1,256}$`)
	scopeName        = regexp.MustCompile(`^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$`)
)

// AddResourceServer creates a resource server from the properties of an AWS::Cognito::UserPoolResourceServer, free of intrinsic functions;
// path names the resource in errors.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpoolresourceserver.html
func (p *Pool) AddResourceServer(path string, props map[string]any) error {
	o := properties.Read(path, props)
	o.Require("UserPoolId", "Identifier", "Name")
	o.Accept(map[string]string{"Name": "shown in the console only"})
	p.checkPool(o)
	identifier := o.Text("Identifier")
	if o.Has("Identifier") && !serverIdentifier.MatchString(identifier) {
		o.Errorf("Identifier", "got %q, want 1 to 256 printable ASCII characters without space, quote and backslash", identifier)
	}
	scopes := readScopes(o, identifier)
	if err := o.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, exists := p.servers[identifier]; exists {
		return fmt.Errorf("%s.Identifier: the user pool %s has a resource server %q already", path, p.config.ID, identifier)
	}
	p.servers[identifier] = scopes
	return nil
}

// readScopes reads scopes as identifier/name.
func readScopes(o *properties.Object, identifier string) []string {
	var scopes []string
	seen := map[string]bool{}
	for _, s := range o.Objects("Scopes") {
		s.Require("ScopeName", "ScopeDescription")
		s.Accept(map[string]string{"ScopeDescription": "shown in the console only"})
		name := s.Text("ScopeName")
		switch {
		case s.Has("ScopeName") && !scopeName.MatchString(name):
			s.Errorf("ScopeName", "got %q, want 1 to 256 printable ASCII characters without space, quote, backslash and slash", name)
		case seen[name]:
			s.Errorf("ScopeName", "%q is there twice", name)
		}
		seen[name] = true
		scopes = append(scopes, identifier+"/"+name)
	}
	if len(scopes) > scopesPerServer {
		o.Errorf("Scopes", "got %d scopes, Cognito allows %d", len(scopes), scopesPerServer)
	}
	return scopes
}

func (p *Pool) checkPool(o *properties.Object) {
	if id := o.Text("UserPoolId"); o.Has("UserPoolId") && id != p.config.ID {
		o.Errorf("UserPoolId", "got %q, want the simulated user pool %s", id, p.config.ID)
	}
}
