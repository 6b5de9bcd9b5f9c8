package vtl

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// parseJSON keeps the order of an object's members. Whole numbers become Integer or Long, others Double.
func parseJSON(x *execution, source string) (any, error) {
	d := json.NewDecoder(strings.NewReader(source))
	d.UseNumber()
	v, err := decodeValue(x, d, 0)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("the text ends too early")
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("there is more after the first value")
	}
	return v, x.produced(len(source))
}

func decodeValue(x *execution, d *json.Decoder, depth int) (any, error) {
	if err := x.step(); err != nil {
		return nil, err
	}
	if depth > maxNesting {
		return nil, fmt.Errorf("it nests deeper than %d", maxNesting)
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		return jsonNumber(token.String())
	case json.Delim:
		if token == '[' {
			return decodeList(x, d, depth)
		}
		return decodeObject(x, d, depth)
	}
	return token, nil
}

func jsonNumber(s string) (any, error) {
	if !strings.ContainsAny(s, ".eE") {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s has more than 64 bits, which is not supported", s)
		}
		return integer(n), nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, fmt.Errorf("%s is too large for a number", s)
	}
	return f, nil
}

func decodeList(x *execution, d *json.Decoder, depth int) (any, error) {
	l := list{}
	for d.More() {
		v, err := decodeValue(x, d, depth+1)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	_, err := d.Token()
	return l, err
}

func decodeObject(x *execution, d *json.Decoder, depth int) (any, error) {
	o := newObject()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := decodeValue(x, d, depth+1)
		if err != nil {
			return nil, err
		}
		o.put(key, v)
	}
	_, err := d.Token()
	return o, err
}

// writeJSON writes JSON without white space.
func (x *execution) writeJSON(b *strings.Builder, v any) error {
	switch v := v.(type) {
	case list:
		return x.writeAllJSON(b, "[", "]", len(v), func(i int) error { return x.writeJSON(b, v[i]) })
	case *object:
		return x.writeAllJSON(b, "{", "}", len(v.keys), func(i int) error {
			if err := x.writeJSON(b, v.keys[i]); err != nil {
				return err
			}
			b.WriteByte(':')
			return x.writeJSON(b, v.values[v.keys[i]])
		})
	case string:
		var quoted strings.Builder
		e := json.NewEncoder(&quoted)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return err
		}
		return x.append(b, strings.TrimSuffix(quoted.String(), "\n"))
	}
	s, err := scalarText(v)
	if err != nil {
		return err
	}
	return x.append(b, s)
}

func (x *execution) writeAllJSON(b *strings.Builder, open, shut string, n int, write func(int) error) error {
	if err := x.append(b, open); err != nil {
		return err
	}
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := write(i); err != nil {
			return err
		}
	}
	return x.append(b, shut)
}

func (x *execution) append(b *strings.Builder, s string) error {
	b.WriteString(s)
	return x.produced(len(s))
}
