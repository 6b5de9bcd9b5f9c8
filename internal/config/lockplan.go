package config

import (
	"bytes"
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
	// Stale says that the lock is wrong as it is. Offboarded tenants may stay in it until their deletion is deployed.
	Stale bool
}

// PlanLock reads an environment and says what has to become of its tenant lock. It is an error of type Problems when the environment has mistakes, and
// when a tenant has moved to another file, or is gone without being offboarded: the lock exists to refuse that.
func PlanLock(root, name string) (*LockPlan, error) {
	problems := &Problems{}
	l, ok := load(root, name, problems)
	if !ok || len(*problems) > 0 {
		return nil, problems.sorted()
	}
	required, _ := lockRequired(&l.raw, l.env, problems)
	if !required {
		l.checkLock(problems)
		return &LockPlan{Off: true}, problems.sorted()
	}
	lock, _ := readLock(l.folder, problems)
	l.checkLocked(lock, problems)
	if len(*problems) > 0 {
		return nil, problems.sorted()
	}
	plan := &LockPlan{Path: path.Join(l.folder, lockYAML), Added: map[string]string{}, Dropped: map[string]string{}}
	files := l.files()
	for _, id := range l.added(lock) {
		plan.Added[id] = files[id]
	}
	plan.Content = renderLock(name, files)
	for id, entry := range lock {
		if _, ok := files[id]; !ok {
			plan.Dropped[id], files[id] = entry.file, entry.file
		}
	}
	current, err := os.ReadFile(filepath.FromSlash(plan.Path))
	plan.Stale = len(files) > 0 && (err != nil || !bytes.Equal(bytes.ReplaceAll(current, []byte("\r\n"), []byte("\n")), renderLock(name, files)))
	return plan, nil
}

// files maps every tenant to the name of its file.
func (l *loaded) files() map[string]string {
	files := map[string]string{}
	for _, file := range l.env.TenantFiles {
		for _, t := range file.Tenants {
			files[t.ID] = file.Name
		}
	}
	return files
}
