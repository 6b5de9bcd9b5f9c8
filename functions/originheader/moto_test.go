package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// functionKey is the access key of the function, which tells its calls from the test's.
const functionKey = "function"

// repairedMoto stands before moto and makes up for what it lacks:
//   - GetStage has no lastUpdatedDate: the time of the last UpdateStage is added.
//   - Moving a label leaves LastChangedDate as it was: the time of the last write to the secret is put there.
//   - FlushStageCache is not implemented: it is answered and counted.
//
// Two more gaps need nothing here. PutSecretValue with a known token and another value overwrites instead of failing, and RotateSecret
// has its test for a rotation in progress inverted: the test sends the four steps itself, as Secrets Manager would.
type repairedMoto struct {
	http.Handler
	mu            sync.Mutex
	stageUpdated  time.Time
	secretChanged time.Time
	age           time.Duration // every date is this much older than it is
	flushes       int
	calls         map[string]bool // what the function asked for, by action
}

func newRepairedMoto(moto *url.URL) *repairedMoto {
	m := &repairedMoto{stageUpdated: time.Now(), secretChanged: time.Now(), calls: map[string]bool{}}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(moto); r.Out.Host = r.In.Host },
		ModifyResponse: m.repair,
	}
	m.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.note(r)
		if r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "/cache/data") {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		proxy.ServeHTTP(w, r)
	})
	return m
}

func action(r *http.Request) string {
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return name
	}
	return r.Method + " " + regexp.MustCompile(`/restapis/[^/]+/stages/[^/]+`).ReplaceAllString(r.URL.Path, "stage")
}

func (m *repairedMoto) note(r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if strings.Contains(r.Header.Get("Authorization"), "Credential="+functionKey+"/") {
		m.calls[action(r)] = true
	}
	switch action(r) {
	case "PATCH stage":
		m.stageUpdated = time.Now()
	case "PutSecretValue", "UpdateSecretVersionStage", "TagResource":
		m.secretChanged = time.Now()
	case "DELETE stage/cache/data":
		m.flushes++
	}
}

func (m *repairedMoto) repair(response *http.Response) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	field, date := "", time.Time{}
	switch action(response.Request) {
	case "GET stage":
		field, date = "lastUpdatedDate", m.stageUpdated
	case "DescribeSecret":
		field, date = "LastChangedDate", m.secretChanged
	}
	if field == "" || response.StatusCode != http.StatusOK {
		return nil
	}
	var body map[string]any
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		return err
	}
	body[field] = float64(date.Add(-m.age).UnixMilli()) / 1000
	repaired, err := json.Marshal(body)
	if err != nil {
		return err
	}
	response.Body = io.NopCloser(bytes.NewReader(repaired))
	response.ContentLength = int64(len(repaired))
	response.Header.Set("Content-Length", strconv.Itoa(len(repaired)))
	return nil
}

func (m *repairedMoto) setAge(age time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age = age
}

func (m *repairedMoto) flushCount() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.flushes
}

// tokenEndpoints are a Cognito domain behind its web ACL and a gateway before it, acting on what moto holds at the moment.
func tokenEndpoints(t *testing.T, headerName string, accepted func() []string, injected func() string) *httptest.Server {
	answer := func(w http.ResponseWriter, status int, code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error":%q}`, code)
	}
	allows := func(value string) bool {
		for _, pattern := range accepted() {
			if regexp.MustCompile(pattern).MatchString(value) {
				return true
			}
		}
		return false
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /cognito/oauth2/token", func(w http.ResponseWriter, r *http.Request) {
		if !allows(r.Header.Get(headerName)) {
			answer(w, http.StatusForbidden, "access_denied")
			return
		}
		answer(w, http.StatusBadRequest, "invalid_client")
	})
	mux.HandleFunc("POST /gateway/oauth2/token", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		switch {
		case r.Header.Get("Authorization") == "" || query.Get("scope") == "" || query.Get("client_id") == "":
			answer(w, http.StatusBadRequest, "not a request for this gateway")
		case !allows(injected()):
			answer(w, http.StatusServiceUnavailable, "temporarily_unavailable")
		default:
			answer(w, http.StatusBadRequest, "invalid_client")
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}
