package assist

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// definitionFiles returns definitions of our own and, where they are, those of the shared data.
func definitionFiles(t testing.TB) map[string]string {
	found := make(map[string]string)
	for _, pattern := range []string{"testdata/read/*", "../../testdata/definitions/*/*", "../../examples/*/*.asl.*", "../../../shared/definitions/*.json", "../../internal/template/testdata/*/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			switch filepath.Ext(file) {
			case ".json", ".yaml", ".yml":
			default:
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found[file] = string(text)
		}
	}
	if len(found) == 0 {
		t.Fatal("no definitions")
	}
	return found
}

func formatOf(file string) edit.Format {
	if filepath.Ext(file) == ".json" {
		return edit.JSON
	}
	return edit.YAML
}

// TestReadAgreesWithParsers reads whole texts as the parsers of the program do: same
// names and texts, at the same places.
func TestReadAgreesWithParsers(t *testing.T) {
	compared := 0
	for file, source := range definitionFiles(t) {
		var want value.Value
		var table *position.Table
		var err error
		if formatOf(file) == edit.JSON {
			want, err = value.Parse(source)
			table = position.JSON(source)
		} else {
			want, table, err = position.YAML(source)
		}
		if err != nil || len(table.Duplicates(1)) > 0 {
			continue
		}
		if formatOf(file) == edit.YAML && strings.Contains(source, "<<:") || strings.Contains(source, ": *") {
			continue // merges and aliases are words here
		}
		compared++
		compareTree(t, file, table, "", read(source, formatOf(file)), want)
	}
	if compared < 20 {
		t.Errorf("compared %d texts only", compared)
	}
	t.Logf("compared %d texts", compared)
}

func compareTree(t *testing.T, file string, table *position.Table, pointer string, got *node, want value.Value) {
	if t.Failed() {
		return
	}
	if where, ok := table.Lookup(pointer); ok && pointer != "" && got.kind != missing && got.quote != '|' && got.quote != '>' && (got.start != where.Value.Start.Offset) {
		if got.kind != object && got.kind != array || got.flow {
			t.Errorf("%s%s: begins at %d, not at %d", file, pointer, got.start, where.Value.Start.Offset)
		}
	}
	switch want.Kind() {
	case value.Object:
		if got.kind == missing && want.Len() == 0 {
			return
		}
		if len(got.members) != want.Len() {
			t.Errorf("%s%s: %d members, want %d", file, pointer, len(got.members), want.Len())
			return
		}
		i := 0
		for name, v := range want.Members() {
			if got.members[i].key.text != name {
				t.Errorf("%s%s: member %q, want %q", file, pointer, got.members[i].key.text, name)
			}
			compareTree(t, file, table, pointer+"/"+position.Escape(name), got.members[i].value, v)
			i++
		}
	case value.Array:
		if len(got.items) != want.Len() {
			t.Errorf("%s%s: %d items, want %d", file, pointer, len(got.items), want.Len())
			return
		}
		for i, v := range want.Items() {
			compareTree(t, file, table, pointer+"/"+strconv.Itoa(i), got.items[i], v)
		}
	case value.String:
		if got.quote == '|' || got.quote == '>' || strings.Contains(got.text, "\\") {
			return // a block is read as its lines are
		}
		if got.text != want.Text() && strings.Join(strings.Fields(got.text), " ") != strings.Join(strings.Fields(want.Text()), " ") {
			t.Errorf("%s%s: text %q, want %q", file, pointer, got.text, want.Text())
		}
	default:
		if got.kind == object || got.kind == array {
			t.Errorf("%s%s: kind %d of %s", file, pointer, got.kind, want)
		}
	}
}

// TestNothingPanics asks everything at random places of random parts of texts.
func TestNothingPanics(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for file, source := range definitionFiles(t) {
		if text := mangled(random, source); len(text) < 1<<15 {
			everything(edit.Document{Text: text, Format: formatOf(file)}, random.IntN(len(text)+1))
		}
	}
}

// mangled returns a text cut off, or with a part cut out.
func mangled(random *rand.Rand, text string) string {
	start := random.IntN(len(text) + 1)
	if random.IntN(2) == 0 {
		return text[:start]
	}
	return text[:start] + text[min(len(text), start+random.IntN(40)):]
}

// everything asks all that can be asked at a place.
func everything(doc edit.Document, offset int) {
	know := Knowledge{Data: map[string]Data{"/States/A": {Input: value.MustParse(`{"a b": [{"c": 1}]}`)}}}
	for _, m := range append(Machines(doc.Text, doc.Format), Machine{}) {
		doc.Pointer = m.Pointer
		for _, item := range Complete(doc, offset, know) {
			if item.Start < 0 || item.Start > item.End || item.End > len(doc.Text) {
				panic("bad range of " + item.Label)
			}
		}
		Hover(doc, offset, know)
		References(doc, offset)
		Definition(doc, offset)
		Symbols(doc)
	}
}

func FuzzComplete(f *testing.F) {
	f.Add(`{"StartAt": "A", "States": {"A": {"Type": "Task", "Res`, false, 50)
	f.Add("StartAt: A\nStates:\n  A:\n    Type: Task\n    Retry:\n      - \n", true, 60)
	f.Add(`{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": "{\"StartAt\": \"A\ud83d\u"}}}}`, false, 120)
	f.Add("a: |\n  {\"States\": {", true, 18)
	f.Fuzz(func(t *testing.T, text string, yaml bool, offset int) {
		doc := edit.Document{Text: text, Format: edit.JSON}
		if yaml {
			doc.Format = edit.YAML
		}
		everything(doc, offset)
	})
}

// large returns a definition of n states.
func large(n int) string {
	var b strings.Builder
	b.WriteString("{\n  \"QueryLanguage\": \"JSONata\",\n  \"StartAt\": \"State 0\",\n  \"States\": {\n")
	for i := range n {
		name := "State " + string(value.OfInt(int64(i)).String())
		b.WriteString("    \"" + name + `": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f", "Payload": "{% $states.input %}"}, "Assign": {"v": "{% $states.result.x %}"}, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}], "Next": "State ` + value.OfInt(int64(i+1)).String() + "\"},\n")
	}
	b.WriteString("    \"Last\": {\"Type\": \"Task\", \"Output\": \"{% $ %}\", \"Next\": \"\"}\n  }\n}\n")
	return b.String()
}

// BenchmarkComplete measures completions at the end of a definition of 500 states: of
// the names of all states, and of what an expression can begin with.
func BenchmarkComplete(b *testing.B) {
	doc := edit.Document{Text: large(500), Format: edit.JSON}
	for name, mark := range map[string]string{"states": `"Next": ""`, "expression": "{% $"} {
		b.Run(name, func(b *testing.B) {
			offset := strings.LastIndex(doc.Text, mark) + len(mark)
			if name == "states" {
				offset--
			}
			b.ReportAllocs()
			for b.Loop() {
				if len(Complete(doc, offset, Knowledge{})) < 50 {
					b.Fatal("nothing is offered")
				}
			}
		})
	}
}

// TestLongLines reads texts of one line, and others that tempt a reader to look far
// ahead again and again. It takes long only if the time grows with the square of the
// length.
func TestLongLines(t *testing.T) {
	for _, text := range []string{
		`{"States":{` + strings.Repeat(`"a":{"Catch":[{"Assign":{"x":1}}]},`, 1<<12),
		strings.Repeat("[", 1<<17),
		strings.Repeat(`{"a":`, 1<<15),
		strings.Repeat("\"a\":\n", 1<<14),
		strings.Repeat("a: [\n", 1<<14),
		strings.Repeat("- \"a\n", 1<<14),
	} {
		for _, format := range []edit.Format{edit.JSON, edit.YAML} {
			Complete(edit.Document{Text: text, Format: format}, len(text)/2, Knowledge{})
		}
	}
}
