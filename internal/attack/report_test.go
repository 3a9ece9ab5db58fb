package main

import (
	"strings"
	"testing"
	"time"
)

func TestReport(t *testing.T) {
	r := newReport()
	r.row("not made")
	for range 3 {
		r.row("pass").start()
		r.row("pass").acknowledge()
	}
	if !r.ok() {
		t.Error("nothing was found, and it is not ok")
	}
	for range 5 {
		r.row("pass").found(wrong, "the first line\nthe second")
	}
	r.row("stop").found(orphan, "it runs on")
	if r.ok() {
		t.Error("defects were found, and it is ok")
	}
	for _, ms := range []int{40, 10, 200} {
		r.restarted(time.Duration(ms) * time.Millisecond)
	}
	r.note("a note")
	var out strings.Builder
	if err := r.write(&out); err != nil {
		t.Fatal(err)
	}
	const example = "pass, wrong: the first line\n    the second\n"
	const want = `  started  acknowledged  lost  wrong  stuck  doubled  orphan  fault  kind
        3             3     0      5      0        0       0      0  pass
        0             0     0      0      0        0       1      0  stop
        3             3     0      5      0        0       1      0  all
` + example + example + example + `stop, orphan: it runs on
restarts: 3, p50 40ms, max 200ms
a note
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
