package config

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// comments are the doc comments of the settings.
var comments jsonschema.Reflector

func TestMain(m *testing.M) {
	if err := comments.AddGoComments(reflect.TypeFor[Environment]().PkgPath(), "."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// TestSettings_schemas compares the JSON Schemas that editors read with the settings.
func TestSettings_schemas(t *testing.T) {
	for name, section := range map[string]any{"environment": Environment{}, "tenants": TenantFile{}} {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(schemaOf(t, section)); err != nil {
			t.Fatal(err)
		}
		compare(t, schemaFile(name), b.Bytes())
	}
}

// TestSettings_schemasAcceptWhatLoads validates every file of environments without mistakes. Their first lines name the schemas.
func TestSettings_schemasAcceptWhatLoads(t *testing.T) {
	for _, root := range []string{"../../environments", "testdata/good"} {
		for pattern, name := range map[string]string{"*/environment.yaml": "environment", "*/tenants/*.yaml": "tenants"} {
			files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s/%s: got %d files, %v", root, pattern, len(files), err)
			}
			for _, file := range files {
				content := validate(t, file, name, true)
				relative, _ := filepath.Rel(filepath.Dir(file), schemaFile(name))
				want := "# yaml-language-server: $schema=" + filepath.ToSlash(relative) + "\n"
				if !bytes.HasPrefix(content, []byte(want)) && root == "../../environments" {
					t.Errorf("%s: the first line must be %q", file, want)
				}
			}
		}
	}
}

// TestSettings_schemasRefuseWrongValues validates files whose mistakes are wrong values.
func TestSettings_schemasRefuseWrongValues(t *testing.T) {
	for _, name := range []string{
		"auth-values", "cache-size", "edge-values", "expected-values", "gateway-values", "header-name", "limit-values", "missing-fields",
		"monitoring-types", "monitoring-values", "rotation", "scope-name", "tags", "unknown-key", "upper-case-prefix",
	} {
		validate(t, filepath.Join("testdata", "broken", name, "environment.yaml"), "environment", false)
	}
}

func schemaFile(name string) string {
	return filepath.Join("..", "..", "environments", name+".schema.json")
}

func validate(t *testing.T, file, name string, valid bool) (content []byte) {
	t.Helper()
	schema, err := validator.NewCompiler().Compile(schemaFile(name))
	if err != nil {
		t.Fatal(err)
	}
	content, err = os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := yaml.YAMLToJSON(content)
	if err != nil {
		t.Fatal(err)
	}
	value, err := validator.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); (err == nil) != valid {
		t.Errorf("%s: got %v, want valid: %t", file, err, valid)
	}
	return content
}

// compare reports a file that is not as generated, or writes it.
func compare(t *testing.T, file string, want []byte) {
	t.Helper()
	if os.Getenv("UPDATE_SNAPS") == "true" {
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs from the settings, %v: write it with UPDATE_SNAPS=true go test -run Settings ./internal/config", file, err)
	}
}

// durations matches what time.ParseDuration reads.
const durations = `^[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$`

func schemaOf(t *testing.T, file any) *jsonschema.Schema {
	t.Helper()
	reflector := jsonschema.Reflector{
		FieldNameTag: "yaml", Anonymous: true, DoNotReference: true, RequiredFromJSONSchemaTags: true,
		Mapper: func(of reflect.Type) *jsonschema.Schema {
			if of == reflect.TypeFor[time.Duration]() {
				return &jsonschema.Schema{Type: "string", Pattern: durations}
			}
			return nil
		},
	}
	schema := reflector.Reflect(file)
	describeSection(t, schema, reflect.TypeOf(file))
	return schema
}

// describeSection adds what the settings of a section say to their schemas.
func describeSection(t *testing.T, section *jsonschema.Schema, of reflect.Type) {
	t.Helper()
	for i := range declared[of] {
		s := &declared[of][i]
		d, item := describe(t, of, s), elementOf(s.Type)
		schema, ok := section.Properties.Get(s.key)
		if !ok {
			t.Fatalf("the schema has no %s", s.key)
		}
		schema.Description, schema.Default = d.sentences(), d.standard
		if d.computed != "" {
			schema.Description += " Default: " + d.computed + "."
		}
		least := s.Tag.Get("least") != ""
		if s.required() || least {
			section.Required = append(section.Required, s.key)
		}
		if d.most > 0 {
			schema.MaxItems = new(uint64(d.most))
		}
		value := schema
		switch s.Type.Kind() {
		case reflect.Slice:
			value, schema.UniqueItems = schema.Items, s.Tag.Get("unique") != ""
			if least {
				schema.MinItems = new(uint64(1))
			}
		case reflect.Map:
			value, schema.MaxItems, schema.MaxProperties = schema.AdditionalProperties, nil, schema.MaxItems
			schema.PropertyNames = &jsonschema.Schema{Pattern: refusal(awslimits.TagKey("")).Pattern}
		}
		if item.Kind() == reflect.Struct {
			describeSection(t, value, item)
		}
		d.bound(value)
	}
}

// TestSettings_page compares the tables of docs/configuration.md with the settings.
func TestSettings_page(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "configuration.md")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	for name, section := range map[string]reflect.Type{
		"environment.yaml": reflect.TypeFor[Environment](), "tenant files": reflect.TypeFor[TenantFile](),
	} {
		begin, end := "<!-- "+name+": UPDATE_SNAPS=true go test -run Settings ./internal/config -->\n", "<!-- /"+name+" -->"
		before, rest, _ := strings.Cut(page, begin)
		_, after, ok := strings.Cut(rest, end)
		if !ok {
			t.Fatalf("%s has no section between %q and %q", file, begin, end)
		}
		page = before + begin + "\n| Setting | Default | Meaning and allowed values |\n|---|---|---|\n" + rows(t, section, "") + "\n" + end + after
	}
	compare(t, file, []byte(page))
}

// rows are the rows of the table for a section.
func rows(t *testing.T, section reflect.Type, prefix string) string {
	t.Helper()
	var b strings.Builder
	for i := range declared[section] {
		s := &declared[section][i]
		d, item, key := describe(t, section, s), elementOf(s.Type), prefix+s.key
		if s.Type.Kind() != reflect.Struct {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", key, inTable(defaultOf(s, d)), inTable(d.sentences()+see(s)))
		}
		if s.Type.Kind() == reflect.Slice {
			key += "[]"
		}
		b.WriteString(rows(t, item, key+"."))
	}
	return b.String()
}

func defaultOf(s *setting, d description) string {
	if s.required() || s.Tag.Get("least") != "" {
		return "required"
	}
	words := slices.DeleteFunc([]string{d.given(), d.computed}, func(text string) bool { return text == "" })
	return cmp.Or(strings.Join(words, "; "), "none")
}

// see leads to the page or section that the setting names.
func see(s *setting) string {
	target := s.Tag.Get("see")
	if target == "" {
		return ""
	}
	page, heading, _ := strings.Cut(target, "#")
	title := strings.ReplaceAll(cmp.Or(heading, strings.TrimSuffix(path.Base(page), ".md")), "-", " ")
	return fmt.Sprintf(" See [%s%s](%s).", strings.ToUpper(title[:1]), title[1:], target)
}

func inTable(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
