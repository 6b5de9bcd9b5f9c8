package config

import (
	"reflect"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
)

// setting is the declaration of a setting: the one field of a struct that has a yaml tag. Its doc comment says what the setting does, its
// type what it looks like, and its tags the rest:
//
//	yaml      the key
//	required  true for a setting that must be given where its section is
//	default   the value when it is not given, in which {name} is the environment's name; "on" for a section that is there without being given
//	computed  what the default depends on: a text for documents
//	rule      the key of rules for the value, or for each item of a list
//	unique    what the items of a list are, if no two are alike; of a field in a list of sections, what no other section of the list has too
//	least     what a list must have at least one of
//	most      the key of counts for the number of items
//	see       where the documents say more, from docs/configuration.md on
//
// The reader, the JSON Schemas and docs/configuration.md are made from it, see TestSettings_schemas and TestSettings_page.
type setting struct {
	reflect.StructField
	key      string
	standard string
	// rule takes the value.
	rule any
	most func(int) error
}

func (s *setting) required() bool { return s.Tag.Get("required") != "" }

// check applies the rule to a value.
func (s *setting) check(v reflect.Value) error {
	switch rule := s.rule.(type) {
	case func(string) error:
		return rule(v.String())
	case func(time.Duration) error:
		return rule(time.Duration(v.Int()))
	case func(int) error:
		return rule(int(v.Int()))
	case func(float64) error:
		if v.CanInt() {
			return rule(float64(v.Int()))
		}
		return rule(v.Float())
	}
	return nil
}

// declared are the settings of every section.
var declared = map[reflect.Type][]setting{}

func init() {
	declare(reflect.TypeFor[Environment]())
	declare(reflect.TypeFor[TenantFile]())
}

func declare(section reflect.Type) {
	for section.Kind() == reflect.Pointer || section.Kind() == reflect.Slice {
		section = section.Elem()
	}
	if _, known := declared[section]; known || section.Kind() != reflect.Struct {
		return
	}
	var settings []setting
	for field := range section.Fields() {
		if key := field.Tag.Get("yaml"); key != "" {
			settings = append(settings, setting{
				StructField: field, key: key, standard: field.Tag.Get("default"),
				rule: rules[field.Tag.Get("rule")], most: counts[field.Tag.Get("most")],
			})
			declare(field.Type)
		}
	}
	declared[section] = settings
}

// rules are functions of a value that return an error: those of AWS, by their names in package awslimits, and a few of this project's own.
var rules = map[string]any{
	"AccountID": awslimits.AccountID, "AlarmCount": awslimits.AlarmCount, "AlarmLatency": awslimits.AlarmLatency,
	"AnomalyBand": awslimits.AnomalyBand, "AuthorizerTTL": awslimits.AuthorizerTTL, "BudgetPercent": awslimits.BudgetPercent,
	"BudgetUSD": awslimits.BudgetUSD, "CacheSize": awslimits.CacheSize, "CachedValidity": awslimits.CachedValidity,
	"Cadence": awslimits.Cadence, "Caller": awslimits.Caller, "ClientID": awslimits.ClientID, "ClientsLimit": awslimits.ClientsLimit,
	"CountryCode": awslimits.CountryCode, "CustomDomain": awslimits.CustomDomain, "Days": awslimits.Days,
	"CustomDomainCertificate": awslimits.CustomDomainCertificate, "DomainPrefix": awslimits.DomainPrefix, "Email": awslimits.Email,
	"EnvironmentName": awslimits.EnvironmentName, "ExecutionLogLevel": awslimits.ExecutionLogLevel, "ExpectedRate": awslimits.ExpectedRate,
	"FeaturePlan": awslimits.FeaturePlan, "FunctionARN": awslimits.FunctionARN, "HTTPSURL": awslimits.HTTPSURL,
	"HeaderName": awslimits.HeaderName, "HitRatio": awslimits.HitRatio, "IPSetNetwork": awslimits.IPSetNetwork,
	"LogGroupName": awslimits.LogGroupName, "LogRetentionDays": awslimits.LogRetentionDays, "MaxBodyBytes": awslimits.MaxBodyBytes,
	"Network": awslimits.Network, "OrganizationID": awslimits.OrganizationID, "PropagationBound": awslimits.PropagationBound,
	"Quota": awslimits.Quota, "RateLimit": awslimits.RateLimit, "RateWindow": awslimits.RateWindow, "Reader": awslimits.Reader,
	"Region": awslimits.Region, "ReservedConcurrency": awslimits.ReservedConcurrency,
	"ResourceServerIdentifier": awslimits.ResourceServerIdentifier, "ResourceServerName": awslimits.ResourceServerName,
	"ResourceServersLimit": awslimits.ResourceServersLimit, "RevocationWindow": awslimits.RevocationWindow,
	"RotationInterval": awslimits.RotationInterval, "ScopeDescription": awslimits.ScopeDescription, "ScopeName": awslimits.ScopeName,
	"SecretOrPrefix": awslimits.SecretOrPrefix, "SecretPrefix": awslimits.SecretPrefix, "SecurityPolicy": awslimits.SecurityPolicy,
	"ServerErrorRate": awslimits.ServerErrorRate, "StageName": awslimits.StageName, "SweepInterval": awslimits.SweepInterval,
	"TagValue": awslimits.TagValue, "TenantID": awslimits.TenantID, "TopicARN": awslimits.TopicARN,
	"TruststoreName": awslimits.TruststoreName,
	"UsagePlanName":  awslimits.UsagePlanName, "UserPoolID": awslimits.UserPoolID,
	"UserPoolName": awslimits.UserPoolName, "VPCEndpointID": awslimits.VPCEndpointID,
	"WorkGroup": awslimits.WorkGroup, "RegionalCertificate": func(arn string) error { return awslimits.RegionalCertificate(arn, "") },

	"costReportName": costreports.Identifier, "costReportTag": costreports.TagKey, "unusedDays": insights.UnusedDays,

	"accountRole":       awslimits.Values("account role", "create", "existing"),
	"anonymousIP":       awslimits.Values("anonymous IP", "count", "block", "off"),
	"authorizationType": awslimits.Values("authorization type", "none", "lambda", "iam", "apiKey"),
	"endpointType":      awslimits.Values("endpoint type", "regional", "private"),
	"integration":       awslimits.Values("integration", "canonical", "http-proxy"),
	"managementEvents":  awslimits.Values("management events", "write", "all"),
	"removalPolicy":     awslimits.Values("removal policy", "retain", "destroy"),
	"tenantLock":        awslimits.Values("tenant lock", "required", "off"),
}

// counts are rules for the number of items.
var counts = map[string]func(int) error{
	"countries": awslimits.AtMost(awslimits.CountriesPerStatement, "%d countries are too many: AWS WAF takes up to %d"),
	"emails":    awslimits.AtMost(awslimits.MaxBudgetEmails, "%d addresses are too many: AWS Budgets takes up to %d"),
	"readerAccounts": awslimits.AtMost(awslimits.MaxReaderAccounts,
		"%d accounts are too many: use up to %d, or organizationId for all accounts of an organization"),
	"readers": awslimits.AtMost(awslimits.MaxReaders, "%d readers are too many: use up to %d, or accounts in the place of their roles"),
	"scopes":  awslimits.AtMost(awslimits.ScopesPerResourceServer, "%d scopes are too many: a resource server has at most %d"),
	"tags": awslimits.AtMost(awslimits.TagsPerResource,
		"%d tags are too many: use up to %d, since a resource has 50 and a tenant's secret four of its own"),
}
