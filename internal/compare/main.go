// Command compare measures two aslocal binaries side by side on this machine:
// the one before a change and the one after it, in turns, so that what else the
// machine does meets both.
//
//	go run ./internal/compare -before /tmp/aslocal-before -after bin/aslocal
//
// The client and the workloads are ../shared/bench and ../shared/workloads; if
// they are not there, compare says so and ends with exit status 0. It prints
// the median of each measurement for both binaries, and how many times as fast
// (or as small) the second one is: 1 or more is as good or better.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// settings are the flags.
type settings struct {
	before, after string
	shared        string
	turns         int
	parked        int
	modes         string
}

func main() {
	var s settings
	flag.StringVar(&s.before, "before", "", "the binary before the change")
	flag.StringVar(&s.after, "after", "bin/aslocal", "the binary after it")
	flag.StringVar(&s.shared, "shared", "../shared", "the folder that has bench and workloads")
	flag.IntVar(&s.turns, "turns", 5, "how often each binary is measured; a turn takes about a minute")
	flag.IntVar(&s.parked, "parked", 50_000, "how many executions wait while their memory is measured")
	flag.StringVar(&s.modes, "modes", "memory,disk", "the durabilities, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, s, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, out, progress io.Writer) error {
	for _, needed := range []string{"bench", "workloads"} {
		if _, err := os.Stat(filepath.Join(s.shared, needed)); err != nil {
			fmt.Fprintf(out, "compare: %s is not there, skipped\n", filepath.Join(s.shared, needed))
			return nil
		}
	}
	binaries := []string{s.before, s.after}
	for i, name := range binaries {
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			return fmt.Errorf("%q is not a binary; -before (make compare BEFORE=…) and -after give them", name)
		}
		path, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		binaries[i] = path
	}
	folder, err := os.MkdirTemp("", "aslocal-compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	bench := filepath.Join(folder, "sfnbench")
	build := exec.CommandContext(ctx, "go", "build", "-o", bench, ".")
	build.Dir = filepath.Join(s.shared, "bench")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", build.Dir, err, text)
	}
	b := &bencher{settings: s, folder: folder, bench: bench}
	began := time.Now()
	var t table
	for turn := range s.turns {
		for _, mode := range strings.Split(s.modes, ",") {
			for which, binary := range binaries {
				if err := b.measure(ctx, &t, which, binary, mode); err != nil {
					return err
				}
			}
		}
		fmt.Fprintf(progress, "turn %d of %d, %s\n", turn+1, s.turns, time.Since(began).Round(time.Second))
	}
	return t.write(out)
}

// A table has what was measured, in the order in which it first was.
type table struct{ lines []*line }

// A line is one measurement in one mode: the values of both binaries.
type line struct {
	mode   string
	row    *row
	values [2][]float64
}

func (t *table) add(which int, mode string, r *row, v float64) {
	i := slices.IndexFunc(t.lines, func(l *line) bool { return l.mode == mode && l.row == r })
	if i < 0 {
		i = len(t.lines)
		t.lines = append(t.lines, &line{mode: mode, row: r})
	}
	t.lines[i].values[which] = append(t.lines[i].values[which], v)
}

// write writes the medians and their ratios.
func (t *table) write(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "mode\tmeasurement\tbefore\tafter\tunit\ttimes as good")
	for _, l := range t.lines {
		if len(l.values[0]) == 0 || len(l.values[1]) == 0 {
			fmt.Fprintf(out, "%s\t%s\tmeasured for one binary only\n", l.mode, l.row.name)
			continue
		}
		before, after := median(l.values[0]), median(l.values[1])
		fmt.Fprintf(out, "%s\t%s\t%.5g\t%.5g\t%s\t%s\n", l.mode, l.row.name, before, after, l.row.unit, l.row.ratio(before, after))
	}
	return out.Flush()
}

// ratio says how many times as good the second value is; "-" if that has no
// answer, since one is below what can be measured.
func (r *row) ratio(before, after float64) string {
	if !r.rate {
		before, after = after, before
	}
	if before <= 0 || after <= 0 {
		return "-"
	}
	return strconv.FormatFloat(after/before, 'f', 2, 64)
}

// median returns the middle one of at least one value, the mean of the middle
// two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
