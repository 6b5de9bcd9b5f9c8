package monitoring

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
)

// minHourlyRequests is from how many requests an hour on the hit ratio says something.
const minHourlyRequests = 100

// unseenPercent is how many of a hundred requests a web ACL must not have seen to be taken for gone: half of them, since metrics of two services never cover
// the same minutes.
const unseenPercent = 50

// addAlarms creates the alarms, which tell the topic, and the one that only the paging alarm asks.
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
	return alarms.Alarm{
		ID: "ServerErrors",
		Description: fmt.Sprintf("The token gateway answers %s %% of requests or more with 5xx. Clients get no tokens. See \"Gateway errors\" in docs/runbook.md.",
			number(percent)),
		Metric: calculated(fmt.Sprintf("IF(requests >= %s, 100 * errors / requests, 0)", number(*s.thresholds.MinRequests)), "5xx in percent", "", minutes(5), named{
			"requests": s.gateway("Count", "Sum", minutes(5)),
			"errors":   s.gateway("5XXError", "Sum", minutes(5)),
		}),
		Threshold: percent, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING, Urgent: true,
	}
}

func (s *settings) slow() alarms.Alarm {
	return alarms.Alarm{
		ID:          "Latency",
		Description: fmt.Sprintf("One of a hundred token requests takes %v or longer. See \"Gateway slow\" in docs/runbook.md.", s.latency),
		Metric:      s.gateway("Latency", "p99", minutes(5)),
		Threshold:   float64(s.latency.Milliseconds()), Periods: 3, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING, Urgent: true,
	}
}

// unprotected compares what the cache missed with what the pool's web ACL saw: what it does not see, nobody is kept from.
func (s *settings) unprotected() alarms.Alarm {
	alarm := unseen(s.gateway("CacheMissCount", "Sum", unseenPeriod()), s.poolWebACL, "Requests to Cognito past its web ACL, in percent")
	alarm.ID = "PoolUnprotected"
	alarm.Description = "Requests reach Cognito that the user pool's web ACL does not see: it was removed from the pool, and anyone with a client's credentials gets tokens " +
		"around the gateway. See \"Pool without web ACL\" in docs/runbook.md."
	return alarm
}

// silent is on where the metrics of the pool's web ACL say nothing. That AWS WAF records what a user pool's web ACL allows is nowhere documented; if it
// does not, unprotected is always on, and must not page. A week is the longest that an alarm can look back:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func (s *settings) silent() alarms.Alarm {
	return alarms.Alarm{
		ID: "PoolWebACLSilent",
		Description: "For a week AWS WAF has recorded no request that the user pool's web ACL allowed: until it does, PoolUnprotected means nothing, and does not page. " +
			"See \"Pool without web ACL\" in docs/runbook.md.",
		Metric:    s.poolWebACL("AllowedRequests", allRules, day()),
		Threshold: 1, Comparison: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, Periods: 7, Missing: awscloudwatch.TreatMissingData_BREACHING,
	}
}

// edgeGone compares what the gateway was asked with what the edge web ACL saw. What it blocks, the gateway may or may not count.
func (s *settings) edgeGone() alarms.Alarm {
	alarm := unseen(s.gateway("Count", "Sum", unseenPeriod()), s.edge, "Requests to the gateway past its web ACL, in percent")
	alarm.ID = "EdgeUnprotected"
	alarm.Description = "Requests reach the gateway that its web ACL does not see: it was removed from the stage, and limits nobody. See \"Gateway without web ACL\" in docs/runbook.md."
	return alarm
}

// unseen is for requests of which there must be as many in a web ACL's metrics. Without requests it knows nothing. Where a web ACL is gone its metrics are, too:
// they are taken for 0.
func unseen(asked awscloudwatch.IMetric, webACL func(name, rule string, period awscdk.Duration) awscloudwatch.Metric, label string) alarms.Alarm {
	return alarms.Alarm{
		Metric: calculated("IF(asked >= 10, 100 * (asked - FILL(allowed, 0) - FILL(blocked, 0)) / asked, 0)", label, "", unseenPeriod(), named{
			"asked":   asked,
			"allowed": webACL("AllowedRequests", allRules, unseenPeriod()),
			"blocked": webACL("BlockedRequests", allRules, unseenPeriod()),
		}),
		Threshold: unseenPercent, Periods: 2, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING,
	}
}

func unseenPeriod() awscdk.Duration { return minutes(15) }

func (s *settings) fewHits() alarms.Alarm {
	percent := 100 * *s.thresholds.HitRatio
	return alarms.Alarm{
		ID:          "HitRatio",
		Description: fmt.Sprintf("For two hours the cache has answered less than %s %% of token requests: it costs more than it should save. See \"Few cache hits\" in docs/runbook.md.", number(percent)),
		Metric: calculated(fmt.Sprintf("IF(hits + misses >= %d, 100 * hits / (hits + misses), 100)", minHourlyRequests), "Cache hits in percent", "", hour(), named{
			"hits":   s.gateway("CacheHitCount", "Sum", hour()),
			"misses": s.gateway("CacheMissCount", "Sum", hour()),
		}),
		Threshold: percent, Comparison: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, Periods: 2, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING,
	}
}

func (s *settings) directAttempts() alarms.Alarm {
	return alarms.Alarm{
		ID: "DirectAccess",
		Description: fmt.Sprintf("The user pool's web ACL refused %s requests or more in five minutes that did not come through the gateway. See \"Direct access\" in docs/runbook.md.",
			number(*s.thresholds.DirectAccessBlocks)),
		Metric:    s.directAccess(minutes(5)),
		Threshold: *s.thresholds.DirectAccessBlocks, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING,
	}
}

func (s *settings) edgeAttack() alarms.Alarm {
	return alarms.Alarm{
		ID: "EdgeBlocks",
		Description: fmt.Sprintf("The web ACL before the gateway refused %s requests or more in five minutes. See \"Refused at the edge\" in docs/runbook.md.",
			number(*s.thresholds.EdgeBlocks)),
		Metric:    s.edge("BlockedRequests", allRules, minutes(5)),
		Threshold: *s.thresholds.EdgeBlocks, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING,
	}
}

// overBudget takes the last day for every day of a month.
func (s *settings) overBudget() alarms.Alarm {
	month := calculated("tokens * 365 / 12", "Tokens a month at this day's rate", "", day(), named{"tokens": s.tokens(day())})
	return alarms.Alarm{
		ID: "Cost",
		Description: fmt.Sprintf("At the last day's rate Cognito costs %s US dollars a month or more, by estimate. See \"Cost over budget\" in docs/runbook.md.",
			number(*s.budget.USD)),
		Metric:    calculated(s.priceOf("month"), "US dollars a month at this day's rate", "", day(), named{"month": month}),
		Threshold: *s.budget.USD, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING,
	}
}

// number is v as metric math and people read it.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
