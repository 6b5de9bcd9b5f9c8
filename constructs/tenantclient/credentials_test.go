package tenantclient_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

var _ tenantclient.Credentials = (*clientsecret.SecretRotation)(nil)

// shared stands for what all tenants' secrets share, without a function to compile.
type shared struct {
	key        awskms.IKey
	function   awslambda.IFunction
	permission awslambda.CfnPermission
}

func newShared(scope constructs.Construct) *shared {
	function := awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_24_X(), Handler: jsii.String("index.handler"),
		Code: awslambda.Code_FromInline(jsii.String("exports.handler = 0")),
	})
	return &shared{
		key:      awskms.NewKey(scope, jsii.String("Key"), nil),
		function: function,
		permission: awslambda.NewCfnPermission(scope, jsii.String("Permission"), &awslambda.CfnPermissionProps{
			Action: jsii.String("lambda:InvokeFunction"), FunctionName: function.FunctionArn(),
			Principal: jsii.String("secretsmanager.amazonaws.com"),
		}),
	}
}

func (s *shared) EncryptionKey() awskms.IKey          { return s.key }
func (s *shared) SecretPrefix() *string               { return jsii.String("m2m/test/tenants/") }
func (s *shared) Function() awslambda.IFunction       { return s.function }
func (s *shared) Permission() awslambda.CfnPermission { return s.permission }
func (s *shared) Schedule(tenantID string) *string {
	return jsii.String("cron(0 7 3 * ? *) of " + tenantID)
}
func (s *shared) Covers(account string) bool {
	return slices.Contains([]string{"111122223333", "444455556666"}, account)
}

// Pinned: a changed logical ID of the secret would create it anew under a name that is taken, and one of the schedule or the policy would
// take the old one away after the new one came.
const (
	clientID   = "billingClientE614C3A6"
	secretID   = "billingSecret84863231"
	scheduleID = "billingRotationSchedule76F072FC"
	policyID   = "billingResourcePolicy7AA29433"
)

// tenantTypes are the types of resources of which a tenant may have one.
var tenantTypes = []string{
	"AWS::Cognito::UserPoolClient", "AWS::SecretsManager::Secret", "AWS::SecretsManager::RotationSchedule",
	"AWS::SecretsManager::ResourcePolicy",
}

// otherStack is a second stack beside the first.
func otherStack(stack awscdk.Stack) awscdk.Stack {
	return awscdk.NewStack(awscdk.Stage_Of(stack), jsii.String("Tenants"), nil)
}

func synthNoErrors(t *testing.T, stack awscdk.Stack) cdktest.Template {
	t.Helper()
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

func TestCredentials_secretAndSchedule(t *testing.T) {
	home := cdktest.NewStack(t)
	pool, credentials, stack := newPool(home), newShared(home), otherStack(home)
	tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: pool, TenantID: jsii.String("billing"), Credentials: credentials,
		Scopes: *jsii.Strings("orders/write", "orders/read"), OwnScopes: []*m2mpool.Scope{scope("export")},
	})
	template := synthNoErrors(t, stack)

	imported := func(export string) any { return map[string]any{"Fn::ImportValue": "Test:ExportsOutput" + export} }
	for id, want := range map[string]map[string]any{
		secretID: {
			"Name":         "m2m/test/tenants/billing",
			"Description":  "Credentials of tenant billing, written by their rotation only",
			"KmsKeyId":     imported("FnGetAttKey961B73FDArn5A860C43"),
			"SecretString": `{"placeholder":true}`,
			"Tags": []any{
				map[string]any{"Key": "m2m:client-id", "Value": map[string]any{"Ref": clientID}},
				// SHA-256 of "orders/read orders/write tenant-billing/export", its first half.
				map[string]any{"Key": "m2m:scopes", "Value": "994faad62803ff7c19d969c8a78b5e6a"},
				map[string]any{"Key": "m2m:tenant", "Value": "billing"},
			},
		},
		scheduleID: {
			"SecretId":                  map[string]any{"Ref": secretID},
			"RotationLambdaARN":         imported("FnGetAttFunction76856677Arn23A30A4C"),
			"RotateImmediatelyOnUpdate": false,
			"RotationRules":             map[string]any{"ScheduleExpression": "cron(0 7 3 * ? *) of billing", "Duration": "1h"},
		},
	} {
		if diff := cmp.Diff(want, template.Properties(id)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
		if got := template.Resource(id)["DependsOn"]; got != nil {
			t.Errorf("%s depends on %v, which its references say already", id, got)
		}
	}
	if got := template.IDs("AWS::SecretsManager::ResourcePolicy"); len(got) > 0 {
		t.Errorf("nobody was named a reader, and there is %v", got)
	}
}

// Secrets Manager tries the function when it creates a schedule, so it must be allowed to by then; Cognito wants the scopes before the
// client.
func TestCredentials_inOneStackTheOrderIsGiven(t *testing.T) {
	stack := cdktest.NewStack(t)
	tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: newPool(stack), TenantID: jsii.String("billing"), Credentials: newShared(stack), Scopes: *jsii.Strings("orders/read"),
	})
	template := synthNoErrors(t, stack)
	for id, want := range map[string]any{scheduleID: []any{"Permission"}, clientID: []any{"PoolResourceServerorders58C12882"}, secretID: nil} {
		if diff := cmp.Diff(want, template.Resource(id)["DependsOn"]); diff != "" {
			t.Errorf("%s depends on (-want +got):\n%s", id, diff)
		}
	}
}

func TestCredentials_tenantWithoutCredentialsHasAClientOnly(t *testing.T) {
	for name, props := range map[string]func(*shared) tenantclient.TenantClientProps{
		"none given": func(*shared) tenantclient.TenantClientProps { return tenantclient.TenantClientProps{} },
		"disabled": func(s *shared) tenantclient.TenantClientProps {
			return tenantclient.TenantClientProps{Credentials: s, DisableCredentials: jsii.Bool(true)}
		},
	} {
		stack := cdktest.NewStack(t)
		p := props(newShared(stack))
		p.Pool, p.TenantID, p.Scopes = newPool(stack), jsii.String("billing"), *jsii.Strings("orders/read")
		client := tenantclient.NewTenantClient(stack, jsii.String("billing"), &p)
		if client.Secret() != nil || client.SecretName() != nil {
			t.Errorf("%s: the tenant has a secret %v", name, client.SecretName())
		}
		template := synthNoErrors(t, stack)
		for i, resourceType := range tenantTypes {
			if got := template.IDs(resourceType); (len(got) > 0) != (i == 0) {
				t.Errorf("%s: %s: got %v", name, resourceType, got)
			}
		}
	}
}

func TestCredentials_readersMayReadTheSecretAndNobodyElse(t *testing.T) {
	for name, readers := range map[string][]string{
		"role of the same account":  {"arn:aws:iam::111122223333:role/orders"},
		"role of another account":   {"arn:aws:iam::444455556666:role/path/orders"},
		"account":                   {"444455556666"},
		"several, in their order":   {"444455556666", "arn:aws:iam::111122223333:role/orders"},
		"an account and its role":   {"444455556666", "arn:aws:iam::444455556666:role/orders"},
		"the account of the secret": {"111122223333"},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
				Pool: newPool(stack), TenantID: jsii.String("billing"), Credentials: newShared(stack), Scopes: *jsii.Strings("orders/read"),
				Readers: *jsii.Strings(readers...),
			})
			principals := []any{}
			for _, reader := range readers {
				principals = append(principals, reader)
			}
			want := map[string]any{
				"SecretId":          map[string]any{"Ref": secretID},
				"BlockPublicPolicy": true,
				"ResourcePolicy": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
					"Sid": "Readers", "Effect": "Allow", "Principal": map[string]any{"AWS": principals}, "Resource": "*",
					"Action": []any{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
				}}},
			}
			if diff := cmp.Diff(want, synthNoErrors(t, stack).Properties(policyID)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCredentials_mistakesInReaders(t *testing.T) {
	many := make([]string, 31)
	for i := range many {
		many[i] = fmt.Sprintf("arn:aws:iam::444455556666:role/r%d", i)
	}
	for name, test := range map[string]struct {
		readers     []*string
		credentials bool
		want        []string
	}{
		"denied account": {*jsii.Strings("arn:aws:iam::999988887777:role/orders"), true, []string{
			`Readers[0]: "arn:aws:iam::999988887777:role/orders" is in account 999988887777, whose principals may not use the key of ` +
				`the secrets: add the account`}},
		"everybody, a user, nobody, twice": {[]*string{jsii.String("*"), jsii.String("arn:aws:iam::444455556666:user/orders"), nil,
			jsii.String("444455556666"), jsii.String("444455556666")}, true, []string{
			`Readers[0]: reader "*" is neither an IAM role nor an account`, `Readers[1]: reader "arn:aws:iam::444455556666:user/orders" is neither`,
			"Readers[2]: is nil", `Readers[4]: duplicate "444455556666"`}},
		"known at deployment": {[]*string{awscdk.Aws_ACCOUNT_ID()}, true, []string{"Readers[0]: must be known at synth"}},
		"another partition": {*jsii.Strings("arn:aws-cn:iam::444455556666:role/orders"), true,
			[]string{`Readers[0]: reader "arn:aws-cn:iam::444455556666:role/orders" is in partition aws-cn, and region eu-west-1 in aws`}},
		"too many":         {*jsii.Strings(many...), true, []string{"Readers: 31 readers are too many: a secret's policy has up to 30"}},
		"without a secret": {*jsii.Strings("444455556666"), false, []string{"Readers: has 1 readers, but the tenant has no secret"}},
	} {
		t.Run(name, func(t *testing.T) {
			home := cdktest.NewStack(t)
			stack := awscdk.NewStack(awscdk.Stage_Of(home), jsii.String("Ireland"),
				&awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")}})
			props := &tenantclient.TenantClientProps{Pool: newPool(stack), TenantID: jsii.String("billing"), Scopes: *jsii.Strings("orders/read"),
				Readers: test.readers}
			if test.credentials {
				props.Credentials = newShared(stack)
			}
			tenantclient.NewTenantClient(stack, jsii.String("billing"), props)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}
