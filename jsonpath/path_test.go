package jsonpath

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// roots are the documents of a test.
type roots struct{ data, context, variables value.Value }

func (r roots) Data() value.Value                { return r.data }
func (r roots) Context() value.Value             { return r.context }
func (r roots) Variable(name string) value.Value { return r.variables.Get(name) }

func compile(tb testing.TB, text string) *Path {
	tb.Helper()
	p, err := Compile(text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestRoots(t *testing.T) {
	world := roots{
		data:      value.MustParse(`{"a":{"b":[1,2]}}`),
		context:   value.MustParse(`{"Execution":{"Input":{"a":3}}}`),
		variables: value.MustParse(`{"var":{"a":[4]},"list":[5,6],"é_1":7,"nothing":null}`),
	}
	for _, c := range []struct {
		path     string
		root     Root
		variable string
		want     string
	}{
		{"$", Data, "", `{"a":{"b":[1,2]}}`},
		{"$.a.b[1]", Data, "", `2`},
		{"$$", Context, "", `{"Execution":{"Input":{"a":3}}}`},
		{"$$.Execution.Input.a", Context, "", `3`},
		{"$$['Execution']..a", Context, "", `[3]`},
		{"$var", Variable, "var", `{"a":[4]}`},
		{"$var.a[0]", Variable, "var", `4`},
		{"$list[?(@ > $[0])]", Variable, "list", `[6]`},
		{"$list[*]", Variable, "list", `[5,6]`},
		{"$é_1", Variable, "é_1", `7`},
		{"$nothing", Variable, "nothing", `null`},
		{"$states.x", Variable, "states", ``},
		{"$nope", Variable, "nope", ``},
		{"$nope[*]", Variable, "nope", ``},
	} {
		p := compile(t, c.path)
		if p.Root() != c.root || p.Variable() != c.variable || p.String() != c.path {
			t.Errorf("%s: got root %v of %q, written %s", c.path, p.Root(), p.Variable(), p)
		}
		got, err := p.Eval(world)
		if got.String() != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.path, got, err, c.want)
		}
		if notFound := new(NotFoundError); (c.want == "") != errors.As(err, &notFound) {
			t.Errorf("%s: got error %v", c.path, err)
		}
	}
}

// TestRecordedByTheService has what the service answered. Source: recorded
// facts 5.2 and 7.5.
func TestRecordedByTheService(t *testing.T) {
	for _, c := range []struct{ path, doc, want string }{
		{"$[*]", `{}`, `[]`},
		{"$.items[*]", `{}`, `[]`},
		{"$.items[1:]", `{}`, `[]`},
		{"$.items[:1].itemValue", `{}`, `[]`},
		{"$.item.items[1:5].itemValue", `{}`, `[]`},
		{"$.[?(@.year < 1999)].name", `[{"year":1997,"name":"x"},{"year":1999}]`, `["x"]`},
		{"$.items[1]", `{"items":[1,{"x":2}]}`, `{"x":2}`},
		{"$.users[?(@.status == 0)]", `{"users":[{"status":0},{"status":1}]}`, `[{"status":0}]`},
		{"$.NoSuchInputPath", `{}`, `No results for path: $['NoSuchInputPath']`},
		{"$.no.such.result.path", `{}`, `Missing property in path $['no']`},
	} {
		got, err := compile(t, c.path).Get(value.MustParse(c.doc))
		text := got.String()
		if err != nil {
			text = err.Error()
		}
		if text != c.want {
			t.Errorf("%s on %s: got %s, want %s", c.path, c.doc, text, c.want)
		}
	}
}

// TestRecordedWildcards runs the recordings of the service that are not part of
// this repository: one Pass state whose Parameters have one path.
func TestRecordedWildcards(t *testing.T) {
	files, _ := filepath.Glob("../../shared/corpus/cases/base/*test_json_path_array*.json")
	if len(files) == 0 {
		t.Skip("the recordings of the service are not here")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		recording := value.MustParse(string(text))
		parameters := value.MustParse(recording.Get("steps").Index(0).Get("params").Get("definition").Text()).
			Get("States").Get("EntryState").Get("Parameters")
		for name, path := range parameters.Members() {
			for key, expected := range recording.Get("expected").Members() {
				events := expected.Get("events")
				if events.Len() == 0 {
					continue
				}
				input := events.Index(0).Get("executionStartedEventDetails").Get("input")
				want := events.Index(events.Len() - 1).Get("executionSucceededEventDetails").Get("output").Get(strings.TrimSuffix(name, ".$"))
				got, err := compile(t, path.Text()).Get(input)
				if !value.Equal(got, want) {
					t.Errorf("%s %s: %s on %s: got %s, %v, want %s", filepath.Base(file), key, path, input, got, err, want)
				}
			}
		}
	}
}

func TestReferencePaths(t *testing.T) {
	for _, c := range []struct {
		path      string
		reference bool
		normal    string
	}{
		{`$`, true, `$`},
		{`$.a`, true, `$['a']`},
		{`$$.a.b`, true, `$['a']['b']`},
		{`$v[0]`, true, `$[0]`},
		{`$.a['b c'][2]`, true, `$['a']['b c'][2]`},
		{`$.a.['b']`, true, `$['a']['b']`},
		{`$.store\.book`, true, `$['store\']['book']`}, // the engine knows no escapes
		{`$.foo\@bar`, true, `$['foo\@bar']`},
		{`$.list.length()`, true, `$['list']['length()']`},
		{`$.&Ж中.𐍆`, true, `$['&Ж中']['𐍆']`},
		{`$.ledgers.branch[0].pending.count`, true, `$['ledgers']['branch'][0]['pending']['count']`},
		{`$['store'][0]['book']`, true, `$['store'][0]['book']`},
		{`$.a[-1]`, false, `$['a'][-1]`},
		{`$.a[0,1]`, false, `$['a'][0,1]`},
		{`$.a['b','c']`, false, `$['a']['b', 'c']`},
		{`$.a[(@.length-1)]`, false, `$['a'][@.size()-1]`},
		{`$.a[1:-2]`, false, `$['a'][1:-2]`},
		{`$.a[:2]`, false, `$['a'][:2]`},
		{`$.a[*]`, false, `$['a'][*]`},
		{`$.*`, false, `$[*]`},
		{`$..a`, false, `$..['a']`},
		{`$.a[?(@.b)]`, false, `$['a'][?]`},
	} {
		p := compile(t, c.path)
		if p.IsReference() != c.reference || p.Normalized() != c.normal {
			t.Errorf("%s: got %v, %s, want %v, %s", c.path, p.IsReference(), p.Normalized(), c.reference, c.normal)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		path    string
		offset  int
		message string
	}{
		{``, 0, "Path must start with '$'"},
		{`a.b`, 0, "Path must start with '$'"},
		{`@.a`, 0, "Path must start with '$'"},
		{`$1`, 1, "Invalid path $1"},
		{`$_x`, 1, "Invalid path $_x"},
		{`$$x`, 2, "Invalid path $x"},
		{`$var-x`, 4, "Invalid path $-x"},
		{`$$.a b`, 4, "Space not allowed in path"},
		{`$.é. a`, 5, "Space not allowed in path"},
		{`$.a.`, 4, "A path can not end with a dot."},
		{`$.a..`, 5, "A path can not end with a scan."},
		{`$.a[`, 3, "Could not analyze path component: ["},
		{`$["a"]`, 1, `Could not analyze path component: ["a"]`},
		{`$['a'`, 1, "Property has not been closed - missing closing ]"},
		{`$[0`, 3, "Index has not been closed - missing closing ]"},
		{`$[99999999999]`, 1, `For input string: "99999999999"`},
		{`$[1-2]`, 1, `For input string: "1-2"`},
		{`$[:]`, 1, `For input string: ""`},
		{`$[(@.count-1)]`, 1, "Invalid function: @.count. Supported functions are: [(@.length - n)] and [(@.size() - n)]"},
		{`$[(@.length)]`, 1, "Expected [(@.length - n)], got [(@.length)]"},
		{`$.a[?(@.b == 'x)]`, 17, "Filter has not been closed - missing closing )]"},
		{`$.a[?@.b]`, 4, "Filter must start with '[?(' and end with ')]'. @.b"},
		{`$.a[?(@.b == $.c d)]`, 16, "Space not allowed in path"},
		{`$.a[?(@.b == $.)]`, 15, "A path can not end with a dot."},
		{`$.a[?(@.b =~ /(a|b/ && @.c)]`, 28, "Filter has not been closed - missing closing )]"},
		{`$.a[?(@.b =~ /a{2/)]`, 13, ""},
		{`$.a[?(@.b =~ /)]`, 13, "Pattern not closed. Expected / in /"},
		{`$.a[?(@.b && )]`, 12, "Invalid operators @.b &&"},
		{`$.a[?(@.b == 1 && @.c in [2])]`, 21, "Space not allowed in path"},
		{`$.a[?(@.b == !@.c)]`, 12, "Invalid negation! Can only be used for existence check e.g [?(!@.foo)]"},
		{`$.a[?(@.b[*] == 1)]`, 6, "the predicate path: @.b[*] is not definite"},
		{`$.a[?(1)]`, 6, "CriteriaType 1 can not be parsed"},
		{`$.a[?(!(@.b))]`, 6, "CriteriaType !(@.b can not be parsed"},
		{`$.` + strings.Repeat("a", maxLength), 0, "Path is longer than 65536 bytes"},
		{`$` + strings.Repeat(".a", maxSteps+1), 2*maxSteps + 3, "Path has more than 1000 steps"},
		{strings.Repeat("$[?(", 60) + "@" + strings.Repeat(")]", 60), 0, ""},
	} {
		_, err := Compile(c.path)
		var bad *SyntaxError
		switch {
		case !errors.As(err, &bad):
			t.Errorf("%.60s: got %v, want a *SyntaxError", c.path, err)
		case c.message == "":
		case bad.Message != c.message || bad.Offset != c.offset || bad.Text != c.path:
			t.Errorf("%.60s:\n got %d %s\nwant %d %s", c.path, bad.Offset, bad.Message, c.offset, c.message)
		}
	}
}

func TestSet(t *testing.T) {
	const doc = `{"a":{"b":1,"c":[10,{"d":2}]},"s":"x","n":null,"e":2}`
	for _, c := range []struct{ path, want string }{
		{"$", `"new"`},
		{"$.a", `{"a":"new","s":"x","n":null,"e":2}`},
		{"$.z", `{"a":{"b":1,"c":[10,{"d":2}]},"s":"x","n":null,"e":2,"z":"new"}`},
		{"$.a.b", `{"a":{"b":"new","c":[10,{"d":2}]},"s":"x","n":null,"e":2}`},
		{"$.a.x.y", `{"a":{"b":1,"c":[10,{"d":2}],"x":{"y":"new"}},"s":"x","n":null,"e":2}`},
		{"$.a.c[0]", `{"a":{"b":1,"c":["new",{"d":2}]},"s":"x","n":null,"e":2}`},
		{"$.a.c[1].d", `{"a":{"b":1,"c":[10,{"d":"new"}]},"s":"x","n":null,"e":2}`},
		{"$.s.x", `$['s']: expected an object, got string`},
		{"$.n.x", `$['n']: expected an object, got null`},
		{"$.a.c.x", `$['a']['c']: expected an object, got array`},
		{"$.a.c[2]", `$['a']['c']: expected an array with an item 2, got one of 2`},
		{"$.a[0]", `$['a']: expected an array, got object`},
		{"$.z[0]", `{"a":{"b":1,"c":[10,{"d":2}]},"s":"x","n":null,"e":2,"z":["new"]}`},
		{"$.z[0].y", `{"a":{"b":1,"c":[10,{"d":2}]},"s":"x","n":null,"e":2,"z":[{"y":"new"}]}`},
		{"$.z[1]", `$['z']: expected an array with an item 1, got one of 0`},
	} {
		before := value.MustParse(doc)
		got, err := compile(t, c.path).Set(before, value.OfString("new"))
		text := got.String()
		if conflict := new(ConflictError); errors.As(err, &conflict) {
			text = err.Error()
		}
		if text != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.path, got, err, c.want)
		}
		if before.String() != doc {
			t.Errorf("%s: changed its input to %s", c.path, before)
		}
	}
	if got, err := compile(t, "$.a").Set(value.OfString("x"), value.True); err == nil {
		t.Errorf("got %s, want an error", got)
	}
	if _, err := compile(t, "$.a[*]").Set(value.EmptyObject, value.True); err == nil || !strings.Contains(err.Error(), "not a reference path") {
		t.Errorf("got %v, want an error", err)
	}
}

// TestLimits runs paths that would go on for long, with a hundredth of the work
// that they are allowed.
func TestLimits(t *testing.T) {
	const work = maxWork / 100
	tree := value.OfInt(1)
	for range 60 {
		tree = value.OfItems(tree, tree)
	}
	numbers := make([]value.Value, 3000)
	for i := range numbers {
		numbers[i] = value.OfInt(int64(i))
	}
	lists := value.OfMembers("a", value.OfSlice(numbers), "b", value.OfItems(value.OfMembers("l", value.OfSlice(numbers[:2000]))))
	text := value.OfMembers("s", value.OfString(strings.Repeat("a", 40)))
	long := value.OfString(strings.Repeat("a", 200_000))
	large := value.OfMembers("a", value.OfSlice(numbers), "b", value.OfSlice(slices.Clone(numbers)), "s", long, "t", value.OfString(long.Text()+"b"))
	names := strings.TrimSuffix(strings.Repeat("'x',", 5000), ",")
	for _, c := range []struct {
		path string
		doc  value.Value
		want string
	}{
		{"$..*..*..*..nope", tree, tooMuchWork},
		{"$..[" + names + "]", value.OfSlice(slices.Repeat([]value.Value{value.OfMembers("x", value.True)}, 20)), tooMuchWork},
		{"$.a[-200000:0]", lists, tooMuchWork},
		{"$.a[?(@ =~ /(?=x)?1/)]", lists, tooMuchWork},
		{"$.a[?($.s < $.t)]", large, tooMuchWork},
		{"$.a[?($.s == 'a')]", large, ""},
		{"$.a[?(@ != $.a)]", large, ""},
		{"$[?(@.s =~ /(?=x)?(a+)+\\1b/)]", text, slowPattern},
		{"$[?(@.s =~ /(a+)+b/)]", text, ""},
	} {
		p := compile(t, c.path)
		s := scene{root: c.doc, reads: p.reads, left: work}
		if _, end := p.walk(&s, c.doc, false, outermost); s.message != c.want || (end == reached) != (c.want == "") {
			t.Errorf("%.60s: got %v %q, want %q", c.path, end, s.message, c.want)
		}
	}
}

// TestShared has goroutines use one path at a time, for the race detector.
// A step finds its member wherever the objects of an array have it.
func TestItemsOfDifferentShapes(t *testing.T) {
	doc := value.MustParse(`{"list":[{"a":1,"b":"x"},{"a":2,"b":"y"},{"b":"z","a":1},{"b":"no a"},7,{"a":{"b":1}},{"a":1},{"c":0,"b":"w","a":1},{}]}`)
	for path, want := range map[string]string{
		"$.list[*].a":                      `[1,2,1,{"b":1},1,1]`,
		"$.list[?(@.a)].a":                 `[1,2,1,{"b":1},1,1]`,
		"$.list[?(@.b && @.a == 1)].b":     `["x","z","w"]`,
		"$.list[?(@.a == 1 || @.a == 2)]":  `[{"a":1,"b":"x"},{"a":2,"b":"y"},{"b":"z","a":1},{"a":1},{"c":0,"b":"w","a":1}]`,
		"$.list[?(@.a.b == 1)]":            `[{"a":{"b":1}}]`,
		"$.list[?(@.a == $.list[0].a)].b":  ``, // one has no b
		"$.list[?(@.b == $.list[2].b)].a":  `[1]`,
		"$.list[?(@['b'] != @['a'])]['b']": `[]`,
		"$..b":                             `["x","y","z","no a",1,"w"]`,
	} {
		got, err := compile(t, path).Get(doc)
		if (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Errorf("%s: got %v, %v, want %s", path, got, err, want)
		}
	}
}

func TestShared(t *testing.T) {
	p := compile(t, `$.a[?(@.x == $.l[0] && @.s =~ /(a)\1/)].s`)
	doc := value.MustParse(`{"a":[{"x":1,"s":"aa"},{"x":2,"s":"aa"},{"x":1,"s":"a"}],"l":[1]}`)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 100 {
				if got, err := p.Get(doc); got.String() != `["aa"]` {
					t.Errorf("got %s, %v", got, err)
				}
			}
		})
	}
	wait.Wait()
}

func TestTooManyFound(t *testing.T) {
	const want = "path finds more than 1000000 values"
	items := make([]value.Value, maxFound+1)
	for i := range items {
		items[i] = value.True
	}
	_, err := compile(t, "$[*]").Get(value.OfSlice(items))
	if failed := new(EvalError); !errors.As(err, &failed) || failed.Message != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNames(t *testing.T) {
	for path, want := range map[string]string{
		"$":                      "[]",
		"$$.Execution['Id']":     "[Execution Id]",
		"$v.a[0].b":              "[a]",
		"$.a..b":                 "[a]",
		"$.a['b','c']":           "[a]",
		"$$.Map.Item.Value[*].x": "[Map Item Value]",
	} {
		p, err := Compile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p.Names()); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestSimplePathsAllocateNothing(t *testing.T) {
	doc := benchDocument()
	for _, path := range []string{"$", "$.a.b.c", "$.items[7].sku", "$.items[(@.length-1)].id"} {
		p := compile(t, path)
		if n := testing.AllocsPerRun(100, func() { _, _ = p.Get(doc) }); n != 0 {
			t.Errorf("%s: got %v allocations", path, n)
		}
	}
}
