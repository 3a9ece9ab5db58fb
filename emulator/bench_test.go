package emulator_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
)

// short is the short execution of the benchmarks: five states.
const short = `{"StartAt": "A", "States": {
	"A": {"Type": "Pass", "Next": "B"},
	"B": {"Type": "Choice", "Choices": [{"Variable": "$.amount", "NumericGreaterThan": 10, "Next": "C"}], "Default": "E"},
	"C": {"Type": "Pass", "ResultPath": "$.approved", "Result": {"by": "auto"}, "Next": "D"},
	"D": {"Type": "Pass", "Parameters": {"id.$": "$.orderId", "ok.$": "$.approved.by"}, "Next": "E"},
	"E": {"Type": "Succeed"}}}`

// A caller calls the API without a socket.
type caller struct {
	tb testing.TB
	em *emulator.Emulator
}

func newCaller(tb testing.TB, store journal.Store) *caller {
	tb.Helper()
	em, err := emulator.New(emulator.WithStore(store))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := em.Close(); err != nil {
			tb.Error(err)
		}
	})
	return &caller{tb, em}
}

// signature is what clients send, which is read and not verified.
const signature = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/us-east-1/states/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-target, " +
	"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"

func (c *caller) call(operation, body string) string {
	r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "AWSStepFunctions."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("Authorization", signature)
	w := httptest.NewRecorder()
	c.em.ServeHTTP(w, r)
	answer, err := io.ReadAll(w.Body)
	if err != nil || w.Code != http.StatusOK {
		c.tb.Errorf("%s: %d %s %v", operation, w.Code, answer, err)
	}
	return string(answer)
}

func (c *caller) create(definition, kind string) {
	c.call("CreateStateMachine", fmt.Sprintf(`{"name": "m", "roleArn": %q, "type": %q, "definition": %q}`, role, kind, definition))
}

// stores are the stores to measure with.
func stores(b *testing.B, run func(b *testing.B, c *caller)) {
	b.Run("memory", func(b *testing.B) { run(b, newCaller(b, journal.NewMemory())) })
	for name, durability := range map[string]journal.Durability{"disk": journal.Disk, "process": journal.Process} {
		b.Run(name, func(b *testing.B) {
			store, err := journal.OpenSQLite(filepath.Join(b.TempDir(), "aslocal.db"), durability)
			if err != nil {
				b.Fatal(err)
			}
			run(b, newCaller(b, store))
		})
	}
}

const startShort = `{"stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:m", "name": "e%d", "input": "{\"orderId\": \"A-17\", \"amount\": 42}"}`

// BenchmarkStartExecution starts short executions, from one caller and from 32.
func BenchmarkStartExecution(b *testing.B) {
	stores(b, func(b *testing.B, c *caller) {
		c.create(short, "STANDARD")
		var n atomic.Int64
		b.Run("c=1", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.call("StartExecution", fmt.Sprintf(startShort, n.Add(1)))
			}
		})
		b.Run("c=32", func(b *testing.B) {
			b.SetParallelism(16) // times the processors
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					c.call("StartExecution", fmt.Sprintf(startShort, n.Add(1)))
				}
			})
		})
	})
}

// BenchmarkDescribeExecution describes executions that have ended.
func BenchmarkDescribeExecution(b *testing.B) {
	stores(b, func(b *testing.B, c *caller) {
		c.create(short, "STANDARD")
		c.call("StartExecution", fmt.Sprintf(startShort, 1))
		b.ReportAllocs()
		for b.Loop() {
			c.call("DescribeExecution", `{"executionArn": "arn:aws:states:us-east-1:123456789012:execution:m:e1"}`)
		}
	})
}

// BenchmarkStartSyncExecution runs short Express executions.
func BenchmarkStartSyncExecution(b *testing.B) {
	c := newCaller(b, journal.NewMemory())
	c.create(short, "EXPRESS")
	body := bytes.Replace([]byte(startShort), []byte(`"name": "e%d", `), nil, 1)
	b.ReportAllocs()
	for b.Loop() {
		c.call("StartSyncExecution", string(body))
	}
}

// BenchmarkStartExpressWhileUpdating starts Express executions on a disk store,
// alone and while another state machine is being updated: that must make no
// difference beyond the processor's time.
func BenchmarkStartExpressWhileUpdating(b *testing.B) {
	for _, updating := range []bool{false, true} {
		b.Run(fmt.Sprintf("updating=%t", updating), func(b *testing.B) {
			store, err := journal.OpenSQLite(filepath.Join(b.TempDir(), "aslocal.db"), journal.Disk)
			if err != nil {
				b.Fatal(err)
			}
			c := newCaller(b, store)
			c.create(short, "EXPRESS")
			c.call("CreateStateMachine", fmt.Sprintf(`{"name": "other", "roleArn": %q, "definition": %q}`, role, constant(0)))
			var updates sync.WaitGroup
			var done atomic.Bool
			if updating {
				updates.Go(func() {
					for i := 1; !done.Load(); i++ {
						c.call("UpdateStateMachine", fmt.Sprintf(`{"stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:other", "definition": %q}`, constant(i)))
					}
				})
			}
			body := strings.Replace(startShort, `"name": "e%d", `, "", 1)
			var times []time.Duration
			for b.Loop() {
				began := time.Now()
				c.call("StartExecution", body)
				times = append(times, time.Since(began))
			}
			done.Store(true)
			updates.Wait()
			slices.Sort(times)
			for _, percent := range []int{50, 95} {
				b.ReportMetric(float64(times[len(times)*percent/100].Nanoseconds()), fmt.Sprintf("p%d-ns", percent))
			}
		})
	}
}

// BenchmarkMapRun runs distributed Maps over 1000 items: child executions a
// second.
func BenchmarkMapRun(b *testing.B) {
	stores(b, func(b *testing.B, c *caller) {
		c.create(`{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {
			"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}`, "STANDARD")
		const items = 1000
		input := `{\"items\": [0` + strings.Repeat(",0", items-1) + `]}`
		b.ResetTimer()
		for i := range b.N {
			c.call("StartExecution", fmt.Sprintf(`{"stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:m", "name": "e%d", "input": "%s"}`, i, input))
			arn := fmt.Sprintf("arn:aws:states:us-east-1:123456789012:execution:m:e%d", i)
			if x, err := c.em.Wait(b.Context(), arn); err != nil || x.Status != "SUCCEEDED" {
				b.Fatalf("%+v, %v", x, err)
			}
		}
		b.ReportMetric(float64(items*b.N)/b.Elapsed().Seconds(), "children/s")
	})
}
