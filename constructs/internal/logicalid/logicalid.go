// Package logicalid names resources as CDK does, for resources that come to a stack as a part of a template and not as constructs of their
// own.
package logicalid

import (
	"crypto/md5" // CDK's choice; it protects nothing.
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// Scope is the place of a construct in its stack.
type Scope struct {
	path []string
}

// Of returns the place of c.
func Of(c constructs.Construct) Scope {
	stack, own := *awscdk.Stack_Of(c).Node().Path(), *c.Node().Path()
	relative := strings.TrimPrefix(strings.TrimPrefix(own, stack), "/")
	if relative == "" {
		return Scope{}
	}
	return Scope{strings.Split(relative, "/")}
}

// Below returns the place of a construct with this ID in the scope.
func (s Scope) Below(id string) Scope {
	return Scope{append(s.path[:len(s.path):len(s.path)], strings.ReplaceAll(id, "/", "--"))}
}

// ID is the logical ID of a CloudFormation resource with this construct ID in the scope. How CDK makes it does not change, since another
// one would replace its users' resources: https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
func (s Scope) ID(id string) string {
	var path []string
	for _, id := range s.Below(id).path {
		if id != "Default" {
			path = append(path, id)
		}
	}
	if len(path) == 1 && len(path[0]) <= 255 {
		return alphanumeric(path[0])
	}
	var human, last string
	for i, id := range path {
		if i > 0 && strings.HasSuffix(last, id) {
			continue
		}
		last = id
		if id != "Resource" {
			human += alphanumeric(id)
		}
	}
	sum := md5.Sum([]byte(strings.Join(path, "/")))
	return human[:min(len(human), 240)] + strings.ToUpper(hex.EncodeToString(sum[:]))[:8]
}

var others = regexp.MustCompile(`[^A-Za-z0-9]`)

func alphanumeric(id string) string { return others.ReplaceAllString(id, "") }
