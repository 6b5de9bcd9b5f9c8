package houserules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// dashboard checks what a dashboard looks at, over all stacks: a metric that nothing writes is no error for CloudWatch. Its graph stays
// empty, and its alarm never goes off.
func (w *watch) dashboard(r *templates.Resource) {
	text, ok := w.text(r, r.Properties["DashboardBody"])
	if !ok {
		return
	}
	body, err := dashboard.Parse([]byte(text))
	if err != nil {
		w.addf("%v", err)
		return
	}
	for _, message := range body.Mistakes() {
		w.addf("%s", message)
	}
	for _, widget := range body.Widgets {
		for _, metric := range widget.Properties.Metrics {
			w.metric(widget.Properties.Title, metric)
		}
		for _, alarm := range widget.Properties.Alarms {
			w.knownAlarm(alarm)
		}
	}
}

// metric checks one metric of a widget or an alarm.
func (w *watch) metric(where string, m dashboard.Metric) {
	if m.Expression == "" {
		w.written(where, m)
		return
	}
	expression, err := dashboard.ParseExpression(m.Expression)
	if err != nil {
		w.addf("%s: %v", where, err)
		return
	}
	searches, err := expression.Searches()
	if err != nil {
		w.addf("%s: %v", where, err)
	}
	for _, s := range searches {
		found := dashboard.Metric{Namespace: s.Namespace, Name: s.MetricName}
		for _, d := range s.Dimensions {
			found.Dimensions = append(found.Dimensions, dashboard.Dimension{Name: d, Value: s.Values[d]})
		}
		w.written(where, found)
	}
}

// written wants something in the assembly to write the metric. Dimensions of a search have no value. Namespaces of others are theirs to
// know.
func (w *watch) written(where string, m dashboard.Metric) {
	wrong := func(format string, args ...any) {
		w.addf("%s: metric %s %s %s", where, m.Namespace, m.Name, fmt.Sprintf(format, args...))
	}
	if service, ok := services[m.Namespace]; ok {
		if !slices.Contains(service.metrics, m.Name) {
			wrong("is none of %v", service.metrics)
		}
		if got := dimensionsOf(m); !slices.Equal(got, service.dimensions) {
			wrong("has the dimensions %v: use %v", got, service.dimensions)
			return
		}
		w.ofService(m, wrong)
		return
	}
	if !strings.HasPrefix(m.Namespace, "CognitoM2M/") {
		return
	}
	switch filters, counts := w.filters[m.Namespace], own[m.Namespace]; {
	case filters != nil:
		if dimensions, ok := filters[m.Name]; !ok {
			wrong("is none of the metric filters', which are %v", names(filters))
		} else if got := dimensionsOf(m); !slices.Equal(got, dimensions) {
			wrong("has the dimensions %v: its metric filter has %v", got, dimensions)
		}
	case counts != nil:
		if !slices.Contains(counts, m.Name) {
			wrong("is none of %v", counts)
		}
		if got := dimensionsOf(m); !slices.Equal(got, []string{"FunctionName"}) {
			wrong("has the dimensions %v: use FunctionName", got)
		} else if function := m.Of("FunctionName"); w.functions[function]["METRICS_NAMESPACE"] != m.Namespace {
			wrong("is not what function %s writes: its METRICS_NAMESPACE is %q", function, w.functions[function]["METRICS_NAMESPACE"])
		}
	case m.Namespace == usage.Namespace:
		w.ofUsage(m, wrong)
	default:
		wrong("is in a namespace that nothing here writes to")
	}
}

func (w *watch) ofService(m dashboard.Metric, wrong func(string, ...any)) {
	switch m.Namespace {
	case "AWS/ApiGateway":
		stages, ok := w.stages[m.Of("ApiName")]
		if !ok {
			wrong("is of API %q: the APIs are %v", m.Of("ApiName"), names(w.stages))
		} else if !slices.Contains(stages, m.Of("Stage")) {
			wrong("is of stage %q: the stages are %v", m.Of("Stage"), stages)
		}
	case "AWS/WAFV2":
		rules, ok := w.webACLs[m.Of("WebACL")]
		if !ok {
			wrong("is of web ACL %q: the metric names of web ACLs are %v", m.Of("WebACL"), names(w.webACLs))
		} else if !slices.Contains(rules, m.Of("Rule")) {
			wrong("is of rule %q: the metric names of the rules are %v", m.Of("Rule"), rules)
		}
	case "AWS/Lambda":
		if w.functions[m.Of("FunctionName")] == nil {
			wrong("is of function %q: use the name of a function of this app", m.Of("FunctionName"))
		}
	case "AWS/SQS":
		if !slices.Contains(w.queues, m.Of("QueueName")) {
			wrong("is of queue %q: use the name of a queue of this app", m.Of("QueueName"))
		}
	}
}

// ofUsage wants a function that counts the pool's tokens, and every tenant whose metric is looked at to be named, or it need not have one.
func (w *watch) ofUsage(m dashboard.Metric, wrong func(string, ...any)) {
	more, ok := counted[m.Name]
	if !ok {
		wrong("is none of %v", names(counted))
		return
	}
	want := slices.Sorted(slices.Values(append([]string{usage.DimensionUserPool}, more...)))
	if got := dimensionsOf(m); !slices.Equal(got, []string{usage.DimensionUserPool}) && !slices.Equal(got, want) {
		wrong("has the dimensions %v: use %s, or %v", got, usage.DimensionUserPool, want)
		return
	}
	pool := m.Of(usage.DimensionUserPool)
	for _, environment := range w.functions {
		tenants, counts := environment["NAMED_TENANTS"]
		if !counts || environment["USER_POOL_ID"] != pool {
			continue
		}
		if tenant := m.Of(usage.DimensionTenant); tenant != "" && !slices.Contains(strings.Split(tenants, ","), tenant) {
			wrong("is of tenant %q: the named tenants are %q", tenant, tenants)
		}
		return
	}
	wrong("is of user pool %q, whose tokens no function counts", pool)
}

func dimensionsOf(m dashboard.Metric) []string {
	names := []string{}
	for _, d := range m.Dimensions {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return names
}

// Limits of a composite alarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
const (
	maxRuleLength = 10240
	arnLength     = 120 // of an alarm, without its name
	maxAlarmName  = 255
)

var child = regexp.MustCompile(`(?:ALARM|OK|INSUFFICIENT_DATA)\("?([^")]+)"?\)`)

func (w *watch) composite(r *templates.Resource) {
	rule, ok := w.text(r, r.Properties["AlarmRule"])
	if !ok {
		return
	}
	children := child.FindAllStringSubmatch(rule, -1)
	if len(children) == 0 {
		w.addf("AlarmRule looks at no alarm")
	}
	length := len(rule)
	for _, c := range children {
		w.knownAlarm(c[1])
		length += arnLength // A mark has about the length of the name that CloudFormation makes of the logical ID.
	}
	if length > maxRuleLength {
		w.addf("AlarmRule may have %d characters: use up to %d", length, maxRuleLength)
	}
}

func (w *watch) knownAlarm(arn string) {
	if !slices.Contains(w.alarms, arn) {
		w.addf("looks at alarm %q, which is none of this app", arn)
	}
}
