// Package cfntest runs the real binary of a custom resource and stands for CloudFormation: it sends requests and takes the answers at a URL
// of its own (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html).
package cfntest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
)

// Resource is a custom resource's function, running.
type Resource struct {
	// Output is all that the function has written.
	Output   lambdaruntime.Output
	t        testing.TB
	function *lambdaruntime.Function
	url      string
	answers  chan []byte
}

// Start compiles the package in functions/ for this machine and runs it against AWS's APIs at an address, for the time of the test.
func Start(t testing.TB, name, endpoint string) *Resource {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("this is %s/%s: the binary is for linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := lambdabuild.Build(t.Context(), lambdabuild.Module+"/functions/"+name, "amd64")
	if err != nil {
		t.Fatal(err)
	}
	r := &Resource{t: t, answers: make(chan []byte, 1)}
	server := httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(server.Close)
	r.url = server.URL
	r.function, err = lambdaruntime.Start(filepath.Join(dir, "bootstrap"), []string{
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=function", "AWS_SECRET_ACCESS_KEY=test",
	}, &r.Output)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.function.Stop)
	return r
}

func (r *Resource) take(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	// A presigned URL is for this method, and for no content type.
	if err != nil || request.Method != http.MethodPut || request.Header.Get("Content-Type") != "" {
		http.Error(w, "want a PUT without a content type", http.StatusForbidden)
		return
	}
	r.answers <- body
}

// Send sends a request and returns the answer, and the answer as it was written.
func (r *Resource) Send(kind cfn.RequestType, physicalID string, properties map[string]any) (answer cfn.Response, written string) {
	r.t.Helper()
	event, err := json.Marshal(cfn.Event{
		RequestType: kind, RequestID: "request-1", ResponseURL: r.url, LogicalResourceID: "Resource", StackID: "stack-1",
		PhysicalResourceID: physicalID, ResourceProperties: properties,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.function.Invoke(r.t.Context(), event); err != nil {
		r.t.Fatalf("%v\n%s", err, r.Output.String())
	}
	select {
	case body := <-r.answers:
		if err := json.Unmarshal(body, &answer); err != nil {
			r.t.Fatal(err)
		}
		if answer.RequestID != "request-1" || answer.LogicalResourceID != "Resource" || answer.StackID != "stack-1" {
			r.t.Errorf("the answer is for another request: %s", body)
		}
		return answer, string(body)
	default:
		r.t.Fatalf("no answer was sent\n%s", r.Output.String())
		return answer, ""
	}
}
