package config

import (
	"bytes"
	"maps"
	"os"
	"path"
	"path/filepath"
)

// LockPlan is what has to become of an environment's tenant lock.
type LockPlan struct {
	// Path is the lock's file.
	Path string
	// Off says that the environment needs no lock.
	Off bool
	// Content is what the lock has to hold.
	Content []byte
	// Added are tenants that are not in the lock yet; Dropped are offboarded ones that still are. Both map ids to names of files.
	Added, Dropped map[string]string
	// NewSecrets are those of tenants whose entry names none; OldSecrets are those that deleteSecrets names and the lock still does. Both
	// map ids to names of secrets.
	NewSecrets, OldSecrets map[string]string
	// Stale says that the lock is wrong as it is. Offboarded tenants and secrets to delete may stay in it until their deletion is deployed.
	Stale bool
}

// PlanLock reads an environment and says what has to become of its tenant lock. It is an error of type Problems when the environment
// has mistakes, and when the lock exists to refuse it: when a tenant has moved to another file, or is gone without being offboarded, or
// a secret would be deleted.
func PlanLock(root, name string) (*LockPlan, error) {
	problems := &Problems{}
	l, ok := load(root, name, problems)
	if !ok || len(*problems) > 0 {
		return nil, problems.sorted()
	}
	if required, _ := l.lockRequired(); !required {
		l.checkLock()
		return &LockPlan{Off: true}, problems.sorted()
	}
	lock, _ := l.readLock()
	l.checkLocked(lock)
	if len(*problems) > 0 {
		return nil, problems.sorted()
	}
	plan := &LockPlan{
		Path: path.Join(l.folder, lockYAML), Added: map[string]string{}, Dropped: map[string]string{},
		NewSecrets: l.newSecrets(lock), OldSecrets: map[string]string{},
	}
	records := l.records()
	for _, id := range l.added(lock) {
		plan.Added[id] = records[id].file
	}
	plan.Content = renderLock(name, records)
	undeployed := maps.Clone(records)
	for id, entry := range lock {
		is, ok := records[id]
		switch {
		case !ok:
			plan.Dropped[id], undeployed[id] = entry.file, entry.record
		case entry.secret != "" && entry.secret != is.secret:
			plan.OldSecrets[id], undeployed[id] = entry.secret, entry.record
		}
	}
	current, err := os.ReadFile(filepath.FromSlash(plan.Path))
	current = bytes.ReplaceAll(current, []byte("\r\n"), []byte("\n"))
	plan.Stale = len(undeployed) > 0 && (err != nil || !bytes.Equal(current, renderLock(name, undeployed)))
	return plan, nil
}

// records maps every tenant to what the lock has to say of it.
func (l *loaded) records() map[string]record {
	records := map[string]record{}
	for _, file := range l.env.TenantFiles {
		for _, t := range file.Tenants {
			records[t.ID] = record{file.Name, l.secretOf(t)}
		}
	}
	return records
}
