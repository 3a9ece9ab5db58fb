package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Verdict is how a case came out.
type Verdict string

// The verdicts.
const (
	Pass    Verdict = "PASS"
	Fail    Verdict = "FAIL"
	Skipped Verdict = "SKIP"
)

// A Result is how one case came out.
type Result struct {
	Case        *Case
	Verdict     Verdict
	Reason      string       // of a SKIP, or of a FAIL that is no difference
	Differences []Difference // of a FAIL
}

// RunCase runs one case. A known failure that fails is skipped for its reason;
// one that passes fails.
func RunCase(ctx context.Context, target Target, c *Case, known Known) Result {
	r := Result{Case: c, Verdict: Pass}
	outcome, err := target.Run(ctx, c)
	skip, isSkip := errors.AsType[*Skip](err)
	switch {
	case isSkip:
		r.Verdict, r.Reason = Skipped, skip.Reason
		return r
	case err != nil:
		r.Verdict, r.Reason = Fail, err.Error()
	default:
		if r.Differences = c.Compare(outcome); len(r.Differences) > 0 {
			r.Verdict = Fail
		}
	}
	reason, isKnown := known[c.ID]
	switch {
	case isKnown && r.Verdict == Fail:
		r.Verdict, r.Reason = Skipped, "known to fail: "+reason
	case isKnown:
		r.Verdict, r.Reason = Fail, "passes, but is in known.json: take it out"
	}
	return r
}

// String returns the verdict, the id, and why: what the case shows, then a line
// for each difference.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Verdict, r.Case.ID)
	if r.Reason != "" {
		fmt.Fprintf(&b, ": %s", r.Reason)
	}
	if len(r.Differences) > 0 && r.Verdict == Fail {
		fmt.Fprintf(&b, "\n     %s (%s)", r.Case.Comment, r.Case.Source)
		for _, d := range r.Differences {
			fmt.Fprintf(&b, "\n     %s", d)
		}
	}
	return b.String()
}

// A Report holds the results of a run.
type Report struct{ Results []Result }

// Run runs the cases one after another.
func Run(ctx context.Context, target Target, cases []Case, known Known) *Report {
	var report Report
	for i := range cases {
		report.Results = append(report.Results, RunCase(ctx, target, &cases[i], known))
	}
	return &report
}

// OK reports whether nothing has failed.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Results, func(one Result) bool { return one.Verdict == Fail })
}

// A tally counts verdicts.
type tally struct {
	area                    string
	passed, failed, skipped int
}

func (t *tally) add(v Verdict) {
	switch v {
	case Pass:
		t.passed++
	case Fail:
		t.failed++
	case Skipped:
		t.skipped++
	}
}

// Write writes what did not pass, a table by area, and the closing line
// "N passed, N failed, N skipped".
func (r *Report) Write(w io.Writer) error {
	results := slices.SortedFunc(slices.Values(r.Results), func(a, b Result) int { return cmp.Compare(a.Case.ID, b.Case.ID) })
	var areas []tally
	var all tally
	width := len("area")
	var b strings.Builder
	for _, one := range results {
		if one.Verdict != Pass {
			fmt.Fprintln(&b, one)
		}
		if n := len(areas); n == 0 || areas[n-1].area != one.Case.Area() {
			areas = append(areas, tally{area: one.Case.Area()})
			width = max(width, len(one.Case.Area()))
		}
		areas[len(areas)-1].add(one.Verdict)
		all.add(one.Verdict)
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%-*s  %5s %5s %5s\n", width, "area", Pass, Fail, Skipped)
	for _, t := range areas {
		fmt.Fprintf(&b, "%-*s  %5d %5d %5d\n", width, t.area, t.passed, t.failed, t.skipped)
	}
	fmt.Fprintf(&b, "\n%d passed, %d failed, %d skipped\n", all.passed, all.failed, all.skipped)
	_, err := io.WriteString(w, b.String())
	return err
}
