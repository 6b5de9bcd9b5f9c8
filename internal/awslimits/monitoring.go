package awslimits

import (
	"fmt"
	"math"
	"regexp"
	"time"
)

// What monitoring begins with.
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
	// MaxBudgetEmails is AWS Budgets' limit for one notification: https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
	MaxBudgetEmails = 10
)

var (
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
	logGroupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)
	emailAddress = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)
	workGroup    = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,128}$`)
	httpsURL     = regexp.MustCompile(`^https://[^\s"<>]{1,1000}$`)
)

// LogGroupName checks the name of a log group.
func LogGroupName(name string) error {
	if !logGroupName.MatchString(name) {
		return fmt.Errorf("log group %q is not allowed: use 1 to 512 letters, digits and .-_/#", name)
	}
	return nil
}

// ServerErrorRate checks a share of requests answered with 5xx.
func ServerErrorRate(rate float64) error {
	if !(rate > 0 && rate <= 1) {
		return fmt.Errorf("server error rate %v is not allowed: use a share of requests, more than 0 and up to 1", rate)
	}
	return nil
}

// HitRatio checks a share of requests answered from the cache.
func HitRatio(ratio float64) error {
	if !(ratio > 0 && ratio < 1) {
		return fmt.Errorf("hit ratio %v is not allowed: use a share of requests, more than 0 and less than 1", ratio)
	}
	return nil
}

// AlarmCount checks a number of requests from which on there is an alarm.
func AlarmCount(n float64) error {
	if n < 1 || n > math.MaxInt32 || n != math.Trunc(n) {
		return fmt.Errorf("number of requests %v is not allowed: use a whole number from 1 to %d", n, math.MaxInt32)
	}
	return nil
}

// AlarmLatency checks how long requests may take.
func AlarmLatency(d time.Duration) error {
	if d <= 0 || d > MaxLatency {
		return fmt.Errorf("latency %v is not allowed: use more than 0 up to %v, after which API Gateway gives up", d, MaxLatency)
	}
	return nil
}

// AnomalyBand checks the width of an anomaly detection band, in standard deviations.
func AnomalyBand(n float64) error {
	if !(n > 0 && n <= 20) {
		return fmt.Errorf("anomaly band %v is not allowed: use a number of standard deviations, more than 0 and up to 20", n)
	}
	return nil
}

// BudgetUSD checks what may be spent in a month.
func BudgetUSD(usd float64) error {
	if !(usd > 0 && usd <= math.MaxInt32) {
		return fmt.Errorf("budget of %v US dollars is not allowed: use more than 0 and up to %d", usd, math.MaxInt32)
	}
	return nil
}

// Price checks what something costs.
func Price(usd float64) error {
	if !(usd > 0 && usd <= math.MaxInt32) {
		return fmt.Errorf("price of %v US dollars is not allowed: use more than 0 and up to %d", usd, math.MaxInt32)
	}
	return nil
}

// BudgetPercent checks the share of a budget at which it is reported.
func BudgetPercent(percent float64) error {
	if !(percent > 0 && percent <= 1000) {
		return fmt.Errorf("%v percent of a budget are not allowed: use more than 0 and up to 1000", percent)
	}
	return nil
}

// Email checks an address for mail.
func Email(address string) error {
	if !emailAddress.MatchString(address) {
		return fmt.Errorf("e-mail address %q is not allowed: use name@domain", address)
	}
	return nil
}

// Days checks a number of days for which something is kept or looked back at.
func Days(n int) error {
	if n < 1 || n > 3653 {
		return fmt.Errorf("%d days are not allowed: use 1 to 3653", n)
	}
	return nil
}

// WorkGroup checks the name of a work group of Athena.
func WorkGroup(name string) error {
	if !workGroup.MatchString(name) {
		return fmt.Errorf("work group %q is not allowed: use 1 to 128 letters, digits and ._-", name)
	}
	return nil
}

// HTTPSURL checks an address for people's browsers.
func HTTPSURL(address string) error {
	if !httpsURL.MatchString(address) {
		return fmt.Errorf("URL %q is not allowed: use https://…", address)
	}
	return nil
}
