package properties_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

func TestProperties_readsWhatItIsAskedFor(t *testing.T) {
	o := properties.Read("stack/R", map[string]any{
		"Text": "x", "Kind": "B", "Count": 3.0, "Digits": "4", "Number": json.Number("5"), "On": true, "Off": "false",
		"Names": []any{"a", "b"}, "More": []string{"c"}, "Inner": map[string]any{"Deep": "y"}, "List": []any{map[string]any{"Deep": "z"}},
		"Tags": 1,
		"One":  "o", "Rate": 0.5,
	})
	o.Require("Text")
	o.Accept(map[string]string{"Tags": "shown in bills only"})
	got := []any{
		o.Text("Text"), o.OneOf("Kind", "A", "B"), o.OneOf("Absent", "A"), o.Int("Count", 0, 9, 7), o.Int("Digits", 0, 9, 7),
		o.Int("Number", 0, 9, 7),
		o.Int("AbsentNumber", 0, 9, 7), o.Bool("On"), o.Bool("Off"), o.Texts("Names"), o.Texts("More"), o.Object("Inner").Text("Deep"),
		o.Objects("List")[0].Text("Deep"), o.Object("AbsentObject") == nil,
		o.TextOrTexts("One"), o.TextOrTexts("Names"), o.IsText("One"), o.IsText("Names"), o.Number("Rate", 7), o.Number("AbsentNumber", 7),
	}
	want := []any{"x", "B", "", int64(3), int64(4), int64(5), int64(7), true, false, []string{"a", "b"}, []string{"c"}, "y", "z", true,
		[]string{"o"}, []string{"a", "b"}, true, false, 0.5, 7.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := o.Err(); err != nil {
		t.Error(err)
	}
}

func TestProperties_reportsEveryMistakeWithItsPath(t *testing.T) {
	o := properties.Read("stack/R", map[string]any{
		"Text": 1.5, "Kind": "C", "Count": 10.0, "Low": -1.0, "Fraction": 1.5, "On": "yes", "Names": []any{"a", 2.0}, "Inner": []any{},
		"List": []any{"x", map[string]any{"Typo": 1}},
		"Body": nil, "Extra": 1, "Wide": "w", "Rate": -0.5,
	})
	o.Require("Name")
	o.Refuse(map[string]string{"Wide": "no width here"})
	o.Text("Text")
	o.OneOf("Kind", "A", "B")
	o.Int("Count", 0, 9, 0)
	o.Int("Low", 0, 9, 0)
	o.Int("Fraction", 0, 9, 0)
	o.Bool("On")
	o.Texts("Names")
	o.Object("Inner")
	o.Objects("List")
	o.Object("Body")
	o.Number("Rate", 0)
	const want = `stack/R.Name: is required
stack/R.Wide: is not simulated: no width here
stack/R.Text: got 1.5, want a string
stack/R.Kind: got "C", allowed are A, B
stack/R.Count: got 10, want a whole number from 0 to 9
stack/R.Low: got -1, want a whole number from 0 to 9
stack/R.Fraction: got 1.5, want a whole number from 0 to 9
stack/R.On: got "yes", want true or false
stack/R.Names[1]: got 2, want a string
stack/R.Inner: got a list, want an object
stack/R.List[0]: got "x", want an object
stack/R.Body: got null, want an object
stack/R.Rate: got -0.5, want a number that is not negative
stack/R.Extra: unknown property; known here: Body, Count, Fraction, Inner, Kind, List, Low, Names, On, Rate, Text, Wide
stack/R.List[1].Typo: unknown property; known here: none`
	if diff := cmp.Diff(want, o.Err().Error()); diff != "" {
		t.Error(diff)
	}
}
