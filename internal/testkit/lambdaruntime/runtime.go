// Package lambdaruntime runs the real binary of a Lambda function on provided.al2023 without Lambda: it serves the part of the Lambda
// Runtime API that aws-lambda-go uses (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) on the loopback interface and
// starts the binary against it. It is for tests: nothing limits the binary's memory, and its deadline is announced but not enforced.
package lambdaruntime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"time"
)

// Function is a running binary. Its invocations are one at a time, as Lambda's are for one execution environment.
type Function struct {
	// Ready is how long it took from exec to the first request for an invocation: the binary's share of a cold start.
	Ready time.Duration

	command     *exec.Cmd
	server      *http.Server
	invocations chan invocation
	results     chan result
	exited      chan struct{} // closed after exitErr is set
	exitErr     error
	count       int
}

type invocation struct {
	id       string
	deadline time.Time
	payload  []byte
}

type result struct {
	id      string
	payload []byte
	failed  bool
}

// FunctionError is an error that the function's handler returned.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// The timeouts end a test that would hang. No machine is so slow as to meet them.
const (
	startTimeout      = 5 * time.Minute
	invocationTimeout = 10 * time.Minute
)

// Start runs the binary with exactly the given environment, besides what Lambda itself sets, and waits until it asks for an
// invocation. Everything that it writes goes to output.
func Start(binary string, env []string, output io.Writer) (*Function, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &Function{
		invocations: make(chan invocation), results: make(chan result), exited: make(chan struct{}),
	}
	asked := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		f.serveNext(w, r)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", f.serveResult(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", f.serveResult(true))
	f.server = &http.Server{Handler: mux, ReadHeaderTimeout: startTimeout}
	go func() { _ = f.server.Serve(listener) }()

	f.command = exec.CommandContext(context.Background(), binary)
	f.command.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String()}, env...)
	f.command.Stdout, f.command.Stderr = output, output
	began := time.Now()
	if err := f.command.Start(); err != nil {
		_ = f.server.Close()
		return nil, err
	}
	go func() {
		f.exitErr = f.command.Wait()
		close(f.exited)
	}()
	select {
	case <-asked:
		f.Ready = time.Since(began)
		return f, nil
	case <-f.exited:
		_ = f.server.Close()
		return nil, fmt.Errorf("the binary exited before it asked for an invocation: %w", exitError(f.exitErr))
	case <-time.After(startTimeout):
		f.Stop()
		return nil, fmt.Errorf("the binary did not ask for an invocation within %s", startTimeout)
	}
}

// Invoke sends one event and returns the response, or a *FunctionError.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	f.count++
	event := invocation{id: strconv.Itoa(f.count), deadline: time.Now().Add(invocationTimeout), payload: payload}
	ctx, cancel := context.WithTimeout(ctx, invocationTimeout)
	defer cancel()
	select {
	case f.invocations <- event:
	case <-f.exited:
		return nil, fmt.Errorf("the binary exited: %w", exitError(f.exitErr))
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case r := <-f.results:
		if r.id != event.id {
			return nil, fmt.Errorf("result is for invocation %s, want %s", r.id, event.id)
		}
		return r.payload, functionError(r)
	case <-f.exited:
		return nil, fmt.Errorf("the binary exited: %w", exitError(f.exitErr))
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func functionError(r result) error {
	if !r.failed {
		return nil
	}
	var e FunctionError
	if err := json.Unmarshal(r.payload, &e); err != nil {
		return fmt.Errorf("error response is no JSON: %w", err)
	}
	return &e
}

func exitError(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// Stop kills the binary, as Lambda ends an execution environment, and waits until all of its output has arrived.
func (f *Function) Stop() {
	_ = f.command.Process.Kill()
	_ = f.server.Close()
	<-f.exited
}

func (f *Function) serveNext(w http.ResponseWriter, r *http.Request) {
	select {
	case event := <-f.invocations:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", event.id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(event.deadline.UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:test")
		_, _ = w.Write(event.payload)
	case <-r.Context().Done():
	}
}

func (f *Function) serveResult(failed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		select {
		case f.results <- result{r.PathValue("id"), payload, failed}:
		case <-r.Context().Done():
		}
	}
}
