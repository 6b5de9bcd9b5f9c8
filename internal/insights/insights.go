// Package insights has the saved CloudWatch Logs Insights queries over this project's logs and CloudTrail's.
//
// The texts use what AWS documents of the language and no more
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html). Where it is silent, on how a missing field compares and
// whether 200 equals 200.0, they are written so that it does not matter; their tests try both ways.
package insights

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Source is the log that a query reads.
type Source string

// The logs.
const (
	// Trail has CloudTrail's management events.
	Trail Source = "trail"
	// AccessLog is the token proxy's.
	AccessLog Source = "access log"
	// PoolWebACL and EdgeWebACL are AWS WAF's logs.
	PoolWebACL Source = "pool web ACL"
	EdgeWebACL Source = "edge web ACL"
	// OriginHeaderRotation and ClientSecretRotation are the logs of the two rotation functions.
	OriginHeaderRotation Source = "origin header rotation"
	ClientSecretRotation Source = "client secret rotation"
)

// Query is a saved query.
type Query struct {
	// Name tells what it answers; it is the query's name below its folder.
	Name string
	// Source is the log that it reads.
	Source Source
	// Columns are those of its result, in order.
	Columns []string
	// Text is the query.
	Text string
}

// MaxUnusedDays is the longest time that CloudTrail's events can be asked about at once: the console offers a year of a log that is kept
// for as long.
const MaxUnusedDays = 365

// DefaultUnusedDays is after how many days a client counts as unused unless another number is set.
const DefaultUnusedDays = 30

// UnusedDays reports whether days is a time after which a client counts as unused.
func UnusedDays(days int) error {
	if days < 1 || days > MaxUnusedDays {
		return fmt.Errorf("%d days are not allowed: use 1 to %d", days, MaxUnusedDays)
	}
	return nil
}

// Queries are all queries, in a fixed order. A client counts as unused when its last token was issued more than unusedDays ago: see
// unusedClients.
func Queries(unusedDays int) []Query {
	unused := unusedClients
	milliseconds := (time.Duration(unusedDays) * 24 * time.Hour).Milliseconds()
	unused.Text = strings.Replace(unused.Text, "UNUSED_MILLISECONDS", strconv.FormatInt(milliseconds, 10), 1)
	return []Query{
		tokensByClient, failuresByClient, requestsWithoutClientID, unused, rotationEvents, protectionChanges,
		directAttempts, edgeTopTalkers,
		topTalkers, gatewayErrors, cacheMissesByHour, requestsByClient,
		originHeaderRotation, clientSecretRotation,
	}
}
