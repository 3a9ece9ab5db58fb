package lambda

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestManyCalls makes 10 000 calls, most of them 20 at a time, with a failing
// process now and then, and looks whether anything is left of them.
func TestManyCalls(t *testing.T) {
	if !*all {
		t.Skip("it takes long: make functions")
	}
	log := Settings{Log: func(Entry) {}}
	for _, f := range []Function{
		played("pid"),
		{Name: "python", Runtime: "python3.11", Handler: "app.handler", Folder: copied(t, "python")},
		{Name: "node", Runtime: "nodejs20.x", Handler: "index.handler", Folder: copied(t, "node")},
	} {
		t.Run(f.Name, func(t *testing.T) {
			f.Concurrency = 4
			before := goroutines()
			h := NewHost(log)
			defer h.Close()
			h.Set([]Function{f})
			need(t, h)
			call := func(event string) { invoke(t, h, f.Name, strconv.Quote(event)) }
			spread := func(calls int) {
				var group sync.WaitGroup
				for range 20 {
					group.Go(func() {
						for range calls / 20 {
							call("count")
						}
					})
				}
				group.Wait()
			}
			spread(1000)
			heap, resident := measure(h)
			begin := time.Now()
			spread(4500)
			if f.Name != "pid" {
				for range 10 {
					call("exit")
				}
			}
			spread(4500)
			took := time.Since(begin)
			heapAfter, residentAfter := measure(h)
			processes := h.Functions()[0].Environments
			t.Logf("10 000 calls, %.0f µs each, 20 at a time; heap %d KB, then %d KB; %d processes with %d KB, then %d KB",
				float64(took.Microseconds())/9000, heap>>10, heapAfter>>10, processes, resident>>10, residentAfter>>10)
			if processes > 4 {
				t.Errorf("%d processes", processes)
			}
			if heapAfter > heap+2<<20 {
				t.Errorf("the heap has grown from %d to %d bytes", heap, heapAfter)
			}
			if err := h.Close(); err != nil {
				t.Error(err)
			}
			for deadline := time.Now().Add(10 * time.Second); goroutines() > before && time.Now().Before(deadline); {
				runtime.Gosched() // those of closed servers end by themselves
			}
			if after := goroutines(); after > before {
				t.Errorf("%d goroutines before, %d after", before, after)
			}
			if left := children(); len(left) > 0 {
				t.Errorf("processes are left: %v", left)
			}
		})
	}
}

// measure returns the size of the heap, and the memory of all processes of h.
func measure(h *Host) (heap, resident int64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.mu.RLock()
	defer h.mu.RUnlock()
	for e := range h.live {
		resident += memoryPeak(e.process.cmd.Process.Pid)
	}
	return int64(m.HeapAlloc), resident
}

// goroutines counts those of this package, but for the starter of processes.
func goroutines() int {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	count := 0
	for _, stack := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(stack, "internal/lambda.") && !strings.Contains(stack, "testing.tRunner") && !strings.Contains(stack, "locked to thread") &&
			!strings.Contains(stack, "lambda.TestMain") {
			count++
		}
	}
	return count
}

// children returns the processes that this one has started and that are there,
// on Linux.
func children() []string {
	var pids []string
	files, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range files {
		text, _ := os.ReadFile(name)
		pids = append(pids, strings.Fields(string(text))...)
	}
	slices.Sort(pids)
	return pids
}

func BenchmarkWarmCall(b *testing.B) {
	for _, f := range benchmarked(b) {
		for _, log := range []bool{false, true} {
			name := f.Name
			var s Settings
			if log {
				name += " with log"
				s.Log = func(Entry) {}
			}
			b.Run(name, func(b *testing.B) {
				h := newHost(b, s, f)
				need(b, h)
				invoke(b, h, f.Name, `"none"`)
				for b.Loop() {
					invoke(b, h, f.Name, `"none"`)
				}
			})
		}
	}
}

// BenchmarkColdStart is from nothing to the first answer; the interpreter is
// known by then.
func BenchmarkColdStart(b *testing.B) {
	for _, f := range benchmarked(b) {
		b.Run(f.Name, func(b *testing.B) {
			h := newHost(b, Settings{}, f)
			need(b, h)
			for b.Loop() {
				invoke(b, h, f.Name, `"none"`)
				p := h.pool(f.Name)
				p.mu.Lock()
				p.generation++ // as if a file had changed
				p.mu.Unlock()
				p.empty()
			}
		})
	}
}

func benchmarked(b *testing.B) []Function {
	python, node := copied(b, "python"), copied(b, "node")
	writeFile(b, python, "none.py", "def handler(event, context):\n    return None\n")
	writeFile(b, node, "none.mjs", "export const handler = async () => null;\n")
	return []Function{
		{Name: "python", Runtime: "python3.11", Handler: "none.handler", Folder: python},
		{Name: "node", Runtime: "nodejs20.x", Handler: "none.handler", Folder: node},
		played("echo"),
	}
}

// BenchmarkLook is what a call pays to notice that files have changed.
func BenchmarkLook(b *testing.B) {
	folder := copied(b, "python")
	for b.Loop() {
		look([]string{folder}, time.Now)
	}
}
