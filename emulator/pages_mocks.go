package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/capture"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file gives the pages pins, faults and recordings, and lets them point held tasks to
// a URL.

// Mocks implements ui.Own.
func (p *pages) Mocks() ui.Mocks {
	m := ui.Mocks{Pins: []ui.Pin{}, Faults: []ui.Fault{}}
	if file := p.em.mocks.File; file != nil {
		m.File, m.Adds = file.Path(), file.Below(p.folder)
	}
	for _, one := range p.em.mocks.Pins.All() {
		pin := ui.Pin{Machine: one.Machine, State: one.State, Off: one.Off}
		if thrown := one.Outcome.Throw; thrown != nil {
			pin.Error, pin.Cause = thrown.Name, thrown.Cause
		} else {
			pin.Output = one.Outcome.Return.String()
		}
		m.Pins = append(m.Pins, pin)
	}
	for _, one := range p.em.mocks.Faults.All() {
		m.Faults = append(m.Faults, ui.Fault{
			ID: one.ID, Given: one.Given, Machine: one.Machine, State: one.State, Error: one.Error, Cause: one.Cause, Timeout: one.Timeout, Throttle: one.Throttle,
			Milliseconds: one.Latency.Milliseconds(), Attempts: one.Attempts, Probability: one.Probability, Seed: one.Seed, Off: one.Off,
		})
	}
	return m
}

// SetPin implements ui.Own.
func (p *pages) SetPin(ctx context.Context, pin ui.Pin) error {
	one := mock.Pin{Machine: pin.Machine, State: pin.State, Off: pin.Off}
	if pin.Error != "" {
		one.Outcome.Throw = &asl.Error{Name: pin.Error, Cause: pin.Cause}
	} else {
		output, err := value.Parse(pin.Output)
		if err != nil {
			return ui.Refused(http.StatusBadRequest, "output: expected JSON: "+err.Error())
		}
		one.Outcome.Return = output
	}
	if err := one.Check(); err != nil {
		return ui.Refused(http.StatusBadRequest, err.Error())
	}
	if err := p.em.mocks.Pins.Set(ctx, one); err != nil {
		return err
	}
	p.retryHeld(func(t *engine.PendingTask) bool {
		return !one.Off && mock.MachineName(t.Machine) == one.Machine && t.State == one.State
	})
	return nil
}

// RemovePin implements ui.Own.
func (p *pages) RemovePin(ctx context.Context, machine, state string) error {
	err := p.em.mocks.Pins.Remove(ctx, machine, state)
	if errors.Is(err, mock.ErrNoPin) {
		return ui.Refused(http.StatusNotFound, err.Error())
	}
	return err
}

// SetFault implements ui.Own.
func (p *pages) SetFault(f ui.Fault) (int, error) {
	id, err := p.em.mocks.Faults.Set(f.ID, Fault{
		Machine: f.Machine, State: f.State, Error: f.Error, Cause: f.Cause, Timeout: f.Timeout, Throttle: f.Throttle,
		Latency: time.Duration(f.Milliseconds) * time.Millisecond, Attempts: f.Attempts, Probability: f.Probability, Seed: f.Seed, Off: f.Off,
	})
	return id, faultRefusal(err)
}

// RemoveFault implements ui.Own.
func (p *pages) RemoveFault(id int) error { return faultRefusal(p.em.mocks.Faults.Remove(id)) }

func faultRefusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mock.ErrNoFault):
		return ui.Refused(http.StatusNotFound, err.Error())
	}
	return ui.Refused(http.StatusBadRequest, err.Error())
}

// Recorded implements ui.Own.
func (p *pages) Recorded(arn, testCase string) ([]byte, error) {
	text, err := p.em.Record(arn, testCase)
	return text, recordRefusal(err)
}

// RecordedTest implements ui.Own.
func (p *pages) RecordedTest(ctx context.Context, arn, name string) ([]byte, error) {
	text, err := p.em.RecordTest(ctx, arn, name, false)
	return text, recordRefusal(err)
}

// Record implements ui.Own.
func (p *pages) Record(arn, testCase string) error {
	if !caseName.MatchString(testCase) {
		return recordRefusal(errCaseName)
	}
	recorded, machine, err := p.em.recording(arn)
	if err != nil {
		return recordRefusal(err)
	}
	file := p.em.mocks.File
	if file == nil || !file.Below(p.folder) {
		return ui.Refused(http.StatusConflict, "no mock configuration below the served folder is served, so nothing can be added to it")
	}
	if err := file.Append(machine, testCase, recorded); err != nil {
		return ui.Refused(http.StatusConflict, err.Error())
	}
	return nil
}

func recordRefusal(err error) error {
	_, untestable := errors.AsType[capture.Refusal](err)
	switch {
	case errors.Is(err, ErrNothingRecorded), untestable:
		return ui.Refused(http.StatusConflict, err.Error())
	case errors.Is(err, errCaseName), errors.Is(err, errTestName):
		return ui.Refused(http.StatusBadRequest, err.Error())
	}
	return err
}

// RetryHeld implements ui.Own.
func (p *pages) RetryHeld(id string) error {
	return heldRefusal(p.em.RetryTask(id))
}

// retryHeld calls the held tasks that are chosen, and returns how many those are.
func (p *pages) retryHeld(chosen func(*engine.PendingTask) bool) (called int) {
	for _, t := range p.em.engine.PendingTasks() {
		if chosen(&t) && p.em.engine.RetryTask(t.ID) == nil {
			called++
		}
	}
	return called
}

// PointTo implements ui.Own.
func (p *pages) PointTo(to ui.PointTo) (ui.Pointed, error) {
	var lines string
	var err error
	if to.Function != "" {
		lines = "lambda:\n  functions:\n    " + yamlText(to.Function) + ": " + yamlText(to.URL) + "\n"
		err = p.em.tasks.lambda.SetURL(to.Function, to.URL, 0)
	} else {
		lines = "services:\n  " + yamlText(to.Service) + ":\n    endpoint: " + yamlText(to.URL) + "\n"
		err = p.em.tasks.places.Set(to.Service, to.URL)
	}
	if err != nil {
		return ui.Pointed{}, ui.Refused(http.StatusBadRequest, err.Error())
	}
	p.pointed(to)
	called := p.retryHeld(func(t *engine.PendingTask) bool {
		return to.Function != "" && t.Function == to.Function || to.Service != "" && t.Service == to.Service
	})
	return ui.Pointed{Settings: lines, Called: called}, nil
}

// yamlText is a text as YAML has it: in quotes, which those of JSON are, unless it needs
// none.
func yamlText(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil || plainText(text) {
		return text
	}
	return string(quoted)
}

// plainText reports whether a text is one in YAML without quotes: a name, or a URL.
func plainText(text string) bool {
	for i, c := range text {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if i == 0 && !letter || !letter && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' && c != '/' && c != ':' {
			return false
		}
	}
	return text != "" && text[len(text)-1] != ':' && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, text)
}

// pointed adds an endpoint to those that the pages show.
func (p *pages) pointed(to ui.PointTo) {
	name := to.Function + to.Service
	p.mu.Lock()
	defer p.mu.Unlock()
	services := slices.DeleteFunc(slices.Clone(p.facts.Services), func(s ui.Service) bool { return s.Name == name })
	p.facts.Services = append(services, ui.Service{Name: name, URL: withoutPassword(to.URL)})
}
