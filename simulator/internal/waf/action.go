package waf

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

type actionKind int

const (
	allow actionKind = iota
	block
	count
)

// action is what to do with a request; all but kind is for block.
type action struct {
	kind   actionKind
	custom bool
	status int
	header http.Header
	body   []byte
}

func (c *compiler) defaultAction(o *properties.Object) action {
	return c.oneAction(o, "Allow", "Block")
}

func (c *compiler) ruleAction(o *properties.Object) action {
	return c.oneAction(o, "Allow", "Block", "Count")
}

// oneAction reads an object with exactly one key, the action's name.
func (c *compiler) oneAction(o *properties.Object, allowed ...string) action {
	if o == nil {
		return action{}
	}
	keys := o.Keys()
	if len(keys) != 1 || !slices.Contains(allowed, keys[0]) {
		for _, key := range keys {
			o.Accept(map[string]string{key: "the mistake is reported here"})
		}
		o.Errorf("", "got the actions [%s], want exactly one of %s", strings.Join(keys, ", "), strings.Join(allowed, ", "))
		return action{}
	}
	settings := o.Object(keys[0])
	if settings == nil {
		return action{}
	}
	switch keys[0] {
	case "Block":
		return c.blockAction(settings)
	case "Count":
		refuseInsertion(settings)
		return action{kind: count}
	}
	refuseInsertion(settings)
	return action{kind: allow}
}

func refuseInsertion(o *properties.Object) {
	o.Refuse(map[string]string{"CustomRequestHandling": "headers are not inserted into requests"})
}

// blockAction answers 403 without a body unless a custom response says otherwise.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-action.html
func (c *compiler) blockAction(o *properties.Object) action {
	a := action{kind: block, status: http.StatusForbidden, header: http.Header{}}
	custom := o.Object("CustomResponse")
	if custom == nil {
		return a
	}
	a.custom = true
	custom.Require("ResponseCode")
	a.status = int(custom.Int("ResponseCode", 200, 599, http.StatusForbidden))
	if !slices.Contains(customStatuses, a.status) {
		custom.Errorf("ResponseCode", "got %d, which AWS WAF does not let a custom response have", a.status)
	}
	for _, h := range custom.Objects("ResponseHeaders") {
		h.Require("Name", "Value")
		name := h.Text("Name")
		if !headerName.MatchString(name) || strings.EqualFold(name, "Content-Type") || a.header.Get(name) != "" {
			h.Errorf("Name", "got %q, want a header name that is not Content-Type and appears once", name)
		}
		a.header.Set(name, h.Text("Value"))
	}
	if custom.Has("CustomResponseBodyKey") {
		key := custom.Text("CustomResponseBodyKey")
		body, ok := c.bodies[key]
		if !ok {
			custom.Errorf("CustomResponseBodyKey", "got %q, which CustomResponseBodies does not define", key)
		}
		a.body = []byte(body.content)
		a.header.Set("Content-Type", body.contentType)
	}
	return a
}

// customStatuses are from https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-status-codes.html.
var customStatuses = []int{
	200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308,
	400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416, 421, 429,
	500, 501, 502, 503, 504, 505,
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~` + "`" + `-]{1,64}$`)

type responseBody struct{ contentType, content string }

var contentTypes = map[string]string{"TEXT_PLAIN": "text/plain", "TEXT_HTML": "text/html", "APPLICATION_JSON": "application/json"}

// maxResponseBody is the quota of one custom response body.
// https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
const maxResponseBody = 4 << 10

func responseBodies(o *properties.Object) map[string]responseBody {
	bodies := map[string]responseBody{}
	all := o.Object("CustomResponseBodies")
	if all == nil {
		return bodies
	}
	for _, key := range all.Keys() {
		b := all.Object(key)
		if b == nil {
			continue
		}
		b.Require("ContentType", "Content")
		kind := b.OneOf("ContentType", "TEXT_PLAIN", "TEXT_HTML", "APPLICATION_JSON")
		content := b.Text("Content")
		if len(content) > maxResponseBody {
			b.Errorf("Content", "has %d bytes, AWS WAF allows %d", len(content), maxResponseBody)
		}
		bodies[key] = responseBody{contentTypes[kind], content}
	}
	return bodies
}
