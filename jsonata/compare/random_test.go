package compare

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates random expressions with package jsonata and with the
// reference, and compares the outcomes: make fuzz-jsonata. Every difference fails the
// test, unless it has one of the reasons that stand here: the reference ends with an
// exception of JavaScript that is listed with what is said here instead, or it agrees
// once a peculiarity is taken away from it (mends.js).

var (
	expressions = flag.Int("expressions", 0, "number of random expressions to compare with the reference; needs node and npm")
	seed        = flag.Uint64("seed", 0, "seed of the random expressions; 0 takes the time")
	shown       = flag.Int("shown", 3, "number of differences of each kind that are shown")
	showExcused = flag.Bool("excused", false, "show the excused differences, too")
)

const (
	batch    = 500             // expressions that are sent at once
	patience = 5 * time.Second // for one outcome of the reference
)

// A comparison is an expression, its input and the outcomes.
type comparison struct {
	expression, input string
	ours, theirs      outcome
	mended            outcome // of the reference with all mends, if the others differ
}

// An outcome is what an evaluation gave. Values are shown as text, with numbers
// as JavaScript writes them; what has no JSON form is null.
type outcome struct {
	value     string // JSON, "undefined", "function", or a number that JSON cannot hold
	code      string // "" if there was no error
	token     string
	message   string
	position  int
	index     int
	exception string // an error of JavaScript itself, only of the reference
}

func (o outcome) String() string {
	switch {
	case o.exception != "":
		return o.exception
	case o.code != "":
		return fmt.Sprintf("%s at %d, token %q, argument %d: %s", o.code, o.position, o.token, o.index, o.message)
	}
	return o.value
}

// mends are the changes of mends.js. An outcome that differs is excused if the reference
// with one of them, or with several, has the same.
var mends = []struct{ name, reason string }{
	{"at once", "the reference evaluates the parts of a constructor at once: it reports the error that comes first in time, and a part does not see what another binds"},
	{"unchecked", "the reference does not check the arguments of a partial application of a built-in function"},
	{"group of nothing", "the reference adds undefined to an empty array that is grouped, and fails with an exception for tuples"},
	{"function as update", "the reference takes a function in the update clause of a transform for an object"},
	{"no matcher", "the reference fails with an exception if a matcher is no value"},
	{"function not wrapped", "the reference fails with an exception if the function of $map, $sort and others comes from a call in tail position or a partial application"},
	{"inside of a function", "a wildcard, or $spread, of the reference sees the inside of its functions"},
	{"array as object", "a transform of the reference takes the names of an update for the items of an array"},
	{"wrapped input", "the reference returns an input that is an array in another array, where a path binds it"},
	{"bound in a step", "a variable that a step of a path with bindings binds without parentheses is gone with the item in the reference"},
	{"change of the input", "a transform of the reference changes the input, which $$ is"},
	{"halves of characters", "a regular expression of the reference matches halves of characters beyond U+FFFF"},
}

// exceptions are the errors of JavaScript in the reference, what is said here, and what
// the expression has.
var exceptions = []struct{ theirs, ours, expression, reason string }{
	{`^TypeError: Cannot (create property|assign to read only property|set properties of (null|undefined)) .*'(token|position)'`, `T1006`, ``, "what is called in tail position is no function"},
	{`^TypeError: Cannot (create property|assign to read only property|set properties of (null|undefined))`, `D1011`, `\|`, "a transform changes what is no object"},
	{`^TypeError: Cannot read properties of undefined \(reading 'length'\)$`, `D30(8[0-9]|9[0-3])`, `formatNumber`, "a picture of a number has no digit"},
	{`^TypeError: Cannot read properties of undefined \(reading '(length|toUpperCase|toLowerCase)'\)$`, ``, `fromMillis|now`, "the time or its zone is no number, so the month or the day has no name"},
	{`^TypeError: Cannot read properties of undefined \(reading 'lastIndexOf'\)$`, `D3130`, `Integer`, "the picture of an integer is no value"},
	{`^TypeError: Cannot read properties of undefined \(reading 'primary'\)$`, `D3133`, `\[f`, "the fraction of a second has no name"},
	{`^TypeError: Cannot read properties of undefined \(reading 'arity'\)$`, `T1006`, `sift|each`, "the function of $sift and others is no value"},
	{`^TypeError: Cannot read properties of undefined \(reading 'apply'\)$`, `D3012`, `replace`, "the replacement of $replace is no value"},
	{`^TypeError: Cannot read properties of (null|undefined) \(reading '(match|apply)'\)$`, `T1010`, `match|replace|split`, "a matcher returns what is no match"},
	{`^TypeError: Cannot read properties of undefined \(reading 'length'\)$`, ``, `replace\(.*function`, "a match for $replace has no text"},
	{`^TypeError: Converting circular structure to JSON`, ``, `\|`, "a transform makes an object hold itself"},
	{`^TypeError: Cannot read properties of undefined \(reading 'split'\)$`, `D3085`, `formatNumber`, "the picture of a number is no value"},
	{`^TypeError: input.map is not a function$`, ``, `[@#%]`, "a path that begins with a grouped array binds its items"},
	{`^TypeError: Cannot set properties of undefined \(setting 'keepSingleton'\)$`, ``, `\[\]`, "a path with [] whose head has no value"},
	{`^RangeError: toString\(\) radix`, `D3100`, `formatBase`, "the radix of $formatBase is no number"},
	{`^RangeError: Invalid code point`, ``, `Integer|Millis|now`, "digits are not of the script of the picture"},
	{`^RangeError: Invalid array length$`, ``, `pad|\.\.`, "the width of $pad, or the length of a range, is no length of an array of JavaScript"},
	{`^RangeError: Maximum call stack size exceeded$`, ``, `formatInteger|Millis|now`, "the Roman numerals or the words of a number have no end"},
	{`^SyntaxError: Invalid regular expression`, `S0(303|20.|21.)`, `/`, "a regular expression is invalid, which is an error behind those of the syntax here"},
	{`^Error: stopped`, ``, ``, "the evaluation is too deep or takes too long for this comparison"},
	{`^the reference does not return$`, ``, ``, "the reference does not return"},
}

func TestRandomExpressions(t *testing.T) {
	if *expressions == 0 {
		t.Skip("without -expressions no random expressions are compared with the reference")
	}
	r := startReference(t)
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", *seed)
	g := &maker{Rand: rand.New(rand.NewPCG(*seed, 0))}
	agree, excused, differ := 0, map[string]int{}, map[string]int{}
	for left := *expressions; left > 0; left -= batch {
		cases := make([]*comparison, min(left, batch))
		for i := range cases {
			cases[i] = &comparison{expression: g.program(), input: pick(g, inputs...)}
		}
		r.answer(t, cases, nil, func(c *comparison, o outcome) { c.theirs = o })
		var others []*comparison
		for _, c := range cases {
			if c.ours = evaluate(t, c.expression, c.input); c.ours == c.theirs {
				agree++
			} else {
				others = append(others, c)
			}
		}
		for c, reason := range r.excuses(t, others) {
			kind, counts := c.kind(), differ
			if reason != "" {
				kind, counts = reason, excused
			}
			counts[kind]++
			switch {
			case counts[kind] > *shown:
			case reason == "":
				t.Errorf("%s\n%s", kind, c)
			case *showExcused:
				t.Logf("excused: %s\n%s", kind, c)
			}
		}
	}
	t.Logf("%d of %d agree", agree, *expressions)
	logCounts(t, "excused", excused)
	logCounts(t, "differ", differ)
}

func logCounts(t *testing.T, what string, counts map[string]int) {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for _, name := range names {
		t.Logf("%s %d times: %s", what, counts[name], name)
	}
}

func (c *comparison) String() string {
	return fmt.Sprintf("\texpression %s\n\tinput      %s\n\tours       %.300v\n\treference  %.300v\n\tmended     %.300v", c.expression, c.input, c.ours, c.theirs, c.mended)
}

// excuses yields why the outcomes of each comparison may differ, or "".
func (r *process) excuses(t *testing.T, cases []*comparison) iter.Seq2[*comparison, string] {
	reasons := make(map[*comparison]string, len(cases))
	var others, mended []*comparison
	for _, c := range cases {
		if reasons[c] = c.excuse(c.theirs); reasons[c] == "" {
			others = append(others, c)
		}
	}
	var all []string
	for _, m := range mends {
		all = append(all, m.name)
	}
	r.answer(t, others, all, func(c *comparison, o outcome) { c.mended = o })
	for _, c := range others {
		if c.ours == c.mended {
			mended, reasons[c] = append(mended, c), "several of the reasons of mends.js"
		} else {
			reasons[c] = c.excuse(c.mended)
		}
	}
	for _, m := range mends {
		r.answer(t, mended, []string{m.name}, func(c *comparison, o outcome) {
			if o == c.ours {
				reasons[c] = m.reason
			}
		})
	}
	return func(yield func(*comparison, string) bool) {
		for _, c := range cases {
			if !yield(c, reasons[c]) {
				return
			}
		}
	}
}

// excuse returns why ours may differ from an outcome of the reference, or "".
func (c *comparison) excuse(theirs outcome) string {
	if theirs.exception != "" {
		for _, e := range exceptions {
			if matches(e.theirs, theirs.exception) && matches(e.ours, c.ours.code) && matches(e.expression, c.expression) {
				return e.reason
			}
		}
	}
	switch {
	case c.ours.code == "D1001" && c.ours.position == 0 && slices.Contains([]string{"NaN", "Infinity", "-Infinity"}, theirs.value):
		return "a number that JSON cannot hold is the result: D1001 here"
	case strings.Contains(c.expression, "$power") && roughly(c.ours.String()) == roughly(theirs.String()):
		return "the last digits of $power, which Node has not right"
	case c.ours.withoutMessage() == theirs.withoutMessage() && strings.Contains(theirs.message, `"_jsonata_`):
		return "the message shows the inside of a function of the reference"
	}
	return ""
}

// withoutMessage is an outcome of which only the message may differ.
func (o outcome) withoutMessage() outcome {
	o.message = ""
	return o
}

func matches(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }

// roughly is a text with the numbers in it to ten digits.
func roughly(text string) string {
	return regexp.MustCompile(`[0-9.]+(e[-+]?[0-9]+)?`).ReplaceAllStringFunc(text, func(s string) string {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return strconv.FormatFloat(f, 'g', 10, 64)
		}
		return s
	})
}

// kind says in what the outcomes differ.
func (c *comparison) kind() string {
	a, b := c.ours, c.theirs
	switch {
	case a.code != b.code:
		return fmt.Sprintf("code %s, reference %s", cmp.Or(a.code, "none"), cmp.Or(b.code, "none"))
	case a.value != b.value:
		return "value"
	case a.position != b.position:
		return "position of " + a.code
	case a.token != b.token:
		return "token of " + a.code
	case a.index != b.index:
		return "argument of " + a.code
	}
	return "message of " + a.code
}

// evaluate is the outcome of package jsonata.
func evaluate(t *testing.T, text, input string) outcome {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s\n\tinput %s\n\tpanic: %v\n%s", text, input, r, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	e, err := jsonata.Compile(text, jsonata.WithIntegerNamesFirst())
	var v value.Value
	if err == nil {
		v, err = e.Eval(ctx, value.MustParse(input), jsonata.Env{})
	}
	if failed := (*jsonata.Error)(nil); errors.As(err, &failed) {
		return outcome{code: failed.Code, token: failed.Token, message: failed.Message, position: failed.Position, index: failed.Index}
	}
	switch {
	case !v.Exists():
		return outcome{value: "undefined"}
	case jsonata.IsFunction(v):
		return outcome{value: "function"}
	}
	return outcome{value: string(appendPlain(nil, v))}
}

// appendPlain writes a value as JSON.stringify does.
func appendPlain(b []byte, v value.Value) []byte {
	switch v.Kind() {
	case value.Array:
		b = append(b, '[')
		for i, item := range v.Items() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendPlain(b, item)
		}
		return append(b, ']')
	case value.Object:
		b = append(b, '{')
		for name, member := range v.Members() {
			if jsonata.IsFunction(member) {
				continue
			}
			if b[len(b)-1] != '{' {
				b = append(b, ',')
			}
			b = append(append(b, value.OfString(name).String()...), ':')
			b = appendPlain(b, member)
		}
		return append(b, '}')
	case value.Number:
		return append(b, value.OfFloat(v.Float()+0).String()...)
	case value.Opaque, value.Absent:
		return append(b, "null"...)
	}
	return append(b, v.String()...)
}

// A process of the reference reads expressions and writes outcomes.
type process struct {
	folder string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
}

func startReference(t *testing.T) *process {
	r := &process{folder: installReference(t)}
	r.start(t)
	t.Cleanup(r.stop)
	return r
}

func (r *process) start(t *testing.T) {
	var functions []string
	for _, f := range builtins {
		functions = append(functions, "$"+f.Name)
	}
	r.cmd = exec.Command("node", "answers.js", r.folder, strings.Join(functions, ","))
	r.cmd.Stderr = os.Stderr
	in, err := r.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.in, r.out = in, bufio.NewScanner(out)
	r.out.Buffer(nil, 1<<28)
}

func (r *process) stop() {
	r.cmd.Process.Kill()
	r.cmd.Wait()
}

// answer passes on the outcomes of the reference with some mends. A process that hangs is
// replaced.
func (r *process) answer(t *testing.T, cases []*comparison, mends []string, take func(*comparison, outcome)) {
	for len(cases) > 0 {
		go send(r.in, cases, mends) // fails if the process ends, which Scan reports
		n := r.receive(cases, take)
		if n == len(cases) {
			return
		}
		take(cases[n], outcome{exception: "the reference does not return"})
		cases = cases[n+1:]
		r.stop()
		r.start(t)
	}
}

func send(to io.Writer, cases []*comparison, mends []string) {
	var lines bytes.Buffer
	in := json.NewEncoder(&lines)
	for _, c := range cases {
		in.Encode(map[string]any{"expression": c.expression, "input": c.input, "mends": append([]string{}, mends...)})
	}
	to.Write(lines.Bytes())
}

// receive passes on outcomes until one takes too long, and returns their number.
func (r *process) receive(cases []*comparison, take func(*comparison, outcome)) int {
	late := time.AfterFunc(patience, func() { r.cmd.Process.Kill() })
	defer late.Stop()
	for i, c := range cases {
		if !r.out.Scan() {
			return i
		}
		v, err := value.Parse(r.out.Text())
		if err != nil { // the process ended within the line
			return i
		}
		late.Reset(patience)
		take(c, parseOutcome(v))
	}
	return len(cases)
}

func parseOutcome(v value.Value) outcome {
	if e := v.Get("error"); e.Exists() {
		return outcome{code: e.Get("code").Text(), token: e.Get("token").Text(), message: e.Get("message").Text(),
			position: int(e.Get("position").Float()), index: int(e.Get("index").Float())}
	}
	switch {
	case v.Get("exception").Exists():
		return outcome{exception: v.Get("exception").Text()}
	case v.Get("undefined").Exists():
		return outcome{value: "undefined"}
	case v.Get("function").Exists():
		return outcome{value: "function"}
	case v.Get("number").Exists():
		return outcome{value: v.Get("number").Text()}
	}
	return outcome{value: string(appendPlain(nil, v.Get("value")))}
}
