package awslimits

import (
	"fmt"
	"math"
	"time"
)

// Defaults of the monitoring.
const (
	DefaultServerErrorRate    = 0.01
	DefaultMinRequests        = 20
	DefaultHitRatio           = 0.5
	DefaultLatencyP99         = 2 * time.Second
	DefaultDirectAccessBlocks = 100
	DefaultEdgeBlocks         = 1000
	DefaultAnomalyBand        = 3
	DefaultActualPercent      = 80
	DefaultForecastPercent    = 100
	DefaultBucketDays         = 365
	// MaxLatency is API Gateway's integration timeout: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
	MaxLatency = 29 * time.Second
	// MaxBudgetEmails is AWS Budgets' limit for one notification.
	// https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
	MaxBudgetEmails = 10
)

var (
	// LogGroupName checks the name of a log group.
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
	LogGroupName = texts("log group %q is not allowed", `^[.\-_/#A-Za-z0-9]{1,512}$`, "1 to 512 letters, digits and .-_/#").check
	// Email checks an address for mail.
	Email = texts("e-mail address %q is not allowed", `^[^\s@]+@[^\s@]+\.[^\s@]+$`, "name@domain").check
	// WorkGroup checks the name of a work group of Athena.
	WorkGroup = texts("work group %q is not allowed", `^[a-zA-Z0-9._-]{1,128}$`, "1 to 128 letters, digits and ._-").check
	// HTTPSURL checks an address for people's browsers.
	HTTPSURL = texts("URL %q is not allowed", `^https://[^\s"<>]{1,1000}$`, "https://…").check

	// ServerErrorRate checks a share of requests answered with 5xx.
	ServerErrorRate = positive("server error rate %v is not allowed", 1.0, "a share of requests, more than 0 and up to 1")
	// HitRatio checks a share of requests answered from the cache.
	HitRatio = positive("hit ratio %v is not allowed", math.Nextafter(1, 0), "a share of requests, more than 0 and less than 1")
	// AlarmCount checks a number of requests from which on there is an alarm.
	AlarmCount = numbers("number of requests %v is not allowed", 1, math.MaxInt32, 1.0,
		fmt.Sprintf("a whole number from 1 to %d", math.MaxInt32))
	// AlarmLatency checks how long requests may take.
	AlarmLatency = positive("latency %v is not allowed", MaxLatency,
		fmt.Sprintf("more than 0 up to %v, after which API Gateway gives up", MaxLatency))
	// AnomalyBand checks the width of an anomaly detection band, in standard deviations.
	AnomalyBand = positive("anomaly band %v is not allowed", 20.0, "a number of standard deviations, more than 0 and up to 20")
	// BudgetUSD checks what may be spent in a month.
	BudgetUSD = dollars("budget")
	// Price checks what something costs.
	Price = dollars("price")
	// BudgetPercent checks the share of a budget at which it is reported.
	BudgetPercent = positive("%v percent of a budget are not allowed", 1000.0, "more than 0 and up to 1000")
	// Days checks a number of days for which something is kept or looked back at.
	Days = numbers("%d days are not allowed", 1, 3653, 0, "1 to 3653")
)

func dollars(what string) func(float64) error {
	return positive(what+" of %v US dollars is not allowed", float64(math.MaxInt32), fmt.Sprintf("more than 0 and up to %d", math.MaxInt32))
}
