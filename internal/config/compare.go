package config

import (
	"path"
	"strings"
)

// compare reports settings that AWS refuses, or that let one environment use what is another's, beside the other environments of the same
// folder. It reads environment.yaml of those; their mistakes are reported when they are loaded themselves.
func (l *loaded) compare() {
	root := path.Dir(l.folder)
	for _, name := range Names(root) {
		if name != l.environment {
			l.compareWith(readEnvironment(path.Join(root, name), &Problems{}))
		}
	}
}

// compareWith compares what is surely in the same Region: an environment without account and region can be deployed anywhere.
func (l *loaded) compareWith(other *loaded) {
	env, its := l.env, other.env
	if region := l.meant(&env.Region); region == "" || region != other.meant(&its.Region) {
		return
	}
	for _, names := range [][2]*string{
		{&env.UserPool.Domain.Prefix, &its.UserPool.Domain.Prefix},
		{&env.UserPool.Domain.CustomName, &its.UserPool.Domain.CustomName},
		{&env.Gateway.Domain.Name, &its.Gateway.Domain.Name},
	} {
		if name := l.meant(names[0]); name != "" && name == other.meant(names[1]) {
			l.report(names[0], "%q is a domain of the environment %s, too, at %s: use another one", name, other.environment, other.at(names[1]))
		}
	}
	if account := l.meant(&env.Account); account == "" || account != other.meant(&its.Account) {
		return
	}
	role, theirs := &env.Gateway.Logs.AccountRole, &its.Gateway.Logs.AccountRole
	if l.meant(role) == "create" && other.meant(theirs) == "create" {
		l.report(role, "\"create\", but the environment %s creates the role of the same account and Region, too, at %s: use existing in one of "+
			"the two", other.environment, other.at(theirs))
	}
	prefix, another := l.usedPrefix(), other.usedPrefix()
	if prefix != "" && another != "" && (strings.HasPrefix(prefix, another) || strings.HasPrefix(another, prefix)) {
		l.report(&env.Credentials.SecretPrefix, "secret prefix %q and %q of the environment %s at %s begin alike, in the same account and "+
			"Region: each rotation could use the other's secrets; use prefixes of which none begins with the other",
			prefix, another, other.environment, other.at(&its.Credentials.SecretPrefix))
	}
}

// usedPrefix is the prefix of the secrets, or "" where there surely are none or it is not known.
func (l *loaded) usedPrefix() string {
	c := l.env.Credentials
	if !l.sure(&c.Enabled) || !c.Enabled {
		return ""
	}
	return l.meant(&c.SecretPrefix)
}
