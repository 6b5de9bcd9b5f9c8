package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/google/go-cmp/cmp"
)

func TestParseSecret(t *testing.T) {
	tests := map[string]struct{ text, want, err string }{
		"a tenant's secret":  {`{"client_id":"1example","client_secret":"` + testSecret + `","scope":"a b"}`, testSecret, ""},
		"only a secret":      {`{"client_secret":"` + testSecret + `"}`, testSecret, ""},
		"another client's":   {`{"client_id":"2example","client_secret":"` + testSecret + `"}`, "", `is of client "2example", want "1example"`},
		"no JSON":            {testSecret, "", "has no client_secret"},
		"no secret in it":    {`{"client_id":"1example"}`, "", "has no client_secret"},
		"secret is a number": {`{"client_secret":7}`, "", "has no client_secret"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseSecret("arn:example", test.text, "1example")
			if got.Plaintext() != test.want {
				t.Errorf("got another secret than wanted")
			}
			switch {
			case test.err == "" && err != nil:
				t.Error(err)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err) || !strings.Contains(err.Error(), "arn:example")):
				t.Errorf("error %v, want …%s…", err, test.err)
			case err != nil && strings.Contains(err.Error(), testSecret):
				t.Error("the error shows the secret")
			}
		})
	}
}

// pages answer FilterLogEvents one after the other.
type pages struct {
	inputs []*cloudwatchlogs.FilterLogEventsInput
	output []*cloudwatchlogs.FilterLogEventsOutput
}

func (p *pages) FilterLogEvents(_ context.Context, input *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	p.inputs = append(p.inputs, input)
	return p.output[len(p.inputs)-1], nil
}

func TestSearchReadsEveryPageMasked(t *testing.T) {
	event := func(message string) []types.FilteredLogEvent { return []types.FilteredLogEvent{{Message: &message}} }
	logs := &pages{output: []*cloudwatchlogs.FilterLogEventsOutput{
		{Events: event("one"), NextToken: aws.String("more")},
		{NextToken: aws.String("yet more")},
		{Events: event("two")},
	}}
	got, err := logGroup{name: "trail", logs: logs}.Search(t.Context(), "{ pattern }", time.UnixMilli(1700))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one", "two"}, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	in := logs.inputs[0]
	if *in.LogGroupName != "trail" || *in.FilterPattern != "{ pattern }" || *in.StartTime != 1700 || in.Unmask {
		t.Errorf("asked for group %s, pattern %s, start %d, unmasked %t", *in.LogGroupName, *in.FilterPattern, *in.StartTime, in.Unmask)
	}
}
