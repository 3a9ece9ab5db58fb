package position

import (
	"errors"
	"strings"
	"testing"
)

func TestYAML(t *testing.T) {
	text := `# a comment
StartAt: "A b"   # another
States:
  A b: &state
    Type: Task
    Resource: !GetAtt [Fn, Arn]
    Comment: |
      two
      lines
    Folded: >-
      one
      line
    Numbers: [1.0, 0x1F, 1e3, -2, 12345678901234567890, 0o17]
    List:
    - é: 'it''s'
      n: {x: ~, y: "\u00e9"}
    - true
  B:
    <<: *state
    Type: Pass
    1: 2016-03-14T01:59:00Z
    Again: *state
`
	v, table, err := YAML(text)
	if err != nil {
		t.Fatal(err)
	}
	const stateA = `{"Type":"Task","Resource":"Fn.Arn","Comment":"two\nlines\n","Folded":"one line",` +
		`"Numbers":[1.0,31,1e3,-2,12345678901234567890,15],"List":[{"é":"it's","n":{"x":null,"y":"é"}},true]}`
	stateB := `{"Type":"Pass","1":"2016-03-14T01:59:00Z","Again":` + stateA + strings.TrimPrefix(stateA, `{"Type":"Task"`)
	if want := `{"StartAt":"A b","States":{"A b":` + stateA + `,"B":` + stateB + `}}`; v.String() != want {
		t.Errorf("\n got %s\nwant %s", v, want)
	}
	checkPlaces(t, text, table, [][2]string{
		{"/StartAt", `2:1 StartAt | 2:10 "A b"`},
		{"/States/A b/Type", `5:5 Type | 5:11 Task`},
		{"/States/A b/Resource", `6:5 Resource | 6:15 !GetAtt [Fn, Arn]`},
		{"/States/A b/Numbers", `13:5 Numbers | 13:14 [1.0, 0x1F, 1e3, -2, 12345678901234567890, 0o17]`},
		{"/States/A b/Numbers/3", `- | 13:31 -2`},
		{"/States/A b/List/0/é", `15:7 é | 15:10 'it''s'`},
		{"/States/A b/List/0/n/x", `16:11 x | 16:14 ~`},
		{"/States/A b/List/0/n", `16:7 n | 16:10 {x: ~, y: "\u00e9"}`},
		{"/States/A b/List/1", `- | 17:7 true`},
		{"/States/B/Type", `20:5 Type | 20:11 Pass`},
		{"/States/B/1", `21:5 1 | 21:8 2016-03-14T01:59:00Z`},
		{"/States/B/Again", `22:5 Again | 22:12 *state`},
	})
	if p, ok := table.Lookup("/States/A b/Comment"); !ok || p.Key.Start.String() != "7:5" {
		t.Errorf("block scalar: got %v, %v", p, ok)
	}
	if _, ok := table.Lookup("/States/B/Again/Type"); ok {
		t.Error("what an alias stands for has a place of its own")
	}
	checkNodes(t, table)
}

func TestYAMLTagsInALine(t *testing.T) {
	const text = "A: {a: !Ref é, b: [!Sub \"x\", !!str 1], c: !If [d, 1, 2], Nxt: 'B'}\nC: !Ref D\n"
	_, table, err := YAML(text)
	if err != nil {
		t.Fatal(err)
	}
	checkPlaces(t, text, table, [][2]string{
		{"/A/a", `1:5 a | 1:8 !Ref é`},
		{"/A/b", `1:16 b | 1:19 [!Sub "x", !!str 1]`},
		{"/A/b/1", `- | 1:30 !!str 1`},
		{"/A/c", `1:40 c | 1:43 !If [d, 1, 2]`},
		{"/A/Nxt", `1:58 Nxt | 1:63 'B'`},
		{"/C", `2:1 C | 2:4 !Ref D`},
	})
}

func TestYAMLOddities(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "null"},
		{"a comment", "# x\n", "null"},
		{"a scalar", "x", `"x"`},
		{"JSON", `{"a": [1, {"b": null}]}`, `{"a":[1,{"b":null}]}`},
		{"a document marker", "---\na: 1\n...\n", `{"a":1}`},
		{"the last of several keys counts", "a: 1\na: 2\n", `{"a":2}`},
		{"words of older YAML are strings", "Next: No\nyes: on\n", `{"Next":"No","yes":"on"}`},
		{"keys of all kinds", "1: a\ntrue: b\n~: c\n1.50: d\n", `{"1":"a","true":"b","~":"c","1.50":"d"}`},
		{"explicit keys", "? a\n: 1\n", `{"a":1}`},
		{"merging several", "a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n  z: 4\n", `{"a":{"x":1},"b":{"x":2,"y":3},"c":{"z":4,"x":1,"y":3}}`},
		{"standard tags", "a: !!str 1\nb: !!int 2\n", `{"a":"1","b":2}`},
		{"CloudFormation", "a: !Sub [\"x${y}\", {y: 1}]\nb: !Ref R\nc: !Join [\"-\", [a, b]]\nd: !If [c, 1, 2]\n", `{"a":"x${y}","b":"R","c":"a-b","d":["c",1,2]}`},
		{"tags of empty lists", "a: !Sub []\nb: !Join []\n", `{"a":[],"b":[]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, table, err := YAML(tt.text)
			if err != nil || v.String() != tt.want {
				t.Fatalf("got %s, %v, want %s", v, err, tt.want)
			}
			checkNodes(t, table)
		})
	}
}

func TestYAMLErrors(t *testing.T) {
	bomb := "a0: &a0 [1,1,1,1,1,1,1,1,1]\n"
	for i := '1'; i <= '9'; i++ {
		before := string(i - 1)
		bomb += "a" + string(i) + ": &a" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*a"+before+",", 9), ",") + "]\n"
	}
	tests := []struct{ name, text, want string }{
		{"indentation", "a:\n  b: 1\n c: 2\n", "3:"},
		{"an alias of nothing", "a: *b\n", "1:4: unknown anchor 'b'"},
		{"several documents", "a: 1\n---\nb: 2\n", "3:1: expected one document"},
		{"a number without a form in JSON", "a: .inf\n", "1:4: .inf has no form"},
		{"brackets without end", strings.Repeat("[", 2000), "1:1001: nesting"},
		{"lists in lists without end", strings.Repeat("- ", 2000), "1:2001: nesting"},
		{"aliases of aliases", bomb, "the document has more than"},
		{"aliases of a long text", "a: &a " + strings.Repeat("x", 100_000) + "\nb: [" + strings.Repeat("*a,", 200) + "]\n", "2:506: the document's aliases stand for"},
		{"an alias of itself", "a: &a [*a]\n", "1:8: the anchor \"a\" contains an alias of itself"},
		{"a bracket that is not closed", "a: [1, 2\nb: 3\n", "2:2: did not find expected ',' or ']' while parsing a flow sequence that begins at 1:4"},
		{"a quote that is not closed", "a: \"x\nb: 1\n", "1:4: found unexpected end of stream while scanning a quoted scalar"},
		{"merging a scalar", "a:\n  <<: 1\n", "<<: expected a mapping, got number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, _, err := YAML(tt.text)
			var bad *SyntaxError
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), tt.want) || v.Exists() {
				t.Errorf("got %v, %v, want %s", v, err, tt.want)
			}
		})
	}
}

func FuzzYAML(f *testing.F) {
	f.Add("a: &x [1, 'b', \"c\"]\n? d\n: *x\ne: |\n  f\ng: !Sub [h, {i: j}]\n<<: {k: ~}\n")
	f.Add("? 0\r: {0}")
	f.Add("- - a\n  - .inf\n--- \n\t% : [\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return // the parser takes its time with longer nonsense
		}
		v, table, err := YAML(text)
		var bad *SyntaxError
		if err == nil {
			checkNodes(t, table)
		} else if !errors.As(err, &bad) || v.Exists() || bad.Message == "" {
			t.Errorf("%q: got %v, %v", text, v, err)
		}
	})
}
