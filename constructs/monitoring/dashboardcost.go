package monitoring

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// A calendar month so far is the days in a range of 31 that have the month of its last day: no two days of one such range have the same month of two
// years. Metric math has no name for today, hence the month of the greatest time.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
const monthRange = "-P31D"

// sinceTheFirst is the running sum, over the days of the current month, of value, which is a metric of days or a number for each of them.
func sinceTheFirst(metric, value string) string {
	return fmt.Sprintf("RUNNING_SUM(IF(MONTH(%[1]s) == MAX(IF(EPOCH(%[1]s) == MAX(EPOCH(%[1]s)), MONTH(%[1]s), 0)), %[2]s, 0))", metric, value)
}

// costs are, in US dollars, what Cognito has charged this month, what the cache has avoided, what the cache has cost, and the difference of the two.
// Every hit is taken for a token that Cognito would have charged for.
func (s *settings) costs() *[]awscloudwatch.IMetric {
	day := days(1)
	tokens, hits := s.tokens(day), s.gateway("CacheHitCount", "Sum", day)
	spent := sinceTheFirst("tokens", "tokens") + " * " + number(s.tokenPrice)
	avoided := sinceTheFirst("hits", "hits") + " * " + number(s.tokenPrice)
	cache := sinceTheFirst("hits", "24") + " * " + number(s.cachePrice)
	return metrics(
		calculated(spent, "Cognito, by estimate", day, named{"tokens": tokens}),
		calculated(avoided, "Avoided by the cache", day, named{"hits": hits}),
		calculated(cache, "Cost of the cache", day, named{"hits": hits}),
		calculated(avoided+" - "+cache, "Saved in the end", day, named{"hits": hits}),
	)
}

func (s *settings) thisMonth() awscloudwatch.IWidget {
	return awscloudwatch.NewSingleValueWidget(&awscloudwatch.SingleValueWidgetProps{
		Title: jsii.String("This month, US dollars"), Width: jsii.Number(12), Height: jsii.Number(4), Start: jsii.String(monthRange), Metrics: s.costs(),
	})
}

// usage is a row.
func (s *settings) usage() []awscloudwatch.IWidget {
	cost := awscloudwatch.GraphWidgetProps{Left: s.costs(), Start: jsii.String(monthRange)}
	if s.budget != nil {
		cost.LeftAnnotations = limit(*s.budget.USD, "budget for Cognito")
	}
	return []awscloudwatch.IWidget{s.tokensADay(12), graph("Cost since the first of the month", 12, "US dollars", cost)}
}

func (s *settings) tokensADay(width float64) awscloudwatch.IWidget {
	return graph("Tokens from Cognito", width, s.tokensAre()+" in an hour", awscloudwatch.GraphWidgetProps{
		Left: metrics(styled(s.tokens(hours(1)), s.tokensAre(), plain)),
	})
}
