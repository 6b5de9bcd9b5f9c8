package monitoring_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

// picture is in the documents. After a change that is meant: UPDATE_SNAPS=true go test ./constructs/monitoring
var picture = filepath.Join("..", "..", "docs", "dashboard.svg")

// The picture in the documents is the dashboard that is synthesized, with the numbers that its own expressions make of sample data.
func TestMonitoring_pictureInDocs(t *testing.T) {
	drawn, err := dashboard.Draw(body(t, full(t)), sample{}, sampleStatus, sampleNow)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_SNAPS") == "true" {
		if err := os.WriteFile(picture, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, drawn) {
		t.Errorf("%s shows another dashboard: draw it anew with UPDATE_SNAPS=true go test ./constructs/monitoring, and look at it", picture)
	}
}

// body is the dashboard's body, with references written out.
func body(t *testing.T, template cdktest.Template) *dashboard.Body {
	t.Helper()
	b, err := dashboard.Parse([]byte(cdktest.Text(template.One("AWS::CloudWatch::Dashboard")["DashboardBody"])))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// alarmName is in the reference to an alarm's ARN, in this stack or in another one.
var alarmName = regexp.MustCompile(
	`\[([A-Za-z]+)Alarm[0-9A-F]{8} Arn\]|ImportValue ([a-z]+:)ExportsOutputFnGetAtt([A-Za-z]+)Alarm[0-9A-F]{8}Arn`,
)

// inAlarm are the alarms that the sample day has left behind.
var inAlarm = map[string]string{"MonitoringAnomalybilling": "INSUFFICIENT_DATA", "MonitoringDirectAccess": "ALARM"}

func sampleStatus(arn string) dashboard.Status {
	names := alarmName.FindStringSubmatch(arn)
	if names == nil {
		return dashboard.Status{Name: arn, State: "ALARM"}
	}
	s := dashboard.Status{Name: names[1] + names[2] + names[3], State: "OK"}
	if state, ok := inAlarm[s.Name]; ok {
		s.State = state
	}
	return s
}
