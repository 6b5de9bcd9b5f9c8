package config

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// checkLock compares the tenant files with the lock, where one is required.
func (l *loaded) checkLock() {
	required, known := l.lockRequired()
	if !known {
		return
	}
	file := path.Join(l.folder, lockYAML)
	lock, exists := l.readLock()
	if !required {
		const remedy = "since tenantLock is off: remove it, or set tenantLock to required"
		if exists {
			l.problems.at(inFile(file, 0), "is not read, "+remedy)
		}
		for _, permission := range []*[]string{&l.env.Offboard, &l.env.DeleteSecrets} {
			if len(*permission) > 0 {
				l.report(permission, "has no effect, "+remedy)
			}
		}
		return
	}
	if !exists && len(l.homes)+len(l.env.Offboard)+len(l.env.DeleteSecrets) > 0 {
		l.report(&l.env.TenantLock, "is required, and %s is missing: write it with %s, and commit it", file, l.lockCommand())
	}
	if lock != nil {
		l.checkLocked(lock)
		if lacking := l.lacking(lock); lacking != "" {
			l.problems.at(inFile(file, 0), "lacks %s: write it anew with %s, and commit it", lacking, l.lockCommand())
		}
	}
}

func (l *loaded) lockCommand() string {
	return "go run ./cmd/m2m lock --env " + l.environment
}

// checkLocked reports tenants that are in another file than the lock says, those that are in none and not offboarded, secrets that
// would be deleted, and mistakes in offboard and deleteSecrets.
func (l *loaded) checkLocked(lock map[string]locked) {
	known := slices.Sorted(maps.Keys(lock))
	offboard := l.offboard(known)
	type move struct{ from, to string }
	moved := map[move][]string{}
	missing := map[string][]string{}
	for _, id := range known {
		switch from, at := lock[id].file, l.homes[id]; {
		case len(at) == 0 && !offboard[id] && l.complete:
			missing[from] = append(missing[from], id)
		case len(at) > 0 && !slices.ContainsFunc(at, func(p *place) bool { return stem(p.file()) == from }):
			m := move{from, at[0].file()}
			moved[m] = append(moved[m], id)
		}
	}
	for m, ids := range moved {
		first := slices.MinFunc(ids, func(a, b string) int { return cmp.Compare(l.homes[a][0].line, l.homes[b][0].line) })
		l.problems.at(l.homes[first][0], "%s moved here from %s: another file means another app client and secret, an outage for the tenant; "+
			"move back, or add a new id here, and offboard the old one when its requests have ended", tenantsNamed(ids), l.tenantFile(m.from))
	}
	for from, ids := range missing {
		l.problems.at(lock[ids[0]].at, "no tenant file holds %s, by the lock of %s: a deployment would delete the app client and, as "+
			"CloudFormation deletes secrets without a recovery window, the credentials for good; put back what should stay, and list the ids "+
			"of those to delete in offboard of %s",
			tenantsNamed(ids), l.tenantFile(from), environmentYAML)
	}
	l.checkSecrets(lock)
}

// offboard checks the tenants that may be deleted, and returns them. known are those in the lock, sorted.
func (l *loaded) offboard(known []string) map[string]bool {
	all := map[string]bool{}
	for i, id := range l.env.Offboard {
		item := &l.env.Offboard[i]
		if !l.sound(item) || all[id] {
			continue
		}
		all[id] = true
		if at := l.homes[id]; len(at) > 0 {
			l.report(item, "tenant %q is still at %s: remove it there, or from offboard", id, at[0])
		} else if _, ok := slices.BinarySearch(known, id); !ok && l.complete {
			l.report(item, "tenant %q is neither in %s nor in a tenant file%s: it is gone already, or never was; remove it from offboard",
				id, lockYAML, didYouMean(nearest(id, known)))
		}
	}
	return all
}

// added are the tenants that are not in the lock, sorted.
func (l *loaded) added(lock map[string]locked) []string {
	var ids []string
	for id := range l.homes {
		if _, ok := lock[id]; !ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// lacking says what is not in the lock.
func (l *loaded) lacking(lock map[string]locked) string {
	var lacks []string
	if !l.lockOwned {
		lacks = append(lacks, "the name of its environment")
	}
	if added := l.added(lock); len(added) > 0 {
		lacks = append(lacks, tenantsNamed(added))
	}
	switch secrets := slices.Sorted(maps.Keys(l.newSecrets(lock))); len(secrets) {
	case 0:
	case 1:
		lacks = append(lacks, "the secret of "+tenantsNamed(secrets))
	default:
		lacks = append(lacks, "the secrets of "+tenantsNamed(secrets))
	}
	return strings.Join(lacks, " and ")
}

// tenantFile is the path of a tenant file by its name.
func (l *loaded) tenantFile(name string) string {
	return path.Join(l.folder, tenantsFolder, name+".yaml")
}

func tenantsNamed(ids []string) string {
	if len(ids) == 1 {
		return "tenant " + ids[0]
	}
	return fmt.Sprintf("%d tenants (%s)", len(ids), some(ids))
}
