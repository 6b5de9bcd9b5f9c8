package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

// TestLoad_comparesEnvironments loads the environment acme beside globex, whose settings are those of theirs.
func TestLoad_comparesEnvironments(t *testing.T) {
	const (
		here     = "account: \"111122223333\"\nregion: eu-west-1\n"
		existing = "gateway: {logs: {accountRole: existing}}\n"
		inM2M    = "credentials: {secretPrefix: m2m/}\n"
		domain   = `userPool.domain.prefix: "globex" is a domain of the environment globex, too, at globex/environment.yaml:6: use another one`
		role     = `gateway.logs.accountRole: "create", but the environment globex creates the role of the same account and Region, too, at ` +
			`globex/environment.yaml:1: use existing in one of the two`
		secrets = `" of the environment globex at globex/environment.yaml:LINE begin alike, in the same account and Region: each rotation could ` +
			`use the other's secrets; use prefixes of which none begins with the other`
	)
	inCredentials := func(prefix, other, line string) string {
		return `credentials.secretPrefix: secret prefix "` + prefix + `" and "` + other + strings.Replace(secrets, "LINE", line, 1)
	}
	for name, test := range map[string]struct{ settings, domain, theirs, want string }{
		"another account":       {here, "acme", "account: \"444455556666\"\nregion: eu-west-1\n" + inM2M, ""},
		"domain, other account": {here, "globex", "account: \"444455556666\"\nregion: eu-west-1\n", domain},
		"another Region":        {here + inM2M, "globex", "account: \"111122223333\"\nregion: eu-west-3\n" + inM2M, ""},
		"agnostic":              {inM2M, "globex", here + inM2M, ""},
		"theirs agnostic":       {here + inM2M, "globex", inM2M, ""},
		"account misspelt":      {here, "acme", "account: 1\nregion: eu-west-1\n", ""},
		"role":                  {here, "acme", here, role},
		"same secrets":          {here + existing + inM2M, "acme", here + inM2M, inCredentials("m2m/", "m2m/", "3")},
		"nested secrets":        {here + existing, "acme", here + inM2M, inCredentials("m2m/acme/tenants/", "m2m/", "3")},
		"theirs nested":         {here + existing + inM2M, "acme", here, inCredentials("m2m/", "m2m/globex/tenants/", "1")},
		"no secrets of theirs":  {here + existing, "acme", here + "credentials: {enabled: false, secretPrefix: m2m/}\n", ""},
		"no secrets":            {here + existing + "credentials: {enabled: false}\n", "acme", here + inM2M, ""},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for name, parts := range map[string][2]string{"acme": {test.settings, test.domain}, "globex": {test.theirs, "globex"}} {
				rest := strings.NewReplacer("generated", name, "acme-m2m", parts[1]).Replace(smallEnvironment)
				write(t, root, name+"/environment.yaml", parts[0]+rest+scopes("read", 1))
			}
			got := ""
			if _, err := config.Load(root, "acme"); err != nil {
				_, got, _ = strings.Cut(strings.ReplaceAll(err.Error(), root+"/", ""), ": ")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
