package guard

import (
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// door has the doors of an assembly and what belongs to them.
type door struct {
	assembly *templates.Assembly
	// all says that every resource is a door's.
	all     bool
	members map[*templates.Resource]bool
	// endpoints are the methods of token endpoints.
	endpoints []*endpoint
}

// endpoint is a method whose integration targets a token endpoint of Cognito.
type endpoint struct {
	method *templates.Resource
	// api is the API's id as text.
	api string
	// path is the method's path with slashes; "" if the assembly does not have all of its parts.
	path string
	// pool is the user pool behind it, as poolOf names it; "" if the assembly does not have its domain.
	pool string
	// clients are the app clients that get their tokens here.
	clients []*templates.Resource
}

// findDoor finds the doors of an assembly and follows their references. With all, every resource belongs to one.
func findDoor(a *templates.Assembly, all bool) *door {
	d := &door{assembly: a, all: all, members: map[*templates.Resource]bool{}}
	a.Each("AWS::ApiGateway::Method", func(r *templates.Resource) {
		if pool, ok := target(r); ok {
			d.endpoints = append(d.endpoints, &endpoint{method: r, api: r.Text(r.Properties["RestApiId"]), path: path(r), pool: pool})
			d.add(r)
		}
	})
	if len(d.endpoints) == 0 && !all {
		return d
	}
	d.addMarked()
	for _, e := range d.endpoints {
		d.addAPI(e)
		d.addClients(e)
	}
	d.addWebACLs()
	each := func(resourceType, property string) { d.addWhere(resourceType, property, d.members) }
	each("AWS::Lambda::Permission", "FunctionName")
	each("AWS::SecretsManager::RotationSchedule", "SecretId")
	each("AWS::SecretsManager::ResourcePolicy", "SecretId")
	return d
}

func (d *door) add(members ...*templates.Resource) {
	for _, r := range members {
		d.members[r] = true
	}
}

// addWhere adds the resources of a type of which a property refers to one of these.
func (d *door) addWhere(resourceType, property string, to map[*templates.Resource]bool) (added []*templates.Resource) {
	d.assembly.Each(resourceType, func(r *templates.Resource) {
		if slices.ContainsFunc(r.Mentions(r.Properties[property]), func(r *templates.Resource) bool { return to[r] }) {
			d.add(r)
			added = append(added, r)
		}
	})
	return added
}

// target says whether the method's integration targets a token endpoint of Cognito, and which user pool's.
func target(r *templates.Resource) (pool string, ok bool) {
	integration := section(r.Properties, "Integration")
	uri, _, _ := strings.Cut(r.Text(integration["Uri"]), "?")
	_, rest, _ := strings.Cut(uri, "://")
	host, isToken := strings.CutSuffix(rest, "/oauth2/token")
	if kind, _ := integration["Type"].(string); !strings.HasPrefix(kind, "HTTP") || !isToken {
		return "", false
	}
	prefix, _, ofCognito := strings.Cut(host, ".auth")
	ofCognito = ofCognito && strings.Contains(host, ".amazoncognito.com")
	r.Assembly().Each("AWS::Cognito::UserPoolDomain", func(d *templates.Resource) {
		name := d.Text(d.Properties["Domain"])
		if name == host || ofCognito && name == prefix || slices.Contains(r.Mentions(integration["Uri"]), d) {
			pool, ok = poolOf(d, d.Properties["UserPoolId"]), true
		}
	})
	return pool, ok || ofCognito || r.Metadata[templates.Mark] != nil
}

// path is the method's path, such as /oauth2/token.
func path(r *templates.Resource) string {
	parts, parent := "", r.Properties["ResourceId"]
	for range 100 { // API Gateway allows far fewer; a circle ends.
		above := r.Mentions(parent)
		if len(above) != 1 {
			return ""
		}
		if r = above[0]; r.Type != "AWS::ApiGateway::Resource" {
			return parts // The root is an attribute of the API.
		}
		parts, parent = "/"+r.Text(r.Properties["PathPart"])+parts, r.Properties["ParentId"]
	}
	return ""
}

// addMarked adds what this module's constructs mark, and the secrets of the tenants' credentials, which their tags mark.
func (d *door) addMarked() {
	for _, s := range d.assembly.Stacks {
		for _, r := range s.Sorted() {
			if r.Metadata[templates.Mark] != nil || ofTenant(r) {
				d.add(r)
			}
		}
	}
}

func ofTenant(r *templates.Resource) bool {
	return r.Type == "AWS::SecretsManager::Secret" &&
		(tags(r)[clientsecret.TagTenant] != nil || r.Properties["SecretString"] == clientsecret.Placeholder)
}

// addAPI adds what stands before the method, and the secret of the origin header that the integration adds.
func (d *door) addAPI(e *endpoint) {
	d.add(e.method.Mentions(e.method.Properties["RestApiId"])...)
	ofAPI := func(resourceType, property string) (found []*templates.Resource) {
		d.assembly.Each(resourceType, func(r *templates.Resource) {
			if r.Text(r.Properties[property]) == e.api {
				found = append(found, r)
			}
		})
		d.add(found...)
		return found
	}
	variables := stageVariables(e.method)
	for _, stage := range ofAPI("AWS::ApiGateway::Stage", "RestApiId") {
		for _, name := range variables {
			d.add(stage.Mentions(section(stage.Properties, "Variables")[name])...)
		}
	}
	for _, mapping := range ofAPI("AWS::ApiGateway::BasePathMapping", "RestApiId") {
		d.add(mapping.Mentions(mapping.Properties["DomainName"])...)
	}
	for _, authorizer := range e.method.Mentions(e.method.Properties["AuthorizerId"]) {
		d.add(authorizer)
		d.add(authorizer.Mentions(authorizer.Properties["AuthorizerUri"])...)
	}
	plans := map[*templates.Resource]bool{}
	d.assembly.Each("AWS::ApiGateway::UsagePlan", func(plan *templates.Resource) {
		of := func(stage any) bool { return plan.Text(section(stage)["ApiId"]) == e.api }
		plans[plan] = slices.ContainsFunc(list(plan.Properties, "ApiStages"), of)
	})
	for _, link := range d.addWhere("AWS::ApiGateway::UsagePlanKey", "UsagePlanId", plans) {
		for _, key := range link.Mentions(link.Properties["KeyId"]) {
			d.add(key)
			d.add(key.Mentions(key.Properties["Value"])...)
		}
	}
}

// stageVariables are the stage variables that the method's integration sends on.
func stageVariables(method *templates.Resource) []string {
	var names []string
	for _, from := range section(method.Properties, "Integration", "RequestParameters") {
		text, _ := from.(string)
		if name, ok := strings.CutPrefix(text, "stageVariables."); ok {
			names = append(names, name)
		}
	}
	return names
}

// addClients adds the app clients that get their tokens at the endpoint: those that are a tenant's or have the client credentials flow.
func (d *door) addClients(e *endpoint) {
	tenants := map[*templates.Resource]bool{}
	for r := range d.members {
		if ofTenant(r) {
			for _, client := range r.Mentions(tags(r)[clientsecret.TagClientID]) {
				tenants[client] = true
			}
		}
	}
	d.assembly.Each("AWS::Cognito::UserPoolClient", func(client *templates.Resource) {
		machine := tenants[client] || slices.Contains(texts(client.Properties, "AllowedOAuthFlows"), clientCredentials)
		if machine && e.behind(poolOf(client, client.Properties["UserPoolId"])) {
			e.clients = append(e.clients, client)
			d.add(client)
		}
	})
}

// addWebACLs adds the web ACLs of the APIs and of the user pools behind them, the sets that they match requests against, and what they log.
func (d *door) addWebACLs() {
	acls := map[*templates.Resource]bool{}
	d.assembly.Each("AWS::WAFv2::WebACLAssociation", func(association *templates.Resource) {
		arn := association.Properties["ResourceArn"]
		for _, e := range d.endpoints {
			if !strings.Contains(association.Text(arn), "/restapis/"+e.api+"/") && !e.behind(poolOf(association, arn)) {
				continue
			}
			for _, acl := range association.Mentions(association.Properties["WebACLArn"]) {
				acls[acl] = true
				d.add(acl)
				d.add(acl.Mentions(acl.Properties["Rules"])...)
			}
		}
	})
	d.addWhere("AWS::WAFv2::LoggingConfiguration", "ResourceArn", acls)
}

// behind says whether tokens of the user pool are issued at the endpoint. If the endpoint's pool is not known, these are all that are not
// in the assembly.
func (e *endpoint) behind(pool string) bool {
	return pool != unknown && (pool == e.pool || e.pool == "" && !strings.HasPrefix(pool, "{"))
}

// unknown is the text of a reference that cannot be followed.
const unknown = "{?}"

// poolOf names the user pool whose id or ARN the value is: by its place in the assembly, or else by its id.
func poolOf(r *templates.Resource, value any) string {
	for _, pool := range r.Mentions(value) {
		if pool.Type == "AWS::Cognito::UserPool" {
			return "{" + pool.Stack.Name + " " + pool.ID + "}"
		}
	}
	text := r.Text(value)
	if _, id, isPool := strings.Cut(text, ":userpool/"); isPool {
		return id
	}
	if strings.HasPrefix(text, "arn:") {
		return unknown // It is something else.
	}
	return text
}

func tags(r *templates.Resource) map[string]any {
	tags := map[string]any{}
	for _, item := range list(r.Properties, "Tags") {
		tag := section(item)
		key, _ := tag["Key"].(string)
		tags[key] = tag["Value"]
	}
	return tags
}
