// Package config reads an environment, a folder of YAML files, into typed and validated settings.
//
// Nothing is corrected silently: what the settings do not know is an error, and all errors of all files are reported at once, each
// with file, line and field.
//
//	environments/<name>/environment.yaml      the user pool, its resource servers, the gateway
//	environments/<name>/tenants/<file>.yaml   tenants; one file becomes one stack
package config

import (
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Environment holds the settings of one environment, complete with defaults. A section is nil when it is switched off, or is not there and
// has to be given to have an effect.
type Environment struct {
	// Name is the name of the environment's folder. It is part of the name of every stack.
	Name string `yaml:"name" required:"true" rule:"EnvironmentName"`
	// Account is the AWS account. Give account and region, or neither: the stacks then go where the caller's credentials point.
	Account string `yaml:"account" rule:"AccountID"`
	// Region is the AWS Region. Give account and region, or neither.
	Region string `yaml:"region" rule:"Region"`
	// Tags are on all resources that take them, except the set of accepted header values. Do not tag stacks (`cdk deploy --tags`):
	// CloudFormation would hand those tags on to the set, and write it when one of them changes.
	Tags map[string]string `yaml:"tags" rule:"TagValue" most:"tags"`
	// UserPool configures the user pool and its domain.
	UserPool UserPool `yaml:"userPool"`
	// RemovalPolicy says what happens to the user pool, the logs, and the keys of logs and alarms when their stack is deleted. `retain` also
	// turns on the termination protection of all stacks.
	RemovalPolicy string `yaml:"removalPolicy" default:"retain" rule:"removalPolicy"`
	// ResourceServers are the APIs that all tenants may get scopes of.
	ResourceServers []*ResourceServer `yaml:"resourceServers" least:"resource server"`
	// Tokens configures access tokens.
	Tokens Tokens `yaml:"tokens"`
	// OriginHeader configures the header by which the user pool's web ACL recognizes the gateway.
	OriginHeader OriginHeader `yaml:"originHeader"`
	// WebACL configures the user pool's web ACL.
	WebACL WebACL `yaml:"webAcl"`
	// Gateway configures the REST API of the token endpoint.
	Gateway Gateway `yaml:"gateway"`
	// Credentials configures the tenants' secrets and their rotation.
	Credentials *Credentials `yaml:"credentials" default:"on"`
	// Monitoring adds a stack that records, counts, shows and watches the use of the service. `{}` is all of it with the defaults.
	Monitoring *Monitoring `yaml:"monitoring" see:"monitoring.md"`
	// Offboard lists the tenants whose app client and secret may be deleted.
	Offboard []string `yaml:"offboard" see:"operate.md#offboard-a-tenant" unique:"tenant" rule:"TenantID"`
	// DeleteSecrets lists the secrets that may be deleted while their tenants stay, by name, or by a prefix that ends in `/` for all secrets
	// that begin with it.
	DeleteSecrets []string `yaml:"deleteSecrets" see:"operate.md#delete-secrets" unique:"secret" rule:"SecretOrPrefix"`
	// TenantLock requires tenants.lock.yaml, with which every synth compares the tenants and their secrets.
	TenantLock string `yaml:"tenantLock" rule:"tenantLock" computed:"required; off with removalPolicy: destroy"`
	// Limits are your quotas of one user pool.
	Limits Limits `yaml:"limits"`

	// TenantFiles are sorted by name.
	TenantFiles []*TenantFile
}

// UserPool holds the settings of the user pool.
type UserPool struct {
	// Name is the name of the user pool.
	Name string `yaml:"name" default:"m2m-{name}" rule:"UserPoolName"`
	// Domain is the domain of the user pool. Give prefix, or customName with certificateArn.
	Domain Domain `yaml:"domain"`
	// Existing is a user pool that you have already. Then domain is its domain, and resourceServers are those that it has.
	Existing *ExistingPool `yaml:"existing" see:"existing-pool.md"`
	// FeaturePlan is the feature plan of the user pool.
	FeaturePlan string `yaml:"featurePlan" default:"ESSENTIALS" rule:"FeaturePlan"`
	// DeletionProtection protects the user pool from deletion. It must be false with `removalPolicy: destroy`.
	DeletionProtection bool `yaml:"deletionProtection" default:"true"`
}

// Domain holds the settings of the user pool's domain.
type Domain struct {
	// Prefix makes the domain https://PREFIX.auth.REGION.amazoncognito.com. It must be unique among all AWS accounts in the Region, and
	// must not contain aws, amazon or cognito. A change interrupts token requests until the gateway's stack is deployed, too.
	Prefix string `yaml:"prefix" rule:"DomainPrefix"`
	// CustomName is a domain name of your own, in place of prefix.
	CustomName string `yaml:"customName" rule:"CustomDomain"`
	// CertificateARN is the ACM certificate of customName, in us-east-1.
	CertificateARN string `yaml:"certificateArn" rule:"CustomDomainCertificate"`
}

// ResourceServer is an API that all tenants may get scopes of.
type ResourceServer struct {
	// Identifier is the first part of a scope, such as orders or https://billing.example.com. Another identifier is another resource server.
	Identifier string `yaml:"identifier" required:"true" unique:"resource server identifier" rule:"ResourceServerIdentifier"`
	// Name is shown in the console. It is required when the identifier has a character that a name may not have, such as `:` or `/`.
	Name string `yaml:"name" rule:"ResourceServerName" computed:"the identifier"`
	// Scopes are the custom scopes. Clients ask for IDENTIFIER/NAME.
	Scopes []*Scope `yaml:"scopes" least:"scope" most:"scopes"`
}

// Scope is a custom scope; clients ask for it as <identifier of its resource server>/<Name>.
type Scope struct {
	// Name is the second part of the scope.
	Name string `yaml:"name" required:"true" unique:"scope name" rule:"ScopeName"`
	// Description is shown in the console. It has 1 to 256 characters. It is not required with userPool.existing.
	Description string `yaml:"description" rule:"ScopeDescription" computed:"required"`
}

// Tokens holds the settings of access tokens.
type Tokens struct {
	// AccessTokenValidity is how long the access tokens of tenants without a validity of their own are valid.
	AccessTokenValidity time.Duration `yaml:"accessTokenValidity" default:"1h" rule:"CachedValidity"`
}

// OriginHeader holds the settings of the header by which the user pool's web ACL recognizes the gateway.
type OriginHeader struct {
	// Name is the name of the header. A change interrupts token requests until gateway and web ACL agree again.
	Name string `yaml:"name" default:"x-wafAuthAllowRule" rule:"HeaderName"`
	// Rotation configures the rotation of the header's value.
	Rotation Rotation `yaml:"rotation"`
}

// Rotation holds the settings of the origin header's rotation.
type Rotation struct {
	// Interval is the time between two rotations of the header's value.
	Interval time.Duration `yaml:"interval" default:"720h" rule:"RotationInterval"`
	// WAFBound is how long after a change AWS WAF may still use the previous values. The rotation waits that long.
	WAFBound time.Duration `yaml:"wafBound" default:"2m" rule:"PropagationBound"`
	// StageBound is how long after a change API Gateway may still use the previous value. The rotation waits that long.
	StageBound time.Duration `yaml:"stageBound" default:"2m" rule:"PropagationBound"`
	// Grace is how long a former value stays accepted: longer than a stack update takes, at least wafBound + stageBound + the function's
	// timeout of 10 to 15 minutes, and less than interval.
	Grace time.Duration `yaml:"grace" default:"1h"`
	// ReservedConcurrency limits the rotation function to one invocation at a time. New accounts have too low a concurrency quota to reserve
	// any: use false there.
	ReservedConcurrency bool `yaml:"reservedConcurrency" default:"true"`
	// Trail says that the account has a CloudTrail trail of management events in the Region. The failure events of Secrets Manager then go to
	// the topic, too.
	Trail bool `yaml:"trail" default:"false" computed:"true with monitoring.trail"`
	// AlarmTopicARN is an existing SNS topic for the alarms. Its policy, and that of its key, must let CloudWatch and EventBridge publish.
	AlarmTopicARN string `yaml:"alarmTopicArn" rule:"TopicARN" computed:"a new topic"`
}

// WebACL holds the settings of the user pool's web ACL.
type WebACL struct {
	// KeyDiscovery also allows GET of the pool's public keys and of its discovery document.
	KeyDiscovery bool `yaml:"keyDiscovery" default:"true"`
}

// Limits holds the quotas of one user pool.
type Limits struct {
	// ClientsPerPool is your quota of app clients in a user pool.
	ClientsPerPool int `yaml:"clientsPerPool" default:"1000" rule:"ClientsLimit"`
	// ResourceServersPerPool is your quota of resource servers in a user pool.
	ResourceServersPerPool int `yaml:"resourceServersPerPool" default:"25" rule:"ResourceServersLimit"`
}

// Destroy says that stateful resources are deleted with their stack.
func (e *Environment) Destroy() bool { return e.RemovalPolicy == "destroy" }

// Validities returns the access-token validity of every tenant, which bound the cache TTL. An environment without tenants has the one
// that its first tenant will have.
func (e *Environment) Validities() []awslimits.ClientValidity {
	var all []awslimits.ClientValidity
	for _, file := range e.TenantFiles {
		for _, t := range file.Tenants {
			all = append(all, awslimits.ClientValidity{Client: t.ID, Validity: t.AccessTokenValidity})
		}
	}
	if len(all) == 0 {
		return []awslimits.ClientValidity{{Client: "default", Validity: e.Tokens.AccessTokenValidity}}
	}
	return all
}

// checkEnvironment checks the settings of environment.yaml with one another, but for those that depend on the tenants.
func (l *loaded) checkEnvironment() {
	env := l.env
	for _, s := range env.ResourceServers {
		l.checkName(s)
	}
	l.checkRotation(&env.OriginHeader.Rotation)
	l.checkThrottle()
	l.checkCredentials(env.Credentials)
	l.checkMonitoring(env.Monitoring)
	l.checkDomain(&env.UserPool.Domain)
	l.checkExisting()
	l.checkFrontDoor()
	if l.given(&env.Name) && env.Name != l.environment {
		l.report(&env.Name, "environment name %q is not the folder's name: use %q", env.Name, l.environment)
	}
	if l.given(&env.Account) && l.absent(&env.Region) {
		l.report(&env.Account, "account %q without region: give both, or none for an environment-agnostic deployment", env.Account)
	}
	if l.given(&env.Region) && l.absent(&env.Account) {
		l.report(&env.Region, "region %q without account: give both, or none for an environment-agnostic deployment", env.Region)
	}
	if l.absent(env.UserPool.Existing) && env.Destroy() && env.UserPool.DeletionProtection && !l.broken(&env.UserPool.DeletionProtection) {
		l.report(&env.RemovalPolicy, "removal policy \"destroy\" cannot delete a user pool with deletion protection: "+
			"set userPool.deletionProtection to false, or use retain")
	}
	if l.absent(&env.TenantLock) {
		env.TenantLock = "required"
		if env.Destroy() {
			env.TenantLock = "off"
		}
	}
}

// agnostic says that the environment surely has neither account nor region.
func (l *loaded) agnostic() bool { return l.absent(&l.env.Account) && l.absent(&l.env.Region) }

// checkName gives a resource server its identifier for a name, unless that has characters that a name may not have, such as those of a URL.
func (l *loaded) checkName(s *ResourceServer) {
	if !l.absent(&s.Name) {
		return
	}
	s.Name = s.Identifier
	if err := awslimits.ResourceServerName(s.Name); l.absent(l.env.UserPool.Existing) && l.sound(&s.Identifier) && err != nil {
		l.report(&s.Name, "is missing, and the identifier cannot stand for it: %v", err)
	}
}

func (l *loaded) checkDomain(d *Domain) {
	if l.absent(&d.Prefix) && l.absent(&d.CustomName) {
		l.report(d, "has no name: give prefix, or customName with certificateArn")
	}
	if l.given(&d.Prefix) && l.given(&d.CustomName) {
		l.report(&d.Prefix, "prefix %q and customName %q exclude each other: keep one", d.Prefix, d.CustomName)
	}
	created := l.absent(l.env.UserPool.Existing)
	if created && l.given(&d.CustomName) && l.absent(&d.Prefix) && l.absent(&d.CertificateARN) {
		l.report(&d.CertificateARN, "is missing: customName %q needs the ARN of its certificate", d.CustomName)
	}
	if created && l.given(&d.CertificateARN) && l.absent(&d.CustomName) {
		l.report(&d.CertificateARN, "certificate %q without customName: a prefix domain has no certificate, remove it or give customName",
			d.CertificateARN)
	}
}

// checkRotation checks the grace, and makes use of monitoring's trail: the rotations' failure events come through it.
func (l *loaded) checkRotation(r *Rotation) {
	if !l.broken(&r.Grace) && !l.broken(&r.Interval) && !l.broken(&r.WAFBound) && !l.broken(&r.StageBound) {
		l.must(&r.Grace, awslimits.RotationGrace(r.Grace, r.Interval, r.WAFBound, r.StageBound))
	}
	if m := l.env.Monitoring; !l.given(m) || !m.Enabled || !m.Trail.Enabled {
		return
	}
	if l.given(&r.Trail) && !r.Trail {
		l.report(&r.Trail, "false, but monitoring has a trail: remove one of the two")
	}
	r.Trail = true
}

// checkCache resolves the cache TTL against the shortest validity of the tenants. It leaves out tenants whose validity is refused at
// its own line: the same mistake is not reported twice.
func (l *loaded) checkCache(c *Cache) {
	if l.broken(&c.TTL) {
		return
	}
	if l.given(&c.TTL) && c.TTL == 0 {
		// 0 asks awslimits.CacheTTL for the default, which here is leaving the key out.
		l.report(&c.TTL, "cache TTL 0s is not allowed: use at least 1s, or remove the key for the default")
		return
	}
	var clients []awslimits.ClientValidity
	for _, client := range l.env.Validities() {
		if awslimits.CachedValidity(client.Validity) == nil {
			clients = append(clients, client)
		}
	}
	if len(clients) == 0 {
		return
	}
	ttl, err := awslimits.CacheTTL(c.TTL, clients)
	l.must(&c.TTL, err)
	c.TTL = ttl
}
