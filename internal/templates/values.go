package templates

// Sorted are the stack's resources by logical ID.
func (s *Stack) Sorted() []*Resource { return s.sorted }

// Section is the object at the end of a path of names in a value of a template; nil if there is none.
func Section(value any, path ...string) map[string]any {
	fields, _ := value.(map[string]any)
	for _, name := range path {
		fields, _ = fields[name].(map[string]any)
	}
	return fields
}

// List is the list of this name in an object; nil if there is none.
func List(object any, name string) []any {
	items, _ := Section(object)[name].([]any)
	return items
}

// Texts is List for texts. An item that is not one reads "(known at deployment)".
func Texts(object any, name string) []string {
	var all []string
	for _, item := range List(object, name) {
		text, ok := item.(string)
		if !ok {
			text = "(known at deployment)"
		}
		all = append(all, text)
	}
	return all
}
