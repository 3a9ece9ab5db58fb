package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/aslocal/aslocal/emulator/journal"
)

// A Wait of a minute with a virtual clock: nothing happens until it is moved.
func Example() {
	ctx := context.Background()
	e := New(Config{Store: journal.NewMemory(), Tasks: echo, Program: programs, Clock: NewVirtualClock(time.UnixMilli(0))})
	if err := e.Recover(); err != nil {
		panic(err)
	}
	r := request("wait", "order-17", `{"amount": 42}`)
	if _, err := e.Start(ctx, r); err != nil {
		panic(err)
	}
	for _, d := range []time.Duration{59 * time.Second, time.Second} {
		if err := e.Advance(ctx, d); err != nil {
			panic(err)
		}
		v, err := e.Describe(r.Start.ARN)
		if err != nil {
			panic(err)
		}
		fmt.Println(v.Status)
	}
	if err := e.Close(ctx); err != nil {
		panic(err)
	}
	// Output:
	// RUNNING
	// SUCCEEDED
}
