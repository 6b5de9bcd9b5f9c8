package tenantclient

import (
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/logicalid"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// object is a JSON object of a template.
type object = map[string]any

// The parameters of the template: what tenants share and other stacks may hold.
const (
	userPoolID  = "UserPoolId"
	keyARN      = "KeyArn"
	functionARN = "FunctionArn"
)

// ids are the logical IDs of a tenant's resources, empty for one that the tenant does not have.
type ids struct {
	client, ownServer, secret, schedule, policy string
}

// addTo adds the tenant's resources to a template under the logical IDs that constructs at the place have: the app client, the resource
// server of own scopes, and with credentials the secret, its schedule and the policy for its readers.
func (s *settings) addTo(resources object, place logicalid.Scope) ids {
	var added ids
	add := func(id, resourceType string, properties object, dependsOn ...string) string {
		resource := object{"Type": resourceType, "Properties": properties}
		if len(dependsOn) > 0 {
			resource["DependsOn"] = dependsOn
		}
		logicalID := place.ID(id)
		resources[logicalID] = resource
		return logicalID
	}
	var scopesFirst []string
	if s.own != nil {
		added.ownServer = add("ResourceServer", "AWS::Cognito::UserPoolResourceServer", s.ownResourceServer())
		// The scopes are plain names in the client, and Cognito refuses a client whose scopes do not exist yet.
		scopesFirst = append(scopesFirst, added.ownServer)
	}
	if s.clientID == "" {
		added.client = add("Client", "AWS::Cognito::UserPoolClient", s.userPoolClient(), scopesFirst...)
	}
	if s.credentials != nil {
		added.secret = add("Secret", "AWS::SecretsManager::Secret", s.secret(s.idOf(added)))
		added.schedule = add("RotationSchedule", "AWS::SecretsManager::RotationSchedule", s.rotationSchedule(ref(added.secret)))
		if len(s.readers) > 0 {
			added.policy = add("ResourcePolicy", "AWS::SecretsManager::ResourcePolicy", s.resourcePolicy(ref(added.secret)))
		}
	}
	return added
}

func (s *settings) ownResourceServer() object {
	var scopes []object
	for _, scope := range s.own.Scopes {
		scopes = append(scopes, object{"ScopeName": *scope.Name, "ScopeDescription": *scope.Description})
	}
	return object{"UserPoolId": ref(userPoolID), "Identifier": *s.own.Identifier, "Name": *s.own.Identifier, "Scopes": scopes}
}

func (s *settings) userPoolClient() object {
	return object{
		"UserPoolId":                      ref(userPoolID),
		"ClientName":                      s.tenantID,
		"GenerateSecret":                  true,
		"AllowedOAuthFlowsUserPoolClient": true,
		"AllowedOAuthFlows":               []string{"client_credentials"},
		"AllowedOAuthScopes":              s.scopes(),
		// Not left out: Cognito's default has the SRP and custom sign-in flows. Refreshing alone signs nobody in, as this client gets no
		// refresh token. ALLOW_CLIENT_TOKEN_AUTH would issue tokens around the proxy, its cache and its protection.
		"ExplicitAuthFlows":          []string{"ALLOW_REFRESH_TOKEN_AUTH"},
		"PreventUserExistenceErrors": "ENABLED",
		"EnableTokenRevocation":      true,
		"AccessTokenValidity":        s.validity.Minutes(),
		"TokenValidityUnits":         object{"AccessToken": "minutes"},
	}
}

// secret holds the placeholder until its first rotation. The rotation finds in the tags what it needs to know of the tenant: they may
// change without a new version of the secret, which a changed SecretString is.
func (s *settings) secret(clientID any) object {
	return object{
		"Name":         s.secretName(),
		"Description":  "Credentials of tenant " + s.tenantID + ", written by their rotation only",
		"KmsKeyId":     ref(keyARN),
		"SecretString": clientsecret.Placeholder,
		"Tags": []object{
			{"Key": clientsecret.TagClientID, "Value": clientID},
			{"Key": clientsecret.TagScopes, "Value": clientsecret.ScopeDigest(s.scopes())},
			{"Key": clientsecret.TagTenant, "Value": s.tenantID},
		},
	}
}

// rotationSchedule does not rotate when it changes: another cadence would rotate all tenants at once. The first rotation is started by the
// sweep.
func (s *settings) rotationSchedule(secretID object) object {
	return object{
		"SecretId":                  secretID,
		"RotationLambdaARN":         ref(functionARN),
		"RotateImmediatelyOnUpdate": false,
		"RotationRules":             object{"ScheduleExpression": *s.credentials.Schedule(s.tenantID), "Duration": "1h"},
	}
}

func (s *settings) resourcePolicy(secretID object) object {
	return object{
		"SecretId":          secretID,
		"BlockPublicPolicy": true,
		"ResourcePolicy": object{
			"Version": "2012-10-17",
			"Statement": []object{{
				"Sid":       "Readers",
				"Effect":    "Allow",
				"Principal": object{"AWS": s.readers},
				"Action":    []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
				"Resource":  "*", // In a secret's policy: this secret.
			}},
		},
	}
}

// idOf is the client's id in a template.
func (s *settings) idOf(added ids) any {
	if added.client == "" {
		return s.clientID
	}
	return ref(added.client)
}

func ref(name string) object { return object{"Ref": name} }
