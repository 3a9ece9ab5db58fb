package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// This file drives the client of ../shared/bench, sfnbench, and reads what it
// prints.

// A row is a measurement: where sfnbench prints it.
type row struct {
	name    string
	pattern *regexp.Regexp // its group is the value: a number, or a duration
	unit    string         // durations are in milliseconds
	rate    bool           // more is better
}

var rows = []*row{
	{"start to first answer", regexp.MustCompile(`(?m)^\| startup .*? \| ok true \| (\S+) \|`), "ms", false},
	{"idle memory", regexp.MustCompile(`(?m)^\| RSS idle \| (\d+) KB`), "KB", false},
	{"pass-chain-1000", regexp.MustCompile(`(?m)^\| pass-chain-1000 \| SUCCEEDED .*? median (\S+) \|`), "ms", false},
	{"pass-chain-1000, CPU", regexp.MustCompile(`(?m)^\| pass-chain-1000 \| SUCCEEDED .*?\((\S+) us/transition\)`), "us/transition", false},
	{"choice-loop-1000", regexp.MustCompile(`(?m)^\| choice-loop-1000 \| SUCCEEDED .*? median (\S+) \|`), "ms", false},
	{"choice-loop-1000, JSONata", regexp.MustCompile(`(?m)^\| choice-loop-1000-jsonata \| SUCCEEDED .*? median (\S+) \|`), "ms", false},
	{"map-1000", regexp.MustCompile(`(?m)^\| map-1000 \| SUCCEEDED .*? median (\S+) \|`), "ms", false},
	{"Express sync, c=1", regexp.MustCompile(`(?m)^\| express sync c1 \| n \d+ c 1 fails 0 .*? \| p50 (\S+) `), "ms", false},
	{"Express sync, c=32", regexp.MustCompile(`(?m)^\| express sync c32 \| n \d+ c 32 fails 0 .*? \| (\d+) exec/s`), "exec/s", true},
	{"short executions, c=32: started", regexp.MustCompile(`(?m)^\| short-5 .*? fails 0 .*?accepted (\d+)/s`), "exec/s", true},
	{"short executions, c=32: to the end", regexp.MustCompile(`(?m)^\| short-5 .*? fails 0 .*? = (\d+) exec/s`), "exec/s", true},
	{"short executions, CPU", regexp.MustCompile(`(?m)^\| short-5 .*? fails 0 .*?\((\d+) us/exec`), "us/exec", false},
	{"parked: started", regexp.MustCompile(`(?m)^\| parked .*? fails 0 \| (\d+) starts/s`), "exec/s", true},
	{"parked: memory", regexp.MustCompile(`(?m)^\| parked .*? fails 0 .*? = (-?\d+) B each`), "B each", false},
}

// distributed is the row that sfnbench does not have, see distributed_map.go.
var distributed = &row{name: "distributed Map, 20,000 rows", unit: "ms"}

// A bencher measures one binary in one mode at a time.
type bencher struct {
	settings
	folder string
	bench  string // the binary of sfnbench
	runs   int
}

// measure adds what it measures to the table.
func (b *bencher) measure(ctx context.Context, t *table, which int, binary, mode string) error {
	b.runs++
	folder := filepath.Join(b.folder, strconv.Itoa(b.runs))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	port, err := freePort()
	if err != nil {
		return err
	}
	var out, failure bytes.Buffer
	c := exec.CommandContext(ctx, b.bench, "peer", "-url", "http://127.0.0.1:"+port+"/", "-w", filepath.Join(b.shared, "workloads"),
		"-only", "chain,loop,map,sync,short", "-k", "30", "-n", "5000", "-nsync", "1500", "-park", strconv.Itoa(b.parked),
		"-cmd", fmt.Sprintf("%s serve %s --port %s --durability %s", binary, folder, port, mode))
	c.Stdout, c.Stderr = &out, &failure
	if err := c.Run(); err != nil {
		return fmt.Errorf("sfnbench: %w\n%s%s", err, out.String(), failure.String())
	}
	for _, r := range rows {
		found := r.pattern.FindStringSubmatch(out.String())
		if found == nil {
			return fmt.Errorf("%s, --durability %s: sfnbench does not say %q:\n%s", binary, mode, r.name, out.String())
		}
		v, err := parse(found[1])
		if err != nil {
			return err
		}
		t.add(which, mode, r, v)
	}
	took, err := runDistributedMap(ctx, binary, folder, mode)
	if err != nil {
		return fmt.Errorf("%s, --durability %s: distributed Map: %w", binary, mode, err)
	}
	t.add(which, mode, distributed, milliseconds(took))
	return nil
}

// parse reads a number, or a duration as milliseconds.
func parse(text string) (float64, error) {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v, nil
	}
	d, err := time.ParseDuration(strings.TrimSuffix(text, ","))
	return milliseconds(d), err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// freePort returns a port that nobody listens on now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
