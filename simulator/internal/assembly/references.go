package assembly

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
)

// Values answers what only the simulated services know.
type Values interface {
	// Ref is what Ref returns for the resource, usually its name or id.
	Ref(r *Resource) (any, error)
	// GetAtt is one of the resource's return values.
	GetAtt(r *Resource, attribute string) (any, error)
	// Dynamic is the value of a dynamic reference, given without its braces and without "resolve:", such as
	// "secretsmanager:<arn>:SecretString:::".
	Dynamic(reference string) (string, error)
}

func (e *evaluator) ref(argument any) (any, error) {
	name, ok := argument.(string)
	if !ok {
		return nil, e.errorf("got %s, want the name of a resource or parameter", describe(argument))
	}
	if strings.HasPrefix(name, "AWS::") {
		return e.pseudoParameter(name)
	}
	if p := e.stack.template.Parameters[name]; p != nil {
		value, err := p.value()
		if err != nil {
			return nil, e.errorf("parameter %q: %w", name, err)
		}
		return value, nil
	}
	r, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	value, err := e.values.Ref(r)
	if err != nil {
		return nil, e.errorf("%s: %w", name, err)
	}
	return value, nil
}

func (e *evaluator) getAtt(argument any) (any, error) {
	name, attribute, err := e.attribute(argument)
	if err != nil {
		return nil, err
	}
	r, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	value, err := e.values.GetAtt(r, attribute)
	if err != nil {
		return nil, e.errorf("%s.%s: %w", name, attribute, err)
	}
	return value, nil
}

// attribute reads Fn::GetAtt's two forms: ["id", "attribute"], in which the attribute may be a Ref to a parameter, and "id.attribute".
func (e *evaluator) attribute(argument any) (id, attribute string, err error) {
	switch argument := argument.(type) {
	case string:
		if id, attribute, ok := strings.Cut(argument, "."); ok {
			return id, attribute, nil
		}
	case []any:
		if len(argument) != 2 {
			break
		}
		if id, ok := argument[0].(string); ok {
			attribute, err := e.text(argument[1])
			return id, attribute, err
		}
	}
	return "", "", e.errorf(`got %s, want ["resource", "attribute"] or "resource.attribute"`, describe(argument))
}

func (e *evaluator) resource(id string) (*Resource, error) {
	r, ok := e.stack.byID[id]
	switch {
	case !ok:
		return nil, e.errorf("there is no resource or parameter %q in the stack", id)
	case r.omitted:
		return nil, e.errorf("resource %q is left out by its condition", id)
	case e.values == nil:
		return nil, e.errorf("no reference to a resource is possible here, got %q", id)
	}
	return r, nil
}

// pseudoParameter answers AWS::Region and its like:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
func (e *evaluator) pseudoParameter(name string) (any, error) {
	s := e.stack
	switch name {
	case "AWS::Region":
		return s.Region, nil
	case "AWS::AccountId":
		return s.Account, nil
	case "AWS::StackName":
		return s.Name, nil
	case "AWS::StackId":
		return s.id(), nil
	case "AWS::Partition":
		return s.partition(), nil
	case "AWS::URLSuffix":
		if s.partition() == "aws-cn" {
			return "amazonaws.com.cn", nil
		}
		return "amazonaws.com", nil
	case "AWS::NoValue":
		return noValue{}, nil
	}
	return nil, e.errorf("pseudo parameter %q is not supported", name)
}

func (s *Stack) partition() string {
	switch {
	case strings.HasPrefix(s.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(s.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// id is a stack ARN whose UUID is the same for the same stack at every load.
func (s *Stack) id() string {
	sum := sha256.Sum256([]byte(s.Account + "/" + s.Region + "/" + s.Name))
	return fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/%x-%x-%x-%x-%x",
		s.partition(), s.Region, s.Account, s.Name, sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// parameter is a template parameter. Nothing is passed at deployment, so it has its default.
type parameter struct {
	Type    string
	Default any
	// The others check or describe what a person enters.
	AllowedPattern, AllowedValues, ConstraintDescription, Description, MaxLength, MaxValue, MinLength, MinValue, NoEcho json.RawMessage
}

// value is the default, of which a list type makes a list. The default of an SSM type names an entry of Parameter Store, whose value
// nobody knows here: it becomes a text that says so.
func (p *parameter) value() (any, error) {
	var text string
	switch d := p.Default.(type) {
	case string:
		text = d
	case float64, bool:
		text = fmt.Sprint(d)
	case nil:
		return nil, fmt.Errorf("there is no default, and parameters are not passed")
	default:
		return nil, fmt.Errorf("the default is %s, want a string or number", describe(d))
	}
	if strings.HasPrefix(p.Type, "AWS::SSM::Parameter::") {
		text = "value-of-ssm-parameter:" + text
	}
	if p.Type != "CommaDelimitedList" && !strings.Contains(p.Type, "List<") {
		return text, nil
	}
	items := []any{}
	for item := range strings.SplitSeq(text, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items, nil
}
