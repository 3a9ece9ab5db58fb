package emulator_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// request sends a request of the API, or of another service, over HTTP.
func request(t *testing.T, to, target, body string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}

func register(t *testing.T, em *emulator.TestEmulator, name, kind, state string) string {
	t.Helper()
	arn, err := em.Register(emulator.Registration{Name: name, Type: kind, Definition: `{"StartAt": "S", "States": {"S": ` + state + `}}`})
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

// Who watches is told of calls, of refusals and of ends, until it stops.
func TestWatch(t *testing.T) {
	em := emulator.RunT(t)
	fails := register(t, em, "fails", "STANDARD", `{"Type": "Fail", "Error": "Bad", "Cause": "very"}`)
	quick := register(t, em, "quick", "EXPRESS", `{"Type": "Pass", "End": true}`)
	var mu sync.Mutex
	var got []string
	stop := em.Watch(func(n emulator.Notice) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case n.Call != nil:
			got = append(got, fmt.Sprintf("call %s %s %d %s", n.Call.Action, n.Call.Subject, n.Call.Status, n.Call.Code))
		case n.Ended != nil:
			name, _, _ := strings.Cut(n.Ended.Execution, ":q:") // an id follows
			got = append(got, fmt.Sprintf("ended %s %s %s %s %t", name, n.Ended.Status, n.Ended.Error, n.Ended.Cause, n.Ended.Express))
		}
	})
	start := func(machine string) {
		request(t, em.URL(), "AWSStepFunctions.StartExecution", `{"stateMachineArn": "`+machine+`", "name": "q"}`)
		em.Settle()
	}
	start(fails)
	start(quick)
	start(fails + "x")
	request(t, em.URL(), "DynamoDB_20120810.ListTables", `{}`)
	request(t, em.URL(), "AWSStepFunctions.Nothing", `{}`)
	stop()
	start(quick)
	for i, text := range got {
		got[i] = strings.TrimSuffix(text, " ")
		if strings.HasPrefix(text, "call StartExecution arn:aws:states:us-east-1:123456789012:express:quick:q:") {
			got[i] = "call StartExecution quick"
		}
	}
	slices.Sort(got) // a call is told when it is answered, before or after the end
	const home = "arn:aws:states:us-east-1:123456789012:"
	want := []string{
		"call DynamoDB_20120810.ListTables  400",
		"call Nothing  400 UnknownOperationException",
		"call StartExecution " + home + "execution:fails:q 200",
		"call StartExecution " + home + "stateMachine:failsx 400 StateMachineDoesNotExist",
		"call StartExecution quick",
		"ended " + home + "execution:fails:q FAILED Bad very false",
		"ended " + home + "express:quick SUCCEEDED   true",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// What a stream has is read back as it was.
func TestNoticesAsJSON(t *testing.T) {
	at := time.Date(2026, 1, 12, 12, 0, 0, 5e6, time.UTC)
	for _, n := range []emulator.Notice{
		{Time: at, Call: &emulator.Call{Action: "StopExecution", Subject: "s", Code: "E", Message: "m", Status: 400, Client: "c", Took: 1500 * time.Microsecond}},
		{Time: at, Call: &emulator.Call{Status: 200}},
		{Time: at, Ended: &emulator.Ended{Execution: "x", StateMachine: "m", Status: "FAILED", Express: true, Child: true, Took: time.Second, Error: "E", Cause: "\n"}},
		{Time: at, Function: &emulator.FunctionLogEntry{Time: at, Function: "f", RequestID: "r", Execution: "x", Platform: true, Text: "t"}},
	} {
		text := n.JSON().String()
		got, missed, err := emulator.ReadNotice(value.MustParse(text))
		if err != nil || missed != 0 || got.JSON().String() != text || !got.Time.Equal(at) {
			t.Errorf("%s: got %s, %d, %v", text, got.JSON(), missed, err)
		}
	}
	if _, missed, err := emulator.ReadNotice(value.MustParse(`{"missed": 7}`)); missed != 7 || err != nil {
		t.Errorf("missed: %d, %v", missed, err)
	}
	for _, text := range []string{`{}`, `7`, `{"time": "noon"}`, `{"time": "2026-01-12T12:00:00.000Z"}`} {
		if n, _, err := emulator.ReadNotice(value.MustParse(text)); err == nil {
			t.Errorf("%s is read as %+v", text, n)
		}
	}
}

// lines reads a stream; each line is sent when it has come.
func lines(t *testing.T, address string) (<-chan string, *http.Response) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	come := make(chan string)
	go func() {
		defer close(come)
		for s := bufio.NewScanner(response.Body); s.Scan(); {
			select {
			case come <- s.Text():
			case <-t.Context().Done():
				return
			}
		}
	}()
	t.Cleanup(func() { response.Body.Close() })
	return come, response
}

// The stream of events has those until now, or goes on until the end.
func TestStreamOfEvents(t *testing.T) {
	em := emulator.RunT(t)
	machine := register(t, em, "nap", "STANDARD", `{"Type": "Wait", "Seconds": 60, "End": true}`)
	arn, err := em.Start(t.Context(), machine, `{"a": 1}`)
	if err != nil {
		t.Fatal(err)
	}
	em.Settle()
	address := em.URL() + emulator.EventsPath + "?execution=" + url.QueryEscape(arn)
	read := func(line string) string {
		t.Helper()
		execution, e, err := emulator.ReadEvent(value.MustParse(line))
		if err != nil || execution != arn {
			t.Fatalf("%s: %s, %v", line, execution, err)
		}
		return e.Type
	}
	var until []string
	come, _ := lines(t, address)
	for line := range come {
		until = append(until, read(line))
	}
	if got := strings.Join(until, " "); got != "ExecutionStarted WaitStateEntered" {
		t.Errorf("until now: %s", got)
	}
	var all []string
	come, _ = lines(t, address+"&follow=true")
	for line := range come {
		if all = append(all, read(line)); len(all) == 3 { // WaitSet is the third
			em.Advance(time.Minute)
		}
	}
	if want, got := "ExecutionStarted WaitStateEntered WaitSet TimerFired WaitStateExited ExecutionSucceeded", strings.Join(all, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, bad := range []string{"", "x", arn + "x", strings.Replace(arn, ":execution:", ":express:", 1)} {
		_, response := lines(t, em.URL()+emulator.EventsPath+"?execution="+url.QueryEscape(bad))
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %s", bad, response.Status)
		}
	}
	for _, line := range []string{`{}`, `{"record": "!"}`, `{"record": "AA=="}`} {
		if _, e, err := emulator.ReadEvent(value.MustParse(line)); err == nil {
			t.Errorf("%s is read as %+v", line, e)
		}
	}
}

// Streams end when they are told to.
func TestStreamOfNotices(t *testing.T) {
	em := emulator.RunT(t)
	machine := register(t, em, "quick", "STANDARD", `{"Type": "Pass", "End": true}`)
	come, _ := lines(t, em.URL()+emulator.NoticesPath)
	if _, err := em.Start(t.Context(), machine, `{}`); err != nil {
		t.Fatal(err)
	}
	n, _, err := emulator.ReadNotice(value.MustParse(<-come))
	if err != nil || n.Ended == nil || n.Ended.Status != "SUCCEEDED" || n.Ended.StateMachine != machine {
		t.Errorf("got %+v, %v", n, err)
	}
	em.EndStreams()
	if line, open := <-come; open {
		t.Errorf("after the end: %s", line)
	}
}

// A lateStore is one whose writes are there before anybody is told, once it is held.
type lateStore struct {
	journal.Store
	held             atomic.Bool
	written, release chan bool
}

func (s *lateStore) Commit(w journal.Write, done func(error)) {
	s.Store.Commit(w, func(err error) {
		if s.held.CompareAndSwap(true, false) {
			s.written <- true
			<-s.release
		}
		done(err)
	})
}

// A stream ends that has read the last event from the journal before the engine knows
// that the execution has ended.
func TestStreamOfEventsAtTheEnd(t *testing.T) {
	store := &lateStore{Store: journal.NewMemory(), written: make(chan bool), release: make(chan bool)}
	em := emulator.RunT(t, emulator.WithStore(store))
	arn, err := em.Start(t.Context(), register(t, em, "nap", "STANDARD", `{"Type": "Wait", "Seconds": 60, "End": true}`), `{}`)
	if err != nil {
		t.Fatal(err)
	}
	em.Settle()
	store.held.Store(true)
	advanced := make(chan bool)
	go func() {
		em.Advance(time.Minute)
		close(advanced)
	}()
	<-store.written
	come, _ := lines(t, em.URL()+emulator.EventsPath+"?follow=true&execution="+url.QueryEscape(arn))
	last := ""
	for line := range come {
		_, e, err := emulator.ReadEvent(value.MustParse(line))
		if err != nil {
			t.Fatal(err)
		}
		if last = e.Type; last == "ExecutionSucceeded" {
			close(store.release)
		}
	}
	<-advanced
	if last != "ExecutionSucceeded" {
		t.Errorf("the last event is %s", last)
	}
}
