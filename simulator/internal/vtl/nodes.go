package vtl

// node is a part of a template that writes text.
type node interface{ render(*execution) error }

// expression has a value: nil, string, bool, int32 (Java's Integer), int64 (Long), float64 (Double), list, *object or a tool.
type expression interface {
	value(*execution) (any, error)
}

type (
	text string

	// reference is $name followed by its parts.
	reference struct {
		// source is what renders when there is no value.
		source string
		quiet  bool
		formal bool // in braces
		name   string
		parts  []part
	}

	// set is #set of a variable.
	set struct {
		name  string
		right expression
	}

	// conditional is #if with its #elseif and #else; the condition of #else is nil.
	conditional []branch
	branch      struct {
		condition expression
		body      []node
	}

	foreach struct {
		name  string
		items expression
		body  []node
	}
)

// part is one step of a reference: a property, a method call or an index.
type part interface {
	of(x *execution, v any) (any, error)
}

type (
	property string
	call     struct {
		name      string
		arguments []expression
	}
	index struct{ argument expression }
)

type (
	literal struct{ v any }

	// interpolated is a string in double quotes with references or directives in it.
	interpolated struct {
		nodes []node
		// padded strings are parsed with a space after them, which is cut off the result.
		padded bool
	}

	listLiteral []expression

	mapLiteral struct{ keys, values []expression }

	group struct{ inside expression }

	negation struct{ operand expression }

	operation struct {
		operator    string
		left, right expression
	}
)
