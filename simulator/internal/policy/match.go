package policy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// matches compares with a pattern in which * stands for any text and ? for one character.
func matches(pattern, text string) bool {
	// Where the last * was met, and how much of the text it has taken so far.
	star, taken := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, taken = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			taken++
			p, t = star+1, taken
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// principals are those that a statement is about.
type principals struct {
	everyone bool
	accounts []string
	arns     []string
}

var (
	accountID     = regexp.MustCompile(`^[0-9]{12}$`)
	accountRoot   = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):root$`)
	principalARNs = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[^*?]+$`)
)

// readPrincipals reads "*", {"AWS": "*"} and {"AWS": [accounts and ARNs]}. Without a wildcard but the one for everybody, as IAM demands.
// Sessions are not told apart: of one, a policy names the role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func readPrincipals(o *properties.Object) principals {
	if o.IsText("Principal") {
		if o.Text("Principal") != "*" {
			o.Errorf("Principal", `got %q, want "*" or {"AWS": …}`, o.Text("Principal"))
		}
		return principals{everyone: true}
	}
	aws := o.Object("Principal")
	if aws == nil {
		return principals{}
	}
	aws.Require("AWS")
	aws.Refuse(map[string]string{"Service": "no service of AWS calls a method here", "Federated": "callers are IAM principals",
		"CanonicalUser": "it is for Amazon S3"})
	var all principals
	for _, principal := range aws.TextOrTexts("AWS") {
		root := accountRoot.FindStringSubmatch(principal)
		switch {
		case principal == "*":
			all.everyone = true
		case accountID.MatchString(principal):
			all.accounts = append(all.accounts, principal)
		case root != nil:
			all.accounts = append(all.accounts, root[1])
		case principalARNs.MatchString(principal):
			all.arns = append(all.arns, principal)
		default:
			aws.Errorf("AWS", "got %q, want \"*\", an account's id or root ARN, or the ARN of a user or role", principal)
		}
	}
	return all
}

// include says whether the caller is one of them. Who did not sign is nobody but everyone.
func (p principals) include(caller *Caller) bool {
	if p.everyone || caller == nil {
		return p.everyone
	}
	return slices.Contains(p.accounts, caller.Account) || slices.Contains(p.arns, caller.ARN)
}
