package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/graph"
)

// This file writes the results of tests to files for other tools.

// write writes the files that the flags name.
func (t *tester) write(found *suites, results []*caseResult, sources []coverage.Source, s sums) error {
	if t.kept != nil {
		return exit(ExitFailed, "", "--history: %v", t.kept)
	}
	for _, one := range []struct {
		flag, path string
		text       func() []byte
	}{
		{"--junit", t.junit, func() []byte { return junit(found, results, s) }},
		{"--cover-html", t.coverHTML, func() []byte { return coverage.Page(sources) }},
		{"--lcov", t.lcov, func() []byte { return coverage.LCOV(sources) }},
		{"--cobertura", t.cobertura, func() []byte { return coverage.Cobertura(sources) }},
	} {
		if one.path == "" {
			continue
		}
		if err := os.WriteFile(one.path, one.text(), 0o666); err != nil {
			return exit(ExitFailed, "", "%s: %v", one.flag, err)
		}
	}
	return nil
}

// junit is the results as JUnit XML: a testsuite for each test file. A file that cannot be
// run is an error.
func junit(found *suites, results []*caseResult, s sums) []byte {
	var b strings.Builder
	broken := 0
	for _, one := range found.suites {
		if one.problem != "" {
			broken++
		}
	}
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aslocal\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%.3f\">\n",
		len(results)+broken, s.failed, broken, s.skipped, s.took.Seconds())
	for _, one := range found.suites {
		own := make([]*caseResult, 0, len(one.selected))
		for _, r := range results {
			if r.suite == one {
				own = append(own, r)
			}
		}
		if len(own) == 0 && one.problem == "" {
			continue
		}
		junitSuite(&b, one, own)
	}
	b.WriteString("</testsuites>\n")
	return []byte(b.String())
}

func junitSuite(b *strings.Builder, s *suite, results []*caseResult) {
	sum := sumOf(results, len(results), 0)
	for _, r := range results {
		sum.took += r.result.Took
	}
	errors := 0
	if s.problem != "" {
		errors = 1
	}
	path := graph.EscapeXML(s.path)
	fmt.Fprintf(b, "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%.3f\" file=\"%[1]s\">\n",
		path, len(results)+errors, sum.failed, errors, sum.skipped, sum.took.Seconds())
	if s.problem != "" {
		fmt.Fprintf(b, "    <testcase name=\"%s\" classname=\"%[1]s\" file=\"%[1]s\" time=\"0\"><error message=\"the tests cannot be run\">%s</error></testcase>\n", path, graph.EscapeXML(s.problem))
	}
	for _, r := range results {
		fmt.Fprintf(b, "    <testcase name=\"%s\" classname=\"%s\" file=\"%s\" line=\"%d\" time=\"%.3f\"", graph.EscapeXML(r.result.Case.Name),
			graph.EscapeXML(s.machine.Name), path, r.result.Case.At.Line, r.result.Took.Seconds())
		switch {
		case r.skipped():
			fmt.Fprintf(b, "><skipped message=\"%s\"/></testcase>\n", graph.EscapeXML(r.result.Case.Skip))
		case r.result.Passed():
			b.WriteString("/>\n")
		default:
			var texts []string
			for _, f := range r.result.Failures {
				texts = append(texts, r.place(f)+": "+f.String())
			}
			texts = append(texts, "path: "+arrows(r.result.Path, "→"))
			fmt.Fprintf(b, "><failure message=\"%s\">%s</failure></testcase>\n", graph.EscapeXML(r.result.Failures[0].String()), graph.EscapeXML(strings.Join(texts, "\n")))
		}
	}
	b.WriteString("  </testsuite>\n")
}
