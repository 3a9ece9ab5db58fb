package assist_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/value"
)

// TestComplete runs the cases of testdata/complete. A case is a text in JSON or YAML
// with the cursor at ¦, and what is wanted of it, a line each:
//
//   - LABEL         it is offered
//   - LABEL         it is not
//     : LABEL LABEL   these are offered, in this order, and no others
//     > LABEL         choosing it makes the text of the next section
func TestComplete(t *testing.T) {
	files, err := filepath.Glob("testdata/complete/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); {
			doc, want := archive.Files[i], archive.Files[i+1]
			i += 2
			var result string
			if strings.Contains(string(want.Data), "> ") && i < len(archive.Files) {
				result = string(archive.Files[i].Data)
				i++
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+doc.Name, func(t *testing.T) {
				checkComplete(t, doc.Name, string(doc.Data), string(want.Data), result)
			})
		}
	}
}

// knowledge is what the cases know.
func knowledge(t *testing.T) assist.Knowledge {
	text, err := os.ReadFile("testdata/complete/knowledge.json")
	if err != nil {
		t.Fatal(err)
	}
	v := value.MustParse(string(text))
	data := make(map[string]assist.Data)
	for pointer, d := range v.Get("data").Members() {
		data[pointer] = assist.Data{
			Input: d.Get("input"), Result: d.Get("result"), ErrorOutput: d.Get("errorOutput"), Output: d.Get("output"),
			Variables: d.Get("variables"), Context: d.Get("context"),
		}
	}
	resources := func(name string) []assist.Resource {
		var found []assist.Resource
		for name, arn := range v.Get(name).Members() {
			found = append(found, assist.Resource{Name: name, ARN: arn.Text()})
		}
		return found
	}
	return assist.Knowledge{Functions: resources("functions"), Machines: resources("machines"), Activities: resources("activities"), Data: data}
}

// document returns the document of a case, without its cursor. The pointer follows an
// @ in the name.
func document(name, marked string) (edit.Document, int) {
	offset := strings.Index(marked, "¦")
	doc := edit.Document{Text: strings.Replace(marked, "¦", "", 1), Format: edit.JSON}
	if strings.Contains(name, ".yaml") {
		doc.Format = edit.YAML
	}
	_, doc.Pointer, _ = strings.Cut(name, "@")
	return doc, offset
}

func checkComplete(t *testing.T, name, marked, want, result string) {
	doc, offset := document(name, marked)
	items := assist.Complete(doc, offset, knowledge(t))
	var labels []string
	for _, item := range items {
		labels = append(labels, item.Label)
		if item.Start > item.End || item.End > len(doc.Text) || item.Start > offset || item.Label == "" || item.Kind == "" {
			t.Errorf("bad item %+v", item)
		}
	}
	for line := range strings.Lines(want) {
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		switch verb {
		case "":
		case "+":
			if !slices.Contains(labels, rest) {
				t.Errorf("%s is not offered, but %q", rest, labels)
			}
		case "-":
			if slices.Contains(labels, rest) {
				t.Errorf("%s is offered", rest)
			}
		case ":":
			if got := strings.Join(labels, " "); got != rest {
				t.Errorf("offered: got  %s\n         want %s", got, rest)
			}
		case ">":
			i := slices.Index(labels, rest)
			if i < 0 {
				t.Fatalf("%s is not offered, but %q", rest, labels)
			}
			if got := applied(doc.Text, items[i]); got != result {
				t.Errorf("%s: got\n%s\nwant\n%s", rest, got, result)
			}
		default:
			t.Fatalf("unknown line %q", line)
		}
	}
}

// applied returns the text with an item chosen; its stops are in ‹ ›.
func applied(text string, item assist.Item) string {
	insert := item.Insert
	for _, stop := range slices.Backward(item.Stops) {
		insert = insert[:stop.Start] + "‹" + insert[stop.Start:stop.End] + "›" + insert[stop.End:]
	}
	return text[:item.Start] + insert + text[item.End:]
}

// TestCompletionsParse chooses every completion of a new field in every state of some
// definitions: what comes of it is JSON or YAML again.
func TestCompletionsParse(t *testing.T) {
	yaml := "StartAt: A\nStates:\n  A:\n    Type: Task\n    Resource: arn:aws:states:::sqs:sendMessage\n    Parameters:\n      QueueUrl: x\n    Next: B\n  B:\n    Type: Map\n    ItemProcessor:\n      StartAt: C\n      States:\n        C:\n          Type: Choice\n          Choices:\n            - Variable: $.x\n              IsNull: true\n              Next: C\n"
	chosen := 0
	for _, doc := range []edit.Document{{Text: order, Format: edit.JSON}, {Text: yaml, Format: edit.YAML}} {
		for i, c := range doc.Text {
			text, offset := doc.Text, i+1
			switch line := doc.Text[strings.LastIndexByte(doc.Text[:i], '\n')+1 : i]; {
			case doc.Format == edit.JSON && c == '{':
			case doc.Format == edit.YAML && c == '\n' && !strings.HasSuffix(line, ":"): // a line more in the same column
				indent := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " -")))
				text = doc.Text[:offset] + indent + "\n" + doc.Text[offset:]
				offset += len(indent)
			default:
				continue
			}
			for _, item := range assist.Complete(edit.Document{Text: text, Format: doc.Format}, offset, assist.Knowledge{}) {
				if item.Kind != assist.FieldItem && item.Kind != assist.SnippetItem {
					continue
				}
				chosen++
				made := text[:item.Start] + item.Insert + text[item.End:]
				name := "a.asl.json"
				if doc.Format == edit.YAML {
					name = "a.asl.yaml"
				}
				if d, found := asl.ParseFile(name, []byte(made)); d.Root.Len() == 0 {
					t.Fatalf("%s: %v\n%s", item.Label, found, made)
				}
			}
		}
	}
	if chosen < 100 {
		t.Errorf("%d completions only", chosen)
	}
}
