package dap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/google/go-dap"
)

// This file has the beginning of a session, by launch or attach, and its end.

// Launch is what a launch request asks for. Paths are relative to the working directory
// of the process, if they are not absolute.
type Launch struct {
	Program        string            `json:"program"`        // file, or template.yaml#Machine
	Input          json.RawMessage   `json:"input"`          // the input itself; a string is JSON, or the name of a file
	StopOnEntry    bool              `json:"stopOnEntry"`    // before the first state
	StopOnEnd      bool              `json:"stopOnEnd"`      // when the execution is over, to look back
	NoDebug        bool              `json:"noDebug"`        // run, whatever breakpoints there are
	Mocks          string            `json:"mocks"`          // mock configuration
	TestCase       string            `json:"testCase"`       // of the mock configuration
	History        string            `json:"history"`        // file with the history of an execution in AWS, whose answers the tasks get, and whose input counts if none is given
	Functions      map[string]string `json:"functions"`      // URLs by the names of functions
	LambdaEndpoint string            `json:"lambdaEndpoint"` // URL of all others
	Env            map[string]string `json:"env"`            // environment of functions that run as processes
	Substitute     map[string]string `json:"substitute"`     // values of ${Name}, parameters, exports
	Settings       string            `json:"settings"`       // file; aslocal.yaml beside the program if not given
	WaitTimeScale  float64           `json:"waitTimeScale"`  // multiplies Waits
	Fast           bool              `json:"fast"`           // skips Waits and the pauses before retries
}

// Launched is what a launch has made. Nothing has been started in it.
type Launched struct {
	Target
	Machine string // ARN of the state machine, with "#" and the test case behind it if there is one
	Input   string
	Notes   []string // what the user should know, a line each
	Close   func() error
}

func (s *Session) launchRequest(ctx context.Context, in *Launch) (any, error) {
	switch {
	case s.target != nil:
		return nil, errors.New("something is debugged already")
	case s.config.Launch == nil:
		return nil, errors.New("this server can only be attached to; aslocal dap launches")
	case in.Program == "":
		return nil, errors.New("program: expected the file of a state machine")
	}
	launched, err := s.config.Launch(ctx, in)
	if err != nil {
		return nil, err
	}
	s.launch, s.launched = in, launched
	s.use(&launched.Target)
	for _, note := range launched.Notes {
		s.say("important", note+"\n", "", "")
	}
	return nil, nil
}

// use begins to debug a target.
func (s *Session) use(t *Target) {
	s.target = t
	s.face = s.debugger().Attach(s.name, s.tell)
	s.stops = append(s.stops, t.Sources.watch(func() { go s.sourcesChanged() }))
	s.observe()
	s.after = append(s.after, func() { s.event("initialized", nil) })
}

// attachArguments are those of an attach request.
type attachArguments struct {
	Host  string `json:"host"`
	Port  int    `json:"port"`
	Trace bool   `json:"trace"` // a line for each state of all executions
}

func (s *Session) attachRequest(ctx context.Context, r *request) (any, error) {
	var in attachArguments
	if len(r.arguments) > 0 {
		if err := json.Unmarshal(r.arguments, &in); err != nil {
			return nil, fmt.Errorf("attach: arguments: %w", err)
		}
	}
	if s.target != nil {
		return nil, errors.New("something is debugged already")
	}
	if s.config.Attach == nil {
		return nil, s.handOn(ctx, r, &in)
	}
	s.launch, s.traced = new(Launch), in.Trace
	s.use(s.config.Attach)
	running, _, err := s.target.Emulator.Running(maxThreads)
	if err != nil {
		return nil, err
	}
	s.executions = append(s.executions, running...)
	s.after = append(s.after, s.attached)
	return nil, nil
}

// attached tells what is stopped already.
func (s *Session) attached() {
	for _, arn := range s.executions {
		s.event("thread", &dap.ThreadEventBody{Reason: "started", ThreadId: s.threads.id(threadKey{arn, 0})})
	}
	for _, stop := range s.debugger().StoppedExecutions() {
		s.stopped(&stop)
	}
}

// configurationDone starts what was launched.
func (s *Session) configurationDone(ctx context.Context) error {
	if s.begun || s.launched == nil {
		s.begun = true
		return nil
	}
	s.begun = true
	var err error
	if s.launch.StopOnEntry && !s.launch.NoDebug {
		s.root, err = s.target.Emulator.StartStopped(ctx, s.launched.Machine, s.launched.Input)
	} else {
		s.root, err = s.target.Emulator.Start(ctx, s.launched.Machine, s.launched.Input)
	}
	if err != nil {
		s.after = append(s.after, func() { s.finish("") })
		return err
	}
	s.event("process", &dap.ProcessEventBody{Name: filepath.Base(s.launch.Program), IsLocalProcess: true, StartMethod: "launch"})
	s.known(s.root)
	return nil
}

// terminate stops the execution that was launched; a server that was attached to goes on.
func (s *Session) terminate(ctx context.Context) error {
	if s.launched == nil {
		s.after = append(s.after, func() { s.finish("SUCCEEDED") })
		return nil
	}
	if s.root == "" || s.ends[s.root] != "" || s.target.Emulator.Stop(ctx, s.root) != nil {
		s.after = append(s.after, func() { s.finish("ABORTED") }) // nothing runs that would tell its end
	} else {
		s.launch.StopOnEnd = false
	}
	return nil
}

// restart launches the program again, as its file is now.
func (s *Session) restart(ctx context.Context) error {
	if s.launched == nil {
		return errors.New("a server that was attached to is not restarted")
	}
	launched, err := s.config.Launch(ctx, s.launch)
	if err != nil {
		return err
	}
	s.forget(true)
	if err := s.launched.Close(); err != nil {
		s.config.Log.Error("ending what was launched", "error", err)
	}
	s.launched, s.root, s.begun, s.over = launched, "", false, false
	s.use(&launched.Target)
	s.after = nil // the client knows already that it can set breakpoints
	for group, in := range s.points.given {
		points := s.linePoints(in)
		for i, one := range points {
			one.shown.Id = s.points.groups[group][i].shown.Id
		}
		s.points.groups[group] = points
	}
	s.apply()
	return s.configurationDone(ctx)
}

// forget lets go what belongs to a target. Without goOn, what is stopped stays stopped.
func (s *Session) forget(goOn bool) {
	for _, stop := range s.stops {
		stop()
	}
	s.stops, s.observed = nil, nil
	switch {
	case s.face == nil:
	case goOn:
		s.face.Detach()
	default:
		s.face.Leave()
	}
	s.face, s.target = nil, nil
	s.executions, s.last = nil, threadKey{}
	clear(s.ends)
	clear(s.mine)
	clear(s.sources)
	clear(s.runs)
	clear(s.forks)
}

func (s *Session) disconnect(_ context.Context, in *disconnectArguments) (any, error) {
	suspended := in.SuspendDebuggee
	s.after = append(s.after, func() {
		s.leave(!suspended)
		s.end()
	})
	return nil, nil
}

// disconnectArguments are those of disconnect. What was launched ends in any case: it
// lives in this process.
type disconnectArguments struct {
	SuspendDebuggee bool `json:"suspendDebuggee"`
}

// leave ends what was launched. A server that was attached to goes on, and with goOn so do
// the executions in it that this session has stopped.
func (s *Session) leave(goOn bool) {
	if s.proxy != nil {
		s.proxy.Close()
	}
	if s.target == nil {
		return
	}
	d, mine := s.debugger(), s.mine
	s.mine = make(map[string]bool)
	s.forget(goOn)
	if s.launched != nil {
		if err := s.launched.Close(); err != nil {
			s.config.Log.Error("ending what was launched", "error", err)
		}
		s.launched = nil
		return
	}
	if !goOn {
		return
	}
	for arn := range mine {
		_ = d.Continue(arn) // of those that still stand
	}
}
