package monitoring

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
)

// minHourlyRequests is the minimum number of requests in an hour for which the hit ratio counts.
const minHourlyRequests = 100

// unseenPercent is the share of requests, in percent, that a web ACL must not have seen to be considered removed. It is high because
// metrics of two services never cover the same minutes.
const unseenPercent = 50

const notBreaching = awscloudwatch.TreatMissingData_NOT_BREACHING

// addAlarms creates the alarms, which notify the topic, and the one that only the paging alarm reads.
func (m *Monitoring) addAlarms(s *settings) {
	all := []alarms.Alarm{s.unprotected(), s.serverErrors(), s.slow(), s.fewHits(), s.directAttempts()}
	if s.Edge != nil {
		all = append(all, s.edgeAttack(), s.edgeGone())
	}
	if s.budget != nil {
		all = append(all, s.overBudget())
	}
	m.alarms = alarms.NewSet(m.Construct, m.topic, all...)
	m.unprotected, m.silent = m.alarms.All[0], alarms.New(m.Construct, nil, s.silent())[0]
	m.alarms.All = append(m.alarms.All, m.silent)
}

func (s *settings) serverErrors() alarms.Alarm {
	percent := 100 * *s.thresholds.ServerErrorRate
	rate := fmt.Sprintf("IF(requests >= %s, 100 * errors / requests, 0)", number(*s.thresholds.MinRequests))
	return alarms.Alarm{
		ID: "ServerErrors",
		Description: fmt.Sprintf("The token gateway answers %s %% of requests or more with 5xx. Clients get no tokens. "+
			"See \"Gateway errors\" in docs/runbook.md.", number(percent)),
		Metric: calculated(rate, "5xx in percent", "", minutes(5), named{
			"requests": s.gateway("Count", "Sum", minutes(5)),
			"errors":   s.gateway("5XXError", "Sum", minutes(5)),
		}),
		Threshold: percent, Missing: notBreaching, Urgent: true,
	}
}

func (s *settings) slow() alarms.Alarm {
	return alarms.Alarm{
		ID:          "Latency",
		Description: fmt.Sprintf("One of a hundred token requests takes %v or longer. See \"Gateway slow\" in docs/runbook.md.", s.latency),
		Metric:      s.gateway("Latency", "p99", minutes(5)),
		Threshold:   float64(s.latency.Milliseconds()), Periods: 3, Missing: notBreaching, Urgent: true,
	}
}

// unprotected compares the cache misses with the requests that the pool's web ACL saw: requests that it does not see bypass it.
func (s *settings) unprotected() alarms.Alarm {
	misses := s.gateway("CacheMissCount", "Sum", unseenPeriod())
	return unseen("PoolUnprotected", "Requests reach Cognito that the user pool's web ACL does not see: it was removed from the pool, and "+
		"anyone with a client's credentials gets tokens around the gateway. See \"Pool without web ACL\" in docs/runbook.md.",
		misses, s.poolWebACL, "Requests to Cognito past its web ACL, in percent")
}

// silent is in alarm while the pool's web ACL has no metrics. AWS does not document whether AWS WAF records the requests that a user pool's
// web ACL allows. If it does not, unprotected is always in alarm and must not page. A week is the longest time that an alarm can evaluate:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func (s *settings) silent() alarms.Alarm {
	return alarms.Alarm{
		ID: "PoolWebACLSilent",
		Description: "For a week AWS WAF has recorded no request that the user pool's web ACL allowed: until it does, PoolUnprotected means " +
			"nothing, and does not page. See \"Pool without web ACL\" in docs/runbook.md.",
		Metric:     s.poolWebACL("AllowedRequests", allRules, day()),
		Threshold:  1,
		Comparison: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
		Periods:    7,
		Missing:    awscloudwatch.TreatMissingData_BREACHING,
	}
}

// edgeGone compares the requests to the gateway with those that the edge web ACL saw. AWS does not document whether the gateway counts
// blocked requests.
func (s *settings) edgeGone() alarms.Alarm {
	requests := s.gateway("Count", "Sum", unseenPeriod())
	return unseen("EdgeUnprotected", "Requests reach the gateway that its web ACL does not see: it was removed from the stage, and limits "+
		"nobody. See \"Gateway without web ACL\" in docs/runbook.md.", requests, s.edge, "Requests to the gateway past its web ACL, in percent")
}

// unseen is the alarm for requests that are missing in a web ACL's metrics. It needs ten requests. A removed web ACL has no metrics, which
// count as 0.
func unseen(
	id, description string, asked awscloudwatch.IMetric,
	webACL func(name, rule string, period awscdk.Duration) awscloudwatch.Metric, label string,
) alarms.Alarm {
	return alarms.Alarm{
		ID: id, Description: description,
		Metric: calculated("IF(asked >= 10, 100 * (asked - FILL(allowed, 0) - FILL(blocked, 0)) / asked, 0)", label, "", unseenPeriod(), named{
			"asked":   asked,
			"allowed": webACL("AllowedRequests", allRules, unseenPeriod()),
			"blocked": webACL("BlockedRequests", allRules, unseenPeriod()),
		}),
		Threshold: unseenPercent, Periods: 2, Missing: notBreaching,
	}
}

func unseenPeriod() awscdk.Duration { return minutes(15) }

func (s *settings) fewHits() alarms.Alarm {
	percent := 100 * *s.thresholds.HitRatio
	ratio := fmt.Sprintf("IF(hits + misses >= %d, 100 * hits / (hits + misses), 100)", minHourlyRequests)
	return alarms.Alarm{
		ID: "HitRatio",
		Description: fmt.Sprintf("For two hours the cache has answered less than %s %% of token requests: it costs more than it should save. "+
			"See \"Few cache hits\" in docs/runbook.md.", number(percent)),
		Metric: calculated(ratio, "Cache hits in percent", "", hour(), named{
			"hits":   s.gateway("CacheHitCount", "Sum", hour()),
			"misses": s.gateway("CacheMissCount", "Sum", hour()),
		}),
		Threshold: percent, Comparison: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, Periods: 2, Missing: notBreaching,
	}
}

func (s *settings) directAttempts() alarms.Alarm {
	return alarms.Alarm{
		ID: "DirectAccess",
		Description: fmt.Sprintf("The user pool's web ACL refused %s requests or more in five minutes that did not come through the gateway. "+
			"See \"Direct access\" in docs/runbook.md.", number(*s.thresholds.DirectAccessBlocks)),
		Metric:    s.directAccess(minutes(5)),
		Threshold: *s.thresholds.DirectAccessBlocks, Missing: notBreaching,
	}
}

func (s *settings) edgeAttack() alarms.Alarm {
	return alarms.Alarm{
		ID: "EdgeBlocks",
		Description: fmt.Sprintf("The web ACL before the gateway refused %s requests or more in five minutes. "+
			"See \"Refused at the edge\" in docs/runbook.md.", number(*s.thresholds.EdgeBlocks)),
		Metric:    s.edge("BlockedRequests", allRules, minutes(5)),
		Threshold: *s.thresholds.EdgeBlocks, Missing: notBreaching,
	}
}

// overBudget projects the last day's tokens to a month.
func (s *settings) overBudget() alarms.Alarm {
	month := calculated("tokens * 365 / 12", "Tokens a month at this day's rate", "", day(), named{"tokens": s.tokens(day())})
	return alarms.Alarm{
		ID: "Cost",
		Description: fmt.Sprintf("At the last day's rate Cognito costs %s US dollars a month or more, by estimate. "+
			"See \"Cost over budget\" in docs/runbook.md.", number(*s.budget.USD)),
		Metric:    calculated(s.priceOf("month"), "US dollars a month at this day's rate", "", day(), named{"month": month}),
		Threshold: *s.budget.USD, Missing: notBreaching,
	}
}

// number formats v for metric math and for people.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
