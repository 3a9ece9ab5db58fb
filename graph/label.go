package graph

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file says in a few words what a state does and when a transition is taken.

// maxText is how many bytes of a condition or of names of errors are kept.
const maxText = 2000

// label2 returns the second line of a state's node: what it calls, or how long it
// waits.
func label2(s *asl.State) string {
	switch s.Type {
	case asl.Task:
		if text := resource(s.Fields.Get("Resource").Text()); text != "" {
			return text
		}
	case asl.Choice:
		return count(len(s.Choices), "rule", "rules")
	case asl.Parallel:
		return count(len(s.Branches), "branch", "branches")
	case asl.Map:
		return mapOver(s)
	case asl.Wait:
		return waits(s.Fields)
	case asl.Fail:
		if name := s.Fields.Get("Error").Text(); name != "" {
			return expression(name)
		}
	}
	if s.Type == "" {
		return "no Type"
	}
	return string(s.Type)
}

// resource is what a Task calls: the name of the function or activity, or the service
// and its action.
func resource(text string) string {
	r, err := asl.ParseResource(text)
	switch {
	case err != nil:
		return text[strings.LastIndexByte(text, ':')+1:]
	case r.Kind == asl.Integration:
		return r.Service + " " + r.Action + r.Pattern.String()
	}
	_, name, _ := strings.Cut(strings.Join(strings.Split(text, ":")[5:], ":"), ":")
	return name
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// mapOver says over what a Map state goes, and how.
func mapOver(s *asl.State) string {
	text := "Map"
	if p := s.ItemProcessor; p != nil && p.Mode == "DISTRIBUTED" {
		text = "distributed Map"
	}
	for _, field := range []string{"ItemsPath", "Items"} {
		if over := s.Fields.Get(field).Text(); over != "" {
			text += " " + expression(over)
		}
	}
	if n, ok := s.Fields.Get("MaxConcurrency").Int(); ok && n > 0 {
		text += " ×" + strconv.FormatInt(n, 10)
	}
	return text
}

// waits says how long a Wait state waits.
func waits(fields value.Value) string {
	if v := fields.Get("Seconds"); v.Exists() {
		return expression(plain(v)) + " s"
	}
	for _, field := range []string{"SecondsPath", "Timestamp", "TimestampPath"} {
		if v := fields.Get(field); v.Exists() {
			if field == "SecondsPath" {
				return plain(v) + " s"
			}
			return "until " + expression(plain(v))
		}
	}
	return string(asl.Wait)
}

// plain returns a string as it is and other values as JSON.
func plain(v value.Value) string {
	if v.Kind() == value.String {
		return v.Text()
	}
	if v.Size() > maxText {
		return "…"
	}
	return v.String()
}

// expression returns an expression of JSONata without {% and %}.
func expression(text string) string {
	if inner, ok := strings.CutPrefix(text, "{%"); ok {
		return strings.TrimSpace(strings.TrimSuffix(inner, "%}"))
	}
	return text
}

// condition returns the test of a rule as people write it: "total > 0 and not paid".
func condition(rule *asl.ChoiceRule) string {
	if rule.Condition.Exists() {
		return line(expression(plain(rule.Condition)))
	}
	var b strings.Builder
	test(&b, rule.Fields, "")
	return line(b.String())
}

// brief shortens a condition of JSONata: conditions of JSONPath begin without "$.", too.
func brief(condition string) string { return strings.ReplaceAll(condition, "$states.input.", "") }

// line makes one line of a text, of at most maxText bytes.
func line(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return strings.Join(strings.Fields(text), " ")
}

// test writes a test of JSONPath. around is the operator that it is an operand of.
func test(b *strings.Builder, fields value.Value, around string) {
	if b.Len() > maxText {
		return
	}
	for _, join := range []struct{ field, word string }{{"And", "and"}, {"Or", "or"}} {
		operands := fields.Get(join.field)
		if !operands.Exists() {
			continue
		}
		group := around != "" && around != join.word
		if group {
			b.WriteByte('(')
		}
		for i, operand := range operands.Items() {
			if i > 0 {
				b.WriteString(" " + join.word + " ")
			}
			test(b, operand, join.word)
		}
		if group {
			b.WriteByte(')')
		}
		return
	}
	if operand := fields.Get("Not"); operand.Exists() {
		b.WriteString("not ")
		test(b, operand, "not")
		return
	}
	comparison(b, fields)
}

// operators has the sign for each ending of a comparison operator's name; longer
// endings come before those that end like them.
var operators = []struct{ ending, sign string }{
	{"GreaterThanEquals", " ≥ "}, {"LessThanEquals", " ≤ "}, {"GreaterThan", " > "}, {"LessThan", " < "}, {"Equals", " = "}, {"Matches", " ~ "},
}

// comparison writes a test that has a comparison operator.
func comparison(b *strings.Builder, fields value.Value) {
	variable := strings.TrimPrefix(fields.Get("Variable").Text(), "$.")
	for name, operand := range fields.Members() {
		if what, ok := strings.CutPrefix(name, "Is"); ok {
			is := " is "
			if operand.Kind() == value.Bool && !operand.Bool() {
				is = " is not "
			}
			b.WriteString(variable + is + strings.ToLower(what))
			return
		}
		ending := strings.TrimSuffix(name, "Path")
		for _, o := range operators {
			if !strings.HasSuffix(ending, o.ending) {
				continue
			}
			switch {
			case strings.HasPrefix(name, "Boolean") && operand.Kind() == value.Bool && operand.Bool():
				b.WriteString(variable)
			case strings.HasPrefix(name, "Boolean") && operand.Kind() == value.Bool:
				b.WriteString("not " + variable)
			case name != ending: // …Path: another variable
				b.WriteString(variable + o.sign + strings.TrimPrefix(plain(operand), "$."))
			default:
				b.WriteString(variable + o.sign + plain(operand))
			}
			return
		}
	}
	b.WriteString(variable)
}
