package compare

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/aslocal/aslocal/jsonata"
)

// inputs are the documents that random expressions are evaluated on.
var inputs = []string{
	`{"a":{"b":[1,2,{"c":"text"},[3,[4]],null,"s",true],"c":null,"d":{"b":1.5}},"b":[],"c":"null","l":[{"a":1,"b":"x"},{"a":"1"},{"b":null},{"a":2,"b":[1]}],"n":5,"s":"Hello, World","t":true}`,
	`{"l":[{"a":3,"b":"x","l":[{"a":1,"n":2},{"a":2,"n":-1.5}]},{"a":1,"b":"y","l":[{"a":5,"n":0}]},{"a":2,"b":"x","l":[]},{"a":2,"b":"z"}],"n":3.75,"s":"2017-11-07T15:12:37.121+01:00","a":[3,1,2]}`,
	`[{"a":1,"b":[{"a":2}]},{"a":[0,1,2]},[[1],[2,3],[]],"a",5,null,true,-1.5]`,
	`{"a":[{"b":1},{"b":2},{"b":3}],"b":{"a":{"b":{}},"b":[true,false]},"c":[1,2,3,4,5],"s":"a-b-c","n":-12345.678}`,
	`{"a":"b","b":5,"c":true,"s":"ünï 😀 text","n":1e21}`,
	`{"a":[],"b":{"2":"two","10":"ten","b":{}},"c":[[],[[]],{"a":[]}],"l":[[{"a":1},{"a":2}],[{"a":3}]],"n":-0.5,"s":"straße İ \u0000\ud800","t":false}`,
	`{"l":[{"a":"x","b":1,"n":2},{"a":"x","b":1,"n":1},{"a":"y","b":2,"n":1e-7}],"and":1,"or":{"in":[2,3]},"in":"s","":{"":0},"a b":[1.0,2e0,1E2],"n":100000000000000000000,"s":" 12 "}`,
	`[[{"a":{"b":1}}],{"b":[[2]]},[]]`,
	`[3,1,2]`, `"a"`, `5`, `true`, `null`, `{}`, `[]`,
}

// A maker makes expressions that are mostly right.
type maker struct {
	*rand.Rand
	variables []string // in scope
	depth     int      // how much deeper an expression may nest
}

func pick[T any](g *maker, from ...T) T { return from[g.IntN(len(from))] }

// A kind is what an expression is meant to give.
type kind byte

const (
	anything kind = 'x'
	number   kind = 'n'
	text     kind = 's'
	boolean  kind = 'b'
	array    kind = 'a'
	object   kind = 'o'
	function kind = 'f'
)

// program makes an expression; one in fifteen has a character more or less.
func (g *maker) program() string {
	g.variables, g.depth = nil, 1+g.IntN(4)
	made := g.make(anything)
	if g.IntN(15) > 0 {
		return made
	}
	runes := []rune(made)
	at := g.IntN(len(runes))
	if g.IntN(3) == 0 {
		return string(runes[:at]) + string(runes[at+1:])
	}
	return string(runes[:at]) + pick(g, ".", "'", " ", "*", "(", ")", "@", "?", ",", ":", "-", "1", "a", "!", `"`, "[", "]", "{", "}", "|", "^", "#", "%", "~>", "/", "$", ":=", "\\", "`", "..", "/*") + string(runes[at:])
}

// make makes an expression of a kind, now and then of another one.
func (g *maker) make(k kind) string {
	if g.depth <= 0 {
		return g.leaf(k)
	}
	g.depth--
	defer func() { g.depth++ }()
	if g.IntN(15) == 0 {
		k = anything
	}
	if k == anything {
		k = pick(g, number, text, boolean, array, array, object, anything, anything, anything)
	}
	switch {
	case k == function:
		return g.function(1 + g.IntN(3))
	case g.IntN(40) == 0:
		return g.function(1 + g.IntN(3))
	case g.IntN(40) == 0:
		return pick(g, "/* c */ ", "\n\t", " /**/") + g.make(k) + pick(g, " ", " /* \" */")
	case g.IntN(7) == 0:
		return g.leaf(k)
	case g.IntN(7) == 0:
		return g.path()
	case g.IntN(8) == 0:
		return g.anyForm(k)
	}
	switch k {
	case number:
		if g.IntN(2) == 0 {
			return g.make(number) + " " + pick(g, "+", "-", "*", "/", "%", "+") + " " + g.make(number)
		}
		return pick(g, g.call, g.call, g.negated)(k)
	case text:
		if g.IntN(3) == 0 {
			return g.make(anything) + " & " + g.make(anything)
		}
		return g.call(k)
	case boolean:
		switch g.IntN(4) {
		case 0:
			return g.make(boolean) + pick(g, " and ", " or ") + g.make(boolean)
		case 1, 2:
			return g.comparison()
		}
		return g.call(k)
	case array:
		switch g.IntN(4) {
		case 0:
			return g.list()
		case 1:
			return "[" + g.make(number) + ".." + g.make(number) + "]"
		}
		return g.call(k)
	case object:
		if g.IntN(2) == 0 {
			return "{" + g.pairs() + "}"
		}
		return g.call(k)
	}
	return g.anyForm(k)
}

// anyForm makes an expression whose form says nothing of its kind.
func (g *maker) anyForm(k kind) string {
	switch g.IntN(13) {
	case 10:
		return g.use(function)
	case 11:
		return g.operand(k) + "[]"
	case 12:
		return g.recursion(k)
	case 0:
		return g.make(boolean) + " ? " + g.make(k) + pick(g, " : "+g.make(k), "")
	case 1:
		return "(" + g.block(k) + ")"
	case 2:
		return g.make(anything) + " ~> " + g.chained()
	case 3:
		return g.operand(object) + " ~> |" + g.path() + "|" + g.make(object) + pick(g, "", ", "+pick(g, `"a"`, `["a","b"]`, g.make(text))) + "|"
	case 4:
		return g.lambda(2, k) + "(" + g.make(anything) + pick(g, "", ", "+g.make(anything)) + ")"
	case 5:
		return g.operand(array) + "[" + g.predicate() + "]"
	case 6:
		return g.operand(array) + "^(" + g.terms() + ")"
	case 7:
		return g.operand(array) + "{" + g.pairs() + "}"
	case 8:
		return g.operand(array) + "." + g.step()
	}
	return g.path()
}

func (g *maker) negated(k kind) string { return "-" + g.operand(k) }

// operand makes an expression that binds tighter than all operators.
func (g *maker) operand(k kind) string {
	if g.IntN(3) == 0 {
		return g.leaf(k)
	}
	return "(" + g.make(k) + ")"
}

func (g *maker) comparison() string {
	k := pick(g, number, text, anything)
	return g.make(k) + " " + pick(g, "=", "!=", "<", "<=", ">", ">=", "in") + " " + g.make(k)
}

func (g *maker) list() string {
	known := len(g.variables)
	defer func() { g.variables = g.variables[:known] }()
	var items []string
	for range g.IntN(4) {
		items = append(items, g.item())
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// item makes an expression that may bind a variable around it.
func (g *maker) item() string {
	if g.IntN(25) > 0 {
		return g.make(anything)
	}
	name := pick(g, "v", "w")
	made := "$" + name + " := " + g.make(anything)
	g.variables = append(g.variables, name)
	return made
}

func (g *maker) pairs() string {
	known := len(g.variables)
	defer func() { g.variables = g.variables[:known] }()
	var pairs []string
	for range g.IntN(3) {
		pairs = append(pairs, g.make(text)+": "+g.item())
	}
	return strings.Join(pairs, ", ")
}

// use makes a call, or a partial application, of a function that is not named: of a
// variable, an argument, a lambda, a chain.
func (g *maker) use(of kind) string {
	callee := "(" + g.make(of) + ")"
	if len(g.variables) > 0 && g.IntN(2) == 0 {
		callee = "$" + pick(g, g.variables...)
	}
	made := callee + g.openArguments(g.IntN(3), 6)
	if strings.Contains(made, "?") && g.IntN(2) == 0 {
		made += g.openArguments(1+g.IntN(2), 20)
	}
	return made
}

// openArguments makes arguments in parentheses, of which one in so many is open.
func (g *maker) openArguments(n, one int) string {
	var arguments []string
	for range n {
		if g.IntN(one) == 0 {
			arguments = append(arguments, "?")
		} else {
			arguments = append(arguments, g.item())
		}
	}
	return "(" + strings.Join(arguments, ", ") + ")"
}

// recursion makes a block with a function that calls itself a few times, in tail
// position or not.
func (g *maker) recursion(k kind) string {
	known := len(g.variables)
	defer func() { g.variables = g.variables[:known] }()
	g.variables = append(g.variables, "x", "y")
	step := pick(g, "$g($x - 1, %s)", "($g($x - 1, %s))[%s]", "$g($x - 1, %s){%s: $}", "[$g($x - 1, %s)]", "$g($x - 1, $append($y, %s))", "($w := %s; $g($x - 1, $w))", "$map([1], function($z){$g($x - 1, %s)})")
	for strings.Contains(step, "%s") {
		step = strings.Replace(step, "%s", g.make(anything), 1)
	}
	return "($g := function($x, $y){$x > 0 ? " + step + " : " + g.make(k) + "}; $g(" + pick(g, "2", "3", "0") + ", " + g.make(anything) + "))"
}

func (g *maker) terms() string {
	terms := pick(g, "", "<", ">") + g.make(number)
	if g.IntN(3) == 0 {
		terms += ", " + pick(g, "", "<", ">") + g.make(text)
	}
	return terms
}

func (g *maker) predicate() string {
	return pick(g, func() string { return g.make(boolean) }, func() string { return g.make(number) },
		func() string { return pick(g, "0", "1", "-1", "0.5", "", "[0,1]", "[0..2]", "$") }, g.comparison)()
}

func (g *maker) leaf(k kind) string {
	if len(g.variables) > 0 && g.IntN(3) == 0 {
		return "$" + pick(g, g.variables...)
	}
	switch k {
	case number:
		return pick(g, "0", "1", "2", "3", "10", "-1", "1.5", "0.1", "-2.5", "255", "1999", "1e3", "1e21", "1e-7", "123456.789", "9007199254740993", "a", "n", "$.n", "1510067557121",
			"0.0", "1E2", "5e-324", "1e308", "1e400", "-0", "4294967297", "0.30000000000000004", "1e15", "99999999999999999999")
	case text:
		return pick(g, `"a"`, `"b"`, `"x"`, `""`, `"Hello, World"`, `"12"`, `"1e3"`, `"a-b-c"`, `'it"s'`, `"\u00fc\n"`, `"\ud83d\ude00"`, `"\ud83d"`, `"aGVsbG8="`, `"%20%C3%BC+"`, `"2017-11-07"`, `"  b  "`, `"0x1F"`, "s", "b", "$.s",
			`"\t\"\\\/\b\f\r"`, `"\u0000\u001f\u2028"`, `"stra\u00dfe \u0130 \ufb01"`, `'\''`, `"\u0661\u0662"`, `"-"`, `"1"`, `"and"`, `"=Zg"`, `"\udc00\ud800"`, `"a\nb\n"`)
	case boolean:
		return pick(g, "true", "false", "t", "c", "nope", "null", "and", "or", "in")
	case array:
		return pick(g, "[]", "[1]", "[1,2,3]", `["b","a"]`, "[[1],[2]]", "l", "a", "$", "[1..4]", "l.a", `[{"a":1},{"a":2}]`, "b")
	case object:
		return pick(g, "{}", `{"a": 1}`, `{"a": 1, "b": {"a": 2}}`, `{"2": 1, "1": 2}`, "$", "a", "l", "$$")
	case function:
		return pick(g, "$sum", "$string", "$uppercase", "$count", "$exists", "function($x){$x}")
	}
	return g.leaf(pick(g, number, text, boolean, array, object)) + pick(g, "", "", "", "[]")
}

func (g *maker) name() string {
	return pick(g, "a", "b", "c", "a", "b", "l", "n", "s", "nope", "`a`", `"b"`, "`a b`", "``", "and", "or", "in", "'a'", "`10`")
}

// path makes a path, which may bind its items.
func (g *maker) path() string {
	known := len(g.variables)
	defer func() { g.variables = g.variables[:known] }()
	path := pick(g, "l", "a", "$", "b", "$$", g.name(), g.name())
	if g.IntN(6) == 0 {
		path = pick(g, g.list, func() string { return g.operand(array) }, func() string { return g.call(array) }, func() string { return pick(g, "*", "**", "%", "{}", `"b"`, `"a"[0]`, "$nope") },
			func() string { return "{" + g.pairs() + "}" }, func() string { return g.lambda(1, array) + "(" + g.make(array) + ")" })()
	}
	for range g.IntN(4) {
		switch g.IntN(13) {
		case 0:
			path += "[" + g.predicate() + "]"
		case 1:
			path += "[]"
		case 2:
			path += "@$v"
			g.variables = append(g.variables, "v")
		case 3:
			path += "#$i"
			g.variables = append(g.variables, "i")
		case 4:
			path += "^(" + g.terms() + ")"
		case 5:
			path += "." + pick(g, "%", "%.%", "(%.a)", `{"p": %.n, "q": a}`, "[%.a]")
		case 6:
			if g.IntN(2) == 0 {
				path += "{" + g.pairs() + "}"
			}
		default:
			path += "." + g.step()
		}
	}
	return path
}

func (g *maker) step() string {
	switch g.IntN(9) {
	case 0:
		return pick(g, "*", "**")
	case 1:
		return "(" + g.make(anything) + ")"
	case 2:
		return g.list()
	case 3:
		return "{" + g.pairs() + "}"
	case 4:
		return g.call(anything)
	case 5:
		return "$" + pick(g, append(g.variables, "")...)
	}
	return g.name()
}

func (g *maker) block(k kind) string {
	known := len(g.variables)
	defer func() { g.variables = g.variables[:known] }()
	var b strings.Builder
	for range g.IntN(3) {
		name := pick(g, "v", "w", "f")
		value := g.make(anything)
		if name == "f" {
			value = g.function(1)
		}
		fmt.Fprintf(&b, "$%s := %s; ", name, value)
		g.variables = append(g.variables, name)
	}
	return b.String() + g.make(k)
}

// lambda makes a function of some parameters.
func (g *maker) lambda(parameters int, k kind) string {
	known := len(g.variables)
	defer func() { g.variables = g.variables[:known] }()
	names := []string{"x", "y", "z"}[:parameters]
	g.variables = append(g.variables, names...)
	signature := ""
	if g.IntN(5) == 0 {
		signature = pick(g, "<n:n>", "<s-:s>", "<x:x>", "<nn?>", "<a<n>>", "<(ns)x?:b>", "<s+>", "<j-j?:j>", "<o-n?>", "<a<s>n-:x>", "<f>")
	}
	return pick(g, "function", "λ") + "($" + strings.Join(names, ", $") + ")" + signature + "{" + g.make(k) + "}"
}

// function makes a function that takes about as many arguments. It is no pattern:
// the reference applies one to the text that JavaScript makes of any value.
func (g *maker) function(parameters int) string {
	switch g.IntN(14) {
	case 0, 1:
		return "$" + pick(g, builtins...).Name
	case 2:
		return fmt.Sprintf("$%s(?, %s)", pick(g, "append", "join", "substring", "contains", "lookup", "power", "map"), g.make(anything))
	case 3:
		return pick(g, "($uppercase ~> $length)", "($uppercase ~> $length ~> $string)", "($append(?, 1) ~> $count)", "($f := $trim ~> $length; $f)", "(("+g.lambda(1, anything)+") ~> $string)")
	case 4:
		f := pick(g, builtins...)
		arguments := g.arguments(f)
		for i := range arguments {
			if g.IntN(2) == 0 {
				arguments[i] = "?"
			}
		}
		return "$" + f.Name + "(" + strings.Join(append(arguments, "?"), ", ") + ")"
	case 5:
		return "|" + g.path() + "|" + g.make(object) + pick(g, "", ", "+g.make(text)) + "|"
	case 6:
		if len(g.variables) > 0 {
			return "$" + pick(g, g.variables...)
		}
	case 7:
		return "(" + g.lambda(2, anything) + ")" + g.openArguments(2, 2)
	}
	return g.lambda(parameters, anything)
}

func (g *maker) chained() string {
	switch g.IntN(4) {
	case 0:
		return g.function(1)
	case 1:
		return "|" + g.path() + "|" + g.make(object) + "|"
	}
	f := pick(g, builtins...)
	arguments := g.arguments(f)
	if len(arguments) > 0 {
		arguments = arguments[1:]
	}
	return "$" + f.Name + "(" + strings.Join(arguments, ", ") + ")"
}

var builtins = jsonata.Builtins()

// call makes a call of a built-in function, mostly of one that gives the kind.
func (g *maker) call(k kind) string {
	f := pick(g, builtins...)
	for range 100 {
		if f.Name == "error" && g.IntN(10) > 0 {
			f = pick(g, builtins...)
			continue
		}
		_, result, _ := strings.Cut(f.Signature, ":")
		if k == anything || result == "" || strings.HasPrefix(result, string(k)) || strings.HasPrefix(result, "x") {
			break
		}
		f = pick(g, builtins...)
	}
	arguments := g.arguments(f)
	switch {
	case g.IntN(12) == 0 && len(arguments) > 0:
		arguments = arguments[1:]
	case g.IntN(25) == 0:
		arguments = append(arguments, g.make(anything))
	}
	return "$" + f.Name + "(" + strings.Join(arguments, ", ") + ")"
}

// arguments makes the arguments of a built-in function.
func (g *maker) arguments(f jsonata.Function) []string {
	switch f.Name {
	case "formatNumber":
		return g.some(2, g.make(number), g.numberPicture(), pick(g, `{"decimal-separator": ","}`, `{"grouping-separator": " ", "zero-digit": "\u0660"}`, `{"minus-sign": "m", "percent": "pc", "exponent-separator": "E"}`, g.make(object)))
	case "formatInteger":
		return []string{g.make(number), g.integerPicture()}
	case "parseInteger":
		picture := g.integerPicture()
		if g.IntN(2) == 0 {
			return []string{"$formatInteger(" + g.make(number) + ", " + picture + ")", picture}
		}
		return []string{pick(g, `"12"`, `"one thousand and two"`, `"MCMXCIX"`, `"twelfth"`, `"1,234"`, `"ab"`, `"123rd"`, g.make(text)), picture}
	case "fromMillis":
		return g.some(1, pick(g, "1510067557121", "0", "-1", "951782400000", "1e13", g.make(number)), g.datePicture(), pick(g, `"+0100"`, `"-0530"`, `"0000"`, `"+1"`, `"0x10"`, `"-0001"`, `"1400"`, g.make(text)))
	case "toMillis":
		picture := g.datePicture()
		if g.IntN(2) == 0 {
			return []string{"$fromMillis(" + pick(g, "1510067557121", "0", "951782400000", "1709164800000") + ", " + picture + ")", picture}
		}
		return g.some(1, pick(g, `"2017-11-07T15:12:37.121+01:00"`, `"2017-11-07"`, `"2017"`, `"2024-02-29T00:00:00Z"`, `"7th of June, 2020"`, g.make(text)), picture)
	case "match", "contains", "split":
		return g.some(2, g.make(text), g.matcher(), g.make(number))[:min(3, f.Arity)]
	case "replace":
		return g.some(3, g.make(text), g.matcher(), pick(g, `"$1"`, `"[$0]"`, `"$$"`, `"$12x"`, `"$w"`, "function($m){$m.match & $m.groups[0]}", g.make(text)), g.make(number))
	case "pad":
		return g.some(2, g.make(text), pick(g, "5", "-5", "0", "-20", "3.5", g.leaf(number)), pick(g, `"ab"`, `""`, `"\ud83d\ude00"`))
	case "map", "filter", "single", "each", "sift":
		arguments := []string{g.make(pick(g, array, array, object)), g.function(1 + g.IntN(3))}
		return arguments
	case "reduce":
		return g.some(2, g.make(array), g.function(2+g.IntN(2)), g.make(anything))
	case "sort":
		return g.some(1, g.make(array), pick(g, "function($x, $y){$x > $y}", "function($x, $y){$x.a < $y.a}", g.function(2)))
	case "power":
		return []string{g.leaf(number), pick(g, "2", "0.5", "-1", "10", g.leaf(number))}
	}
	var arguments []string
	signature, _, _ := strings.Cut(strings.Trim(f.Signature, "<>"), ":")
	for i := 0; i < len(signature); i++ {
		switch c := signature[i]; {
		case c == '<':
			for signature[i] != '>' {
				i++
			}
		case c == '(':
			arguments = append(arguments, g.make(kind(signature[i+1])))
			for signature[i] != ')' {
				i++
			}
		case c == 'j':
			arguments = append(arguments, g.make(anything))
		case c == '+':
			arguments = append(arguments, g.make(array))
		case c == '?' && g.IntN(2) == 0:
			return arguments[:len(arguments)-1]
		case strings.IndexByte("nsbaofx", c) >= 0:
			arguments = append(arguments, g.make(kind(c)))
		}
	}
	return arguments
}

// some returns at least the first few of the arguments.
func (g *maker) some(least int, arguments ...string) []string {
	return arguments[:least+g.IntN(len(arguments)-least+1)]
}

func (g *maker) pieces(most int, from ...string) string {
	var b strings.Builder
	for range 1 + g.IntN(most) {
		b.WriteString(pick(g, from...))
	}
	return b.String()
}

// matcher makes what $match and others look for: mostly a pattern or a text.
func (g *maker) matcher() string {
	if g.IntN(12) == 0 {
		return pick(g, `function($s){{"match": "o", "start": 4, "end": 5, "groups": ["o"], "next": function(){nope}}}`, `function($s){{"match": $substring($s, 0, 1), "start": 0, "end": 1, "groups": []}}`, g.function(1))
	}
	return pick(g, g.pattern(), g.make(text))
}

func (g *maker) pattern() string {
	return "/" + g.pieces(4, "a", "b", "l", "o", ".", `\d`, `\w+`, `\s`, "[a-c]", "[^a]", "(a|b)", "(l+)", "(o)?", "-", "x*", "$", "^", `\b`, "(?:e|o)", "l{2}", "(?=o)", `\.`, "T+?", ",") + "/" + pick(g, "", "", "", "i", "m", "im")
}

func (g *maker) numberPicture() string {
	if g.IntN(4) == 0 {
		return `"` + g.pieces(8, "0", "#", ",", ".", "%", "‰", ";", "e", "a", "-") + `"`
	}
	return pick(g, `"0"`, `"#,##0.00"`, `"#,##0.00;(#,##0.00)"`, `"0.0e0"`, `"#0%"`, `"##.0#‰"`, `"00000"`, `"#,##,##0.###,#"`, `".00"`, `"#."`, `"$0.0 USD"`, `"0e00"`, `"00.0##e0"`, `"\u0660.\u0660"`)
}

func (g *maker) integerPicture() string {
	if g.IntN(4) == 0 {
		return `"` + g.pieces(6, "0", "#", ",", "1", "9", ":", ";o", "w", "W", "i", "a", ".") + `"`
	}
	return pick(g, `"0"`, `"#,##0"`, `"0000"`, `"w"`, `"W"`, `"Ww"`, `"I"`, `"i"`, `"A"`, `"a"`, `"w;o"`, `"0;o"`, `"Ww;o"`, `"#:##0"`, `"\u0661"`, `"#,##,##0"`, `"1;c"`)
}

func (g *maker) datePicture() string {
	if g.IntN(3) == 0 {
		var b strings.Builder
		for range 1 + g.IntN(5) {
			b.WriteString("[" + pick(g, "Y", "M", "D", "d", "F", "W", "w", "X", "x", "H", "h", "P", "m", "s", "f", "Z", "z", "C", "E", "q") +
				pick(g, "", "", "0", "01", "0001", "1", "N", "n", "Nn", "I", "i", "w", "W", "Ww", "A", "1o", "wo", "001", "#1", "t", "01:01", "0101t") +
				pick(g, "", "", "", "", ",2", ",2-2", ",3-3", ",*-4", ",1-*") + "]" + pick(g, "-", "/", " ", ":", "", "[[", "T", "]]"))
		}
		return `"` + b.String() + `"`
	}
	return pick(g, `"[Y]-[M01]-[D01]"`, `"[D1o] [MNn] [Y0001], [h]:[m01] [PN]"`, `"[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"`, `"[FNn], [D] [MNn,3-3] [Y,2]"`,
		`"[X0001]-W[W01]-[F1]"`, `"[Y]-[d001]"`, `"[H01][m01][s01]"`, `"[Dwo] [MNn] [YI]"`, `"[h#1] [P]"`, `"Week [w] of [xNn]"`, `"[M]/[D]/[Y] [z]"`, `"[Y"`, g.leaf(text))
}
