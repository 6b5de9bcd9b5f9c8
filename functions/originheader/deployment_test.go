package main

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

func (d *deployment) step(step, token string) string {
	return fmt.Sprintf(`{"Step":%q,"SecretId":%q,"ClientRequestToken":%q}`, step, d.secret.arn, token)
}

func labelUpdated(arn string) string {
	return fmt.Sprintf(`{"source":"aws.secretsmanager","detail-type":"Secret Label Updated","resources":[%q],`+
		`"detail":{"name":"origin-header","labelUpdated":"AWSCURRENT","versionId":"v"}}`, arn)
}

func stackUpdated(stack string) string {
	return fmt.Sprintf(`{"source":"aws.cloudformation","detail-type":"CloudFormation Stack Status Change","resources":[%q],`+
		`"detail":{"stack-id":%q,"status-details":{"status":"UPDATE_COMPLETE","status-reason":""}}}`, stack, stack)
}

func (d *deployment) value(versionID string) header.Value {
	d.t.Helper()
	version, err := d.secret.Value(d.t.Context(), versionID)
	d.must(err)
	d.used[version.Value.Plaintext()] = true
	return version.Value
}

func (d *deployment) current() header.Value {
	d.t.Helper()
	state, err := d.secret.Describe(d.t.Context())
	d.must(err)
	return d.value(state.CurrentID)
}

func (d *deployment) injected() header.Value {
	state, err := d.stage.Get(d.t.Context())
	if err != nil {
		return header.Value{}
	}
	return state.Value
}

func (d *deployment) accepted() []header.Value {
	d.t.Helper()
	set, err := d.set.Get(d.t.Context())
	d.must(err)
	return set.Values
}

func (d *deployment) patterns() (all []string) {
	set, err := d.set.Get(d.t.Context())
	if err != nil {
		return nil
	}
	for _, v := range set.Values {
		all = append(all, v.Pattern())
	}
	return all
}

// wantState compares the current, the injected and the accepted values.
func (d *deployment) wantState(when string, current, injected header.Value, accepted ...header.Value) {
	d.t.Helper()
	if d.current() != current {
		d.t.Errorf("%s: the current value is another one", when)
	}
	if d.injected() != injected {
		d.t.Errorf("%s: the injected value is another one", when)
	}
	got := d.accepted()
	if len(got) != len(accepted) {
		d.t.Errorf("%s: %d values are accepted, want %d", when, len(got), len(accepted))
	}
	for i, v := range accepted {
		if !slices.Contains(got, v) {
			d.t.Errorf("%s: value %d of %d is not accepted", when, i+1, len(accepted))
		}
	}
}

// rewriteSet is someone replacing the pattern set.
func (d *deployment) rewriteSet() {
	d.t.Helper()
	set, err := d.set.Get(d.t.Context())
	d.must(err)
	_, err = d.waf.UpdateRegexPatternSet(d.t.Context(), &wafv2.UpdateRegexPatternSetInput{
		Id: &d.set.id, Name: &d.set.name, Scope: waftypes.ScopeRegional, LockToken: &set.LockToken,
		RegularExpressionList: []waftypes.Regex{{RegexString: aws.String("^somebody-elses$")}},
	})
	d.must(err)
}

// TestAdapters_returnErrorsOfContract pins the errors that the state machine tells apart.
func TestAdapters_returnErrorsOfContract(t *testing.T) {
	d := deploy(t)
	ctx := t.Context()
	set, err := d.set.Get(ctx)
	d.must(err)
	if set.Description != "Accepted origin header values" {
		t.Errorf("description is %q", set.Description)
	}
	set.Foreign = []header.Value{header.ValueOf("^somebody-elses$")}
	d.must(d.set.Update(ctx, set))
	if err := d.set.Update(ctx, set); !errors.Is(err, header.ErrStaleLock) {
		t.Errorf("update with a used lock token: error %v, want ErrStaleLock", err)
	}
	set, err = d.set.Get(ctx)
	d.must(err)
	if len(set.Values) != 1 || len(set.Foreign) != 1 || set.Description != "Accepted origin header values" {
		t.Errorf("after the update: %d values, %d foreign patterns, description %q", len(set.Values), len(set.Foreign), set.Description)
	}

	if _, err := d.secret.Value(ctx, "00000000-0000-4000-8000-000000000000"); !errors.Is(err, header.ErrNoValue) {
		t.Errorf("a version that does not exist: error %v, want ErrNoValue", err)
	}
	state, err := d.secret.Describe(ctx)
	d.must(err)
	if err := d.secret.Promote(ctx, state.CurrentID, "00000000-0000-4000-8000-000000000000"); err == nil {
		t.Error("AWSCURRENT was moved from a version that does not have it")
	}
}
