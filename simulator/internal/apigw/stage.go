package apigw

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
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
	routes          map[string]*route // by method and path
	resources       []*resource       // the most specific first
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
	scopes        []string
	function      Function // nil: the integration is by HTTP
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
