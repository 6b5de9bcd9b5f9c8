package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cfntest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/moto"
)

const (
	assets = "cdk-assets"
	bucket = "truststore"
	key    = "truststore.pem"
)

// account is the S3 of an account, at moto, which notes what the function asks of it.
type account struct {
	t     *testing.T
	s3    *s3.Client
	front *httptest.Server
	mu    sync.Mutex
	calls []string
	deny  int // how many calls of the function are refused yet
}

func newAccount(t *testing.T) *account {
	a := &account{t: t}
	moto := moto.Start(t)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(moto); r.Out.Host = r.In.Host }}
	a.front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.allowed(r) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(a.front.Close)
	a.s3 = s3.NewFromConfig(aws.Config{
		Region: "eu-west-1", BaseEndpoint: &a.front.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	for _, name := range []string{assets, bucket} {
		_, err := a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{
			Bucket: aws.String(name), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
		})
		a.must(err)
	}
	a.versioning(types.BucketVersioningStatusEnabled)
	return a
}

// allowed notes a call of the function, and refuses the first ones as S3 does while a new role is not known everywhere.
func (a *account) allowed(r *http.Request) bool {
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=function/") {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	query, _, _ := strings.Cut(r.URL.RawQuery, "=")
	a.calls = append(a.calls, fmt.Sprintf("%s %s?%s", r.Method, r.URL.Path, query))
	a.deny--
	return a.deny < 0
}

func (a *account) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) versioning(status types.BucketVersioningStatus) {
	a.t.Helper()
	_, err := a.s3.PutBucketVersioning(a.t.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String(bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	})
	a.must(err)
}

func (a *account) put(bucket, key, content string) {
	a.t.Helper()
	_, err := a.s3.PutObject(a.t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(content)})
	a.must(err)
}

func (a *account) content(version any) string {
	a.t.Helper()
	answer, err := a.s3.GetObject(a.t.Context(), &s3.GetObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), VersionId: aws.String(version.(string)),
	})
	a.must(err)
	body, err := io.ReadAll(answer.Body)
	a.must(err)
	return string(body)
}

// versions are the keys of all versions and delete markers in the bucket.
func (a *account) versions() []string {
	a.t.Helper()
	answer, err := a.s3.ListObjectVersions(a.t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String(bucket)})
	a.must(err)
	var keys []string
	for _, v := range answer.Versions {
		keys = append(keys, *v.Key)
	}
	for _, m := range answer.DeleteMarkers {
		keys = append(keys, *m.Key)
	}
	slices.Sort(keys)
	return keys
}

func properties(assetKey, content, deleteVersions string) map[string]any {
	return map[string]any{
		"ServiceToken": "arn", "AssetBucket": assets, "AssetKey": assetKey, "Bucket": bucket, "Key": key, "DeleteVersions": deleteVersions,
		"SHA256": fmt.Sprintf("%x", sha256.Sum256([]byte(content))),
	}
}

// TestTruststore_life: created while the role is new, changed, rolled back, and deleted without and with its versions.
func TestTruststore_life(t *testing.T) {
	a := newAccount(t)
	a.put(assets, "first.pem", "first certificates")
	a.put(assets, "a folder/second.pem", "second certificates")
	a.put(bucket, key+".other", "another's")
	function := cfntest.Start(t, "truststore", a.front.URL)
	const id = "s3://truststore/truststore.pem"
	send := func(kind cfn.RequestType, assetKey, content string) {
		t.Helper()
		answer, _ := function.Send(kind, id, properties(assetKey, content, "false"))
		if answer.Status != cfn.StatusSuccess || answer.PhysicalResourceID != id {
			t.Fatalf("%s: got %+v", kind, answer)
		}
		if got := a.content(answer.Data["VersionId"]); got != content {
			t.Errorf("%s: the version holds %q, want %q", kind, got, content)
		}
	}
	a.deny = 1
	send(cfn.RequestCreate, "first.pem", "first certificates")
	send(cfn.RequestUpdate, "a folder/second.pem", "second certificates")
	send(cfn.RequestUpdate, "first.pem", "first certificates")
	const first, second = "GET /cdk-assets/first.pem?x-id", "GET /cdk-assets/a folder/second.pem?x-id"
	const put = "PUT /truststore/truststore.pem?x-id"
	if diff := cmp.Diff([]string{first, first, put, second, put, first, put}, a.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{key, key, key, key + ".other"}, a.versions()); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	_, err := a.s3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	a.must(err)

	for _, step := range []struct {
		deleteVersions string
		calls, left    []string
	}{
		{"false", nil, []string{key, key, key, key, key + ".other"}},
		{"true", []string{"GET /truststore?prefix", "POST /truststore?delete"}, []string{key + ".other"}},
		{"true", []string{"GET /truststore?prefix"}, []string{key + ".other"}},
	} {
		a.calls = nil
		answer, _ := function.Send(cfn.RequestDelete, id, properties("first.pem", "", step.deleteVersions))
		if answer.Status != cfn.StatusSuccess || answer.PhysicalResourceID != id {
			t.Fatalf("delete: got %+v", answer)
		}
		if diff := cmp.Diff(step.calls, a.calls); diff != "" {
			t.Errorf("delete, versions %s: calls (-want +got):\n%s", step.deleteVersions, diff)
		}
		if diff := cmp.Diff(step.left, a.versions()); diff != "" {
			t.Errorf("delete, versions %s: left (-want +got):\n%s", step.deleteVersions, diff)
		}
	}
}

// An error fails the deployment with its reason. A deletion that finds nothing to delete does not.
func TestTruststore_failures(t *testing.T) {
	a := newAccount(t)
	a.put(assets, "first.pem", "certificates")
	function := cfntest.Start(t, "truststore", a.front.URL)
	fails := func(want string, change func(map[string]any)) {
		t.Helper()
		p := properties("first.pem", "certificates", "true")
		change(p)
		answer, _ := function.Send(cfn.RequestCreate, "", p)
		if answer.Status != cfn.StatusFailed || !strings.Contains(answer.Reason, want) || answer.PhysicalResourceID == "" {
			t.Errorf("got %+v, want …%s…", answer, want)
		}
	}
	fails("property Bucket of Resource is not a text, or empty\nproperty Key of Resource is not", func(p map[string]any) {
		p["Bucket"], p["Key"] = 1, ""
	})
	fails("copying the truststore s3://cdk-assets/none.pem to s3://truststore/truststore.pem", func(p map[string]any) {
		p["AssetKey"] = "none.pem"
	})
	fails("property SHA256 of Resource is not a text, or empty", func(p map[string]any) { delete(p, "SHA256") })
	// Otherwise, a principal that may write to the asset bucket could add authorities.
	a.put(assets, "first.pem", "certificates and another")
	a.calls = nil
	fails("the file was replaced after the synth", func(map[string]any) {})
	if slices.ContainsFunc(a.calls, func(call string) bool { return strings.HasPrefix(call, "PUT") }) {
		t.Errorf("what was replaced has been put into place: %s", a.calls)
	}
	a.put(assets, "first.pem", "certificates")
	a.versioning(types.BucketVersioningStatusSuspended)
	fails("the bucket keeps no versions: turn its versioning on", func(map[string]any) {})

	gone := properties("first.pem", "", "true")
	gone["Bucket"] = "gone"
	if answer, _ := function.Send(cfn.RequestDelete, "s3://gone/truststore.pem", gone); answer.Status != cfn.StatusSuccess {
		t.Errorf("got %+v, want success, as the bucket is gone", answer)
	}
}
