package tenantclient

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/cloudformationinclude"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/logicalid"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/metadata"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/existing"
)

// fragment is a part of a stack's template, with the resources of tenants.
type fragment struct {
	Parameters object
	Resources  object
	Outputs    object
	tenants    []*Tenant
}

func newFragment() *fragment {
	return &fragment{Parameters: object{}, Resources: object{}, Outputs: object{}}
}

func (f *fragment) add(s *settings, place logicalid.Scope) *Tenant {
	t := &Tenant{settings: *s, ids: s.addTo(f.Resources, place)}
	f.tenants = append(f.tenants, t)
	return t
}

func (f *fragment) addOutput(id, description string, value any) {
	f.Outputs[id] = object{"Description": description, "Value": value}
}

// include makes constructs of the fragment in scope. Its parameters become what they stand for, be it in this stack or another one. The
// file exists for as long as CDK reads it.
func (f *fragment) include(scope constructs.Construct, pool Pool, credentials Credentials) {
	values := map[string]any{userPoolID: pool.UserPoolID()}
	if credentials != nil {
		values[keyARN], values[functionARN] = credentials.EncryptionKey().KeyArn(), credentials.Function().FunctionArn()
	}
	for name := range values {
		f.Parameters[name] = object{"Type": "String"}
	}
	file, err := f.write()
	if err != nil {
		panic(fmt.Sprintf("tenantclient: the template for CDK cannot be written: %v", err))
	}
	template := cloudformationinclude.NewCfnInclude(scope, jsii.String("Template"), &cloudformationinclude.CfnIncludeProps{
		TemplateFile: jsii.String(file),
		Parameters:   &values,
	})
	_ = os.Remove(file)
	for _, t := range f.tenants {
		t.template = template
		if s := t.settings; s.clientID != "" {
			metadata.Add(scope, existing.ClientKey+s.tenantID, object{
				"tenant": s.tenantID, "clientId": s.clientID, "scopes": s.scopes(), "accessTokenMinutes": s.validity.Minutes(),
			})
		}
	}
	f.depend(scope, pool, credentials)
}

// write has an error only where there is no place for a file.
func (f *fragment) write() (string, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp("", "tenants-*.template.json")
	if err != nil {
		return "", err
	}
	_, err = file.Write(body)
	if closing := file.Close(); err == nil {
		err = closing
	}
	return file.Name(), err
}

// depend makes the tenants wait for what they need and do not refer to: clients for the resource servers of their scopes, which are plain
// names in the template, and schedules for the permission by which Secrets Manager tries the function. In another stack both are there
// before, since the template refers to the pool and the function.
func (f *fragment) depend(scope constructs.Construct, pool Pool, credentials Credentials) {
	stack := awscdk.Stack_Of(scope)
	for _, t := range f.tenants {
		for _, identifier := range t.settings.servers() {
			if t.ids.client == "" {
				break
			}
			if server := pool.ResourceServer(identifier); server != nil && !otherStack(stack, server) {
				t.resource(t.ids.client).Node().AddDependency(server)
			}
		}
	}
	if credentials != nil && !otherStack(stack, credentials.Permission()) {
		for _, t := range f.tenants {
			if t.ids.schedule != "" {
				t.resource(t.ids.schedule).Node().AddDependency(credentials.Permission())
			}
		}
	}
}

// otherStack says that c is deployed with another stack, nested ones being deployed with theirs.
func otherStack(stack awscdk.Stack, c constructs.IConstruct) bool {
	return *deployedWith(awscdk.Stack_Of(c)) != *deployedWith(stack)
}

func deployedWith(stack awscdk.Stack) *string {
	if parent := stack.NestedStackParent(); parent != nil {
		return deployedWith(parent)
	}
	return stack.Node().Addr()
}

// servers are the identifiers of the pool's resource servers that the shared scopes belong to.
func (s *settings) servers() []string {
	var identifiers []string
	seen := map[string]bool{}
	for _, scope := range s.shared {
		identifier := scope[:strings.LastIndex(scope, "/")]
		if !seen[identifier] {
			seen[identifier] = true
			identifiers = append(identifiers, identifier)
		}
	}
	return identifiers
}
