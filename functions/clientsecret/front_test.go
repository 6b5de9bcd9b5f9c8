package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// functionKey is the access key of the function, which tells its calls from the test's.
const functionKey = "function"

// front stands before moto, answers what moto lacks and makes up for what differs:
//   - The user pools API and the domain's token endpoint are fakeCognito's.
//   - FlushStageCache is not implemented: it is answered and counted.
//   - RotateSecret has its test for a rotation in progress inverted: it is noted, and the test runs the steps itself.
//   - Schedules cannot be made without a function: every secret has one.
//   - Moving a label or tagging leaves LastChangedDate as it was: the time of the last such request is put there. Every date that the
//     function reads can be made older than it is.
type front struct {
	moto    *httputil.ReverseProxy
	cognito *fakeCognito

	mu      sync.Mutex
	changed map[string]time.Time // by ARN and name
	age     time.Duration
	rotated []string // secrets for which RotateSecret was called
	flushes int
	calls   map[string]int // the function's since takeCalls, by action
	made    map[string]int // and all of them
}

func newFront(moto *url.URL, cognito *fakeCognito) *front {
	f := &front{cognito: cognito, changed: map[string]time.Time{}, calls: map[string]int{}, made: map[string]int{}}
	f.moto = &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(moto); r.Out.Host = r.In.Host },
		ModifyResponse: f.repair,
	}
	return f
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	if r.URL.Path == "/oauth2/token" {
		f.cognito.token(w, r)
		return
	}
	_, action, _ := strings.Cut(target, ".")
	if strings.HasSuffix(r.URL.Path, "/cache/data") {
		action = r.Method + " " + r.URL.Path
	}
	f.note(action, r)
	switch {
	case strings.HasPrefix(target, cognitoTarget):
		f.cognito.operate(w, r)
	case action == "RotateSecret":
		respond(w, http.StatusOK, map[string]string{})
	case strings.HasSuffix(r.URL.Path, "/cache/data"):
		w.WriteHeader(http.StatusAccepted)
	default:
		f.moto.ServeHTTP(w, r)
	}
}

func (f *front) note(action string, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var in struct {
		SecretID string `json:"SecretId"`
	}
	_ = json.Unmarshal(body, &in)
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.Contains(r.Header.Get("Authorization"), "Credential="+functionKey+"/") {
		f.calls[action]++
		f.made[action]++
	}
	switch {
	case action == "RotateSecret":
		f.rotated = append(f.rotated, in.SecretID)
	case action == "PutSecretValue", action == "UpdateSecretVersionStage", action == "TagResource":
		f.changed[in.SecretID] = time.Now().Add(f.age) // the age is of what was before
	case strings.HasSuffix(action, "/cache/data"):
		f.flushes++
	}
}

func (f *front) repair(response *http.Response) error {
	_, action, _ := strings.Cut(response.Request.Header.Get("X-Amz-Target"), ".")
	if response.StatusCode != http.StatusOK || (action != "DescribeSecret" && action != "ListSecrets" && action != "GetSecretValue") {
		return nil
	}
	var body map[string]any
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		return err
	}
	f.redate(body)
	if entries, ok := body["SecretList"].([]any); ok {
		for _, entry := range entries {
			f.redate(entry.(map[string]any))
		}
	}
	repaired, err := json.Marshal(body)
	if err != nil {
		return err
	}
	response.Body = io.NopCloser(bytes.NewReader(repaired))
	response.ContentLength = int64(len(repaired))
	response.Header.Set("Content-Length", strconv.Itoa(len(repaired)))
	return nil
}

func (f *front) redate(entry map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, described := entry["LastChangedDate"]; described {
		entry["RotationEnabled"] = true
		for _, key := range []string{"ARN", "Name"} {
			id, _ := entry[key].(string)
			if at, ok := f.changed[id]; ok {
				entry["LastChangedDate"] = max(entry["LastChangedDate"].(float64), float64(at.UnixMilli())/1000)
			}
		}
	}
	for _, key := range []string{"LastChangedDate", "CreatedDate", "LastRotatedDate"} {
		if at, ok := entry[key].(float64); ok {
			entry[key] = at - f.age.Seconds()
		}
	}
}

// pass makes everything that has happened so far older.
func (f *front) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.age += d
}

// takeRotated returns the secrets for which RotateSecret was called since the last time.
func (f *front) takeRotated() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken := f.rotated
	f.rotated = nil
	return taken
}

// takeCalls returns the function's calls since the last time.
func (f *front) takeCalls() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken := f.calls
	f.calls = map[string]int{}
	return taken
}

func (f *front) flushCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.flushes
}

func (f *front) allCalls() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.made
}
