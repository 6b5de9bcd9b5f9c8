package config

import "time"

// The types of this file are the YAML as it is written, before defaults and checks. Every value knows its place in the files.

type rawEnvironment struct {
	place
	Name            value[string]           `yaml:"name"`
	Account         value[string]           `yaml:"account"`
	Region          value[string]           `yaml:"region"`
	Tags            dictionary              `yaml:"tags"`
	UserPool        rawUserPool             `yaml:"userPool"`
	RemovalPolicy   value[string]           `yaml:"removalPolicy"`
	ResourceServers list[rawResourceServer] `yaml:"resourceServers"`
	Tokens          rawTokens               `yaml:"tokens"`
	OriginHeader    rawOriginHeader         `yaml:"originHeader"`
	WebACL          rawWebACL               `yaml:"webAcl"`
	Gateway         rawGateway              `yaml:"gateway"`
	Credentials     rawCredentials          `yaml:"credentials"`
	Monitoring      rawMonitoring           `yaml:"monitoring"`
	Offboard        list[value[string]]     `yaml:"offboard"`
	DeleteSecrets   list[value[string]]     `yaml:"deleteSecrets"`
	TenantLock      value[string]           `yaml:"tenantLock"`
	Limits          rawLimits               `yaml:"limits"`
}

type rawUserPool struct {
	place
	Name               value[string] `yaml:"name"`
	Domain             rawDomain     `yaml:"domain"`
	FeaturePlan        value[string] `yaml:"featurePlan"`
	DeletionProtection value[bool]   `yaml:"deletionProtection"`
}

type rawDomain struct {
	place
	Prefix         value[string] `yaml:"prefix"`
	CustomName     value[string] `yaml:"customName"`
	CertificateARN value[string] `yaml:"certificateArn"`
}

type rawResourceServer struct {
	place
	Identifier value[string]  `yaml:"identifier"`
	Name       value[string]  `yaml:"name"`
	Scopes     list[rawScope] `yaml:"scopes"`
}

type rawScope struct {
	place
	Name        value[string] `yaml:"name"`
	Description value[string] `yaml:"description"`
}

type rawTokens struct {
	place
	AccessTokenValidity value[time.Duration] `yaml:"accessTokenValidity"`
}

type rawOriginHeader struct {
	place
	Name     value[string] `yaml:"name"`
	Rotation rawRotation   `yaml:"rotation"`
}

type rawRotation struct {
	place
	Interval            value[time.Duration] `yaml:"interval"`
	WAFBound            value[time.Duration] `yaml:"wafBound"`
	StageBound          value[time.Duration] `yaml:"stageBound"`
	Grace               value[time.Duration] `yaml:"grace"`
	ReservedConcurrency value[bool]          `yaml:"reservedConcurrency"`
	Trail               value[bool]          `yaml:"trail"`
	AlarmTopicARN       value[string]        `yaml:"alarmTopicArn"`
}

type rawWebACL struct {
	place
	KeyDiscovery value[bool] `yaml:"keyDiscovery"`
}

type rawGateway struct {
	place
	StageName                 value[string]     `yaml:"stageName"`
	Integration               value[string]     `yaml:"integration"`
	RequireClientID           value[bool]       `yaml:"requireClientId"`
	Cache                     rawCache          `yaml:"cache"`
	ExpectedRequestsPerSecond value[float64]    `yaml:"expectedRequestsPerSecond"`
	Throttle                  rawThrottle       `yaml:"throttle"`
	Logs                      rawLogs           `yaml:"logs"`
	Tracing                   value[bool]       `yaml:"tracing"`
	Edge                      rawEdge           `yaml:"edge"`
	Authorization             rawAuthorization  `yaml:"authorization"`
	Domain                    rawTokenDomain    `yaml:"domain"`
	Endpoint                  rawEndpoint       `yaml:"endpoint"`
	ResourcePolicy            rawResourcePolicy `yaml:"resourcePolicy"`
}

type rawCache struct {
	place
	SizeGB value[string]        `yaml:"sizeGb"`
	TTL    value[time.Duration] `yaml:"ttl"`
}

type rawThrottle struct {
	place
	RatePerSecond value[float64] `yaml:"ratePerSecond"`
	Burst         value[int]     `yaml:"burst"`
}

type rawLogs struct {
	place
	RetentionDays  value[int]    `yaml:"retentionDays"`
	ExecutionLevel value[string] `yaml:"executionLevel"`
	AccountRole    value[string] `yaml:"accountRole"`
}

type rawCredentials struct {
	place
	Enabled             value[bool]          `yaml:"enabled"`
	SecretPrefix        value[string]        `yaml:"secretPrefix"`
	Rotation            value[string]        `yaml:"rotation"`
	Grace               value[time.Duration] `yaml:"grace"`
	SweepInterval       value[time.Duration] `yaml:"sweepInterval"`
	OrganizationID      value[string]        `yaml:"organizationId"`
	ReaderAccounts      list[value[string]]  `yaml:"readerAccounts"`
	ReservedConcurrency value[int]           `yaml:"reservedConcurrency"`
	RevocationWindow    value[time.Duration] `yaml:"revocationWindow"`
}

type rawLimits struct {
	place
	ClientsPerPool         value[int] `yaml:"clientsPerPool"`
	ResourceServersPerPool value[int] `yaml:"resourceServersPerPool"`
}

type rawTenantFile struct {
	place
	Tenants list[rawTenant] `yaml:"tenants"`
}

type rawTenant struct {
	place
	ID                  value[string]        `yaml:"id"`
	AccessTokenValidity value[time.Duration] `yaml:"accessTokenValidity"`
	Scopes              list[value[string]]  `yaml:"scopes"`
	OwnScopes           list[rawScope]       `yaml:"ownScopes"`
	Credentials         value[bool]          `yaml:"credentials"`
	Readers             list[value[string]]  `yaml:"readers"`
	UsagePlan           value[string]        `yaml:"usagePlan"`
}
