package tokenauthorizer

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsverifiedpermissions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/quotas.html
const (
	maxSchemaBytes = 100_000
	maxPolicyBytes = 10_000
)

// policyStore is where policies are asked.
type policyStore struct {
	id, arn  *string
	schema   schema
	resource awsverifiedpermissions.CfnPolicyStore // nil: of another stack
}

func newPolicyStore(scope constructs.Construct, v *VerifiedPermissions, removal awscdk.RemovalPolicy, errs *report.Errors) *policyStore {
	var own report.Errors
	s := &policyStore{id: v.PolicyStoreID}
	text := readSchema(v.Schema, &own)
	s.schema = parseSchema(text, &own)
	if (v.Policies == nil) == (v.PolicyStoreID == nil) {
		own.Addf("Policies", "needs exactly one of Policies and PolicyStoreID")
	}
	if v.PolicyStoreID == nil {
		s.create(scope, v, text, removal)
		s.addPolicies(scope, v.Policies, &own)
	} else {
		// Policy stores' ARNs have no Region.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonverifiedpermissions.html
		s.arn = awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("verifiedpermissions"), Region: jsii.String(""), Resource: jsii.String("policy-store"),
			ResourceName: v.PolicyStoreID,
		})
	}
	errs.MergeUnder("VerifiedPermissions", own)
	return s
}

// create makes a policy store that takes policies only when they fit the schema: a misspelt attribute is an error at deployment and
// not a policy that never applies.
func (s *policyStore) create(scope constructs.Construct, v *VerifiedPermissions, schema string, removal awscdk.RemovalPolicy) {
	protection := "ENABLED"
	if v.DisableDeletionProtection != nil && *v.DisableDeletionProtection {
		protection = "DISABLED"
	}
	s.resource = awsverifiedpermissions.NewCfnPolicyStore(scope, jsii.String("PolicyStore"), &awsverifiedpermissions.CfnPolicyStoreProps{
		Description:        jsii.String("Policies for requests to the API"),
		ValidationSettings: &awsverifiedpermissions.CfnPolicyStore_ValidationSettingsProperty{Mode: jsii.String("STRICT")},
		DeletionProtection: &awsverifiedpermissions.CfnPolicyStore_DeletionProtectionProperty{Mode: jsii.String(protection)},
		Schema:             &awsverifiedpermissions.CfnPolicyStore_SchemaDefinitionProperty{CedarJson: jsii.String(schema)},
	})
	s.resource.ApplyRemovalPolicy(removal, nil)
	s.id, s.arn = s.resource.AttrPolicyStoreId(), s.resource.AttrArn()
}

// policyFile is a name that is also a logical ID, once it is clear that no two of them differ in '-' only.
var policyFile = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*\.cedar$`)

// addPolicies makes a policy of each file, under the file's name: a policy that comes or goes replaces no other.
func (s *policyStore) addPolicies(scope constructs.Construct, folder *string, errs *report.Errors) {
	if folder == nil {
		return
	}
	files, err := readPolicies(*folder)
	errs.Add("Policies", err)
	parent := constructs.NewConstruct(scope, jsii.String("Policies"))
	for _, file := range slices.Sorted(maps.Keys(files)) {
		text := files[file]
		if n := statements(text); n != 1 {
			errs.Addf("Policies", "%s has %d policies: write each into a file of its own", filepath.Join(*folder, file), n)
		}
		if len(text) > maxPolicyBytes {
			errs.Addf("Policies", "%s has %d bytes: a policy has %d at most", filepath.Join(*folder, file), len(text), maxPolicyBytes)
		}
		name := strings.TrimSuffix(file, ".cedar")
		awsverifiedpermissions.NewCfnPolicy(parent, jsii.String(name), &awsverifiedpermissions.CfnPolicyProps{
			PolicyStoreId: s.id,
			Definition: &awsverifiedpermissions.CfnPolicy_PolicyDefinitionProperty{
				Static: &awsverifiedpermissions.CfnPolicy_StaticPolicyDefinitionProperty{
					Statement: jsii.String(text), Description: jsii.String(name),
				},
			},
		})
	}
}

func readPolicies(folder string) (map[string]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != ".cedar" {
			continue
		}
		if !policyFile.MatchString(entry.Name()) {
			return nil, fmt.Errorf("file %q is not named as a policy: use a-z, 0-9 and single '-', and .cedar", entry.Name())
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		files[entry.Name()] = string(text)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("folder %q has no file NAME.cedar: without a policy everything is denied", folder)
	}
	return files, nil
}

// ended matches what may hold a semicolon that ends nothing, or one that does. https://docs.cedarpolicy.com/policies/syntax-grammar.html
var ended = regexp.MustCompile(`//[^\n]*|"(?:[^"\\]|\\.)*"|;`)

// statements counts the policies in a text.
func statements(text string) int {
	n := 0
	for _, match := range ended.FindAllString(text, -1) {
		if match == ";" {
			n++
		}
	}
	return n
}
