package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
)

// TestFunction_rotatesAndSweeps drives the real binary against the real APIs' shapes: two tenants are onboarded by a sweep and rotate
// twice, superseded secrets go after their grace or by request, scopes change, and events are refused.
func TestFunction_rotatesAndSweeps(t *testing.T) {
	d := deploy(t)
	d.start(buildFunction(t))

	first := d.onboard()
	d.graceEnds()
	second := map[string]document{}
	for _, tenant := range []string{"acme", "globex"} {
		d.rotate(tenant)
		second[tenant] = d.credentials(tenant, clientsecret.LabelCurrent)
		d.wantDocument(second[tenant], tenant, tenant+"/read", tenant+"/write")
		d.wantAuthenticates("current after the second rotation", second[tenant], true)
		d.wantAuthenticates("previous after the second rotation", first[tenant], true)
		if d.credentials(tenant, clientsecret.LabelPrevious).ClientSecret != first[tenant].ClientSecret {
			t.Error("AWSPREVIOUS is not the first value")
		}
	}
	d.revokePrevious(first["acme"], second["acme"])
	d.rotateNow(first["globex"])
	d.changeScopes(second["acme"])
	d.trial()
	d.foreignClient()
	d.refusals()
	d.wantCalls()
	d.wantNoValueInOutput()
}

// onboard lets a sweep start the first rotations, and returns the credentials.
func (d *deployment) onboard() map[string]document {
	d.t.Helper()
	d.sweep(clientsecret.SweepReport{Secrets: 2, Placeholders: 2, Unsettled: 2, RotationsStarted: 2})
	if got, want := sorted(d.front.takeRotated()), sorted(slices.Collect(maps.Values(d.arns))); !slices.Equal(got, want) {
		d.t.Errorf("rotations started of %q, want %q", got, want)
	}
	first := map[string]document{}
	for _, tenant := range []string{"acme", "globex"} {
		d.rotate(tenant)
		first[tenant] = d.credentials(tenant, clientsecret.LabelCurrent)
		d.wantDocument(first[tenant], tenant, tenant+"/read", tenant+"/write")
		d.wantAuthenticates("current after the first rotation", first[tenant], true)
		if s := d.settled(tenant); s.Done || s.CurrentID == "" {
			d.t.Errorf("%s after the first rotation: tag %q, want a grace", tenant, s)
		}
	}
	return first
}

// graceEnds: the sweep leaves the generated secrets alone, and a person cannot rotate, until the grace has ended.
func (d *deployment) graceEnds() {
	d.t.Helper()
	d.front.takeCalls()
	d.sweep(clientsecret.SweepReport{Secrets: 2, Unsettled: 2})
	d.wantListOnly("within the grace")
	d.refuses(`{"action":"rotate-now","tenant":"acme"}`, "within its grace until")

	d.front.pass(25 * time.Hour)
	d.sweep(clientsecret.SweepReport{Secrets: 2, Deleted: 2})
	for tenant := range d.arns {
		if ids := d.cognito.secretIDs("client" + tenant); len(ids) != 1 || !d.settled(tenant).Done {
			d.t.Errorf("%s after the grace: secrets %q, tag %q", tenant, ids, d.settled(tenant))
		}
	}
	d.front.takeCalls()
	d.sweep(clientsecret.SweepReport{Secrets: 2})
	d.wantListOnly("in the steady state")
}

func (d *deployment) wantListOnly(when string) {
	d.t.Helper()
	if diff := cmp.Diff(map[string]int{"ListSecrets": 1}, d.front.takeCalls()); diff != "" {
		d.t.Errorf("calls %s (-want +got):\n%s", when, diff)
	}
}

func (d *deployment) revokePrevious(previous, current document) {
	d.t.Helper()
	d.invoke(`{"action":"revoke-previous","tenant":"acme"}`)
	d.wantAuthenticates("revoked", previous, false)
	d.wantAuthenticates("current after the revocation", current, true)
	if n := d.front.flushCount(); n != 1 {
		d.t.Errorf("%d flushes after the revocation, want 1", n)
	}
}

func (d *deployment) rotateNow(previous document) {
	d.t.Helper()
	d.refuses(`{"action":"rotate-now","tenant":"globex"}`, "within its grace until")
	d.wantAuthenticates("previous after the refusal", previous, true)
	d.invoke(`{"action":"rotate-now","tenant":"globex","force":true}`)
	d.wantAuthenticates("previous after the forced rotation", previous, false)
	if rotated := d.front.takeRotated(); len(rotated) != 1 || rotated[0] != testPrefix+"globex" {
		d.t.Errorf("rotations started of %q, want globex", rotated)
	}
	d.rotate("globex")
	d.wantAuthenticates("current after the forced rotation", d.credentials("globex", clientsecret.LabelCurrent), true)
}

// changeScopes is a stack update that changes the client and then the tags.
func (d *deployment) changeScopes(before document) {
	d.t.Helper()
	d.cognito.setScopes("clientacme", "acme/read", "acme/admin")
	_, err := d.secrets.TagResource(d.t.Context(), &secretsmanager.TagResourceInput{
		SecretId: aws.String(d.arns["acme"]),
		Tags:     []types.Tag{tag(clientsecret.TagScopes, clientsecret.ScopeDigest([]string{"acme/read", "acme/admin"}))},
	})
	d.must(err)
	d.invoke(`{"source":"aws.cloudformation","detail-type":"CloudFormation Stack Status Change","resources":[],` +
		`"detail":{"stack-id":"arn","status-details":{"status":"UPDATE_COMPLETE","status-reason":""}}}`)
	after := d.credentials("acme", clientsecret.LabelCurrent)
	if after.ClientSecret != before.ClientSecret {
		d.t.Error("a change of scopes changed the client secret")
	}
	d.wantDocument(after, "acme", "acme/admin", "acme/read")
}

// trial is the test of a new schedule: a pending version that only testSecret is run for.
func (d *deployment) trial() {
	d.t.Helper()
	for _, content := range []string{"{}", clientsecret.Placeholder} {
		tokens, ids := d.cognito.tokenCount(), d.cognito.secretIDs("clientacme")
		token := d.begin("acme", content)
		d.invoke(step("testSecret", d.arns["acme"], token))
		if !slices.Equal(ids, d.cognito.secretIDs("clientacme")) || d.cognito.tokenCount() != tokens {
			d.t.Error("the trial changed client secrets or took a token")
		}
		d.must(d.adapter.MoveLabel(d.t.Context(), d.arns["acme"], clientsecret.LabelPending, "", token))
	}
}

// foreignClient is an insider who may tag acme's secret, and reads it: he wants credentials of globex's client.
func (d *deployment) foreignClient() {
	d.t.Helper()
	name := func(client string) {
		_, err := d.secrets.TagResource(d.t.Context(), &secretsmanager.TagResourceInput{
			SecretId: aws.String(d.arns["acme"]), Tags: []types.Tag{tag(clientsecret.TagClientID, client), tag(clientsecret.TagTenant, "globex")},
		})
		d.must(err)
	}
	name("clientglobex")
	ids := d.cognito.secretIDs("clientglobex")
	token := d.begin("acme", "{}")
	d.refuses(step("createSecret", d.arns["acme"], token), `app client clientglobex is not this tenant's: its name is "globex"`)
	d.must(d.adapter.MoveLabel(d.t.Context(), d.arns["acme"], clientsecret.LabelPending, "", token))
	d.refuses(`{"action":"sweep"}`, `is of tenant "acme"`)
	if !slices.Equal(ids, d.cognito.secretIDs("clientglobex")) {
		d.t.Error("another tenant's client has other secrets than before")
	}
	name("clientacme")
}

func (d *deployment) refusals() {
	d.t.Helper()
	for _, tt := range []struct{ event, want string }{
		{step("createSecret", d.header, "t"), "this function rotates the secrets of account 123456789012 under m2m/test/tenants/ only"},
		{step("createSecret", strings.Replace(d.arns["acme"], testAccount, "999999999999", 1), "t"), "this function rotates"},
		{step("createSecret", d.arns["acme"], "t"), "version t is not AWSPENDING"},
		{`{"action":"revoke"}`, `action is "revoke"`},
		{`{"action":"rotate-now","tenant":"nobody"}`, "ResourceNotFoundException"},
		{`{"hello":"world"}`, "event has the members"},
	} {
		d.refuses(tt.event, tt.want)
	}
}

// wantCalls holds the list of calls in the package's documentation against those made.
func (d *deployment) wantCalls() {
	d.t.Helper()
	documented := []string{
		"AddUserPoolClientSecret", "DELETE /restapis/abcdef1234/stages/prod/cache/data", "DeleteUserPoolClientSecret",
		"DescribeSecret", "DescribeUserPoolClient", "GetSecretValue", "ListSecrets", "ListUserPoolClientSecrets", "PutSecretValue",
		"RotateSecret", "TagResource", "UpdateSecretVersionStage",
	}
	if diff := cmp.Diff(documented, sorted(slices.Collect(maps.Keys(d.front.allCalls())))); diff != "" {
		d.t.Errorf("calls (-documented +made):\n%s", diff)
	}
}

func (d *deployment) wantNoValueInOutput() {
	d.t.Helper()
	text := d.output.String()
	if !strings.Contains(text, "StepDuration") || !strings.Contains(text, "Placeholders") {
		d.t.Error("the output has no metrics: nothing was looked through")
	}
	for _, token := range d.cognito.issued {
		d.used[token] = true
	}
	for value := range d.used {
		if strings.Contains(text, value) {
			d.t.Error("a value is in the output")
		}
	}
	if d.cognito.refused > 0 {
		d.t.Errorf("%d requests came without the origin header's value", d.cognito.refused)
	}
	d.t.Logf("looked for %d values in %d KB of output", len(d.used), len(text)/1000)
}

func sorted(texts []string) []string { return slices.Sorted(slices.Values(texts)) }

// TestFunction_doesNotStartWithMistakes: a function that cannot work must fail at the first event, with every mistake in its log.
func TestFunction_doesNotStartWithMistakes(t *testing.T) {
	out := &lambdaruntime.Output{}
	if _, err := lambdaruntime.Start(buildFunction(t), []string{"SECRET_PREFIX=tenants", "GRACE=1m"}, out); err == nil {
		t.Fatal("the function started")
	}
	for _, want := range []string{"SECRET_PREFIX is", "TOKEN_URL is not set", "grace is 1m0s", "interval is 0s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log does not say %q: %s", want, out)
		}
	}
}
