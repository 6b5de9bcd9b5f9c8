package app

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/stacks"
)

// Compose creates the stacks of an environment: m2m-<env>-identity, m2m-<env>-gateway, m2m-<env>-credentials, m2m-<env>-tenants-<file> and
// m2m-<env>-monitoring. An environment with an existing user pool has no identity stack.
func Compose(app awscdk.App, env *config.Environment) {
	for key, value := range env.Tags {
		awscdk.Tags_Of(app).Add(jsii.String(key), jsii.String(value), &awscdk.TagProps{ExcludeResourceTypes: jsii.Strings(untagged...)})
	}
	var pool *m2mpool.M2MPool
	props := &stacks.GatewayStackProps{TokenService: serviceProps(env), AlarmTopicArn: given(env.OriginHeader.Rotation.AlarmTopicARN)}
	if env.UserPool.Existing == nil {
		pool = stacks.NewIdentityStack(app, stackName(env, "identity"), &stacks.IdentityStackProps{
			StackProps: stackProps(env, "User pool and resource servers for machine-to-machine clients"),
			Pool:       poolProps(env),
		}).Pool()
		props.TokenService.Pool = pool
	} else {
		props.ExistingPool = existingPoolProps(env)
	}
	props.StackProps = stackProps(env, "Token proxy with cache, and the web ACL that lets only it reach the user pool")
	gateway := stacks.NewGatewayStack(app, stackName(env, "gateway"), props)
	if pool == nil {
		pool = gateway.ExistingPool()
	}
	service := gateway.TokenService()
	if domain := service.Domain(); domain != nil {
		// The runbook says how to shut a client out.
		awscdk.Annotations_Of(domain.Construct).AcknowledgeWarning(jsii.String(tokendomain.RevocationWarning), nil)
	}
	var credentialsStack *stacks.CredentialsStack
	var credentials tenantclient.Credentials
	if env.Credentials != nil {
		credentialsStack = stacks.NewCredentialsStack(app, stackName(env, "credentials"), &stacks.CredentialsStackProps{
			StackProps:       stackProps(env, "Rotation of the tenants' client secrets, and flush of the token cache when one is revoked"),
			Pool:             pool,
			TokenService:     service,
			Rotation:         credentialsProps(env),
			RevocationWindow: seconds(env.Credentials.RevocationWindow),
		})
		credentials = credentialsStack.Rotation()
	}
	for _, file := range env.TenantFiles {
		tenants := stacks.NewTenantsStack(app, tenantsStackName(env, file), &stacks.TenantsStackProps{
			StackProps:   stackProps(env, "App clients of the tenants in "+file.Path),
			Pool:         pool,
			TokenService: service,
			Credentials:  credentials,
			Tenants:      tenantProps(file),
			APIKeys:      apiKeyProps(env, file),
		})
		// The checks of the assembly name this file when the stack is too large.
		tenants.Node().AddMetadata(jsii.String(templates.Source), file.Path, nil)
	}
	if env.Monitoring != nil {
		stacks.NewMonitoringStack(app, stackName(env, "monitoring"), &stacks.MonitoringStackProps{
			StackProps: stackProps(env, "Records, counts, shows and watches the use, the cost and the health of the token service"),
			Monitoring: monitoringProps(env, pool, service, credentialsStack),

			PagingTopicArn: given(env.Monitoring.PagingTopicARN),
		})
	}
}

// untagged are types that take no tags: a changed one would make CloudFormation write the set of accepted values (design decision D6),
// and the tags of dashboards are so new that cfn-lint does not know them.
var untagged = []string{"AWS::WAFv2::RegexPatternSet", "AWS::CloudWatch::Dashboard"}

func stackName(env *config.Environment, name string) *string {
	return jsii.String("m2m-" + env.Name + "-" + name)
}

func tenantsStackName(env *config.Environment, file *config.TenantFile) *string {
	return stackName(env, tenantsPrefix+file.Name)
}

// tenantsPrefix begins the names of the stacks of tenants, after that of the environment.
const tenantsPrefix = "tenants-"

func stackProps(env *config.Environment, description string) awscdk.StackProps {
	props := awscdk.StackProps{Description: jsii.String(description), TerminationProtection: jsii.Bool(!env.Destroy())}
	if env.Account != "" {
		props.Env = &awscdk.Environment{Account: jsii.String(env.Account), Region: jsii.String(env.Region)}
	}
	return props
}

// removalPolicy is that of logs and keys. What is kept goes if its creation fails, so that the next one does not find the name taken.
func removalPolicy(env *config.Environment) awscdk.RemovalPolicy {
	if env.Destroy() {
		return awscdk.RemovalPolicy_DESTROY
	}
	return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
}

func poolProps(env *config.Environment) *m2mpool.M2MPoolProps {
	props := &m2mpool.M2MPoolProps{
		UserPoolName:              jsii.String(env.UserPool.Name),
		FeaturePlan:               awscognito.FeaturePlan(env.UserPool.FeaturePlan),
		DisableDeletionProtection: jsii.Bool(!env.UserPool.DeletionProtection),
		RemovalPolicy:             awscdk.RemovalPolicy_RETAIN,
	}
	if env.Destroy() {
		props.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	}
	d := env.UserPool.Domain
	props.Domain = &m2mpool.Domain{Prefix: given(d.Prefix), CustomName: given(d.CustomName), CertificateArn: given(d.CertificateARN)}
	for _, server := range env.ResourceServers {
		props.ResourceServers = append(props.ResourceServers, &m2mpool.ResourceServer{
			Identifier: jsii.String(server.Identifier),
			Name:       jsii.String(server.Name),
			Scopes:     scopeProps(server.Scopes),
		})
	}
	return props
}

func existingPoolProps(env *config.Environment) *m2mpool.ExistingPoolProps {
	d := env.UserPool.Domain
	props := &m2mpool.ExistingPoolProps{
		UserPoolID: jsii.String(env.UserPool.Existing.ID),
		Domain:     &m2mpool.Domain{Prefix: given(d.Prefix), CustomName: given(d.CustomName)},
	}
	for _, server := range env.ResourceServers {
		existing := &m2mpool.ExistingResourceServer{Identifier: jsii.String(server.Identifier)}
		for _, scope := range server.Scopes {
			existing.Scopes = append(existing.Scopes, jsii.String(scope.Name))
		}
		props.ResourceServers = append(props.ResourceServers, existing)
	}
	return props
}

func scopeProps(scopes []*config.Scope) []*m2mpool.Scope {
	var props []*m2mpool.Scope
	for _, s := range scopes {
		props = append(props, &m2mpool.Scope{Name: jsii.String(s.Name), Description: jsii.String(s.Description)})
	}
	return props
}

func serviceProps(env *config.Environment) tokenservice.TokenServiceProps {
	props := tokenservice.TokenServiceProps{
		OriginHeader:  &originheader.OriginHeaderProps{HeaderName: jsii.String(env.OriginHeader.Name)},
		PoolWebACL:    &webacl.PoolWebACLProps{DisableKeyDiscovery: jsii.Bool(!env.WebACL.KeyDiscovery)},
		Proxy:         proxyProps(env),
		Domain:        domainProps(env),
		Edge:          edgeProps(env),
		Rotation:      rotationProps(env),
		LogRetention:  retention[env.Gateway.Logs.RetentionDays],
		RemovalPolicy: removalPolicy(env),
	}
	if existing := env.UserPool.Existing; existing != nil {
		props.PoolWebACL.UsersBlocked, props.PoolWebACL.WebACLReplaced = jsii.Bool(existing.UsersBlocked), jsii.Bool(existing.WebACLReplaced)
	}
	if env.Monitoring != nil {
		props.PoolWebACL.Log = &webacl.PoolLog{}
	}
	return props
}

func proxyProps(env *config.Environment) *tokenproxy.TokenProxyProps {
	g := env.Gateway
	props := &tokenproxy.TokenProxyProps{
		CacheTTL:               seconds(g.Cache.TTL),
		CacheSizeGB:            jsii.String(g.Cache.SizeGB),
		Integration:            tokenproxy.CanonicalIntegration,
		AllowMissingClientID:   jsii.Bool(!g.RequireClientID),
		StageName:              jsii.String(g.StageName),
		ThrottlingRateLimit:    jsii.Number(g.Throttle.RatePerSecond),
		ThrottlingBurstLimit:   number(g.Throttle.Burst),
		ExecutionLogging:       awsapigateway.MethodLoggingLevel(g.Logs.ExecutionLevel),
		ExistingAccountLogRole: jsii.Bool(g.Logs.AccountRole == "existing"),
		Tracing:                jsii.Bool(g.Tracing),
		Authorization:          authorizationProps(g),
		Endpoint:               endpointProps(g),
	}
	if g.ExpectedRequestsPerSecond > 0 {
		props.ExpectedRequestsPerSecond = jsii.Number(g.ExpectedRequestsPerSecond)
	}
	if g.Integration == "http-proxy" {
		props.Integration = tokenproxy.HTTPProxyIntegration
	}
	shortest := slices.MinFunc(env.Validities(), func(a, b awslimits.ClientValidity) int { return cmp.Compare(a.Validity, b.Validity) })
	props.ShortestTokenValidity = seconds(shortest.Validity)
	return props
}

func rotationProps(env *config.Environment) *originheader.HeaderRotationProps {
	return &originheader.HeaderRotationProps{
		Interval:                   seconds(env.OriginHeader.Rotation.Interval),
		WAFBound:                   seconds(env.OriginHeader.Rotation.WAFBound),
		StageBound:                 seconds(env.OriginHeader.Rotation.StageBound),
		Grace:                      seconds(env.OriginHeader.Rotation.Grace),
		DisableReservedConcurrency: jsii.Bool(!env.OriginHeader.Rotation.ReservedConcurrency),
		Trail:                      jsii.Bool(env.OriginHeader.Rotation.Trail),
		BudgetAlerts:               jsii.Bool(env.Monitoring != nil && env.Monitoring.Budget != nil),
	}
}

func credentialsProps(env *config.Environment) clientsecret.SecretRotationProps {
	c := env.Credentials
	props := clientsecret.SecretRotationProps{
		SecretPrefix:      jsii.String(c.SecretPrefix),
		Cadence:           clientsecret.Cadence(c.Rotation),
		Grace:             seconds(c.Grace),
		SweepInterval:     seconds(c.SweepInterval),
		TenantStackPrefix: stackName(env, tenantsPrefix),
		OrganizationID:    given(c.OrganizationID),
		ReaderAccounts:    *jsii.Strings(c.ReaderAccounts...),
		Trail:             jsii.Bool(env.OriginHeader.Rotation.Trail),
		LogRetention:      retention[env.Gateway.Logs.RetentionDays],
		RemovalPolicy:     removalPolicy(env),
	}
	if c.ReservedConcurrency > 0 {
		props.ReservedConcurrency = number(c.ReservedConcurrency)
	}
	return props
}

// given is nil for a text that was not given.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return jsii.String(text)
}

func tenantProps(file *config.TenantFile) []*tenantclient.TenantClientProps {
	var props []*tenantclient.TenantClientProps
	for _, t := range file.Tenants {
		props = append(props, &tenantclient.TenantClientProps{
			TenantID:            jsii.String(t.ID),
			ExistingClientID:    given(t.ExistingClientID),
			Scopes:              *jsii.Strings(t.AllScopes()...),
			OwnScopes:           scopeProps(t.OwnScopes),
			AccessTokenValidity: seconds(t.AccessTokenValidity),
			DisableCredentials:  jsii.Bool(!t.Credentials),
			Readers:             *jsii.Strings(t.Readers...),
		})
	}
	return props
}

// seconds asks CDK for each duration once: thousands of tenants have few different ones.
func seconds(d time.Duration) awscdk.Duration {
	if durations[d] == nil {
		durations[d] = awscdk.Duration_Seconds(jsii.Number(d.Seconds()))
	}
	return durations[d]
}

var durations = map[time.Duration]awscdk.Duration{}
