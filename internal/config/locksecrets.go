package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// secretOf is the name of a tenant's secret, or "" without one.
func (l *loaded) secretOf(t *Tenant) string {
	if !t.Credentials {
		return ""
	}
	return l.env.Credentials.SecretPrefix + t.secretName()
}

// secretKnown says whether secretOf follows from settings without mistakes.
func (l *loaded) secretKnown(t *Tenant) bool {
	c := l.env.Credentials
	prefix := l.sound(&c.SecretPrefix) || l.absent(&c.SecretPrefix) && l.env.Name == l.environment
	return prefix && !l.broken(&c.Enabled) && !l.broken(&t.Credentials) && l.sure(&t.ExistingClientID)
}

// checkSecrets reports secrets that a deployment would delete, since their tenants stay but have none or another one, unless deleteSecrets
// names them.
func (l *loaded) checkSecrets(lock map[string]locked) {
	deletable := l.deletable(lock)
	type loss struct {
		at            *place
		prefix, other string
	}
	lost := map[loss][]string{}
	for _, file := range l.env.TenantFiles {
		for _, t := range file.Tenants {
			was, is := lock[t.ID], l.secretOf(t)
			if was.secret == "" || was.secret == is || was.file != file.Name || deletable.has(was.secret) || !l.secretKnown(t) {
				continue
			}
			cause := loss{at: l.at(&t.Credentials), prefix: prefixOf(was.secret)}
			switch c := l.env.Credentials; {
			case is != "" && prefixOf(is) == prefixOf(was.secret):
				cause.at = l.at(&t.ExistingClientID)
			case is != "":
				cause.at, cause.other = l.at(&c.SecretPrefix), prefixOf(is)
			case !c.Enabled:
				cause.at = l.at(&c.Enabled)
			}
			lost[cause] = append(lost[cause], was.secret)
		}
	}
	// Several may stand on one line.
	causes := slices.SortedFunc(maps.Keys(lost), func(a, b loss) int {
		return cmp.Or(cmp.Compare(a.prefix, b.prefix), cmp.Compare(a.at.field(), b.at.field()))
	})
	for _, cause := range causes {
		secrets := lost[cause]
		slices.Sort(secrets)
		effect, remedy, permit := "delete "+secretsNamed(secrets), "remove the setting", cause.prefix
		if cause.at.key == "existingClientId" {
			remedy = "put the setting back"
		}
		if cause.other != "" {
			effect += " and create others under " + cause.other
			remedy = fmt.Sprintf("use %q again", cause.prefix)
		} else if l.env.Credentials.Enabled {
			permit = secrets[0]
		}
		l.problems.at(cause.at, "a deployment would %s: CloudFormation deletes secrets without a recovery window, and readers would find "+
			"nothing; %s, or list %s in deleteSecrets of %s when readers are prepared", effect, remedy, permit, environmentYAML)
	}
}

// permission is what deleteSecrets lists: names of secrets and, with a slash at the end, prefixes of all of them.
type permission map[string]bool

func (p permission) has(secret string) bool { return p[secret] || p[prefixOf(secret)] }

// deletable checks deleteSecrets, and returns it.
func (l *loaded) deletable(lock map[string]locked) permission {
	items := l.env.DeleteSecrets
	if len(items) == 0 {
		return nil
	}
	locked, used, known := permission{}, map[string][]string{}, l.complete
	for _, entry := range lock {
		locked[entry.secret], locked[prefixOf(entry.secret)] = true, true
	}
	for t := range l.tenants {
		known = known && l.secretKnown(t)
		if secret := l.secretOf(t); secret != "" {
			used[secret] = append(used[secret], t.ID)
			used[prefixOf(secret)] = append(used[prefixOf(secret)], t.ID)
		}
	}
	allowed := permission{}
	for i, name := range items {
		switch item := &items[i]; {
		case !l.sound(item):
		case known && len(used[name]) > 0:
			l.report(item, "%q is still in use by %s, and would not be deleted: list the secrets that a deployment deletes only",
				name, tenantsNamed(used[name]))
		case known && !locked[name]:
			l.report(item, "%q is not in %s: it is gone already, or never was; remove it from deleteSecrets", name, lockYAML)
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
	for t := range l.tenants {
		if entry, ok := lock[t.ID]; ok && entry.secret == "" && t.Credentials && l.secretKnown(t) {
			secrets[t.ID] = l.secretOf(t)
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
