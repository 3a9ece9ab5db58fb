package position

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// TestYAMLAsOtherReaders compares what is read of generated documents, in flow and in
// block style, with what PyYAML 6.0.3 has read of them: json, with all scalars as
// strings and null as "". Documents are left out in which YAML 1.1, which PyYAML
// reads, differs from YAML 1.2: those with "?" before a scalar in brackets.
func TestYAMLAsOtherReaders(t *testing.T) {
	file, err := os.Open("testdata/readers-agree.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); n++ {
		c := value.MustParse(lines.Text())
		v, table, err := YAML(c.Get("yaml").Text())
		if err != nil {
			t.Errorf("%q: %v", c.Get("yaml").Text(), err)
			continue
		}
		if got, want := inStrings(v).String(), c.Get("json").String(); got != want {
			t.Errorf("%q:\n got %s\nwant %s", c.Get("yaml").Text(), got, want)
		}
		checkNodes(t, table)
	}
	if n == 0 {
		t.Error("no documents")
	}
}

// inStrings returns a value with all scalars as strings.
func inStrings(v value.Value) value.Value {
	switch v.Kind() {
	case value.Null:
		return value.EmptyString
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			b.Set(name, inStrings(member))
		}
		return b.Value()
	case value.Array:
		items := []value.Value{}
		for _, item := range v.Items() {
			items = append(items, inStrings(item))
		}
		return value.OfSlice(items)
	case value.String:
		return v
	}
	return value.OfString(v.String())
}

// TestYAMLInBrackets reads flow collections, whose plain scalars may have colons: one
// ends a key only before a blank or an indicator (YAML 1.2, section 7.3.3), or after a
// key in quotes.
func TestYAMLInBrackets(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{Tags: [env:prod], Fn::GetAtt: [a, Arn]}`, `{"Tags":["env:prod"],"Fn::GetAtt":["a","Arn"]}`},
		{`{Resource: arn:aws:states:::sns:publish, Next: B}`, `{"Resource":"arn:aws:states:::sns:publish","Next":"B"}`},
		{`{Fn::Sub: "${A}:b", Ref: AWS::Region}`, `{"Fn::Sub":"${A}:b","Ref":"AWS::Region"}`},
		{`{Fn::If: [A, {Ref: AWS::NoValue}, 'b:c']}`, `{"Fn::If":["A",{"Ref":"AWS::NoValue"},"b:c"]}`},
		{`{"a":1,"b":[2],'c':{"d":3}}`, `{"a":1,"b":[2],"c":{"d":3}}`},
		{`[http://x.y/z?a=b, 12:30, a:b:c, "q":1]`, `["http://x.y/z?a=b","12:30","a:b:c",{"q":1}]`},
		{`{a:b: c, ::x, x::}`, `{"a:b":"c","::x":null,"x:":null}`},
		{"{a: b:c\n  d, e}", `{"a":"b:c d","e":null}`},
		{`{a: 1, b: 2,}`, `{"a":1,"b":2}`},
		{`[a, b,]`, `["a","b"]`},
		{`{a: {b: [c, {d: e:f}]}, g: [h:i]}`, `{"a":{"b":["c",{"d":"e:f"}]},"g":["h:i"]}`},
		{`{a: !Ref B::C, d: !Sub 'e:f', g: [!GetAtt h.Arn]}`, `{"a":"B::C","d":"e:f","g":["h.Arn"]}`},
		{`{a: $.b, c.$: $.d, e: States.Format('{}', $.f)}`, ``},
		{"[a #b:c\n, d]", `["a","d"]`},
		{`{? a : b}`, `{"a":"b"}`},
	} {
		v, table, err := YAML(c.text)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: got %s, want an error", c.text, v)
			}
			continue
		}
		if err != nil || v.String() != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.text, v, err, c.want)
			continue
		}
		checkNodes(t, table)
	}
}

// TestYAMLByteOrderMark reads a document that begins with a byte order mark, which is
// no part of it.
func TestYAMLByteOrderMark(t *testing.T) {
	text := "\ufeff" + "StartAt: A\nStates: {A: {Type: Pass}}\n"
	v, table, err := YAML(text)
	if want := `{"StartAt":"A","States":{"A":{"Type":"Pass"}}}`; err != nil || v.String() != want {
		t.Fatalf("got %s, %v, want %s", v, err, want)
	}
	for _, pointer := range []string{"/StartAt", "/States/A/Type"} {
		place, ok := table.Lookup(pointer)
		start, end := place.Key.Start.Offset, place.Key.End.Offset
		if name := pointer[strings.LastIndexByte(pointer, '/')+1:]; !ok || text[start:end] != name {
			t.Errorf("%s: got %q", pointer, text[start:end])
		}
	}
}
