// Package limits checks synthesized templates against CloudFormation's quotas, so that a stack that cannot be deployed fails at synth.
package limits

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// quota is one of https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html.
type quota struct {
	what    string
	allowed int
	used    func(body []byte, t *template) int
}

type template struct {
	Resources, Outputs, Parameters map[string]json.RawMessage
}

var quotas = []quota{
	{"resources", awslimits.ResourcesPerStack, func(_ []byte, t *template) int { return len(t.Resources) }},
	{"outputs", awslimits.OutputsPerStack, func(_ []byte, t *template) int { return len(t.Outputs) }},
	{"parameters", awslimits.ParametersPerStack, func(_ []byte, t *template) int { return len(t.Parameters) }},
	{"dynamic references", awslimits.DynamicReferencesPerTemplate, func(body []byte, _ *template) int { return bytes.Count(body, []byte("{{resolve:")) }},
	{"bytes", awslimits.TemplateBytes, func(body []byte, _ *template) int { return len(body) }},
}

// Check returns an error for each quota that a template in the cloud assembly directory exceeds. source names the file that a stack is made from,
// if there is one, so that the error can say which file to split.
func Check(assembly string, source func(stack string) string) []error {
	files, err := filepath.Glob(filepath.Join(assembly, "*.template.json"))
	if err != nil {
		return []error{err}
	}
	var errs []error
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		var t template
		if err := json.Unmarshal(body, &t); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
			continue
		}
		stack := strings.TrimSuffix(filepath.Base(file), ".template.json")
		errs = append(errs, checkTemplate(stack, body, &t, source(stack))...)
	}
	return errs
}

func checkTemplate(stack string, body []byte, t *template, source string) []error {
	var errs []error
	for _, q := range quotas {
		used := q.used(body, t)
		if used <= q.allowed {
			continue
		}
		err := fmt.Errorf("stack %s: %d %s, CloudFormation allows %d", stack, used, q.what, q.allowed)
		if source != "" {
			err = fmt.Errorf("%w: split %s into %d files by moving tenants that are not deployed yet", err, source, (used+q.allowed-1)/q.allowed)
		}
		errs = append(errs, err)
	}
	return errs
}
