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
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates random expressions with package jsonata and with the
// reference, and compares the outcomes: make fuzz-jsonata.

var (
	expressions = flag.Int("expressions", 0, "number of random expressions to compare with the reference; needs node and npm")
	seed        = flag.Uint64("seed", 0, "seed of the random expressions; 0 takes the time")
	shown       = flag.Int("shown", 3, "number of differences of each kind that are shown")
	showExcused = flag.Bool("excused", false, "show the excused differences, too")
)

const (
	batch    = 500             // expressions that are sent at once
	maxShown = 40              // kinds of differences that are shown
	patience = 5 * time.Second // for one outcome of the reference
)

// A comparison is an expression, its input and the two outcomes.
type comparison struct {
	expression, input string
	ours, theirs      outcome
}

// An outcome is what an evaluation gave. Values are shown as text, with numbers
// as JavaScript writes them; what has no JSON form is null.
type outcome struct {
	value     string // "undefined" and "function" are no JSON
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

// excuses say why an outcome may differ from the one of the reference.
var excuses = []struct {
	reason string
	holds  func(c *comparison) bool
}{
	{"the reference fails with an exception of JavaScript, or takes too long", func(c *comparison) bool {
		return c.theirs.exception != ""
	}},
	{"a number that JSON cannot hold is the result: D1001 here, null in the text of the reference", func(c *comparison) bool {
		return c.ours.code == "D1001" && c.ours.position == 0 && c.theirs.value == "null"
	}},
	{"the reference does not check the arguments of a built-in function that was partially applied", func(c *comparison) bool {
		return c.ours.code == "T0410" && c.theirs.code != "T0410" && strings.Contains(c.expression, "?")
	}},
	{"a limit of the host", func(c *comparison) bool {
		return c.ours.code == "U1001"
	}},
	{"several parts of a constructor fail: the reference reports the one that fails first in time", func(c *comparison) bool {
		return c.ours.code != "" && c.theirs.code != "" && strings.ContainsAny(c.expression, "[{")
	}},
	{"the message shows the inside of a function of the reference", func(c *comparison) bool {
		return c.ours.code == c.theirs.code && c.ours.position == c.theirs.position && strings.Contains(c.ours.message, "<function>")
	}},
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
		cases := make([]comparison, min(left, batch))
		for i := range cases {
			cases[i] = comparison{expression: g.program(), input: pick(g, inputs...)}
		}
		r.answer(t, cases)
		for i := range cases {
			c := &cases[i]
			c.ours = evaluate(t, c.expression, c.input)
			if c.ours == c.theirs {
				agree++
				continue
			}
			if reason := c.excuse(); reason != "" {
				excused[reason]++
				if *showExcused && excused[reason] <= *shown {
					t.Logf("excused: %s\n%s", reason, c)
				}
				continue
			}
			kind := c.kind()
			differ[kind]++
			if len(differ) <= maxShown && differ[kind] <= *shown {
				t.Errorf("%s\n%s", kind, c)
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
	return fmt.Sprintf("\texpression %s\n\tinput      %s\n\tours       %.300v\n\treference  %.300v", c.expression, c.input, c.ours, c.theirs)
}

// excuse returns why the outcomes may differ, or "".
func (c *comparison) excuse() string {
	for _, e := range excuses {
		if e.holds(c) {
			return e.reason
		}
	}
	return ""
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
			t.Errorf("panic of ours: %v: %q on %s", r, text, input)
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

// appendPlain writes a value as JSON.stringify does, members by name.
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
		members := maps.Collect(v.Members())
		for _, name := range slices.Sorted(maps.Keys(members)) {
			member := members[name]
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

// answer fills in the outcomes of the reference. A process that hangs is replaced.
func (r *process) answer(t *testing.T, cases []comparison) {
	for len(cases) > 0 {
		go send(r.in, cases) // fails if the process ends, which Scan reports
		n := r.receive(cases)
		if n == len(cases) {
			return
		}
		cases[n].theirs = outcome{exception: "the reference does not return"}
		cases = cases[n+1:]
		r.stop()
		r.start(t)
	}
}

func send(to io.Writer, cases []comparison) {
	var lines bytes.Buffer
	in := json.NewEncoder(&lines)
	for _, c := range cases {
		in.Encode(map[string]string{"expression": c.expression, "input": c.input})
	}
	to.Write(lines.Bytes())
}

// receive reads outcomes until one takes too long, and returns their number.
func (r *process) receive(cases []comparison) int {
	late := time.AfterFunc(patience, func() { r.cmd.Process.Kill() })
	defer late.Stop()
	for i := range cases {
		if !r.out.Scan() {
			return i
		}
		late.Reset(patience)
		cases[i].theirs = parseOutcome(value.MustParse(r.out.Text()))
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
	}
	return outcome{value: string(appendPlain(nil, v.Get("value")))}
}
