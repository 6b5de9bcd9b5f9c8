package guard

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// trail wants what makes a trail tell of token requests, and tell the truth: management events that write, encrypted files with digests, and no values of
// the origin header in its log group.
func trail(r Resource, t Template) []string {
	var m mistakes
	for _, on := range []string{"IsLogging", "EnableLogFileValidation"} {
		if r.Properties[on] != true {
			m.addf("%s is %v: want true", on, r.Properties[on])
		}
	}
	if r.Properties["KMSKeyId"] == nil {
		m.addf("has no KMSKeyId: its files are not encrypted with a customer managed key")
	}
	if r.Properties["IsMultiRegionTrail"] == true && r.Properties["IncludeGlobalServiceEvents"] != true {
		m.addf("IncludeGlobalServiceEvents is %v: a multi-Region trail must include them", r.Properties["IncludeGlobalServiceEvents"])
	}
	if !slices.ContainsFunc(list(r.Properties, "EventSelectors"), takesTokenRequests) {
		m.addf("EventSelectors take no management events that write: requests for tokens are among those")
	}
	group, role := r.Properties["CloudWatchLogsLogGroupArn"], r.Properties["CloudWatchLogsRoleArn"]
	if (group == nil) != (role == nil) {
		m.addf("CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn must be there both or neither")
	}
	if attribute := list(group, "Fn::GetAtt"); len(attribute) > 0 {
		id, _ := attribute[0].(string)
		if log, ok := t.Resources[id]; ok && section(log.Properties, "DataProtectionPolicy") == nil {
			m.addf("delivers to %s, which has no DataProtectionPolicy: UpdateStage and UpdateRegexPatternSet are recorded with values of the origin header", id)
		}
	}
	return m
}

func takesTokenRequests(selector any) bool {
	s, _ := selector.(map[string]any)
	readWrite, there := s["ReadWriteType"]
	return s["IncludeManagementEvents"] != false && (!there || readWrite == "All" || readWrite == "WriteOnly")
}

// identifierPattern has the characters that CloudWatch Logs takes in a custom data identifier.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html
var identifierPattern = regexp.MustCompile(`^[A-Za-z0-9_#=@/;,\- ^$?\[\]{}|\\*+.]{1,200}$`)

// logGroup wants a data protection policy that CloudWatch Logs takes: one statement that audits and one that masks, of the same identifiers.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-start.html
func logGroup(r Resource, _ Template) []string {
	policy := section(r.Properties, "DataProtectionPolicy")
	if policy == nil {
		return nil
	}
	var m mistakes
	operations := map[string][]string{}
	for _, statement := range list(policy, "Statement") {
		for operation := range section(statement, "Operation") {
			operations[operation] = texts(statement, "DataIdentifier")
		}
	}
	if got := slices.Sorted(maps.Keys(operations)); !slices.Equal(got, []string{"Audit", "Deidentify"}) || !slices.Equal(operations["Audit"], operations["Deidentify"]) {
		m.addf("DataProtectionPolicy has the operations %v on %v and %v: want Audit and Deidentify on the same identifiers", got, operations["Audit"], operations["Deidentify"])
	}
	for _, identifier := range list(section(policy, "Configuration"), "CustomDataIdentifier") {
		fields, _ := identifier.(map[string]any)
		expression, _ := fields["Regex"].(string)
		if _, err := regexp.Compile(expression); err != nil || !identifierPattern.MatchString(expression) {
			m.addf("DataProtectionPolicy: CloudWatch Logs does not take %q as a custom data identifier: want a match of %s", expression, identifierPattern)
		}
	}
	return m
}

// maxSubscriptions is CloudWatch Logs' limit for a log group, which cannot be raised.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
const maxSubscriptions = 2

// subscriptionFilter counts the log group's subscriptions, as far as this template has them.
func subscriptionFilter(r Resource, t Template) []string {
	var m mistakes
	group, count := fmt.Sprint(r.Properties["LogGroupName"]), 0
	for _, other := range t.Resources {
		if other.Type == r.Type && fmt.Sprint(other.Properties["LogGroupName"]) == group {
			count++
		}
	}
	if count > maxSubscriptions {
		m.addf("log group %s has %d subscription filters: it takes %d", group, count, maxSubscriptions)
	}
	return m
}
