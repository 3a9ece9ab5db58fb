package edit

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

var (
	editCount = flag.Int("edits", 0, "random edits on each definition, all of ../shared/definitions included; 0: a few on some")
	seed      = flag.Uint64("seed", 1, "of the random edits")
)

const shared = "../../../shared/definitions"

// TestRandomEdits makes random edits, one after another, on definitions made up here
// and on those of ../shared, in JSON and in YAML. What must hold after each is in
// checkEdit; at the end all are undone.
func TestRandomEdits(t *testing.T) {
	made, each, every := 3, 6, 40
	if *editCount > 0 {
		made, each, every = 100, *editCount, 1
	}
	totals := make(map[string]int)
	for i := range made {
		r := rand.New(rand.NewPCG(*seed, uint64(i)))
		v := randomMachine(r)
		for _, format := range []Format{JSON, YAML} {
			t.Run(fmt.Sprintf("made up %d %s", i, format), func(t *testing.T) {
				randomEdits(t, r, Document{Text: written(t, v, format), Format: format}, each, totals)
			})
		}
	}
	files, err := filepath.Glob(shared + "/*.asl.json")
	if err != nil || len(files) == 0 {
		t.Logf("%s is not there: its definitions are left out", shared)
	}
	for i := 0; i < len(files); i += every {
		text, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(*seed, uint64(i)))
		t.Run(filepath.Base(files[i]), func(t *testing.T) {
			tree, err := patch.Parse(string(text), JSON)
			if err != nil {
				t.Skip(err)
			}
			randomEdits(t, r, Document{Text: string(text), Format: JSON}, each, totals)
			randomEdits(t, r, Document{Text: written(t, tree.Root().Value(), YAML), Format: YAML}, each, totals)
		})
	}
	for _, op := range slices.Sorted(maps.Keys(totals)) {
		t.Logf("%s: %d", op, totals[op])
	}
}

// written returns a definition as a text.
func written(t *testing.T, v value.Value, format Format) string {
	t.Helper()
	empty := "{}\n" // what is put into it is written in the usual style
	tree, err := patch.Parse(empty, format)
	if err != nil {
		t.Fatal(err)
	}
	tree.Root().Holder().Replace(patch.New(v))
	text, _, err := tree.Write()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func randomEdits(t *testing.T, r *rand.Rand, doc Document, count int, totals map[string]int) {
	t.Helper()
	original := doc.Text
	var results []Result
	var texts []string
	for i := 0; i < count && len(doc.Text) < MaxText/2; i++ {
		m, err := open(doc)
		if err != nil {
			t.Fatal(err)
		}
		e := randomEdit(r, m)
		result, err := Apply(doc, e)
		var bad *Error
		switch {
		case err == nil:
			totals[e.Op]++
			checkEdit(t, doc, e, result)
			results, texts = append(results, result), append(texts, doc.Text)
			doc.Text = result.Text
		case !errors.As(err, &bad) || strings.Contains(err.Error(), "by hand"):
			t.Fatalf("%s on\n%s\n%v", shown(e), doc.Text, err)
		default:
			totals[e.Op+", refused"]++
		}
		if t.Failed() {
			t.Fatalf("%s on\n%s", shown(e), texts[len(texts)-1])
		}
	}
	for i, result := range slices.Backward(results) {
		if doc.Text != result.Text {
			t.Fatal("a result is not the text that was edited next")
		}
		doc.Text = undone(doc.Text, texts[i], result.Changes)
	}
	if doc.Text != original {
		t.Fatalf("undoing all gives\n%s\ninstead of\n%s", doc.Text, original)
	}
}

func shown(e Edit) string {
	text, _ := json.Marshal(e)
	return string(text)
}

// undone takes changes back.
func undone(text, old string, changes []Change) string {
	shift := 0
	for _, c := range changes {
		shift += len(c.Text) - (c.End - c.Start)
	}
	for _, c := range slices.Backward(changes) {
		shift -= len(c.Text) - (c.End - c.Start)
		start := c.Start + shift
		text = text[:start] + old[c.Start:c.End] + text[start+len(c.Text):]
	}
	return text
}

// checkEdit checks what must hold after any edit, and what this one means.
func checkEdit(t *testing.T, doc Document, e Edit, r Result) {
	t.Helper()
	checkChanges(t, doc.Text, r)
	name := "x.json"
	if doc.Format == YAML {
		name = "x.yaml"
	}
	before, _ := asl.ParseFile(name, []byte(doc.Text))
	after, found := asl.ParseFile(name, []byte(r.Text))
	if doc.Format == JSON && (e.Op == Language || e.Op == Convert) && hasTwice(after) && !hasTwice(before) {
		t.Error("a field is there twice")
	}
	if found.HasErrors() {
		t.Errorf("%v", found)
		return
	}
	again, err := Apply(doc, e)
	if err != nil || again.Text != r.Text {
		t.Error("the same edit gives something else the second time")
	}
	for _, pointer := range r.Select {
		if after.Root.Exists() && find(after.Root, pointer).Kind() != value.Object {
			t.Errorf("there is no %s to select", pointer)
		}
	}
	if e.Op != MoveItem && e.Op != Reformat { // rules that are equal may differ in their texts
		checkUntouched(t, before, after)
	}
	checkMeaning(t, e, before, after)
	if doc.Format == YAML && !t.Failed() {
		checkFormats(t, e, before, after)
	}
}

// checkFormats makes the same edit on the definition as JSON, which must come to say
// the same.
func checkFormats(t *testing.T, e Edit, before, after *asl.Definition) {
	t.Helper()
	r, err := Apply(Document{Text: before.Root.String(), Format: JSON}, e)
	if err != nil {
		t.Errorf("the same edit of JSON: %v", err)
		return
	}
	if other := value.MustParse(r.Text); !value.Equal(other, after.Root) {
		t.Errorf("in JSON, the edit gives %s, and in YAML %s", other, after.Root)
	}
}

// hasTwice reports whether an object has a member twice.
func hasTwice(d *asl.Definition) bool {
	return slices.ContainsFunc(asl.Validate(d, asl.Options{}), func(d asl.Diagnostic) bool { return d.Code == asl.DuplicateField })
}

// find returns what a pointer leads to.
func find(v value.Value, pointer string) value.Value {
	return patch.New(v).Find(pointer).Value()
}

// checkUntouched compares the texts of states that are as they were.
func checkUntouched(t *testing.T, before, after *asl.Definition) {
	t.Helper()
	old := make(map[string]*asl.State)
	before.AllStates(func(_ *asl.Workflow, s *asl.State) { old[s.Pointer] = s })
	after.AllStates(func(_ *asl.Workflow, s *asl.State) {
		was := old[s.Pointer]
		if was == nil || was.Fields.String() != s.Fields.String() {
			return
		}
		_, from, _ := before.Place(s.Pointer)
		_, to, _ := after.Place(s.Pointer)
		a, b := before.Text[from.Start.Offset:from.End.Offset], after.Text[to.Start.Offset:to.End.Offset]
		if a != b {
			t.Errorf("%s has not changed, but its text has: from\n%s\nto\n%s", s.Pointer, a, b)
		}
	})
}

// A census counts what a definition has.
type census struct {
	names    map[string]int
	dangling int // transitions to states that are not there
	lost     int // workflows with states, but without a start
}

func take(d *asl.Definition) census {
	c := census{names: make(map[string]int)}
	follow := func(w *asl.Workflow, name string) {
		if name != "" && w.State(name) == nil {
			c.dangling++
		}
	}
	workflow := func(w *asl.Workflow) {
		follow(w, w.StartAt)
		if w.State(w.StartAt) == nil && slices.ContainsFunc(w.States, func(s *asl.State) bool { return s.Fields.Kind() == value.Object }) {
			c.lost++
		}
	}
	workflow(&d.Workflow)
	d.AllStates(func(w *asl.Workflow, s *asl.State) {
		c.names[s.Name]++
		follow(w, s.Next)
		follow(w, s.Default)
		for _, rule := range s.Choices {
			follow(w, rule.Next)
		}
		for _, catcher := range s.Catch {
			follow(w, catcher.Next)
		}
		for _, branch := range s.Branches {
			workflow(branch)
		}
		if s.ItemProcessor != nil {
			workflow(&s.ItemProcessor.Workflow)
		}
	})
	return c
}

// checkMeaning checks what an edit does to the names of states, that it leaves no
// transitions that lead nowhere, and for simple ones the whole definition.
func checkMeaning(t *testing.T, e Edit, before, after *asl.Definition) {
	t.Helper()
	was, is := take(before), take(after)
	if e.Op == Set || e.Op == Remove {
		checkValue(t, e, before.Root, after.Root)
		return
	}
	if is.dangling > 0 && was.dangling == 0 && e.Op != Move && e.Op != Paste && !strings.Contains(string(e.State), "nowhere") {
		t.Errorf("%d transitions lead nowhere, %d did before", is.dangling, was.dangling)
	}
	if is.lost > 0 && was.lost == 0 {
		t.Error("a workflow has lost its start")
	}
	for name, n := range is.names {
		if n > max(1, was.names[name]) {
			t.Errorf("there are now %d states %q", n, name)
		}
	}
	more := len(is.names) - len(was.names)
	switch e.Op {
	case Insert:
		if more < 1 {
			t.Errorf("%d more states", more)
		}
	case Wrap:
		if more != 1 {
			t.Errorf("%d more states", more)
		}
	case Unwrap:
		if more != -1 {
			t.Errorf("%d more states", more)
		}
	case Reformat:
		if after.Root.String() != before.Root.String() {
			t.Errorf("formatting changed the definition to %s", after.Root)
		}
	case Rename, Move, Language, Reconnect, Connect, Start, MoveItem, AddBranch:
		if more != 0 {
			t.Errorf("%d more states", more)
		}
	case Delete:
		for _, pointer := range e.States {
			name := pointer[strings.LastIndexByte(pointer, '/')+1:]
			if is.names[unescape(name)] > was.names[unescape(name)]-1 {
				t.Errorf("%s is still there", pointer)
			}
		}
	}
	if e.Op == Rename {
		var pointer string
		if err := json.Unmarshal(e.State, &pointer); err != nil {
			t.Fatal(err)
		}
		// Where a Next led to no state, and this state has now the name of that, the way back is not clear.
		dangling := strings.Contains(before.Root.String(), value.OfString(e.Name).String())
		if back := renamedBack(after.Root, pointer, e.Name); !dangling && !value.Equal(back, before.Root) {
			t.Errorf("renaming changed more than the name: %s", back)
		}
	}
}

func unescape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
}

// checkValue does a set or remove on the value and compares.
func checkValue(t *testing.T, e Edit, before, after value.Value) {
	t.Helper()
	parts := strings.Split(e.Pointer, "/")[1:]
	want := changed(before, parts, e)
	if !value.Equal(want, after) {
		t.Errorf("got %s, want %s", after, want)
	}
}

func changed(v value.Value, parts []string, e Edit) value.Value {
	if len(parts) == 0 {
		return value.MustParse(string(e.Value))
	}
	name := unescape(parts[0])
	if v.Kind() == value.Array {
		items := slices.Collect(maps.Values(maps.Collect(v.Items())))
		items = items[:0]
		for i, item := range v.Items() {
			if fmt.Sprint(i) != name {
				items = append(items, item)
			} else if len(parts) > 1 || e.Op == Set {
				items = append(items, changed(item, parts[1:], e))
			}
		}
		return value.OfSlice(items)
	}
	var b value.ObjectBuilder
	for other, member := range v.Members() {
		if other != name {
			b.Set(other, member)
		} else if len(parts) > 1 || e.Op == Set {
			b.Set(other, changed(member, parts[1:], e))
		}
	}
	if !v.Get(name).Exists() {
		b.Set(name, changed(value.EmptyObject, parts[1:], e))
	}
	return b.Value()
}

// renamedBack gives a state its old name again, in a way of its own: by the value.
func renamedBack(root value.Value, pointer, name string) value.Value {
	cut := strings.LastIndex(pointer, "/States/")
	old := unescape(pointer[cut+len("/States/"):])
	back := func(v value.Value) value.Value {
		if v.Text() == name {
			return value.OfString(old)
		}
		return v
	}
	var workflow func(w value.Value) value.Value
	list := func(v value.Value, field string) value.Value {
		for i, item := range v.Get(field).Items() {
			if item.Get("Next").Exists() {
				v = v.With(field, v.Get(field).WithIndex(i, item.With("Next", back(item.Get("Next")))))
			}
		}
		return v
	}
	workflow = func(w value.Value) value.Value {
		var b value.ObjectBuilder
		for n, s := range w.Get("States").Members() {
			for _, field := range []string{"Next", "Default"} {
				if s.Get(field).Exists() {
					s = s.With(field, back(s.Get(field)))
				}
			}
			s = list(list(s, "Choices"), "Catch")
			if n == name {
				n = old
			}
			b.Set(n, s)
		}
		w = w.With("States", b.Value())
		if w.Get("StartAt").Exists() {
			w = w.With("StartAt", back(w.Get("StartAt")))
		}
		return w
	}
	return at(root, strings.Split(pointer[:cut], "/")[1:], workflow)
}

// at replaces what is at a place.
func at(v value.Value, parts []string, by func(value.Value) value.Value) value.Value {
	if len(parts) == 0 {
		return by(v)
	}
	if v.Kind() == value.Array {
		i := slices.IndexFunc(slices.Collect(maps.Keys(maps.Collect(v.Items()))), func(int) bool { return false })
		fmt.Sscan(parts[0], &i)
		return v.WithIndex(i, at(v.Index(i), parts[1:], by))
	}
	name := unescape(parts[0])
	return v.With(name, at(v.Get(name), parts[1:], by))
}
