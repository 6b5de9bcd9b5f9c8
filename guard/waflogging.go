package guard

import (
	"slices"
	"strings"
)

const logGroupPrefix = "aws-waf-logs-"

// loggingConfiguration wants a destination that AWS WAF takes, a filter that CloudFormation knows, and no header with a secret in the log.
func loggingConfiguration(r Resource, t Template) []string {
	var m mistakes
	destinations := list(r.Properties, "LogDestinationConfigs")
	if len(destinations) != 1 {
		m.addf("LogDestinationConfigs has %d destinations: a web ACL has one", len(destinations))
	}
	for _, destination := range destinations {
		if name, ok := logGroupName(destination, t); ok && !strings.HasPrefix(name, logGroupPrefix) {
			m.addf("logs to the log group %q: AWS WAF takes names that begin with %s only", name, logGroupPrefix)
		}
	}
	if filter := section(r.Properties, "LoggingFilter"); filter != nil && (filter["DefaultBehavior"] == nil || len(list(filter, "Filters")) == 0) {
		m.addf("LoggingFilter has no DefaultBehavior or no Filters, in this spelling")
	}
	redacted, wrong := inspectedHeaders(r.Properties["RedactedFields"])
	m = append(m, wrong...)
	for _, header := range append([]string{"authorization", "cookie", "x-api-key"}, secretHeaders(r, t)...) {
		if !slices.ContainsFunc(redacted, func(name string) bool { return strings.EqualFold(name, header) }) {
			m.addf("RedactedFields leaves out the header %s", header)
		}
	}
	return m
}

// secretHeaders are what the web ACL itself protects of headers: the log shall redact the same.
func secretHeaders(r Resource, t Template) []string {
	var names []string
	reference := list(r.Properties["ResourceArn"], "Fn::GetAtt")
	if len(reference) == 0 {
		return nil
	}
	id, _ := reference[0].(string)
	for _, protection := range list(section(t.Resources[id].Properties, "DataProtectionConfig"), "DataProtections") {
		if field := section(protection, "Field"); field["FieldType"] == "SINGLE_HEADER" {
			names = append(names, texts(field, "FieldKeys")...)
		}
	}
	return names
}

// logGroupName is the name in a log group's ARN, as far as it is known at synth: that of the log group that the ARN is of or ends with, or its text.
func logGroupName(arn any, t Template) (string, bool) {
	last := arn
	if join := list(arn, "Fn::Join"); len(join) == 2 {
		if parts, _ := join[1].([]any); len(parts) > 0 {
			last = parts[len(parts)-1]
		}
	}
	if text, ok := last.(string); ok {
		_, name, found := strings.Cut(text, ":log-group:")
		return name, found
	}
	reference, _ := last.(map[string]any)
	id, ok := reference["Ref"].(string)
	if attribute := list(last, "Fn::GetAtt"); len(attribute) > 0 {
		id, ok = attribute[0].(string)
	}
	if group, there := t.Resources[id]; ok && there && group.Type == "AWS::Logs::LogGroup" {
		name, ok := group.Properties["LogGroupName"].(string)
		return name, ok
	}
	return "", false
}
