package guard_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// broken is a template with one mistake.
const broken = `{"Resources": {"Domain": {"Type": "AWS::Cognito::UserPoolDomain", "Properties": {"Domain": "Acme"}}}}`

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, body := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// stackArtifact is a stack in a manifest, with more of its fields.
func stackArtifact(name, template, more string) string {
	return fmt.Sprintf(`%q: {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1", "properties": {"templateFile": %q}%s}`,
		name, template, more)
}

// A synth of another environment, or of the same one before a tenant file was removed, leaves templates behind that are not in the
// manifest.
func TestCheckAssembly_ignoresWhatTheManifestDoesNotName(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"manifest.json": `{"artifacts": {` + stackArtifact("a", "a.template.json", "") + `}}`, "a.template.json": `{}`,
		"b.template.json": broken, "c.template.json": "{", "asset.json": broken,
	})
	if found := findings(t, dir); len(found) > 0 {
		t.Errorf("got %q", found)
	}
}

func TestCheckAssembly_readsStagesAndNestedStacks(t *testing.T) {
	dir := t.TempDir()
	nesting := `{"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack",
		"Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::URLSuffix}/bucket/0a1b.json"}}}}}`
	write(t, dir, map[string]string{
		"manifest.json": `{"artifacts": {"assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"},
			"displayName": "Prod"}}}`,
		"assembly-Prod/manifest.json": `{"artifacts": {` + stackArtifact("ProdA", "a.template.json",
			`, "displayName": "Prod/A"`) + "," + stackArtifact("ProdB", "b.template.json", "") + `,
			"ProdB.assets": {"type": "cdk:asset-manifest", "properties": {"file": "b.assets.json"}}}}`,
		"assembly-Prod/a.template.json": broken,
		"assembly-Prod/b.template.json": nesting,
		"assembly-Prod/b.assets.json": `{"files": {"0a1b": {"source": {"path": "b.nested.template.json"},
			"destinations": {"here": {"objectKey": "0a1b.json"}}}}}`,
		"assembly-Prod/b.nested.template.json": broken,
	})
	want := []string{"stack Prod/A: AWS::Cognito::UserPoolDomain Domain: ", "stack Prod/ProdB/Nested: AWS::Cognito::UserPoolDomain Domain: "}
	if found := findings(t, dir); len(found) != 2 || !strings.HasPrefix(found[0], want[0]) || !strings.HasPrefix(found[1], want[1]) {
		t.Errorf("got %q, want %q", found, want)
	}
}

// A door in a nested stack gets what it refers to by parameters.
func TestCheckAssembly_followsParametersOfNestedStacks(t *testing.T) {
	stacks := handmade(t)
	gateway := stacks["gateway"].(object)
	gateway["Parameters"] = object{"TokenDomain": object{"Type": "String"}}
	at(t, stacks, "gateway/Post")["Integration"].(object)["Uri"] = object{"Fn::Sub": "https://${TokenDomain}/oauth2/token"}
	at(t, stacks, "gateway/Set")["RegularExpressionList"] = []any{"a"}
	body, err := json.Marshal(gateway)
	if err != nil {
		t.Fatal(err)
	}
	dir := houserules.Write(t, object{"identity": stacks["identity"], "tenants": stacks["tenants"], "parent": object{"Resources": object{
		"Gateway": object{"Type": "AWS::CloudFormation::Stack", "Properties": object{
			"TemplateURL": "https://bucket/hash.json", "Parameters": object{"TokenDomain": object{"Fn::ImportValue": "identity:Domain"}},
		}},
	}}})
	manifest := read[object](t, filepath.Join(dir, "manifest.json"))
	manifest["artifacts"].(object)["assets"] = object{"type": "cdk:asset-manifest", "properties": object{"file": "assets.json"}}
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{
		"manifest.json": string(text), "gateway.nested.template.json": string(body),
		"assets.json": `{"files": {"hash": {"source": {"path": "gateway.nested.template.json"},
			"destinations": {"here": {"objectKey": "hash.json"}}}}}`,
	})
	if found := findings(t, dir); len(found) != 1 || !strings.HasPrefix(found[0],
		"stack parent/Gateway: AWS::WAFv2::RegexPatternSet Set: pattern 0") {
		t.Errorf("got %q", found)
	}
}

func TestCheckAssembly_reportsErrorAnnotations(t *testing.T) {
	dir := t.TempDir()
	const entry = `{"/a/Pool": [{"type": "aws:cdk:warning", "data": "hm"}, {"type": "aws:cdk:error", "data": "Scopes: is empty"}]}`
	write(t, dir, map[string]string{
		"manifest.json": `{"artifacts": {` + stackArtifact("a", "a.template.json", `, "metadata": `+entry) + "," + stackArtifact("b",
			"a.template.json", `, "additionalMetadataFile": "b.metadata.json"`) + `}}`,
		"a.template.json": `{}`, "b.metadata.json": strings.ReplaceAll(entry, "/a", "/b"),
	})
	found, err := guard.CheckAssembly(dir)
	want := []guard.Finding{{Tier: guard.TierSynth, Message: "/a/Pool: Scopes: is empty"},
		{Tier: guard.TierSynth, Message: "/b/Pool: Scopes: is empty"}}
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("got %v, %v, want %v", found, err, want)
	}
}

func TestCheckAssembly_refusesWhatItCannotRead(t *testing.T) {
	stack := `{"artifacts": {` + stackArtifact("a", "a.template.json", "") + `}}`
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no assembly":     {nil, "manifest.json; a cloud assembly is the output directory of cdk synth"},
		"broken manifest": {map[string]string{"manifest.json": "{"}, "manifest.json: unexpected end"},
		"broken template": {map[string]string{"manifest.json": stack, "a.template.json": "{"}, "a.template.json: unexpected end"},
		"no template":     {map[string]string{"manifest.json": stack}, "there is no "},
		"null resource": {map[string]string{"manifest.json": stack, "a.template.json": `{"Resources": {"A": null}}`},
			`resource "A" is null`},
		"template outside": {map[string]string{"manifest.json": strings.Replace(stack, "a.template", "../a.template", 1)},
			`"../a.template.json" is not a file inside the assembly`},
		"assembly in itself": {map[string]string{"manifest.json": `{"artifacts": {"a": {"type": "cdk:cloud-assembly",
			"properties": {"directoryName": "x/.."}}}}`}, `directoryName "x/.." is not a folder inside`},
		"no folder of assets": {map[string]string{"manifest.json": `{"artifacts": {"a": {"type": "cdk:asset-manifest",
			"properties": {"file": "a.json"}}}}`}, "there is no "},
	} {
		dir := t.TempDir()
		write(t, dir, test.files)
		if found, err := guard.CheckAssembly(dir); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v, want …%s…", name, found, err, test.want)
		}
	}
}

// A template that nests itself ends.
func TestCheckAssembly_endsWhenAStackNestsItself(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"manifest.json": `{"artifacts": {` + stackArtifact("a", "a.template.json",
			"") + `, "a.assets": {"type": "cdk:asset-manifest", "properties": {"file": "a.assets.json"}}}}`,
		"a.template.json": `{"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://b/b.json"}}}}`,
		"b.template.json": `{"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://b/a.json"}}}}`,
		"a.assets.json": `{"files": {"a": {"source": {"path": "a.template.json"}, "destinations": {"here": {"objectKey": "a.json"}}},
			"b": {"source": {"path": "b.template.json"}, "destinations": {"here": {"objectKey": "b.json"}}}}}`,
	})
	if found := findings(t, dir); len(found) > 0 {
		t.Errorf("got %q", found)
	}
}

func TestCheckAssembly_refusesStackTagsOnTheAcceptedValues(t *testing.T) {
	stacks := handmade(t)
	dir := houserules.Write(t, stacks)
	manifest := read[object](t, filepath.Join(dir, "manifest.json"))
	gateway := manifest["artifacts"].(object)["gateway"].(object)
	gateway["properties"].(object)["tags"] = object{"team": "platform"}
	body, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"manifest.json": string(body)})
	const want = "stack gateway: AWS::WAFv2::RegexPatternSet Set: the stack has tags of its own, [team]"
	if found := findings(t, dir); len(found) != 1 || !strings.HasPrefix(found[0], want) {
		t.Errorf("got %q, want %s", found, want)
	}
	gateway["metadata"] = object{"/gateway/OriginHeader": []object{{"type": "cognito-m2m:constant-stack-tags", "data": true}}}
	if body, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"manifest.json": string(body)})
	if found := findings(t, dir); len(found) != 0 {
		t.Errorf("got %q for tags that are acknowledged", found)
	}
}

func TestCheckAssembly_countsQuotas(t *testing.T) {
	references := func(n int) object {
		return object{"Outputs": object{"R": object{"Value": strings.Repeat("{{resolve:secretsmanager:a}}", n)}}}
	}
	const core = "environments/prod/tenants/core.yaml"
	for name, test := range map[string]struct {
		template     object
		source, want string
	}{
		"full stack": {object{"Resources": entries(500), "Outputs": entries(200), "Parameters": entries(200)}, "", ""},
		"too many resources": {object{"Resources": entries(501)}, core,
			"stack core: 501 resources, CloudFormation allows 500: split " + core + " into 2 files by moving tenants that are not deployed yet"},
		"far too many resources": {object{"Resources": entries(1501)}, core,
			"stack core: 1501 resources, CloudFormation allows 500: split " + core + " into 4 files by moving tenants that are not deployed yet"},
		"outputs without a file": {object{"Outputs": entries(201)}, "", "stack core: 201 outputs, CloudFormation allows 200"},
		"too many parameters":    {object{"Parameters": entries(201)}, "", "stack core: 201 parameters, CloudFormation allows 200"},
		"all dynamic references": {references(60), "", ""},
		"more dynamic references": {references(61), core,
			"stack core: 61 dynamic references, CloudFormation allows 60: split " + core + " into 2 files by moving tenants that are not " +
				"deployed yet"},
		"too long": {object{"Description": strings.Repeat("x", 1<<20)}, "",
			"stack core: 1048594 bytes, CloudFormation allows 1048576"},
	} {
		body, err := json.Marshal(test.template)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		write(t, dir, map[string]string{
			"manifest.json": `{"artifacts": {` + stackArtifact("core", "core.template.json",
				`, "metadata": {"/core": [{"type": "cognito-m2m:source", "data": "`+test.source+`"}]}`) + `}}`,
			"core.template.json": string(body),
		})
		if got := strings.Join(findings(t, dir), "\n"); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func entries(n int) object {
	all := object{}
	for i := range n {
		all[fmt.Sprintf("E%d", i)] = object{}
	}
	return all
}
