package insights

// directAttempts are the requests at the Cognito domain that did not come by the gateway, or came with a value of the origin header that is
// not accepted.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
var directAttempts = Query{
	Name: "direct-attempts", Source: PoolWebACL, Columns: []string{"source_ip", "country", "method", "uri", "rule", "count", "last_seen"},
	Text: `fields httpRequest.clientIp as source_ip, httpRequest.country as country, httpRequest.httpMethod as method, httpRequest.uri as uri
| fields terminatingRuleId as rule
| filter action = "BLOCK"
| stats count(*) as count, max(@timestamp) as last_seen by source_ip, country, method, uri, rule
| sort count desc
| limit 1000`,
}

// edgeTopTalkers are the addresses that a rule of the edge web ACL blocked or counted most often: its log has no other requests.
var edgeTopTalkers = Query{
	Name: "edge-top-talkers", Source: EdgeWebACL, Columns: []string{"source_ip", "country", "action", "rule", "count", "last_seen"},
	Text: `fields httpRequest.clientIp as source_ip, httpRequest.country as country, action
| fields coalesce(nonTerminatingMatchingRules.0.ruleId, terminatingRuleId) as rule
| stats count(*) as count, max(@timestamp) as last_seen by source_ip, country, action, rule
| sort count desc
| limit 100`,
}
