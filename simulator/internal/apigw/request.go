package apigw

import (
	"io"
	"net/http"
	"net/url"
	"strings"
)

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
	// parameters are those of the path, authorizer what an authorizer says of the caller.
	parameters map[string]string
	authorizer map[string]any
	renew      bool // the cache's entry is to be replaced
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
	rt, parameters := s.find(req.http.Method, req.arrival.Path)
	if rt == nil || req.arrival.Stray {
		return s.refuse(req, "MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token")
	}
	req.log.resourcePath, req.methodARN, req.parameters = rt.path, s.arn+"/"+req.http.Method+req.arrival.Path, parameters
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
