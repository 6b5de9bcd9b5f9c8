package pricing

// Resources of a deployment with a monthly price.
const (
	// GatewayKeys are the customer managed keys of the origin header's secret, of the gateway's logs and of alarm messages.
	GatewayKeys = 3
	// CredentialsKeys are the customer managed keys of the tenants' secrets and of the log of their rotation.
	CredentialsKeys = 2
	// EdgeRules is the number of rules of the edge web ACL by default, a managed rule group being one.
	EdgeRules = 9
	// MonitoringKeys are the customer managed keys of the paging topic, of the audit trail and of the log of the tenants' metrics.
	MonitoringKeys = 3
)

// The resources of each part of a deployment that CloudWatch charges for: the metrics that its alarms look at, and its own metrics that
// always have data. An alarm on the budget and one on a named tenant's use, which counts as three, come on top.
const (
	GatewayAlarms      = 9
	GatewayMetrics     = 6 // of the access log, and of the origin header's rotation
	CredentialsAlarms  = 11
	CredentialsMetrics = 10
	MonitoringAlarms   = 12
	MonitoringMetrics  = 3 // of the pool's tokens and failed requests
	EdgeAlarms         = 4 // with monitoring
	// MaxTenantMetrics is how many clients have a metric unless it is set otherwise.
	MaxTenantMetrics = 100
)

// Deployment is what is deployed, as far as it has a price.
type Deployment struct {
	CacheGB string
	// Edge is a web ACL with its default rules on the gateway's stage.
	Edge bool
	// TenantSecrets keeps every client's credentials in Secrets Manager.
	TenantSecrets bool
	// Monitoring has the keys of a monitoring stack; what CloudWatch charges for is in the numbers below.
	Monitoring bool
	// ChargeClients reckons with Cognito's charge for app clients, whatever Price.Charged says.
	ChargeClients bool
	// Alarms are metrics of CloudWatch alarms; Metrics are custom metrics.
	Alarms, CompositeAlarms, Metrics, Dashboards int64
}

// Watch sets the numbers of what CloudWatch charges for to those of the deployment's parts.
func (d *Deployment) Watch(clients int64) {
	d.Alarms, d.CompositeAlarms, d.Metrics, d.Dashboards = GatewayAlarms, 0, GatewayMetrics, 0
	if d.TenantSecrets {
		d.Alarms, d.Metrics = d.Alarms+CredentialsAlarms, d.Metrics+CredentialsMetrics
	}
	if !d.Monitoring {
		return
	}
	d.Alarms, d.Metrics = d.Alarms+MonitoringAlarms, d.Metrics+MonitoringMetrics+min(clients, MaxTenantMetrics)
	d.CompositeAlarms, d.Dashboards = 1, 1
	if d.Edge {
		d.Alarms += EdgeAlarms
	}
}

// Line is an item of an estimate, in US dollars a month: with the proxy, without it, and without it when every client keeps its token for
// as long as the cache would.
type Line struct {
	Item                    string
	With, Without, OwnCache USD
}

// Estimate is what a month costs.
type Estimate struct {
	Lines []Line
	Total Line
}

// Estimate reckons a month. The cache size must be one that API Gateway has.
func (r *Region) Estimate(u Usage, d Deployment) (Estimate, error) {
	cache, err := r.Cache.Of(d.CacheGB)
	if err != nil {
		return Estimate{}, err
	}
	requests, misses := u.Requests(), u.Misses()
	e := Estimate{Total: Line{Item: "Total"}}
	unflushed := u
	unflushed.FlushesPerMonth = 0
	e.add("Cognito token requests", r.TokenRequests.Of(misses), r.TokenRequests.Of(requests), r.TokenRequests.Of(unflushed.Misses()))
	if d.ChargeClients {
		clients := r.AppClients.Of(u.Clients)
		e.add("Cognito app clients", clients, clients, clients)
	}
	e.add("API Gateway requests", r.GatewayRequests.Of(requests), 0, 0)
	e.add("API Gateway cache, "+cache.SizeGB+" GB", cache.Month(), 0, 0)
	e.add("Web ACL of the user pool", r.WebACL.Of(1)+r.WebACLRule.Of(Rules)+r.WebACLRequests.Of(misses), 0, 0)
	if d.Edge {
		e.add("Web ACL at the edge", r.WebACL.Of(1)+r.WebACLRule.Of(EdgeRules)+r.WebACLRequests.Of(requests), 0, 0)
	}
	e.add("Origin header's secret, keys", r.Secret.Of(1)+r.Key.Of(GatewayKeys), 0, 0)
	if d.TenantSecrets {
		credentials := r.Secret.Of(u.Clients) + r.Key.Of(CredentialsKeys)
		e.add("Tenants' secrets, keys", credentials, credentials, credentials)
	}
	monitoring := r.Alarm.Of(d.Alarms) + r.CompositeAlarm.Of(d.CompositeAlarms) + r.Metric.Of(d.Metrics) + r.Dashboard.Of(d.Dashboards)
	if monitoring > 0 {
		e.add("Alarms, metrics, dashboards", monitoring, 0, 0)
	}
	if d.Monitoring {
		e.add("Monitoring's keys", r.Key.Of(MonitoringKeys), 0, 0)
	}
	return e, nil
}

func (e *Estimate) add(item string, with, without, ownCache USD) {
	e.Lines = append(e.Lines, Line{item, with, without, ownCache})
	e.Total.With += with
	e.Total.Without += without
	e.Total.OwnCache += ownCache
}

// Saved is what the proxy saves in a month; negative when it costs more than it saves.
func (e Estimate) Saved() USD { return e.Total.Without - e.Total.With }

// maxRequestsPerDay bounds the search for a break-even.
const maxRequestsPerDay = 1_000_000_000

// BreakEvenPerDay returns the number of token requests a day at which the proxy begins to pay, everything else being equal: it costs no
// more than it saves, and with one request less it does. ok is false when it does not pay at a billion a day either.
func (r *Region) BreakEvenPerDay(u Usage, d Deployment) (perDay int64, ok bool, err error) {
	pays := func(requestsPerDay int64) bool {
		u.RequestsPerDay = requestsPerDay
		var e Estimate
		if e, err = r.Estimate(u, d); err != nil {
			return false
		}
		return e.Saved() >= 0
	}
	lost, paid := int64(0), int64(1)
	for !pays(paid) {
		if err != nil || paid >= maxRequestsPerDay {
			return 0, false, err
		}
		lost, paid = paid, min(2*paid, maxRequestsPerDay)
	}
	for paid-lost > 1 {
		if middle := lost + (paid-lost)/2; pays(middle) {
			paid = middle
		} else {
			lost = middle
		}
	}
	return paid, true, nil
}
