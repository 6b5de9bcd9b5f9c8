package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
)

// apiGateway answers FlushStageCache as API Gateway does, or with the given status, and keeps what it was asked.
type apiGateway struct {
	mu     sync.Mutex
	status int
	calls  []string
}

func (g *apiGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, r.Method+" "+r.URL.Path)
	if g.status != http.StatusAccepted {
		w.Header().Set("X-Amzn-ErrorType", "NotFoundException")
		http.Error(w, `{"message":"Invalid stage identifier specified"}`, g.status)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (g *apiGateway) answer(status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.status = status
}

// The function's real binary, the linux/amd64 twin of what is deployed: a batch is one call to API Gateway, and an error that it answers is
// the invocation's.
func TestFunction_flushesStageCache(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("this is %s/%s: the binary is for linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := lambdabuild.Build(t.Context(), lambdabuild.Module+"/functions/revocation", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	gateway := &apiGateway{status: http.StatusAccepted}
	front := httptest.NewServer(gateway)
	t.Cleanup(front.Close)
	output, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = output.Close() }()
	function, err := lambdaruntime.Start(filepath.Join(dir, "bootstrap"), []string{
		"AWS_ENDPOINT_URL=" + front.URL, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_MAX_ATTEMPTS=1",
		"AWS_LAMBDA_FUNCTION_NAME=revocation", "REST_API_ID=a1b2c3", "STAGE_NAME=v1",
	}, output)
	if err != nil {
		t.Fatal(err)
	}
	defer function.Stop()

	burst := []byte(`{"Records":[` + message(time.Minute) + "," + message(time.Minute) + `]}`)
	if response, err := function.Invoke(t.Context(), burst); err != nil || string(response) != "null" {
		t.Errorf("a burst: answered %s, %v", response, err)
	}
	gateway.answer(http.StatusNotFound)
	var refused *lambdaruntime.FunctionError
	_, err = function.Invoke(t.Context(), burst)
	if !errors.As(err, &refused) || !strings.Contains(refused.Message, "Invalid stage identifier") {
		t.Errorf("a failed flush: error %v", err)
	}
	function.Stop()
	const flush = "DELETE /restapis/a1b2c3/stages/v1/cache/data"
	if diff := cmp.Diff([]string{flush, flush}, gateway.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	written, err := os.ReadFile(output.Name())
	if err != nil {
		t.Fatal(err)
	}
	got := metrics(string(written))
	delete(got, "Delay")
	if diff := cmp.Diff(map[string]float64{"CacheFlushes": 1, "Changes": 2}, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	t.Logf("from exec to the first request for an invocation: %s", function.Ready.Round(100*time.Microsecond))
}
