package edit

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file writes paths, intrinsic functions and rules of JSONPath as JSONata, and
// paths of JSONata as JSONPath.

// A step is a part of a path: a name, or an index in digits.
type step struct {
	name    string
	isIndex bool
}

var (
	rootOfPath = regexp.MustCompile(`^\$(\$|[A-Za-z_]\w*)?`)
	stepOfPath = regexp.MustCompile(`^(?:\.([^\s.\[\]'"*?@()$,:]+)|\['([^'\\]*)'\]|\["([^"\\]*)"\]|\[(-?\d{1,9})\])`)
	plainName  = regexp.MustCompile(`^[A-Za-z_]\w*$`)
)

// splitPath takes a path of names and indexes apart; root is "$", "$$" or "$name".
func splitPath(path string) (root string, steps []step, ok bool) {
	root = rootOfPath.FindString(path)
	if root == "" {
		return "", nil, false
	}
	for rest := path[len(root):]; rest != ""; {
		m := stepOfPath.FindStringSubmatch(rest)
		if m == nil {
			return "", nil, false
		}
		rest = rest[len(m[0]):]
		if m[4] != "" {
			steps = append(steps, step{m[4], true})
		} else {
			steps = append(steps, step{m[1] + m[2] + m[3], false})
		}
	}
	return root, steps, true
}

// joinPath writes a path in JSONata.
func joinPath(from string, steps []step) (string, bool) {
	var b strings.Builder
	b.WriteString(from)
	for _, s := range steps {
		switch {
		case s.isIndex:
			b.WriteString("[" + s.name + "]")
		case plainName.MatchString(s.name) && !slices.Contains([]string{"and", "or", "in", "true", "false", "null"}, s.name):
			b.WriteString("." + s.name)
		case s.name == "" || strings.ContainsAny(s.name, "`\n"):
			return "", false
		default:
			b.WriteString(".`" + s.name + "`")
		}
	}
	return b.String(), true
}

// jsonataOf writes a path, or a call of an intrinsic function, as JSONata; data is what
// $ is.
func jsonataOf(text, data string) (string, bool) {
	if strings.HasPrefix(text, "States.") {
		p := &callReader{rest: text, data: data}
		out, ok := p.call(0)
		return out, ok && p.rest == ""
	}
	root, steps, ok := splitPath(text)
	switch {
	case !ok:
		return "", false
	case root == "$":
		root = data
	case root == "$$":
		root = "$states.context"
	}
	return joinPath(root, steps)
}

// A callReader reads a call of an intrinsic function.
type callReader struct {
	rest string
	data string
}

var (
	nameOfCall = regexp.MustCompile(`^States\.\w+\(`)
	numberArg  = regexp.MustCompile(`^-?\d+(\.\d+)?`)
	pathArg    = regexp.MustCompile(`^\$[^\s,()]*`)
)

// call reads "States.Name(argument, …)".
func (p *callReader) call(depth int) (string, bool) {
	name := nameOfCall.FindString(p.rest)
	if name == "" || depth > 10 {
		return "", false
	}
	p.rest = p.rest[len(name):]
	var arguments []string
	for {
		p.space()
		if rest, ok := strings.CutPrefix(p.rest, ")"); ok {
			p.rest = rest
			return intrinsicAs(strings.TrimSuffix(name, "("), arguments)
		}
		if len(arguments) > 0 {
			rest, ok := strings.CutPrefix(p.rest, ",")
			if !ok {
				return "", false
			}
			p.rest = rest
			p.space()
		}
		one, ok := p.argument(depth)
		if !ok {
			return "", false
		}
		arguments = append(arguments, one)
	}
}

func (p *callReader) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *callReader) argument(depth int) (string, bool) {
	take := func(text string) string {
		p.rest = p.rest[len(text):]
		return text
	}
	switch {
	case strings.HasPrefix(p.rest, "States."):
		return p.call(depth + 1)
	case strings.HasPrefix(p.rest, "$"):
		return jsonataOf(take(pathArg.FindString(p.rest)), p.data)
	case strings.HasPrefix(p.rest, "'"):
		return p.text()
	}
	for _, word := range []string{"true", "false", "null", numberArg.FindString(p.rest)} {
		if word != "" && strings.HasPrefix(p.rest, word) {
			return take(word), true
		}
	}
	return "", false
}

// text reads a text in single quotes, in which a backslash takes the meaning of a
// quote, a brace or a backslash.
func (p *callReader) text() (string, bool) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '\'':
			p.rest = p.rest[i+1:]
			return jsonString(b.String()), true
		case c == '\\' && i+1 < len(p.rest) && (p.rest[i+1] == '{' || p.rest[i+1] == '}'):
			return "", false // a brace that Format does not fill
		case c == '\\' && i+1 < len(p.rest):
			i++
			b.WriteByte(p.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// jsonString returns a string in double quotes, as JSON and JSONata have it.
func jsonString(s string) string { return string(value.AppendQuoted(nil, s)) }

// forms has intrinsic functions as JSONata: 1, 2, 3 stand for the arguments.
var forms = map[string]string{
	"States.UUID": "$uuid()", "States.StringToJson": "$parse(1)", "States.JsonToString": "$string(1)",
	"States.ArrayLength": "$count(1)", "States.ArrayContains": "(2 in 1)", "States.ArrayGetItem": "1[2]",
	"States.ArrayRange": "$range(1, 2, 3)", "States.ArrayPartition": "$partition(1, 2)", "States.ArrayUnique": "$distinct(1)",
	"States.Base64Encode": "$base64encode(1)", "States.Base64Decode": "$base64decode(1)", "States.Hash": "$hash(1, 2)",
	"States.MathAdd": "(1 + 2)", "States.StringSplit": "$split(1, 2)",
}

// intrinsicAs writes a call with its arguments as JSONata.
func intrinsicAs(name string, arguments []string) (string, bool) {
	switch name {
	case "States.Array":
		return "[" + strings.Join(arguments, ", ") + "]", true
	case "States.Format":
		return formatAs(arguments)
	case "States.JsonMerge":
		if len(arguments) != 3 || arguments[2] != "false" {
			return "", false
		}
		return "$merge([" + arguments[0] + ", " + arguments[1] + "])", true
	case "States.StringSplit":
		if len(arguments) != 2 || len(arguments[1]) != 3 {
			return "", false // each character of the separator separates
		}
	}
	form, ok := forms[name]
	if !ok {
		return "", false
	}
	var b strings.Builder
	used := 0
	for i := 0; i < len(form); i++ {
		n := int(form[i] - '0')
		if n < 1 || n > 3 {
			b.WriteByte(form[i])
			continue
		}
		if n > len(arguments) {
			return "", false
		}
		used = max(used, n)
		b.WriteString(arguments[n-1])
	}
	return b.String(), used == len(arguments)
}

// formatAs writes States.Format as texts that are joined.
func formatAs(arguments []string) (string, bool) {
	if len(arguments) == 0 || !strings.HasPrefix(arguments[0], `"`) {
		return "", false
	}
	pieces := strings.Split(arguments[0][1:len(arguments[0])-1], "{}")
	if len(pieces) != len(arguments) {
		return "", false
	}
	var parts []string
	for i, piece := range pieces {
		if piece != "" || len(pieces) == 1 {
			parts = append(parts, `"`+piece+`"`)
		}
		if i+1 < len(pieces) {
			parts = append(parts, arguments[i+1])
		}
	}
	if len(parts) == 1 && len(pieces) > 1 {
		return "$string(" + parts[0] + ")", true
	}
	return strings.Join(parts, " & "), true
}

// constructor writes a Payload Template as an expression of JSONata.
func constructor(n *patch.Node, data string, isTemplate bool) (string, bool) {
	switch n.Kind() {
	case value.Opaque:
		return "", false
	case value.Array:
		var items []string
		for _, item := range n.Items() {
			text, ok := constructor(item, data, isTemplate)
			if !ok {
				return "", false
			}
			items = append(items, text)
		}
		return "[" + strings.Join(items, ", ") + "]", true
	case value.Object:
		var parts []string
		for name, v := range n.Members() {
			text, ok := "", false
			if base, isPath := strings.CutSuffix(name, ".$"); isPath && isTemplate {
				name = base
				text, ok = jsonataOf(v.Text(), data)
			} else {
				text, ok = constructor(v, data, isTemplate)
			}
			if !ok {
				return "", false
			}
			parts = append(parts, jsonString(name)+": "+text)
		}
		return "{" + strings.Join(parts, ", ") + "}", true
	}
	return n.Value().String(), n.Tag() == ""
}

// Operators of comparisons by the ends of their names, longer ones first.
var operators = []struct{ name, sign string }{
	{"GreaterThanEquals", ">="}, {"LessThanEquals", "<="}, {"GreaterThan", ">"}, {"LessThan", "<"}, {"Equals", "="},
}

// condition writes a rule as an expression of JSONata.
func condition(rule *patch.Node, data string) (string, bool) {
	for _, list := range []struct{ name, word string }{{"And", " and "}, {"Or", " or "}} {
		if v := rule.Get(list.name); v.Kind() == value.Array && v.Len() > 0 {
			var parts []string
			for _, inner := range v.Items() {
				text, ok := condition(inner, data)
				if !ok {
					return "", false
				}
				if inner.Get("And") != nil || inner.Get("Or") != nil {
					text = "(" + text + ")"
				}
				parts = append(parts, text)
			}
			return strings.Join(parts, list.word), true
		}
	}
	if inner := rule.Get("Not"); inner != nil {
		text, ok := condition(inner, data)
		return "$not(" + text + ")", ok
	}
	variable, ok := jsonataOf(rule.Get("Variable").Text(), data)
	if !ok {
		return "", false
	}
	for name, v := range rule.Members() {
		switch name {
		case "Variable", "Next", "Comment", "Assign":
			continue
		}
		return comparison(name, variable, v, data)
	}
	return "", false
}

// comparison writes one test of a rule.
func comparison(name, variable string, v *patch.Node, data string) (string, bool) {
	if v.Kind() == value.Opaque || v.Tag() != "" {
		return "", false
	}
	holds := func(text string) (string, bool) {
		if v.Kind() == value.Bool && !v.Value().Bool() {
			return "$not(" + text + ")", true
		}
		return text, v.Kind() == value.Bool
	}
	switch name {
	case "IsPresent":
		return holds("$exists(" + variable + ")")
	case "IsNull":
		return holds(variable + " = null")
	case "IsString":
		return holds(`$type(` + variable + `) = "string"`)
	case "IsNumeric":
		return holds(`$type(` + variable + `) = "number"`)
	case "IsBoolean":
		return holds(`$type(` + variable + `) = "boolean"`)
	case "StringMatches":
		return "$contains(" + variable + ", /^" + wildcard(v.Text()) + "$/)", v.Kind() == value.String && !strings.Contains(v.Text(), "\n")
	}
	other := v.Value().String()
	base, isPath := strings.CutSuffix(name, "Path")
	if isPath {
		var ok bool
		if other, ok = jsonataOf(v.Text(), data); !ok {
			return "", false
		}
	}
	for _, kind := range []string{"String", "Numeric", "Boolean", "Timestamp"} {
		rest, ok := strings.CutPrefix(base, kind)
		if !ok {
			continue
		}
		for _, operator := range operators {
			if rest != operator.name {
				continue
			}
			if kind == "Timestamp" {
				return "$toMillis(" + variable + ") " + operator.sign + " $toMillis(" + other + ")", true
			}
			return variable + " " + operator.sign + " " + other, true
		}
	}
	return "", false
}

// wildcard writes the pattern of StringMatches as a regular expression.
func wildcard(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '*':
			b.WriteString(".*")
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		case c == '/':
			b.WriteString(`\/`)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String()
}

// isExpression reports whether a text is an expression of JSONata.
func isExpression(text string) bool {
	return strings.HasPrefix(text, "{%") && strings.HasSuffix(text, "%}") && len(text) >= 4
}

var nameOfPath = regexp.MustCompile("^(?:\\.(?:([A-Za-z_]\\w*)|`([^`]+)`)|\\[(\\d+)\\])")

// jsonpathOf writes an expression of JSONata that is a path as JSONPath; data is what $
// becomes.
func jsonpathOf(text, data string) (string, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, "{%"), "%}"))
	path := ""
	switch {
	case cutWord(&text, data):
		path = "$"
	case cutWord(&text, "$states.context"):
		path = "$$"
	case strings.HasPrefix(text, "$states"):
		return "", false
	default:
		root := rootOfPath.FindString(text)
		if len(root) < 2 || root == "$$" {
			return "", false
		}
		path, text = root, text[len(root):]
	}
	for text != "" {
		m := nameOfPath.FindStringSubmatch(text)
		switch {
		case m == nil || strings.ContainsAny(m[2], `'\`):
			return "", false
		case m[2] != "":
			path += "['" + m[2] + "']"
		case m[3] != "":
			n, _ := strconv.Atoi(m[3])
			path += "[" + strconv.Itoa(n) + "]"
		default:
			path += "." + m[1]
		}
		text = text[len(m[0]):]
	}
	return path, true
}

// cutWord takes a word from the beginning of a text, if it ends there.
func cutWord(text *string, word string) bool {
	rest, ok := strings.CutPrefix(*text, word)
	if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
		return false
	}
	*text = rest
	return true
}
