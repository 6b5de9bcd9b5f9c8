package apigw

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// anyMethod is the HttpMethod of a method that takes what the resource's other methods do not.
const anyMethod = "ANY"

// resource is a resource of the API that has methods.
type resource struct {
	segments []segment
	methods  map[string]*route
}

// segment is one part of a resource's path: literal text, or a parameter of one part, or one of all that are left.
type segment struct {
	kind segmentKind
	name string
}

type segmentKind int

// The kinds of segments, the one that is preferred first.
const (
	literal segmentKind = iota
	parameter
	greedy
)

func parseSegment(where, part string) (segment, error) {
	name, open := strings.CutPrefix(part, "{")
	name, closed := strings.CutSuffix(name, "}")
	rest, all := strings.CutSuffix(name, "+")
	switch {
	case !open && !closed && !strings.ContainsAny(part, "{}+"):
		return segment{literal, part}, nil
	case open && closed && all && parameterName.MatchString(rest):
		return segment{greedy, rest}, nil
	case open && closed && !all && parameterName.MatchString(name):
		return segment{parameter, name}, nil
	}
	return segment{}, fmt.Errorf("%s: PathPart %q is not supported: use text, {name} or {name+}", where, part)
}

// match returns the values of the path's parameters.
func (r *resource) match(parts []string) (values map[string]string, ok bool) {
	values = map[string]string{}
	for i, s := range r.segments {
		switch {
		case i >= len(parts) || parts[i] == "":
			return nil, false
		case s.kind == greedy:
			values[s.name] = strings.Join(parts[i:], "/")
			return values, true
		case s.kind == parameter:
			values[s.name] = parts[i]
		case s.name != parts[i]:
			return nil, false
		}
	}
	return values, len(parts) == len(r.segments)
}

// find returns the method for a request: that of the most specific resource. One that does not have the method leaves the request to no
// other.
func (s *Stage) find(method, path string) (*route, map[string]string) {
	var parts []string
	if path = strings.TrimPrefix(path, "/"); path != "" {
		parts = strings.Split(path, "/")
	}
	for _, r := range s.resources {
		if values, ok := r.match(parts); ok {
			if rt := r.methods[method]; rt != nil {
				return rt, values
			}
			return r.methods[anyMethod], values
		}
	}
	return nil, nil
}

// addRoute adds a method to its resource.
func (s *Stage) addRoute(where, method, path string, rt *route) error {
	s.routes[method+" "+path] = rt
	var segments []segment
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if path == "" {
			break
		}
		parsed, err := parseSegment(where, part)
		if err != nil {
			return err
		}
		segments = append(segments, parsed)
	}
	i := slices.IndexFunc(s.resources, func(r *resource) bool { return slices.Equal(r.segments, segments) })
	if i < 0 {
		i = len(s.resources)
		s.resources = append(s.resources, &resource{segments: segments, methods: map[string]*route{}})
	}
	s.resources[i].methods[method] = rt
	return nil
}

// sortResources puts the more specific of two resources that match the same path first.
func (s *Stage) sortResources() {
	slices.SortStableFunc(s.resources, func(a, b *resource) int {
		for i := range min(len(a.segments), len(b.segments)) {
			if order := cmp.Compare(a.segments[i].kind, b.segments[i].kind); order != 0 {
				return order
			}
		}
		return cmp.Compare(len(b.segments), len(a.segments))
	})
}
