package cli

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file reads faults of aslocal.yaml: which calls of Task states fail, or come late.
//
//	faults:
//	  - {state: Charge, error: CardDeclined, cause: no money, attempts: 1-2}
//	  - {machine: order, state: Ship, throttle: true, probability: 0.3, seed: 7}

// faults reads the list.
func (r *settingsReader) faults(to *[]emulator.Fault) reading {
	return func(pointer string, v value.Value) {
		if v.Kind() != value.Array {
			r.wrong(pointer, true, "", "%s: expected a list of faults, got %s", shownPointer(pointer), v.Kind())
			return
		}
		for i, item := range v.Items() {
			*to = append(*to, r.fault(pointer+"/"+strconv.Itoa(i), item))
		}
	}
}

func (r *settingsReader) fault(pointer string, v value.Value) (f emulator.Fault) {
	var latency, probability, seed string
	r.members(pointer, v, map[string]reading{
		"machine":     r.into(&f.Machine, notEmpty, "the name of a state machine"),
		"state":       r.into(&f.State, notEmpty, "the name of a state"),
		"error":       r.into(&f.Error, notEmpty, "the name of an error"),
		"cause":       r.into(&f.Cause, notEmpty, "a text"),
		"timeout":     r.truth(&f.Timeout),
		"throttle":    r.truth(&f.Throttle),
		"latency":     r.into(&latency, isLatency, "a duration such as 200ms or 5s"),
		"attempts":    r.into(&f.Attempts, notEmpty, `the number of an attempt, or a range such as 2-3`),
		"probability": r.into(&probability, isProbability, "a number above 0, at most 1"),
		"seed":        r.into(&seed, isSeed, "a whole number above 0"),
		"off":         r.truth(&f.Off),
	})
	f.Latency, _ = time.ParseDuration(latency) // these three fit, or are noted
	f.Probability, _ = strconv.ParseFloat(probability, 64)
	f.Seed, _ = strconv.ParseUint(seed, 10, 64)
	if err := f.Check(); err != nil {
		r.wrong(pointer, false, "", "%s: %v", shownPointer(pointer), err)
	}
	return f
}

// truth reads true or false.
func (r *settingsReader) truth(to *bool) reading {
	return func(pointer string, v value.Value) {
		if v.Kind() != value.Bool {
			r.wrong(pointer, true, "", "%s: expected true or false, got %s", shownPointer(pointer), v.Kind())
			return
		}
		*to = v.Bool()
	}
}

func isLatency(text string) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d >= time.Millisecond
}

func isProbability(text string) bool {
	p, err := strconv.ParseFloat(text, 64)
	return err == nil && p > 0 && p <= 1
}

func isSeed(text string) bool {
	n, err := strconv.ParseUint(text, 10, 64)
	return err == nil && n > 0
}

// faultLines are the faults that are on, a line each.
func faultLines(faults []emulator.Fault) []string {
	var lines []string
	for i := range faults {
		if !faults[i].Off {
			lines = append(lines, describeFault(&faults[i]))
		}
	}
	return lines
}

// describeFault is a fault in one line.
func describeFault(f *emulator.Fault) string {
	what := "comes late"
	switch {
	case f.Timeout:
		what = "times out"
	case f.Throttle:
		what = "is throttled"
	case f.Error != "":
		what = "fails with " + f.Error
	}
	where := f.State
	if f.Machine != "" {
		where = f.Machine + "." + f.State
	}
	text := where + " " + what
	if f.Attempts != "" {
		text += ", attempt " + f.Attempts
	}
	if f.Latency > 0 {
		text += fmt.Sprintf(", after %v", f.Latency)
	}
	if f.Probability > 0 && f.Probability < 1 {
		text += fmt.Sprintf(", with probability %v", f.Probability)
	}
	return text
}
