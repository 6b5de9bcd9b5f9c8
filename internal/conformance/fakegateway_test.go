package conformance

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"
)

// serveGateway does what API Gateway does, in its order: validator, cache, mapping, integration, response mapping.
func (d *deployment) serveGateway(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm()
	d.mu.Lock()
	d.requests = append(d.requests, request)
	throttled := d.throttled > 0
	if throttled {
		d.throttled--
	}
	d.byKey[request.Header.Get("Authorization")]++
	limited := d.byKey[request.Header.Get("Authorization")] > testRateLimit
	d.mu.Unlock()
	if limited && !d.has(noRateLimit) {
		d.refuseRate(w)
		return
	}
	if request.Method == http.MethodGet && !d.has(getServed) {
		write(w, 405, `{"error":"invalid_request"}`)
		return
	}
	if throttled {
		write(w, 429, `{"error":"temporarily_unavailable"}`)
		return
	}
	if d.has(headerEchoed) {
		w.Header().Set("X-Amzn-Remapped-"+DefaultHeaderName, "something")
	}
	if value := request.Header.Get(DefaultHeaderName); value != "" && d.has(valueEchoed) {
		w.Header().Set("X-Received", value)
	}
	answer := d.answer(request)
	write(w, answer.status, answer.body)
}

func (d *deployment) refuseRate(w http.ResponseWriter) {
	if !d.has(rateLimitNoTime) {
		w.Header().Set("Retry-After", "60")
	}
	if d.has(rateLimitNoJSON) {
		http.Error(w, "slow down", http.StatusTooManyRequests)
		return
	}
	write(w, 429, `{"error":"temporarily_unavailable"}`)
}

// serveEndpoint is the default endpoint, which API Gateway closes with an answer in a form of its own.
func (d *deployment) serveEndpoint(w http.ResponseWriter, request *http.Request) {
	if d.has(defaultEndpointOpen) {
		d.serveGateway(w, request)
		return
	}
	write(w, 403, `{"message":"Forbidden"}`)
}

func (d *deployment) answer(request *http.Request) response {
	query := request.URL.Query()
	authorization := request.Header.Get("Authorization")
	lowerCase := request.Header.Get("X-Lower-Case") != ""
	if lowerCase && d.has(lowerCaseUnread) {
		authorization = ""
	}
	if missing := d.missing(request, authorization); missing != "" {
		return response{status: 400, body: `{"error":"invalid_request",` +
			`"error_description":"Missing required request parameters: [` + missing + `]"}`}
	}

	keyScope, scope := query.Get("scope"), query.Get("scope")
	if scopes := query["scope"]; len(scopes) > 1 {
		keyScope, scope = scopes[len(scopes)-1], scopes[len(scopes)-1]
		if d.has(keysFirstSendsLast) {
			keyScope = scopes[0]
		}
	}
	key := d.cacheKey(authorization, keyScope, query.Get("client_id"), lowerCase)
	if cached, found := d.lookUp(key); found && (request.Header.Get("Cache-Control") == "" || !d.has(maxAgeObeyed)) {
		return cached
	}
	answer := d.integrate(request, scope)
	keep := answer.status == 200 || answer.status != 415 && d.has(errorsCached) || answer.status == 415 && d.has(gatewayErrorsCached)
	if keep && !d.has(noCache) {
		d.mu.Lock()
		d.cache[key] = answer
		d.mu.Unlock()
	}
	return answer
}

func (d *deployment) lookUp(key string) (response, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	cached, found := d.cache[key]
	return cached, found
}

func (d *deployment) missing(request *http.Request, authorization string) string {
	query := request.URL.Query()
	for _, p := range []struct {
		name, value string
		present     bool
		optional    fault
	}{
		{"Authorization", authorization, len(request.Header.Values("Authorization")) > 0, authorizationOptional},
		{"scope", query.Get("scope"), query.Has("scope"), scopeOptional},
		{"client_id", query.Get("client_id"), query.Has("client_id"), clientIDOptional},
	} {
		blank := p.present && strings.TrimSpace(p.value) == "" && !d.has(blankAllowed)
		if (!p.present || blank || p.value == "" && !d.has(blankAllowed)) && !d.has(p.optional) {
			return p.name
		}
	}
	return ""
}

func (d *deployment) cacheKey(authorization, scope, clientID string, lowerCase bool) string {
	if d.has(authorizationNoKey) || lowerCase && d.has(lowerCaseUnkeyed) {
		authorization = ""
	}
	if d.has(scopeNoKey) {
		scope = ""
	}
	if d.has(clientIDNoKey) {
		clientID = ""
	}
	return strings.Join([]string{authorization, scope, clientID}, "\n")
}

func (d *deployment) integrate(request *http.Request, scope string) response {
	contentType := request.Header.Get("Content-Type")
	mediaType, parameters, _ := mime.ParseMediaType(contentType)
	switch {
	case contentType == "" && d.has(noTypeRefused), len(parameters) > 0 && d.has(charsetRefused), contentType != "" && mediaType != formType:
		return response{status: 415, body: `{"error":"invalid_request"}`}
	}
	clientID := request.URL.Query().Get("client_id")
	if d.has(formPassedOn) {
		if inForm := request.PostForm.Get("scope"); inForm != "" {
			scope = inForm
		}
		if request.PostForm.Get("grant_type") != "client_credentials" {
			return response{status: 400, body: `{"error":"unsupported_grant_type"}`}
		}
	}
	header := originValue
	if d.has(wrongOriginValue) {
		header = "not" + originValue
	}
	if sent := request.Header.Get(DefaultHeaderName); sent != "" && d.has(clientHeaderWins) {
		header = sent
	}
	id, secret, _ := request.BasicAuth()
	return d.mapped(d.token([]string{header}, id, secret, clientID, scope))
}

func (d *deployment) mapped(upstream response) response {
	switch {
	case upstream.token != nil:
		lowered := int(testTTL.Seconds())
		if d.has(expiresInTooHigh) {
			lowered = 60
		}
		if !d.has(expiresInUntouched) {
			upstream.token["expires_in"] = int(testValidity.Seconds()) - lowered
		}
		body, _ := json.Marshal(upstream.token)
		return response{status: 200, body: string(body), token: upstream.token}
	case d.has(everythingOK):
		return response{status: 200, body: upstream.body}
	case upstream.status == http.StatusForbidden, d.has(refusalsBecome503):
		return response{status: 503, body: `{"error":"temporarily_unavailable"}`}
	}
	return upstream
}
