package emulator

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file has the demos: state machines for somebody who has none yet. Their tasks call
// Lambda functions that are part of the emulator, so nothing needs to be set up; any
// client can start them once they are created.

//go:embed demo
var demoFiles embed.FS

// demos are all demos.
var demos = []struct {
	ui.DemoInfo
	input string
}{
	{ui.DemoInfo{Name: "order", Title: "Order", Comment: "Parallel, Map, a retry, a Wait"}, `{"orderId": "A-17", "items": [{"sku": "tea", "price": 4.5, "quantity": 2}, {"sku": "cup", "price": 12, "quantity": 1}, {"sku": "pot", "price": 30, "quantity": 1}]}`},
	{ui.DemoInfo{Name: "saga", Title: "Saga with retries", Comment: "A booking fails, and what was booked is cancelled"}, `{"trip": "Lisbon"}`},
	{ui.DemoInfo{Name: "map", Title: "Map of 1,000", Comment: "1,000 iterations, 40 at a time"}, `{"count": 1000}`},
}

// createDemo creates the state machine of a demo, or updates it to what it was, and
// returns its ARN and an input.
func (e *Emulator) createDemo(name string) (arn, input string, err error) {
	for _, d := range demos {
		if d.Name != name {
			continue
		}
		definition, err := demoFiles.ReadFile("demo/" + name + ".asl.json")
		if err != nil {
			return "", "", err
		}
		arn, err = e.Register(Registration{Name: "demo-" + name, Definition: string(definition)})
		return arn, d.input, err
	}
	return "", "", ui.Refused(http.StatusNotFound, fmt.Sprintf("there is no demo %q", name))
}

// A demoFunction is a function that demos call. It takes a moment, so that there is
// something to see.
type demoFunction struct {
	takes  time.Duration
	answer func(in value.Value) (value.Value, error)
}

// handler is the function as the emulator calls it. Where time stands still, it takes none.
func (f demoFunction) handler(virtual bool) task.Handler {
	if virtual {
		f.takes = 0
	}
	return func(ctx context.Context, in value.Value) (value.Value, error) {
		select {
		case <-time.After(f.takes):
			return f.answer(in)
		case <-ctx.Done():
			return value.Value{}, ctx.Err()
		}
	}
}

// demoFunctions are those functions, by name.
var demoFunctions = map[string]demoFunction{
	"aslocal-demo-validate": {300 * time.Millisecond, func(in value.Value) (value.Value, error) {
		items, total := in.Get("items"), 0.0
		for _, item := range items.Items() {
			total += item.Get("price").Float() * item.Get("quantity").Float()
		}
		if items.Len() == 0 {
			return value.Value{}, &asl.Error{Name: "InvalidOrder", Cause: "the order has no items"}
		}
		return value.OfMembers("total", value.OfFloat(total), "valid", value.True), nil
	}},
	"aslocal-demo-charge": {400 * time.Millisecond, func(in value.Value) (value.Value, error) {
		if in.Get("attempt").Float() == 0 {
			return value.Value{}, &asl.Error{Name: "PaymentTimeout", Cause: "the payment service did not answer; the next attempt succeeds"}
		}
		return value.OfMembers("charged", in.Get("total"), "transaction", value.OfString("T-"+in.Get("orderId").Text())), nil
	}},
	"aslocal-demo-reserve": {250 * time.Millisecond, func(in value.Value) (value.Value, error) {
		return value.OfMembers("sku", in.Get("sku"), "reserved", in.Get("quantity")), nil
	}},
	"aslocal-demo-book": {300 * time.Millisecond, func(in value.Value) (value.Value, error) {
		what := in.Get("what").Text()
		switch {
		case what == "flight" && in.Get("attempt").Float() == 0:
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "all lines are busy; the next attempt succeeds"}
		case what == "car":
			return value.Value{}, &asl.Error{Name: "NoCars", Cause: "there is no car left in " + in.Get("trip").Text()}
		}
		return value.OfMembers("reference", value.OfString(what+"-"+in.Get("trip").Text())), nil
	}},
	"aslocal-demo-cancel": {200 * time.Millisecond, func(in value.Value) (value.Value, error) {
		return value.OfMembers("cancelled", in.Get("reference")), nil
	}},
	"aslocal-demo-square": {20 * time.Millisecond, func(in value.Value) (value.Value, error) {
		n, _ := in.Get("n").Int()
		if n%100 == 0 {
			return value.Value{}, &asl.Error{Name: "Unlucky", Cause: fmt.Sprintf("%d is a multiple of 100", n)}
		}
		return value.OfMembers("square", value.OfFloat(float64(n)*float64(n))), nil
	}},
}
