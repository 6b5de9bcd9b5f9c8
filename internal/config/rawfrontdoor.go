package config

import "time"

// The settings of what stands before the token method, as they are written.

type rawEdge struct {
	place
	Enabled                value[bool]          `yaml:"enabled"`
	RateLimitPerIP         value[int]           `yaml:"rateLimitPerIp"`
	RateLimitPerCredential value[int]           `yaml:"rateLimitPerCredential"`
	RateWindow             value[time.Duration] `yaml:"rateWindow"`
	MaxBodyBytes           value[int]           `yaml:"maxBodyBytes"`
	AllowedCIDRs           list[value[string]]  `yaml:"allowedCidrs"`
	AllowedCountries       list[value[string]]  `yaml:"allowedCountries"`
	AnonymousIP            value[string]        `yaml:"anonymousIp"`
	BotControl             value[bool]          `yaml:"botControl"`
}

type rawAuthorization struct {
	place
	Type              value[string]        `yaml:"type"`
	ClientIDs         list[value[string]]  `yaml:"clientIds"`
	SourceNetworks    list[value[string]]  `yaml:"sourceNetworks"`
	FunctionARN       value[string]        `yaml:"functionArn"`
	CacheTTL          value[time.Duration] `yaml:"cacheTtl"`
	CredentialsHeader value[string]        `yaml:"credentialsHeader"`
	Callers           list[value[string]]  `yaml:"callers"`
	UsagePlans        list[rawUsagePlan]   `yaml:"usagePlans"`
}

type rawUsagePlan struct {
	place
	Name           value[string]  `yaml:"name"`
	RequestsPerDay value[int]     `yaml:"requestsPerDay"`
	RatePerSecond  value[float64] `yaml:"ratePerSecond"`
	Burst          value[int]     `yaml:"burst"`
}

type rawTokenDomain struct {
	place
	Name                    value[string] `yaml:"name"`
	CertificateARN          value[string] `yaml:"certificateArn"`
	OwnershipCertificateARN value[string] `yaml:"ownershipCertificateArn"`
	HostedZone              rawHostedZone `yaml:"hostedZone"`
	SecurityPolicy          value[string] `yaml:"securityPolicy"`
	MutualTLS               rawMutualTLS  `yaml:"mutualTls"`
}

type rawHostedZone struct {
	place
	ID   value[string] `yaml:"id"`
	Name value[string] `yaml:"name"`
}

type rawMutualTLS struct {
	place
	Truststore value[string] `yaml:"truststore"`
}

type rawEndpoint struct {
	place
	Type           value[string]       `yaml:"type"`
	VPCEndpointIDs list[value[string]] `yaml:"vpcEndpointIds"`
}

type rawResourcePolicy struct {
	place
	AllowedCIDRs        list[value[string]] `yaml:"allowedCidrs"`
	AllowedAccounts     list[value[string]] `yaml:"allowedAccounts"`
	AllowedVPCEndpoints list[value[string]] `yaml:"allowedVpcEndpoints"`
}
