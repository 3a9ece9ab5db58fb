package jsonata

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

// The shared data lies beside the repository: the official test suite of the
// language, and expressions with the outcome that the reference had for them.
const sharedFolder = "../../shared/jsonata"

// A sharedCase is an expression and what it must give.
type sharedCase struct {
	id, group, text string
	tags            []string
	data            value.Value
	bindings        value.Value
	unordered       bool
	depth           int
	timelimit       int
	want            value.Value // {"value": v}, {"undefined": true} or {"error": {...}}
}

func readShared(t testing.TB, name string) value.Value {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sharedFolder, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s/%s is not there: the shared data lies beside the repository", sharedFolder, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	v, err := value.ParseBytes(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sharedCases(t testing.TB, name string) (list []sharedCase) {
	t.Helper()
	datasets := readShared(t, "datasets.json")
	for _, v := range readShared(t, name).Items() {
		c := sharedCase{
			id: v.Get("id").Text(), group: v.Get("group").Text(), text: v.Get("expr").Text(),
			data: v.Get("data"), bindings: v.Get("bindings"), unordered: v.Get("unordered").Bool(),
			depth: int(v.Get("depth").Float()), timelimit: int(v.Get("timelimit").Float()),
		}
		for _, tag := range v.Get("tags").Items() {
			c.tags = append(c.tags, tag.Text())
		}
		if set := v.Get("dataset"); set.Exists() {
			c.data = datasets.Get(set.Text())
		}
		c.want = expectation(t, v)
		list = append(list, c)
	}
	return list
}

// expectation is the outcome to compare with: that of 2.0.6, where it did not
// crash or hang.
func expectation(t testing.TB, v value.Value) value.Value {
	want, ref := v.Get("want"), v.Get("ref_2_0_6")
	if later := v.Get("ref_2_2_2"); ref.Get("hang").Exists() || ref.Get("error").Get("js_exception").Exists() {
		if later.Exists() && !later.Get("error").Get("js_exception").Exists() {
			ref = later
		}
	}
	if want.Exists() && (v.Get("since").Text() == "2.0.6" || ref.Get("hang").Exists() || ref.Get("error").Get("js_exception").Exists()) {
		return want
	}
	if text := ref.Get("json"); text.Exists() {
		parsed, err := value.Parse(text.Text())
		if err != nil {
			t.Fatal(err)
		}
		return value.OfMembers("value", parsed, "text", text)
	}
	return ref
}

func (c sharedCase) has(tag string) bool { return slices.Contains(c.tags, tag) }

// skip says why a case is not for us.
func (c sharedCase) skip() string {
	switch {
	case c.has("eval"):
		return "uses $eval, which Step Functions does not have"
	case c.has("js-internals"):
		return "looks inside the function objects of the reference"
	case c.want.Get("hang").Exists():
		return "the reference does not return"
	case c.want.Get("error").Get("js_exception").Exists():
		return "the reference fails with an exception of its host"
	case c.want.Get("other").Exists(), c.want.Get("function").Exists():
		return "the result is not JSON"
	}
	return ""
}

func (c sharedCase) run() (value.Value, error) {
	var opts []Option
	if c.group == "x-key-order" {
		opts = append(opts, WithIntegerNamesFirst())
	}
	e, err := Compile(c.text, opts...)
	if err != nil {
		return value.Value{}, err
	}
	variables := Map{}
	for name, v := range c.bindings.Members() {
		variables[name] = v
	}
	ctx := context.Background()
	if c.timelimit > 0 && c.has("limits") {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.timelimit)*time.Millisecond)
		defer cancel()
	}
	random := rand.New(rand.NewPCG(1, 2))
	env := Env{Variables: variables, Now: time.Now, Random: random.Float64}
	if c.has("limits") {
		env.Limits.Depth = c.depth
	}
	return e.Eval(ctx, c.data, env)
}

// check compares an outcome; it returns what is wrong, or "".
func (c sharedCase) check(got value.Value, err error) string {
	if want := c.want.Get("error"); want.Exists() {
		var e *Error
		if !errors.As(err, &e) {
			return fmt.Sprintf("got %v, %v, want error %v", got, err, want)
		}
		return e.differs(want)
	}
	if err != nil {
		return fmt.Sprintf("got error %v, want %v", err, c.want)
	}
	want := c.want.Get("value")
	if !want.Exists() {
		if got.Exists() {
			return fmt.Sprintf("got %v, want undefined", got)
		}
		return ""
	}
	if text := c.want.Get("text").Text(); text != "" && got.Exists() {
		got = plain(got)
		if c.group == "x-key-order" && normal(got).String() != normal(want).String() {
			return fmt.Sprintf("got %v, want the order of %v", got, want)
		}
	}
	if c.unordered {
		got, want = inOrder(got), inOrder(want)
	}
	if !alike(got, want) {
		return fmt.Sprintf("got %v, want %v", got, want)
	}
	return ""
}

// plain is a value as JSON.stringify writes it: without functions, and with
// null for what has no JSON form.
func plain(v value.Value) value.Value {
	switch v.Kind() {
	case value.Array:
		var items []value.Value
		for _, item := range v.Items() {
			items = append(items, plain(item))
		}
		return value.OfSlice(items)
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			if !isFunction(member) {
				b.Set(name, plain(member))
			}
		}
		return b.Value()
	case value.Opaque, value.Absent:
		return value.NullValue
	}
	return v
}

// normal writes numbers in one form.
func normal(v value.Value) value.Value {
	switch v.Kind() {
	case value.Number:
		return value.OfFloat(v.Float())
	case value.Array:
		var items []value.Value
		for _, item := range v.Items() {
			items = append(items, normal(item))
		}
		return value.OfSlice(items)
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			b.Set(name, normal(member))
		}
		return b.Value()
	}
	return v
}

// inOrder sorts the items of an array by their text.
func inOrder(v value.Value) value.Value {
	items := slices.Clone(v.Slice())
	slices.SortFunc(items, func(a, b value.Value) int { return strings.Compare(normal(a).String(), normal(b).String()) })
	return value.OfSlice(items)
}

// differs compares an error with the fields of the one wanted.
func (e *Error) differs(want value.Value) string {
	var wrong []string
	check := func(name, got, want string) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s %q, want %q", name, got, want))
		}
	}
	check("code", e.Code, want.Get("code").Text())
	for name, v := range want.Members() {
		switch name {
		case "position":
			check(name, fmt.Sprint(e.Position), v.String())
		case "token":
			text := v.Text()
			if v.Kind() != value.String {
				text = v.String()
			}
			check(name, e.Token, text)
		case "index":
			check(name, fmt.Sprint(e.Index), v.String())
		case "message":
			if v.Text() != "<function>" { // it showed the inside of a function
				check(name, e.Message, v.Text())
			}
		case "value":
			got := e.Value
			if isFunction(got) {
				got = v // functions are shown in some other way
			}
			if got.Kind() == value.Opaque {
				got = value.NullValue
			}
			if !alike(plain(got), plain(v)) {
				wrong = append(wrong, fmt.Sprintf("value %v, want %v", got, v))
			}
		case "value2":
			if !alike(e.Value2, v) {
				wrong = append(wrong, fmt.Sprintf("value2 %v, want %v", e.Value2, v))
			}
		}
	}
	if want.Get("message").Exists() && want.Get("position").Exists() { // then it has all fields
		if e.Token != "" && !want.Get("token").Exists() {
			wrong = append(wrong, "token is set")
		}
	}
	return strings.Join(wrong, "; ")
}

// readKnown reads the cases that are known to fail, each with its reason.
func readKnown(t *testing.T) map[string]string {
	file, err := os.Open("testdata/known.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	known := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		id, reason, _ := strings.Cut(lines.Text(), "\t")
		if id == "" || strings.HasPrefix(id, "//") {
			continue
		}
		if reason == "" {
			t.Errorf("known.txt: %s: expected a reason behind a tab", id)
		}
		known[id] = reason
	}
	return known
}

func TestSharedCases(t *testing.T) {
	for _, name := range []string{"cases.json", "extra.json"} {
		t.Run(name, func(t *testing.T) {
			known := readKnown(t)
			total, skipped, failed := 0, 0, 0
			groups := map[string]int{}
			for _, c := range sharedCases(t, name) {
				if c.skip() != "" {
					skipped++
					continue
				}
				total++
				wrong := c.check(c.run())
				switch {
				case wrong == "" && known[c.id] != "":
					t.Errorf("%s passes: take it out of known.txt", c.id)
				case wrong != "" && known[c.id] == "":
					t.Errorf("%s: %s\n\t%s", c.id, c.text, wrong)
				}
				if wrong != "" {
					failed++
					groups[c.group]++
				}
			}
			t.Logf("%s: %d of %d pass (%.2f %%), %d are not for us; failing: %v",
				name, total-failed, total, 100*float64(total-failed)/float64(total), skipped, groups)
		})
	}
}

// alike compares results as the language does.
func alike(a, b value.Value) bool {
	r := MustCompile("1").begin(context.Background(), value.Value{}, Env{})
	defer r.end()
	ok, err := r.equal(a, b)
	return ok && err == nil
}
