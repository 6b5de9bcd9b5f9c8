package monitoring

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// A calendar month so far is the days in a range of 31 that have the month of its last day: no two days of one such range have the same
// month of two years. Metric math has no name for today, hence the month of the greatest time.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
const monthRange = "-P31D"

// sinceTheFirst is the running sum, over the days of the current month, of value, which is a metric of days or a number for each of them.
func sinceTheFirst(metric, value string) string {
	return fmt.Sprintf("RUNNING_SUM(IF(MONTH(%[1]s) == MAX(IF(EPOCH(%[1]s) == MAX(EPOCH(%[1]s)), MONTH(%[1]s), 0)), %[2]s, 0))", metric, value)
}

// costs are, in US dollars, what Cognito has charged this month, what the cache has avoided, what the cache has cost, and the difference of
// the two. Every hit is taken for a token that Cognito would have charged for, at the price of the tier that it would have been in.
func (s *settings) costs() *[]awscloudwatch.IMetric {
	period := day()
	tokens, hits := s.tokens(period), s.gateway("CacheHitCount", "Sum", period)
	issued := calculated(sinceTheFirst("tokens", "tokens"), "", "", period, named{"tokens": tokens})
	cached := calculated(sinceTheFirst("hits", "hits"), "", "", period, named{"hits": hits})
	asked := calculated("issued + cached", "", "", period, named{"issued": issued, "cached": cached})
	spent := calculated(s.priceOf("issued"), "Cognito (estimate)", bad, period, named{"issued": issued})
	avoided := calculated(s.priceOf("asked")+" - spent", "Avoided", good, period, named{"asked": asked, "spent": spent})
	cache := calculated(sinceTheFirst("hits", "24")+" * "+number(s.cachePrice), "Cache", warn, period, named{"hits": hits})
	saved := calculated("avoided - cache", "Saved", plain, period, named{"avoided": avoided, "cache": cache})
	return metrics(spent, avoided, cache, saved)
}

func (s *settings) thisMonth() awscloudwatch.IWidget {
	return awscloudwatch.NewSingleValueWidget(&awscloudwatch.SingleValueWidgetProps{
		Title: jsii.String("This month, US dollars"), Width: jsii.Number(12), Height: jsii.Number(4),
		Start: jsii.String(monthRange), Metrics: s.costs(),
	})
}

// spending is a row.
func (s *settings) spending() []awscloudwatch.IWidget {
	cost := awscloudwatch.GraphWidgetProps{Left: s.costs(), Start: jsii.String(monthRange)}
	if s.budget != nil {
		cost.LeftAnnotations = limit(*s.budget.USD, "budget for Cognito")
	}
	const title, unit = "Cost since the first of the month", "US dollars"
	if s.usage == nil {
		return []awscloudwatch.IWidget{s.issued(12), graph(title, 12, unit, cost)}
	}
	return []awscloudwatch.IWidget{s.issued(9), s.refused(6), graph(title, 9, unit, cost)}
}

// refused are requests that Cognito refused: they cost nothing, but the cache does not prevent them.
func (s *settings) refused(width float64) awscloudwatch.IWidget {
	return graph("Requests without a token", width, "in 5 minutes", awscloudwatch.GraphWidgetProps{Left: metrics(
		styled(s.usage.RequestsFailed(), "Refused by Cognito", bad),
		styled(s.usage.RequestsWithoutClientID(), "Of no known client", dim),
	)})
}

// topTenants is how many tenants are shown.
const topTenants = 10

// issued shows the tokens of each client, or without a trail only their number.
func (s *settings) issued(width float64) awscloudwatch.IWidget {
	if s.usage == nil {
		all := styled(s.tokens(hour()), "All tenants", plain)
		return graph("Token requests to Cognito", width, "in an hour", awscloudwatch.GraphWidgetProps{Left: metrics(all)})
	}
	return graph("Tokens from Cognito, by tenant (top 10)", width, "in 5 minutes", awscloudwatch.GraphWidgetProps{
		Left: metrics(s.usage.TopTenants(topTenants)), LegendPosition: awscloudwatch.LegendPosition_RIGHT,
	})
}
