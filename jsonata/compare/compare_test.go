// Package compare runs package jsonata side by side with the reference
// implementation, npm's jsonata 2.0.6. It measures both on the expressions of the
// shared data, and compares the outcomes of random expressions:
//
//	go test -v ./jsonata/compare -compare
//	go test -v ./jsonata/compare -expressions 20000
//
// Both need node and npm, and install the reference into a temporary folder.
package compare

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

var compare = flag.Bool("compare", false, "install the reference with npm and measure both")

const (
	benchFile = "../../../shared/jsonata/bench.json"
	reference = "jsonata@2.0.6"
)

func TestCompare(t *testing.T) {
	if !*compare {
		t.Skip("measures only with -compare")
	}
	text, err := os.ReadFile(benchFile)
	if err != nil {
		t.Skipf("%s is not there: the shared data lies beside the repository", benchFile)
	}
	theirs := measureReference(t)
	bench := value.MustParse(string(text))
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "expression\treference ns\tours ns\tallocs\ttimes\t")
	logs, n := 0.0, 0
	for _, c := range bench.Get("cases").Items() {
		name := c.Get("name").Text()
		ref, ok := theirs[name]
		if !ok {
			t.Errorf("%s: the reference gave nothing", name)
			continue
		}
		ns, allocs, result := measureOurs(t, bench, c)
		if want := ref.Get("result"); !alike(result, want) {
			t.Errorf("%s: got %.200s, want %.200s", name, result, want)
		}
		times := ref.Get("ns").Float() / ns
		logs += math.Log(times)
		n++
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%d\t%.1f\t\n", name, ref.Get("ns").Float(), ns, allocs, times)
	}
	fmt.Fprintf(w, "geometric mean\t\t\t\t%.1f\t\n", math.Exp(logs/float64(n)))
	w.Flush()
	t.Logf("%s and ours:\n%s", reference, table.String())
}

// installReference installs the reference into a temporary folder. Without node
// and npm the test is skipped.
func installReference(t *testing.T) (folder string) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not on this machine, so there is no %s to compare with", tool, reference)
		}
	}
	folder = t.TempDir()
	install := exec.Command("npm", "install", "--no-audit", "--no-fund", "--prefix", folder, reference)
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm install %s: %v\n%s", reference, err, out)
	}
	return folder
}

// measureReference returns what the reference printed, by name.
func measureReference(t *testing.T) map[string]value.Value {
	folder := installReference(t)
	file, err := filepath.Abs(benchFile)
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command("node", "reference.js", file, folder)
	run.Stderr = os.Stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("node reference.js: %v", err)
	}
	found := map[string]value.Value{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		v := value.MustParse(lines.Text())
		found[v.Get("name").Text()] = v
	}
	return found
}

// measureOurs returns the time of one evaluation, its allocations and its
// result.
func measureOurs(t *testing.T, bench, c value.Value) (ns float64, allocs int64, result value.Value) {
	e := jsonata.MustCompile(c.Get("expr").Text())
	variables := jsonata.Map{}
	for name, v := range bench.Get("bindings").Get(c.Get("bindings").Text()).Members() {
		variables[name] = v
	}
	data, env := bench.Get("datasets").Get(c.Get("data").Text()), jsonata.Env{Variables: variables}
	result, err := e.Eval(context.Background(), data, env)
	if err != nil {
		t.Fatal(err)
	}
	ns = math.Inf(1)
	for range 3 {
		b := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Eval(context.Background(), data, env)
			}
		})
		ns, allocs = min(ns, float64(b.T.Nanoseconds())/float64(b.N)), b.AllocsPerOp()
	}
	return ns, allocs, result
}

// alike compares results, numbers as doubles.
func alike(a, b value.Value) bool {
	if a.Kind() != b.Kind() || a.Len() != b.Len() {
		return false
	}
	switch a.Kind() {
	case value.Number:
		return a.Float() == b.Float()
	case value.Array:
		for i, item := range a.Items() {
			if !alike(item, b.Index(i)) {
				return false
			}
		}
		return true
	case value.Object:
		for name, member := range a.Members() {
			if !alike(member, b.Get(name)) {
				return false
			}
		}
		return true
	}
	return value.Equal(a, b)
}
