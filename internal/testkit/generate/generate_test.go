package generate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/generate"
)

// The generated environment has no error, is the same in both forms, and has the documented shares.
func TestEnvironment_hasWhatIsPromised(t *testing.T) {
	const n = 250
	root := t.TempDir()
	if err := generate.Environment(root, "bench", n); err != nil {
		t.Fatal(err)
	}
	env, err := config.Load(root, "bench")
	if err != nil {
		t.Fatal(err)
	}
	var got []generate.File
	readers, own := 0, 0
	for _, file := range env.TenantFiles {
		f := generate.File{Name: file.Name}
		for _, tenant := range file.Tenants {
			of := generate.Tenant{ID: tenant.ID, ValidityMinutes: int(tenant.AccessTokenValidity.Minutes()), Readers: tenant.Readers}
			of.Scopes = tenant.Scopes
			for _, scope := range tenant.OwnScopes {
				of.OwnScopes = append(of.OwnScopes, scope.Name)
				own++
			}
			if len(tenant.Readers) > 0 {
				readers++
			}
			if !tenant.Credentials {
				t.Errorf("%s has no credentials", tenant.ID)
			}
			f.Tenants = append(f.Tenants, of)
		}
		got = append(got, f)
	}
	if diff := cmp.Diff(generate.Tenants(n), got); diff != "" {
		t.Errorf("(-as data +as YAML):\n%s", diff)
	}
	if len(got) != 3 || readers != n/5 || own != n/50 {
		t.Errorf("got %d files, %d tenants with readers, %d with own scopes", len(got), readers, own)
	}
}

func TestEnvironment_isTheSameForTheSameNumber(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, root := range []string{first, second} {
		if err := generate.Environment(root, "bench", 120); err != nil {
			t.Fatal(err)
		}
		if err := generate.JSON(filepath.Join(root, "tenants.json"), 120); err != nil {
			t.Fatal(err)
		}
	}
	files := 0
	err := filepath.WalkDir(first, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		relative, err := filepath.Rel(first, path)
		if err != nil {
			return err
		}
		if read(t, path) != read(t, filepath.Join(second, relative)) {
			t.Errorf("%s differs", relative)
		}
		return nil
	})
	if err != nil || files != 5 {
		t.Errorf("%d files, want 5: %v", files, err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
