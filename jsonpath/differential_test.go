package jsonpath

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// This file makes paths at random and compares what the package makes of them
// with Jayway JsonPath 2.0.0 itself, which Maven fetches: make fuzz-jsonpath.

var (
	besideJayway = flag.Int("jayway", 0, "number of random paths to compare with Jayway JsonPath; needs Java and Maven")
	jaywaySeed   = flag.Uint64("jayway-seed", 0, "seed of the random paths; 0 takes the time")
)

func TestBesideJayway(t *testing.T) {
	if *besideJayway == 0 {
		t.Skip("without -jayway no random paths are compared with Jayway JsonPath")
	}
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not on this machine, so there is no Jayway JsonPath to compare with", tool)
		}
	}
	seed := *jaywaySeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-jayway-seed %d", seed)
	g := &pathMaker{rand.New(rand.NewPCG(seed, 0))}
	cases := make([]jaywayCase, *besideJayway)
	for i := range cases {
		cases[i] = jaywayCase{ID: fmt.Sprint(i), Query: "$" + g.steps(), Document: pick(g, documents)}
	}
	askJayway(t, cases)
	for i := range cases {
		c := &cases[i]
		if c.Expect.Definite == nil {
			c.Expect.Message = "" // depends on what is looked at first
		}
		t.Run(c.ID, func(t *testing.T) {
			c.check(t, c.Expect, false)
			if c.ExpectIntrinsic.Definite != nil {
				c.check(t, *c.ExpectIntrinsic, true)
			}
		})
	}
}

// askJayway fills in the answers of the library.
func askJayway(t *testing.T, cases []jaywayCase) {
	var in bytes.Buffer
	for _, c := range cases {
		line, err := json.Marshal(map[string]string{"query": c.Query, "document": c.Document})
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	jars := t.TempDir()
	run(t, nil, "mvn", "-q", "-B", "-f", filepath.Join("testdata", "jayway", "pom.xml"), "dependency:copy-dependencies", "-DoutputDirectory="+jars)
	out := run(t, &in, "java", "-cp", filepath.Join(jars, "*"), filepath.Join("testdata", "jayway", "Answers.java"))
	answers := json.NewDecoder(bytes.NewReader(out))
	for i := range cases {
		if err := answers.Decode(&cases[i]); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
	}
}

func run(t *testing.T, in *bytes.Buffer, name string, args ...string) []byte {
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = os.Stderr
	if in != nil {
		cmd.Stdin = in
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return out
}

var documents = []string{
	`{"a":{"b":[1,2,{"c":"text"},[3,[4]],null,"s",true],"c":null,"a":{"b":1.5}},"b":[],"c":"null","l":[{"a":1,"b":"x"},{"a":"1"},{"b":null},{"a":2,"b":[1]}],"n":5,"x y":{"":{}}}`,
	`[{"a":1,"b":[{"a":2}]},{"a":[0,1,2]},[[1],[2,3],[]],"a",5,null,true,-1.5]`,
	`{"a":[{"b":1},{"b":2},{"b":3}],"b":{"a":{"b":{}},"b":[true,false]},"c":[1,2,3,4,5]}`,
	`{"a":"b","b":5,"c":true}`,
	`"a"`, `5`, `true`, `{}`, `[]`,
}

// A pathMaker makes paths that are mostly right.
type pathMaker struct{ *rand.Rand }

func pick[T any](g *pathMaker, from []T) T { return from[g.IntN(len(from))] }

func (g *pathMaker) name() string {
	return pick(g, []string{"a", "b", "c", "a", "b", "l", "n", "x", "nope"})
}

func (g *pathMaker) number() string {
	return pick(g, []string{"0", "1", "2", "0", "1", "5", "-1", "-2", "10", "-9"})
}

func (g *pathMaker) steps() string {
	var b strings.Builder
	for range g.IntN(5) {
		b.WriteString(g.step())
	}
	text := b.String()
	if len(text) > 1 && g.IntN(12) == 0 { // a character more; $a would be a variable
		at := 1 + g.IntN(len(text)-1)
		text = text[:at] + pick(g, []string{".", "'", " ", "*", "(", ")", "@", "?", ",", ":", "-", "1", "a", "!", `"`}) + text[at:]
	}
	return text
}

func (g *pathMaker) step() string {
	switch g.IntN(16) {
	case 0, 1, 2, 3:
		return "." + g.name()
	case 4:
		return "['" + g.name() + "']"
	case 5:
		return "['" + g.name() + pick(g, []string{"','", "', '", "''", "',"}) + g.name() + "']"
	case 6, 7:
		return "[" + g.number() + "]"
	case 8:
		return "[" + g.number() + "," + g.number() + "]"
	case 9:
		return "[" + pick(g, []string{"", g.number()}) + ":" + pick(g, []string{"", g.number()}) + "]"
	case 10:
		return pick(g, []string{"[*]", ".*", "*"})
	case 11:
		return ".." + pick(g, []string{g.name(), "*", "[" + g.number() + "]", "['" + g.name() + "','b']", "[?(" + g.test() + ")]", "[1:]"})
	case 12:
		return pick(g, []string{"[(@.length-1)]", "[(@.size()-2)]", "[(@.length-0)]", "[a1]", "[1.5]", "[(2)]", ".length()", ".[0]", "['x y']"})
	}
	condition := g.test()
	for range g.IntN(3) {
		condition += pick(g, []string{" && ", " || ", "&&", "||"}) + g.test()
	}
	if g.IntN(6) == 0 {
		condition = "(" + condition + ")"
	}
	return "[?(" + condition + ")]"
}

func (g *pathMaker) test() string {
	if g.IntN(4) == 0 {
		return pick(g, []string{"", "", "!", "("}) + g.path() + pick(g, []string{"", "", "", ")"})
	}
	left, right := g.operand(), g.operand()
	if g.IntN(3) > 0 {
		left = g.path()
	}
	blank := pick(g, []string{" ", "", " "})
	return left + blank + pick(g, []string{"==", "!=", "<", "<=", ">", ">=", "=~", "==", ">", "===", "in"}) + blank + right
}

func (g *pathMaker) path() string {
	return pick(g, []string{"@", "@", "@", "@", "$.a"}) + pick(g, []string{"", "." + g.name(), "." + g.name(), "." + g.name(), "." + g.name() + "." + g.name(),
		"[" + g.number() + "]", "." + g.name() + "[" + g.number() + "]", "['" + g.name() + "']", "['a','b']", "[*]", "[(@.length-1)]"})
}

func (g *pathMaker) operand() string {
	return pick(g, []string{"1", "2", "1.0", "5", "'1'", "'a'", "a", "true", "false", "null", "'null'", "x", `"x"`, "text", "-1.5", "/a/", "/.*/", "/[0-9]/", "/T.*/i", "''", "",
		"'it\\'s'", g.path(), g.path()})
}
