package monitoring_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

// sampleNow is when the picture was taken: some weeks into a month, so that the days of the month before it are in its range, too.
var sampleNow = time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)

// sample are the metrics of a service with 14 tenants on a day on which the cache was flushed at 11:05, because somebody removed a client's
// secret, and on which somebody tried, from 14:00 on, to get tokens around the gateway.
type sample struct{}

// sampleTenants get tokens in these proportions.
var sampleTenants = []struct {
	id    string
	share float64
}{
	{"shop", .22}, {"billing", .17}, {"carrier-north", .12}, {"carrier-south", .10}, {"warehouse", .09}, {"pricing", .07}, {"returns", .06},
	{"loyalty", .05},
	{"search", .04}, {"reports", .03}, {"invoices", .02}, {"labels", .015}, {"audit", .01}, {"sandbox", .005},
}

func (sample) Find(s dashboard.Search) []dashboard.Metric {
	var found []dashboard.Metric
	for _, tenant := range sampleTenants {
		m := dashboard.Metric{Namespace: s.Namespace, Name: s.MetricName}
		for _, name := range s.Dimensions {
			value := tenant.id
			if given, ok := s.Values[name]; ok {
				value = given
			}
			m.Dimensions = append(m.Dimensions, dashboard.Dimension{Name: name, Value: value})
		}
		found = append(found, m)
	}
	return found
}

// Value adds up minutes, and has nothing of what is still to come.
func (sample) Value(m dashboard.Metric, stat string, from time.Time, period time.Duration) float64 {
	total, greatest, there := 0.0, math.NaN(), 0
	for at := from; at.Before(from.Add(period)) && at.Before(sampleNow); at = at.Add(time.Minute) {
		v := minute(m, stat, at)
		if math.IsNaN(v) {
			continue
		}
		there++
		total += v
		if !(v <= greatest) {
			greatest = v
		}
	}
	if there == 0 {
		return math.NaN()
	}
	switch stat {
	case "Sum":
		return math.Round(total)
	case "Maximum":
		return greatest
	}
	return total / float64(there) // What the sample has of a percentile is the same for many minutes.
}

// minute is what happened in one minute.
func minute(m dashboard.Metric, stat string, at time.Time) float64 {
	switch m.Namespace {
	case "AWS/ApiGateway":
		return gatewayMinute(m.Name, stat, at)
	case "AWS/WAFV2":
		return wafMinute(m, at)
	case "CognitoM2M/Usage":
		switch m.Name {
		case "TokenRequestsFailed":
			return misses(at) * .08 * around(m.Name, at.Truncate(10*time.Minute), 1)
		case "RequestsWithoutClientId":
			return 0
		}
		for _, tenant := range sampleTenants {
			if m.Of("Tenant") == tenant.id {
				return misses(at) * tenant.share * around(tenant.id, at.Truncate(20*time.Minute), .35)
			}
		}
		return misses(at) * .995
	case "CognitoM2M/OriginHeader":
		switch m.Name {
		case "ValueAgeDays":
			return at.Sub(time.Date(2026, 11, 4, 2, 0, 0, 0, time.UTC)).Hours() / 24
		case "DriftFound":
			return during(at, 10, 0, 60, 1)
		}
		return 0
	case "CognitoM2M/ClientSecrets":
		if m.Name == "Placeholders" {
			return during(at, 8, 0, 60, 2)
		}
		return 0
	case "CognitoM2M/Revocation":
		return during(at, 11, 5, 1, 1)
	case "AWS/Lambda":
		return 0
	case "AWS/SQS":
		if age := during(at, 11, 0, 5, 1); age > 0 {
			return float64(at.Minute() * 60)
		}
		return math.NaN() // A queue without messages has no data.
	}
	if m.Name == "UpstreamThrottled" {
		return 0
	}
	panic(fmt.Sprintf("the sample has no %s %s", m.Namespace, m.Name))
}

func gatewayMinute(name, stat string, at time.Time) float64 {
	switch name {
	case "Count":
		return requests(at)
	case "CacheMissCount":
		return misses(at)
	case "CacheHitCount":
		return requests(at)*.99 - misses(at)
	case "4XXError":
		return requests(at) * .006 * around(name, at.Truncate(30*time.Minute), .3)
	case "5XXError":
		return requests(at) * (.0002 + during(at, 11, 5, 10, .012))
	case "IntegrationLatency":
		return 210 * around(name, at.Truncate(5*time.Minute), .15)
	}
	if stat == "p50" {
		return 9 * around(name, at.Truncate(5*time.Minute), .1)
	}
	return 165*around(name, at.Truncate(5*time.Minute), .15) + during(at, 11, 5, 30, 240)
}

func wafMinute(m dashboard.Metric, at time.Time) float64 {
	blocked := map[string]float64{
		"rate-limit-per-ip": .5 + during(at, 4, 20, 25, 90), "ip-reputation": .8, "token-path-only": 1.5, "post-only": .6,
		"known-bad-inputs": .3,
	}
	switch rule := m.Of("Rule"); {
	case rule == "block-all":
		return .4*around(rule, at, 1) + during(at, 14, 0, 40, 34)
	case m.Name == "BlockedRequests" && rule == "ALL":
		all := 0.0
		for _, rule := range slices.Sorted(maps.Keys(blocked)) { // Sums in another order differ in their last digits.
			all += blocked[rule] * around(rule, at, .8)
		}
		return all
	case m.Name == "BlockedRequests":
		return blocked[rule] * around(rule, at, .8)
	case m.Of("WebACL") == "gateway-PoolWebAcl-519E28BE":
		return misses(at) + .3
	}
	return requests(at)
}

// requests follow the hours of the day and are fewer on weekends.
func requests(at time.Time) float64 {
	hour := float64(at.Hour()) + float64(at.Minute())/60
	week := 1.0
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday {
		week = .8
	}
	return 70 * week * (1 + .45*math.Sin((hour-8)/12*math.Pi)) * around("requests", at.Truncate(5*time.Minute), .08)
}

// misses are few but after a flush, when every tenant's next request is one.
func misses(at time.Time) float64 {
	share := .07 * around("misses", at.Truncate(5*time.Minute), .12)
	return requests(at) * (share + during(at, 11, 5, 10, .75) + during(at, 11, 15, 15, .2))
}

// during is v for some minutes on the day of the picture, from an hour and a minute of it on, and else 0.
func during(at time.Time, hour, minute, minutes int, v float64) float64 {
	begin := sampleNow.Truncate(24 * time.Hour).Add(time.Duration(60*hour+minute) * time.Minute)
	if at.Before(begin) || !at.Before(begin.Add(time.Duration(minutes)*time.Minute)) {
		return 0
	}
	return v
}

// around is a number close to 1 that looks random and is always the same.
func around(what string, at time.Time, by float64) float64 {
	hash := uint64(at.Unix())
	for _, c := range []byte(what) {
		hash = (hash ^ uint64(c)) * 1099511628211 // FNV-1a
	}
	hash ^= hash >> 29
	return 1 + by*(2*float64(hash%10007)/10007-1)
}
