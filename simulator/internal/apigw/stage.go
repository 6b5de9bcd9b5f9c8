package apigw

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/propagation"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/sigv4"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/throttle"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/vtl"
)

// Upstream sends an integration request.
type Upstream func(*http.Request) (*Answer, error)

// Answer is an answer of the gateway or of its upstream.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Stage executes requests. All methods may be used at once.
type Stage struct {
	// APIID is the id of the REST API, Name the stage's name.
	APIID, Name string
	// CacheEnabled says whether the stage has a cache cluster.
	CacheEnabled bool

	config          Config
	routes          map[string]*route
	responses       map[string]gatewayResponse
	accessLogFormat string
	cache           *cache
	variables       *propagation.Value[map[string]string]
	created         time.Time
	hits, misses    atomic.Int64
	reused          atomic.Int64 // hits that were no errors

	arn             string // of the stage, below which methods are
	private, closed bool
	securityPolicy  string
	policy          *policy.Policy // nil: none
	verifier        *sigv4.Verifier
	callers         map[string]Caller // by access key
}

// route is a method of the API.
type route struct {
	path          string
	resourceID    string
	authorization string
	authorizer    *authorizer
	keyRequired   bool
	integration   integrationSpec
	settings      methodSettingSpec
	validate      bool
	proxy         bool
	throttle      *throttle.Bucket
	required      []source
	keys          []source
	mappings      []mapping
	templates     map[string]*vtl.Template
	responses     []integrationResponse
}

type integrationResponse struct {
	status      string
	pattern     *regexp.Regexp // nil: the default
	mappings    []mapping
	template    *vtl.Template
	contentType string
}

// request is a request on its way through the stage.
type request struct {
	http      *http.Request
	query     url.Values
	body      []byte
	variables map[string]string
	upstream  *Answer
	log       logEntry
	arrival   Arrival
	methodARN string
	caller    *Caller // who signed the request
	renew     bool    // the cache's entry is to be replaced
}

// maxBody is API Gateway's limit of a request's payload.
const maxBody = 10 << 20

// Answer answers a request that arrived.
func (s *Stage) Answer(r *http.Request, from Arrival) *Answer {
	began := s.config.Clock()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	req := s.request(r, from)
	req.body = body
	var answer *Answer
	switch {
	case err != nil:
		answer = s.refuse(req, "BAD_REQUEST_BODY", http.StatusBadRequest, "The body could not be read")
	case len(body) > maxBody:
		answer = s.refuse(req, "REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, "Request Too Long")
	default:
		answer = s.answer(req)
	}
	s.log(req, answer, s.config.Clock().Sub(began))
	return answer
}

// Filtered answers a request that the stage's web ACL blocked: with the web ACL's own answer, if it has one.
func (s *Stage) Filtered(r *http.Request, from Arrival, own *Answer) *Answer {
	req := s.request(r, from)
	req.log.wafResponse = "WAF_BLOCK"
	answer := s.refuse(req, "WAF_FILTERED", http.StatusForbidden, "Forbidden")
	if own != nil {
		answer = own
	}
	s.log(req, answer, 0)
	return answer
}

func (s *Stage) request(r *http.Request, from Arrival) *request {
	return &request{http: r, arrival: from, variables: s.variables.Meet(), log: newLogEntry(s, r, from)}
}

func (s *Stage) answer(req *request) *Answer {
	rt := s.routes[req.http.Method+" "+req.arrival.Path]
	if rt == nil || req.arrival.Stray {
		return s.refuse(req, "MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token")
	}
	req.log.resourcePath, req.methodARN = rt.path, s.arn+"/"+req.http.Method+rt.path
	query, err := url.ParseQuery(req.http.URL.RawQuery)
	if err != nil {
		return s.refuse(req, "BAD_REQUEST_PARAMETERS", 400, "The query string is malformed")
	}
	req.query = query
	if refused := s.authorize(req, rt); refused != nil {
		return s.refuse(req, refused.responseType, refused.status, refused.message)
	}
	if rt.throttle != nil && !rt.throttle.Take() {
		return s.refuse(req, "THROTTLED", 429, "Too Many Requests")
	}
	if missing := rt.missing(req); len(missing) > 0 {
		return s.refuse(req, "BAD_REQUEST_PARAMETERS", 400, "Missing required request parameters: ["+strings.Join(missing, ", ")+"]")
	}
	// A client's wish to pass the cache by is ignored with a warning unless the client may.
	wish := s.caches(rt) && strings.Contains(req.http.Header.Get("Cache-Control"), "max-age=0")
	req.renew = wish && s.mayInvalidate(req)
	answer := s.respond(req, rt)
	if wish && !req.renew {
		answer = answer.with("Warning", "199 Cache-control headers were ignored because the caller was unauthorized.")
	}
	return answer
}

// missing are the required parameters that are absent or blank.
func (r *route) missing(req *request) []string {
	var names []string
	if !r.validate {
		return nil
	}
	for _, parameter := range r.required {
		if strings.TrimSpace(parameter.value(req)) == "" {
			names = append(names, parameter.name)
		}
	}
	return names
}

func (s *Stage) caches(rt *route) bool { return s.CacheEnabled && rt.settings.CachingEnabled }

// respond answers from the cache, or asks the integration and keeps its answer.
func (s *Stage) respond(req *request, rt *route) *Answer {
	key := ""
	if s.caches(rt) {
		key = rt.cacheKey(req)
		if kept := s.cache.get(key); kept != nil && !req.renew {
			s.hits.Add(1)
			if kept.Status == http.StatusOK {
				s.reused.Add(1)
			}
			if s.config.CacheBeforeMapping {
				return s.mapResponse(req, rt, kept)
			}
			return kept
		}
		s.misses.Add(1)
	}
	upstream, refusal := s.integrate(req, rt)
	if refusal != nil {
		return refusal
	}
	answer := s.mapResponse(req, rt, upstream)
	switch ttl := time.Duration(rt.settings.CacheTtlInSeconds * float64(time.Second)); {
	case !s.caches(rt) || req.log.responseType != "":
		// Answers of the gateway's own making do not come from the integration and are not kept.
	case s.config.CacheBeforeMapping:
		s.cache.put(key, upstream, ttl)
	default:
		s.cache.put(key, answer, ttl)
	}
	return answer
}

// Cached describes the cache of each method that has one: method and path, how long an answer is kept, and whether it is encrypted.
func (s *Stage) Cached() []string {
	var all []string
	for name, rt := range s.routes {
		if s.caches(rt) {
			state := "unencrypted"
			if rt.settings.CacheDataEncrypted {
				state = "encrypted"
			}
			all = append(all, fmt.Sprintf("%s: kept for %s, %s", name, time.Duration(rt.settings.CacheTtlInSeconds*float64(time.Second)), state))
		}
	}
	slices.Sort(all)
	return all
}

// Flush empties the cache.
func (s *Stage) Flush() { s.cache.flush() }

// Variables are the stage variables as the control plane shows them, and when they were changed last.
func (s *Stage) Variables() (map[string]string, time.Time) {
	variables, since := s.variables.Latest()
	if since.Before(s.created) {
		since = s.created
	}
	return variables, since
}

// SetVariable changes one stage variable.
func (s *Stage) SetVariable(name, value string) {
	latest, _ := s.variables.Latest()
	changed := maps.Clone(latest)
	if changed == nil {
		changed = map[string]string{}
	}
	changed[name] = value
	s.variables.Set(changed)
}

// Counts are the hits and misses of the cache, and how many of the hits were no errors.
func (s *Stage) Counts() (hits, misses, reused int64) {
	return s.hits.Load(), s.misses.Load(), s.reused.Load()
}

// with returns the answer with one more header.
func (a *Answer) with(name, value string) *Answer {
	header := a.Header.Clone()
	header.Set(name, value)
	return &Answer{Status: a.Status, Header: header, Body: a.Body}
}
