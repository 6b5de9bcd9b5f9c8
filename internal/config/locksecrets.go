package config

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// secretOf is the name of a tenant's secret, or "" without one.
func (l *loaded) secretOf(t Tenant) string {
	if !t.Credentials {
		return ""
	}
	return l.env.Credentials.SecretPrefix + t.ID
}

// secretKnown says whether secretOf follows from settings without mistakes.
func (l *loaded) secretKnown(raw rawTenant) bool {
	credentials := l.raw.Credentials
	prefix := credentials.SecretPrefix.state == absent && l.env.Name == path.Base(l.folder) ||
		credentials.SecretPrefix.state == given && awslimits.SecretPrefix(credentials.SecretPrefix.got) == nil
	return prefix && credentials.Enabled.state != broken && raw.Credentials.state != broken
}

// checkSecrets reports secrets that a deployment would delete, since their tenants stay but have none or another one, unless deleteSecrets names them.
func (l *loaded) checkSecrets(lock map[string]locked, problems *Problems) {
	deletable := l.deletable(lock, problems)
	type loss struct {
		at            place
		prefix, other string
	}
	lost := map[loss][]string{}
	for i, file := range l.env.TenantFiles {
		for j, t := range file.Tenants {
			was, is, raw := lock[t.ID], l.secretOf(t), l.tenants[i].Tenants.items[j]
			if was.secret == "" || was.secret == is || was.file != file.Name || deletable.has(was.secret) || !l.secretKnown(raw) {
				continue
			}
			cause := loss{at: raw.Credentials.place, prefix: prefixOf(was.secret)}
			switch {
			case is != "":
				cause.at, cause.other = l.raw.Credentials.SecretPrefix.place, prefixOf(is)
			case l.env.Credentials == nil:
				cause.at = l.raw.Credentials.Enabled.place
			}
			lost[cause] = append(lost[cause], was.secret)
		}
	}
	// Several may stand on one line.
	causes := slices.SortedFunc(maps.Keys(lost), func(a, b loss) int {
		return cmp.Or(cmp.Compare(a.prefix, b.prefix), cmp.Compare(a.at.field, b.at.field))
	})
	for _, cause := range causes {
		secrets := lost[cause]
		slices.Sort(secrets)
		effect, remedy, permit := "delete "+secretsNamed(secrets), "remove the setting", cause.prefix
		if cause.other != "" {
			effect += " and create others under " + cause.other
			remedy = fmt.Sprintf("use %q again", cause.prefix)
		} else if l.env.Credentials != nil {
			permit = secrets[0]
		}
		problems.at(cause.at, "a deployment would %s: CloudFormation deletes secrets without a recovery window, and readers would find nothing; %s, or list %s in "+
			"deleteSecrets of %s when readers are prepared", effect, remedy, permit, environmentYAML)
	}
}

// permission is what deleteSecrets lists: names of secrets and, with a slash at the end, prefixes of all of them.
type permission map[string]bool

func (p permission) has(secret string) bool { return p[secret] || p[prefixOf(secret)] }

// deletable checks deleteSecrets, and returns it.
func (l *loaded) deletable(lock map[string]locked, problems *Problems) permission {
	items := l.raw.DeleteSecrets.items
	if len(items) == 0 {
		return nil
	}
	unique(items, "secret", problems)
	locked, used, known := permission{}, map[string][]string{}, l.complete
	for _, entry := range lock {
		locked[entry.secret], locked[prefixOf(entry.secret)] = true, true
	}
	for i, file := range l.env.TenantFiles {
		for j, t := range file.Tenants {
			known = known && l.secretKnown(l.tenants[i].Tenants.items[j])
			if secret := l.secretOf(t); secret != "" {
				used[secret] = append(used[secret], t.ID)
				used[prefixOf(secret)] = append(used[prefixOf(secret)], t.ID)
			}
		}
	}
	allowed := permission{}
	for _, item := range items {
		name := required(item, awslimits.SecretOrPrefix, problems)
		switch {
		case item.state != given || awslimits.SecretOrPrefix(name) != nil:
		case known && len(used[name]) > 0:
			problems.at(item.place, "%q is still in use by %s, and would not be deleted: list the secrets that a deployment deletes only", name, tenantsNamed(used[name]))
		case known && !locked[name]:
			problems.at(item.place, "%q is not in %s: it is gone already, or never was; remove it from deleteSecrets", name, lockYAML)
		default:
			allowed[name] = true
		}
	}
	return allowed
}

// prefixOf is the name of a secret up to its last slash: a tenant's id has none.
func prefixOf(secret string) string {
	return secret[:strings.LastIndex(secret, "/")+1]
}

// newSecrets maps tenants that are in the lock without their secret to its name.
func (l *loaded) newSecrets(lock map[string]locked) map[string]string {
	secrets := map[string]string{}
	for i, file := range l.env.TenantFiles {
		for j, t := range file.Tenants {
			if entry, ok := lock[t.ID]; ok && entry.secret == "" && t.Credentials && l.secretKnown(l.tenants[i].Tenants.items[j]) {
				secrets[t.ID] = l.secretOf(t)
			}
		}
	}
	return secrets
}

func secretsNamed(names []string) string {
	if len(names) == 1 {
		return "the secret " + names[0]
	}
	return fmt.Sprintf("%d secrets (%s)", len(names), some(names))
}
