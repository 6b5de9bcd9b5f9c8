package insights

// The access log's values are all texts. integrationLatency is "-" when Cognito was not asked, so that an answer of 200 without it comes
// from the cache, and the two side by side hold "200-": strcontains is a number, which can be summed.
const fromCache = `strcontains(concat(status, integrationLatency), "200-") as cached`

// topTalkers are the addresses that send most requests, whatever came of them.
var topTalkers = Query{
	Name: "top-talkers", Source: AccessLog, Columns: []string{"source_ip", "requests", "from_cache", "tokens", "last_seen"},
	Text: `fields sourceIp as source_ip, ` + fromCache + `, strcontains(status, "200") as issued
| stats count(*) as requests, sum(cached) as from_cache, sum(issued) as tokens, max(@timestamp) as last_seen by source_ip
| sort requests desc
| limit 100`,
}

// gatewayErrors are the answers of 4xx and 5xx by reason. responseType is the gateway's own reason, and wafResponseCode the edge web ACL's.
// Without them the answer is Cognito's: integrationStatus is its status, or "-" when the answer comes from the cache.
var gatewayErrors = Query{
	Name: "gateway-errors", Source: AccessLog,
	Columns: []string{"status", "responseType", "wafResponseCode", "integrationStatus", "count", "last_seen"},
	Text: `fields status, responseType, wafResponseCode, integrationStatus
| filter status like /^[45]/
| stats count(*) as count, max(@timestamp) as last_seen by status, responseType, wafResponseCode, integrationStatus
| sort count desc`,
}

// cacheMissesByHour are the tokens that Cognito was asked for, among all that were handed out: what the cache does not save.
var cacheMissesByHour = Query{
	Name: "cache-misses-by-hour", Source: AccessLog, Columns: []string{"hour", "tokens", "hits", "misses", "miss_percent"},
	Text: `fields ` + fromCache + `
| filter status = "200"
| stats count(*) as tokens, sum(cached) as hits, tokens - hits as misses, 100 * (tokens - hits) / tokens as miss_percent by bin(1h) as hour
| sort hour asc`,
}

// RequestsByClient is the name of the one query that needs a Lambda authorizer before the access log's API.
const RequestsByClient = "requests-by-client"

// requestsByClient are the requests by the client whose credentials the Lambda authorizer saw, those that the cache answered among them.
// Without such an authorizer, the access log names no client, and there are no rows. "denied" is no client: see internal/authorizer/client.
var requestsByClient = Query{
	Name: RequestsByClient, Source: AccessLog, Columns: []string{"client_id", "requests", "from_cache", "tokens", "last_seen"},
	Text: `fields principalId as client_id, ` + fromCache + `, strcontains(status, "200") as issued
| filter ispresent(client_id) and client_id != "-"
| stats count(*) as requests, sum(cached) as from_cache, sum(issued) as tokens, max(@timestamp) as last_seen by client_id
| sort requests desc`,
}
