package monitoring

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// columns is the width of a dashboard:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const columns = 24

// Colors mean the same in every graph.
const (
	good  = "#2ca02c"
	bad   = "#d62728"
	warn  = "#ff7f0e"
	plain = "#1f77b4"
	other = "#9467bd"
	dim   = "#7f7f7f"
)

// addDashboard creates a dashboard of the last day; graphs of the month have their own range. Every widget sets its period, which does not
// change with the range that a viewer selects: sums over other periods would be other numbers.
func (m *Monitoring) addDashboard(s *settings) {
	rows := [][]awscloudwatch.IWidget{
		s.heading("Token service",
			"Machine-to-machine tokens of Cognito through the gateway's cache. An alarm's description says what to do.",
			"Alarms of the token service"),
		{m.alarmStatus(s)},
		{s.today(), s.thisMonth()},
		s.heading("Gateway",
			"What clients meet: how many ask, what the cache answers, what fails, how long it takes.",
			"Gateway errors", "Gateway slow", "Few cache hits"),
		{s.requests(8), s.hitRatio(8), s.errors(8)},
		{s.latencies(12), s.quota(12)},
		s.heading("Use and cost",
			"Which tenants get tokens from Cognito, what Cognito charges by estimate, and what the cache saves.",
			"Cost over budget", "Cognito throttles"),
		s.spending(),
		s.heading("Protection",
			"Who is refused: around the gateway (the user pool's web ACL) and before it (the edge).",
			"Direct access", "Refused at the edge", "Pool without web ACL"),
		s.webACLs(),
	}
	if rotations := s.rotations(); len(rotations) > 0 {
		rows = append(rows, s.heading("Rotation and revocation",
			"Whether the origin header and the client secrets are changed in time, and whether the cache forgets what was revoked.",
			"Rotation overdue", "Drift", "Failing tenants", "Cache not flushed"))
		rows = append(rows, rotations...)
	}
	m.dashboard = awscloudwatch.NewDashboard(m.Construct, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName:   s.DashboardName,
		DefaultInterval: day(),
		PeriodOverride:  awscloudwatch.PeriodOverride_INHERIT,
	})
	for _, row := range rows {
		m.dashboard.AddWidgets(row...)
	}
}

// heading is a row of text: what the row below it shows, and where the runbook says what to do.
func (s *settings) heading(title, text string, sections ...string) []awscloudwatch.IWidget {
	var links []string
	for _, section := range sections {
		link := "*" + section + "*"
		if s.RunbookURL != nil {
			link = "[" + section + "](" + *s.RunbookURL + "#" + anchor(section) + ")"
		}
		links = append(links, link)
	}
	return []awscloudwatch.IWidget{awscloudwatch.NewTextWidget(&awscloudwatch.TextWidgetProps{
		Markdown: jsii.String("## " + title + "\n" + text + " docs/runbook.md: " + strings.Join(links, ", ") + "."),
		Width:    jsii.Number(columns),
		Height:   jsii.Number(2),
	})}
}

// anchor is a heading's as GitHub and GitLab make it.
func anchor(section string) string { return strings.ReplaceAll(strings.ToLower(section), " ", "-") }

// alarmStatus shows up to 100 alarms, as many as there can be in one widget.
func (m *Monitoring) alarmStatus(s *settings) awscloudwatch.IWidget {
	var all []interfacesawscloudwatch.IAlarmRef
	if m.paging != nil {
		all = append(all, m.paging)
	}
	for _, alarm := range append(m.Alarms(), s.others()...) {
		all = append(all, alarm)
	}
	return awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
		Title: jsii.String("Alarms"), Alarms: &all, Width: jsii.Number(columns), Height: jsii.Number(4),
		SortBy: awscloudwatch.AlarmStatusWidgetSortBy_STATE_UPDATED_TIMESTAMP,
	})
}

// graph is a graph of lines, with an axis that begins at 0.
func graph(title string, width float64, unit string, props awscloudwatch.GraphWidgetProps) awscloudwatch.IWidget {
	props.Title, props.Width, props.Height = jsii.String(title), jsii.Number(width), jsii.Number(6)
	props.LeftYAxis = &awscloudwatch.YAxisProps{Min: jsii.Number(0), Label: jsii.String(unit), ShowUnits: jsii.Bool(false)}
	if props.LegendPosition == "" {
		props.LegendPosition = awscloudwatch.LegendPosition_BOTTOM
	}
	return awscloudwatch.NewGraphWidget(&props)
}

func metrics(all ...awscloudwatch.IMetric) *[]awscloudwatch.IMetric { return &all }

// limit is a line that something should not pass.
func limit(value float64, label string) *[]*awscloudwatch.HorizontalAnnotation {
	return &[]*awscloudwatch.HorizontalAnnotation{{Value: jsii.Number(value), Label: jsii.String(label), Color: jsii.String(bad)}}
}
