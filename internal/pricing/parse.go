package pricing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Load reads a price file that has the form of this package's prices.yaml.
func Load(path string) (*Book, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, content)
}

// Parse reads prices strictly: a key that is not known, one that is missing and a value that is not allowed are errors, which name the
// file, the line and the column.
func Parse(file string, content []byte) (*Book, error) {
	book, err := decode(content)
	if err == nil {
		err = book.check()
	}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		position := at.GetToken().Position
		return nil, fmt.Errorf("%s:%d:%d: %s", file, position.Line, position.Column, at.GetMessage())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return book, nil
}

// decode reads the one document of a file. A panic of the library, which is not ours to fix, becomes an error.
func decode(content []byte) (book *Book, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("is not YAML: the parser failed on it: %v", r)
		}
	}()
	book = &Book{}
	decoder := yaml.NewDecoder(bytes.NewReader(content), yaml.Strict())
	if err := decoder.Decode(book); errors.Is(err, io.EOF) {
		return nil, errors.New("is empty: it must hold the keys read and regions")
	} else if err != nil {
		return nil, err
	}
	if err := decoder.Decode(&Book{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("has a second YAML document: use one")
	}
	return book, nil
}

func (b *Book) check() error {
	if _, err := time.Parse(time.DateOnly, b.Read); err != nil {
		return fmt.Errorf("read %q is not a date: use the day on which the prices were read, for example 2026-11-22", b.Read)
	}
	if len(b.Regions) == 0 {
		return errors.New("there is no Region: use regions.NAME, for example regions.us-east-1")
	}
	for name, region := range b.Regions {
		if region == nil {
			return fmt.Errorf("regions.%s is empty: it must hold every price", name)
		}
	}
	return nil
}

// UnmarshalYAML reads the prices of a Region, all of which must be there.
func (r *Region) UnmarshalYAML(n ast.Node) error {
	type plain Region
	if err := yaml.NodeToValue(n, (*plain)(r), yaml.Strict()); err != nil {
		return err
	}
	var missing []string
	section := reflect.ValueOf(r).Elem()
	for i := range section.NumField() {
		key := section.Type().Field(i).Tag.Get("yaml")
		if section.Field(i).IsZero() {
			missing = append(missing, key)
		}
		if price, ok := section.Field(i).Interface().(Price); ok && !price.Charged && !section.Field(i).IsZero() && key != "appClients" {
			return mistake(n, "%s has charged: false, which appClients alone may have: use an amount of 0", key)
		}
	}
	if len(missing) > 0 {
		return mistake(n, "has no price for %s: every price must be there", strings.Join(missing, ", "))
	}
	return nil
}

// UnmarshalYAML reads and checks one price.
func (p *Price) UnmarshalYAML(n ast.Node) error {
	type plain Price
	*p = Price{Per: 1, Charged: true}
	if err := yaml.NodeToValue(n, (*plain)(p), yaml.Strict()); err != nil {
		return err
	}
	if p.Per < 1 || 1_000_000%p.Per != 0 {
		return mistake(n, "per %d is not allowed: use the number of units that the amounts are for, one of 1, 10, 100 and so on "+
			"up to 1000000", p.Per)
	}
	if len(p.Tiers) == 0 {
		return mistake(n, "tiers is empty: use at least one amount, for example tiers: [{ amount: 2.25 }]")
	}
	last := int64(0)
	for i, tier := range p.Tiers {
		if end := i == len(p.Tiers)-1; end != (tier.UpTo == 0) || !end && tier.UpTo <= last {
			return mistake(n, "upTo of tier %d is %d: use rising numbers of units, and none in the last tier only", i+1, tier.UpTo)
		}
		last = tier.UpTo
	}
	return described(n, p.Item, p.Unit, p.Confidence, p.Source)
}

// UnmarshalYAML reads and checks the prices of all capacities.
func (c *Caches) UnmarshalYAML(n ast.Node) error {
	type plain Caches
	if err := yaml.NodeToValue(n, (*plain)(c), yaml.Strict()); err != nil {
		return err
	}
	var sizes []string
	for _, of := range c.Sizes {
		sizes = append(sizes, of.SizeGB)
	}
	if !slices.Equal(sizes, awslimits.CacheSizes()) {
		return mistake(n, "sizes are of %v GB: use every capacity that API Gateway has, in this order and in quotes: %v",
			sizes, awslimits.CacheSizes())
	}
	return described(n, c.Item, c.Unit, c.Confidence, c.Source)
}

// UnmarshalYAML reads an amount from the text of the number, not from a floating-point value.
func (d *USD) UnmarshalYAML(n ast.Node) error {
	amount, err := parseUSD(n.GetToken().Value)
	if err != nil {
		return mistake(n, "%v", err)
	}
	*d = amount
	return nil
}

func described(n ast.Node, item, unit, confidence, source string) error {
	if item == "" || unit == "" || source == "" {
		return mistake(n, "item %q, unit %q, source %q: none of them may be empty", item, unit, source)
	}
	if err := awslimits.OneOf("confidence", confidence, "H", "M", "L"); err != nil {
		return mistake(n, "%v", err)
	}
	return nil
}

// mistake is an error of a value, at the value's first line and column.
func mistake(n ast.Node, format string, args ...any) error {
	at := n.GetToken()
	if mapping, ok := n.(*ast.MappingNode); ok && len(mapping.Values) > 0 {
		at = firstOf(mapping.Values[0].Key.GetToken(), at)
	}
	return &yaml.SyntaxError{Message: fmt.Sprintf(format, args...), Token: at}
}

func firstOf(a, b *token.Token) *token.Token {
	if a == nil || b != nil && b.Position.Offset < a.Position.Offset {
		return b
	}
	return a
}
