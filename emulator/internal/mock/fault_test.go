package mock

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

func TestCheckFault(t *testing.T) {
	for _, test := range []struct {
		fault Fault
		want  string // "" if it is right
	}{
		{Fault{State: "A", Error: "X", Cause: "y", Attempts: "1", Probability: 1, Latency: time.Second}, ""},
		{Fault{State: "A", Latency: time.Millisecond, Attempts: "2-3"}, ""},
		{Fault{Error: "X"}, "state: expected the name of a state"},
		{Fault{State: strings.Repeat("x", 81), Error: "X"}, "state: expected the name of a state"},
		{Fault{State: "A", Machine: strings.Repeat("x", 81), Error: "X"}, "machine: expected the name of a state machine"},
		{Fault{State: "A"}, "expected one of error, timeout, throttle and latency"},
		{Fault{State: "A", Error: "X", Throttle: true}, "expected one of error, timeout and throttle"},
		{Fault{State: "A", Timeout: true, Cause: "y"}, "cause: belongs to an error"},
		{Fault{State: "A", Error: strings.Repeat("x", 257)}, "error: expected at most 256 bytes, got 257"},
		{Fault{State: "A", Error: "X", Cause: strings.Repeat("x", 32_769)}, "cause: expected at most 32768 bytes, got 32769"},
		{Fault{State: "A", Latency: 25 * time.Hour}, "latency: expected at most 24h0m0s, got 25h0m0s"},
		{Fault{State: "A", Latency: time.Microsecond}, "latency: expected a millisecond or more, got 1µs"},
		{Fault{State: "A", Timeout: true, Latency: -1}, "latency: expected at most 24h0m0s, got -1ns"},
		{Fault{State: "A", Timeout: true, Probability: 1.5}, "probability: expected a number from 0 to 1, got 1.5"},
		{Fault{State: "A", Timeout: true, Probability: math.NaN()}, "probability: expected a number from 0 to 1, got NaN"},
		{Fault{State: "A", Timeout: true, Attempts: "0"}, `attempts: expected the number of an attempt, counted from 1, or a range as in "2-3", got "0"`},
		{Fault{State: "A", Timeout: true, Attempts: "3-2"}, `attempts: expected the number of an attempt, counted from 1, or a range as in "2-3", got "3-2"`},
	} {
		got := ""
		if err := test.fault.Check(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%+v: got %q, want %q", test.fault, got, test.want)
		}
	}
}

// There are only so many faults and pins.
func TestMostFaultsAndPins(t *testing.T) {
	faults, err := NewFaults(nil, random.New(1))
	if err != nil {
		t.Fatal(err)
	}
	pins, err := OpenPins(journal.NewMemory(), func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxPins {
		if _, err := faults.Set(0, Fault{State: "A", Timeout: true}); err != nil {
			t.Fatal(err)
		}
		pin := Pin{Machine: "m", State: fmt.Sprint(i), Outcome: Outcome{Return: value.OfInt(1)}}
		if err := pins.Set(t.Context(), pin); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := faults.Set(0, Fault{State: "A", Timeout: true}); err == nil || !strings.Contains(err.Error(), "at most 1000 faults") {
		t.Errorf("one more fault: %v", err)
	}
	if n := len(faults.All()); n != maxFaults {
		t.Errorf("there are %d faults", n)
	}
	if err := pins.Set(t.Context(), Pin{Machine: "z", State: "z", Outcome: Outcome{Return: value.OfInt(1)}}); err == nil || !strings.Contains(err.Error(), "1000 pins already") {
		t.Errorf("one more pin: %v", err)
	}
}

// Pins are read again as they were written; one that cannot be read is named, and the
// others are there.
func TestPinsOfAStore(t *testing.T) {
	store := journal.NewMemory()
	pins, err := OpenPins(store, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	written := []Pin{
		{Machine: "a", State: "x/y: \n<b>", Outcome: Outcome{Return: value.MustParse(`{"n": 12345678901234567890}`)}, Off: true},
		{Machine: "a", State: "z", Outcome: Outcome{Throw: &asl.Error{Name: "E", Cause: ""}}},
		{Machine: "b", State: "z", Outcome: Outcome{Return: value.MustParse(`null`)}},
	}
	for _, pin := range written {
		if err := pins.Set(t.Context(), pin); err != nil {
			t.Fatal(err)
		}
	}
	err = journal.Do(t.Context(), store, journal.Write{Documents: []journal.Document{{Kind: kindPin, Key: "c/broken", Data: []byte(`{"cut`)}, {Kind: kindPin, Key: "c/empty", Data: []byte(`{}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	again, err := OpenPins(store, func(error) { broken++ })
	if err != nil || broken != 2 {
		t.Errorf("%d pins are broken, %v, want 2", broken, err)
	}
	all := again.All()
	if len(all) != len(written) {
		t.Fatalf("got %+v", all)
	}
	for i, want := range written {
		if got := all[i]; got.Machine != want.Machine || got.State != want.State || got.Off != want.Off || !got.Outcome.equal(want.Outcome) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
