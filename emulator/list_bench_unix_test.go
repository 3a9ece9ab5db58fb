//go:build unix

package emulator_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// BenchmarkLists reads pages of a hundred, from the API's handler without a socket: the
// first, one in the middle and the last of lists of a small store and of a large one,
// which has 10,000 state machines and 100,000 executions. `make bench-lists` runs it.
// It also reports CPU time, which says more than time on a machine that is busy.
//
// The state machines are made by CreateStateMachine. The executions are put into the
// store before the emulator opens it: they are rows without events, all of one state
// machine, in the order of neither their starts nor their stops.
func BenchmarkLists(b *testing.B) {
	open := map[string]func(b *testing.B) journal.Store{
		"memory": func(*testing.B) journal.Store { return journal.NewMemory() },
		"disk": func(b *testing.B) journal.Store {
			store, err := journal.OpenSQLite(filepath.Join(b.TempDir(), "aslocal.db"), journal.Disk)
			if err != nil {
				b.Fatal(err)
			}
			return store
		},
	}
	for _, kind := range []string{"memory", "disk"} {
		for _, size := range []struct {
			name                 string
			machines, executions int
		}{{"small", 1_000, 2_000}, {"large", 10_000, 100_000}} {
			b.Run(kind+"/"+size.name, func(b *testing.B) {
				store := open[kind](b)
				putExecutions(b, store, int64(size.executions))
				c := newCaller(b, store)
				createMachines(c, size.machines)
				for _, list := range []struct {
					name, action, arguments, member string
					items                           int
				}{
					{"machines", "ListStateMachines", "", "stateMachines", size.machines},
					{"executions", "ListExecutions", `, "stateMachineArn": "` + listedMachine + `"`, "executions", size.executions},
					{"executions/FAILED", "ListExecutions", `, "stateMachineArn": "` + listedMachine + `", "statusFilter": "FAILED"`, "executions", size.executions / 4},
					{"executions/REDRIVEN", "ListExecutions", `, "stateMachineArn": "` + listedMachine + `", "redriveFilter": "REDRIVEN"`, "executions", size.executions / 2},
				} {
					benchPages(b, c, list.name, list.action, list.arguments, list.member, list.items)
				}
			})
		}
	}
}

const listedMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:m00000"

func putExecutions(b *testing.B, store journal.Store, n int64) {
	for id := int64(1); id <= n; id++ {
		name := fmt.Sprintf("e%06d", id)
		x := &journal.Execution{
			ID: id, ARN: "arn:aws:states:us-east-1:123456789012:execution:m00000:" + name, MachineARN: listedMachine, Name: name, Status: "SUCCEEDED",
			Started: 1_790_000_000_000 + id*7919%n, Stopped: 1_790_000_100_000 + id*104729%n, Record: []byte(`{"revision":"r","events":5,"records":5}`),
		}
		if id%4 == 0 {
			x.Status = "FAILED"
		}
		if id%4 < 2 {
			x.Redrives, x.Redriven = 1, x.Started+1000
		}
		store.Commit(journal.Write{Create: x}, nil)
	}
	if err := journal.Flush(b.Context(), store); err != nil {
		b.Fatal(err)
	}
}

func createMachines(c *caller, n int) {
	var callers sync.WaitGroup
	const many = 64
	for from := range many {
		callers.Go(func() {
			for i := from; i < n; i += many {
				c.call("CreateStateMachine", fmt.Sprintf(`{"name": "m%05d", "roleArn": %q, "definition": %q}`, i*7919%n, role, pass))
			}
		})
	}
	callers.Wait()
}

// benchPages reads the first, a middle and the last page of a list again and again.
func benchPages(b *testing.B, c *caller, name, action, arguments, member string, items int) {
	const page = 100
	request := func(size int, token string) string {
		if token != "" {
			token = fmt.Sprintf(`, "nextToken": %q`, token)
		}
		return fmt.Sprintf(`{"maxResults": %d%s%s}`, size, arguments, token)
	}
	// The way to a page is shorter by pages of a thousand.
	tokenAfter := func(skipped int) (token string) {
		for skipped > 0 {
			size := min(skipped, 1000)
			answer := value.MustParse(c.call(action, request(size, token)))
			if token = answer.Get("nextToken").Text(); token == "" {
				b.Fatalf("%s: the list ends too early", name)
			}
			skipped -= size
		}
		return token
	}
	for _, place := range []struct {
		name    string
		skipped int
	}{{"first", 0}, {"middle", items / 2}, {"last", items - page}} {
		body := request(page, tokenAfter(place.skipped))
		answer := value.MustParse(c.call(action, body))
		if got := answer.Get(member).Len(); got != page || answer.Get("nextToken").Exists() != (place.name != "last") {
			b.Fatalf("%s, %s page: got %d items and the token %q", name, place.name, got, answer.Get("nextToken").Text())
		}
		b.Run(strings.Join([]string{name, place.name}, "/"), func(b *testing.B) {
			before := cpuTime(b)
			for b.Loop() {
				c.call(action, body)
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// cpuTime is what the process has used.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
