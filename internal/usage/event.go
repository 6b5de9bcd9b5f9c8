package usage

import (
	"encoding/json"
	"strings"
	"time"
)

// hidden is what CloudTrail puts in the place of values that it does not show.
const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// request is a request to the token endpoint as CloudTrail tells of it. AWS documents successful ones; for failed ones the status and the
// error are looked for wherever events have such.
// https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
type request struct {
	EventID     string    `json:"eventID"`
	EventTime   time.Time `json:"eventTime"`
	EventSource string    `json:"eventSource"`
	EventName   string    `json:"eventName"`
	ErrorCode   string    `json:"errorCode"`
	Additional  struct {
		UserPoolID string `json:"userPoolId"`
		// ClientID is not in AWS's example of an event, but in AWS's query over such events
		// (https://aws.amazon.com/blogs/security/how-to-monitor-optimize-and-secure-amazon-cognito-machine-to-machine-authorization/).
		ClientID string `json:"clientId"`
		Response struct {
			Status *float64 `json:"status"` // 200, or 200.0
			Error  text     `json:"error"`
		} `json:"responseParameters"`
		Request struct {
			GrantType text `json:"grant_type"`
			ClientID  text `json:"client_id"`
		} `json:"requestParameters"`
	} `json:"additionalEventData"`
}

// text is a text, or the first of several: parameters of a request are lists, since each may be there more than once. Anything else is
// none.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var one string
	var several []string
	switch {
	case json.Unmarshal(b, &one) == nil:
		*t = text(one)
	case json.Unmarshal(b, &several) == nil && len(several) > 0:
		*t = text(several[0])
	}
	return nil
}

// isTokenRequest says whether the event is about a request to this pool's token endpoint.
func (r *request) isTokenRequest(pool string) bool {
	return r.EventSource == "cognito-idp.amazonaws.com" && r.EventName == "Token_POST" && r.Additional.UserPoolID == pool
}

// issued says whether Cognito answered with a token. An event without a status is no success, since AWS's examples of success have one.
func (r *request) issued() bool {
	return r.ErrorCode == "" && r.Additional.Response.Status != nil && *r.Additional.Response.Status == 200
}

// isForAMachine says whether the request is for a client's own token. A failed request of another kind counts among the failed ones: a pool
// for machines has no other successful ones.
func (r *request) isForAMachine() bool { return r.Additional.Request.GrantType == "client_credentials" }

// clientID is the app client, "" when the event names none.
func (r *request) clientID() string {
	for _, id := range []string{r.Additional.ClientID, string(r.Additional.Request.ClientID)} {
		if id = strings.TrimSpace(id); id != "" && id != hidden {
			return id
		}
	}
	return ""
}
