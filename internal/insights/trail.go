package insights

// What AWS's own query over these events is built from
// (https://aws.amazon.com/blogs/security/how-to-monitor-optimize-and-secure-amazon-cognito-machine-to-machine-authorization/). It takes the
// client from additionalEventData.clientId; AWS's example of an event
// (https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html) has it among the request's
// parameters only.
const (
	client = `coalesce(additionalEventData.clientId, additionalEventData.requestParameters.client_id.0) as client_id`

	tokenRequests = `filter eventSource = "cognito-idp.amazonaws.com" and eventName = "Token_POST"`

	// issued has the status as a text, since events have it as 200 and as 200.0.
	issued = tokenRequests + `
| filter additionalEventData.requestParameters.grant_type.0 = "client_credentials"
| filter additionalEventData.responseParameters.status like /^200(\.0)?$/
| filter not ispresent(errorCode) or errorCode = ""`
)

// tokensByClient are the tokens that Cognito issued, which is what it charges for, and when each client got its last one.
var tokensByClient = Query{
	Name: "tokens-by-client", Source: Trail, Columns: []string{"user_pool_id", "client_id", "count", "last_used"},
	Text: `fields additionalEventData.userPoolId as user_pool_id, ` + client + `
| ` + issued + `
| stats count(*) as count, latest(eventTime) as last_used by user_pool_id, client_id
| sort count desc`,
}

// failuresByClient are the requests that got no token. What Cognito says of the error in events is not documented, so that whatever there
// is of an error is a column.
var failuresByClient = Query{
	Name: "failures-by-client", Source: Trail, Columns: []string{"user_pool_id", "client_id", "error", "status", "count", "last_failed"},
	Text: `fields additionalEventData.userPoolId as user_pool_id, ` + client + `
| fields coalesce(errorCode, additionalEventData.responseParameters.error, errorMessage) as error, ` +
		`additionalEventData.responseParameters.status as status
| ` + tokenRequests + `
| filter not ispresent(status) or status not like /^200(\.0)?$/ or errorCode like /./
| stats count(*) as count, latest(eventTime) as last_failed by user_pool_id, client_id, error, status
| sort count desc`,
}

// requestsWithoutClientID cannot be attributed to anybody. The proxy demands client_id, unless it is told not to.
var requestsWithoutClientID = Query{
	Name: "requests-without-client-id", Source: Trail,
	Columns: []string{"user_pool_id", "source_ip", "user_agent", "status", "count", "last_seen"},
	Text: `fields additionalEventData.userPoolId as user_pool_id, sourceIPAddress as source_ip, userAgent as user_agent
| fields additionalEventData.responseParameters.status as status
| ` + tokenRequests + `
| filter not ispresent(additionalEventData.clientId) and not ispresent(additionalEventData.requestParameters.client_id.0)
| stats count(*) as count, latest(eventTime) as last_seen by user_pool_id, source_ip, user_agent, status
| sort count desc`,
}

// unusedClients are the clients whose last token was issued before a number of days, of those that were issued one in the time that is
// asked about, which must be longer. A client that was never issued a token, or before that time, is in no log: compare with "aws
// cognito-idp list-user-pool-clients".
var unusedClients = Query{
	Name: "unused-clients", Source: Trail, Columns: []string{"user_pool_id", "client_id", "count", "last_used"},
	Text: `fields additionalEventData.userPoolId as user_pool_id, ` + client + `, toMillis(@timestamp) as milliseconds
| ` + issued + `
| stats count(*) as count, latest(eventTime) as last_used, max(milliseconds) as last_milliseconds by user_pool_id, client_id
| filter last_milliseconds < now() * 1000 - UNUSED_MILLISECONDS
| sort last_milliseconds asc
| display user_pool_id, client_id, count, last_used`,
}

// rotationEvents are Secrets Manager's own about rotations
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html). Which member has the secret differs among
// reports of them.
var rotationEvents = Query{
	Name: "rotation-events", Source: Trail, Columns: []string{"eventTime", "eventName", "secret", "errorMessage"},
	Text: `fields eventTime, eventName, coalesce(additionalEventData.SecretId, serviceEventDetails.secretId) as secret, errorMessage
| filter eventSource = "secretsmanager.amazonaws.com"
| filter eventName in ["RotationStarted", "RotationSucceeded", "RotationFailed", "RotationAbandoned", "TestRotationFailed"]
| sort @timestamp desc
| limit 1000`,
}

// protectionChanges are calls that open a way around the gateway, or stop somebody from noticing: by whom, and from where. The rotation
// function's own UpdateRegexPatternSet and UpdateStage are among them.
var protectionChanges = Query{
	Name: "protection-changes", Source: Trail, Columns: []string{"eventTime", "eventName", "who", "sourceIPAddress", "errorCode"},
	Text: `fields eventTime, eventName, userIdentity.arn as who, sourceIPAddress, errorCode
| filter (eventSource = "wafv2.amazonaws.com" and eventName in ["AssociateWebACL", "DisassociateWebACL", "UpdateWebACL", ` +
		`"DeleteWebACL", "UpdateRegexPatternSet", "PutLoggingConfiguration", "DeleteLoggingConfiguration"])
  or (eventSource = "apigateway.amazonaws.com" and eventName in ["UpdateStage", "DeleteStage", "UpdateRestApi", ` +
		`"UpdateRestApiPolicy", "UpdateMethod", "UpdateAuthorizer", "DeleteAuthorizer"])
  or (eventSource = "cloudtrail.amazonaws.com" and eventName in ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"])
  or (eventSource = "logs.amazonaws.com" and eventName in ["DeleteDataProtectionPolicy", "DeleteSubscriptionFilter", "DeleteLogGroup"])
| sort @timestamp desc
| limit 1000`,
}
