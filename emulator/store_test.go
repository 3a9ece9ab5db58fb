package emulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
)

// A sharedStore is a store on disk that one emulator after the other opens.
type sharedStore struct {
	t    *testing.T
	path string
}

func newSharedStore(t *testing.T) *sharedStore {
	return &sharedStore{t: t, path: filepath.Join(t.TempDir(), "aslocal.db")}
}

func (s *sharedStore) open() journal.Store {
	s.t.Helper()
	store, err := journal.OpenSQLite(s.path, journal.Process)
	if err != nil {
		s.t.Fatal(err)
	}
	return store
}

// reopen closes the emulator that has the store open, and opens it again.
func (s *sharedStore) reopen(em *emulator.TestEmulator) journal.Store {
	s.t.Helper()
	if err := em.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.open()
}

// What cannot be read in a store is named once in the log, and is as if it were
// not there; all else is served, and what was left out can be made again.
func TestBrokenDocuments(t *testing.T) {
	const (
		machine  = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
		activity = "arn:aws:states:us-east-1:123456789012:activity:"
	)
	store := newSharedStore(t)
	first := newTest(t, emulator.WithStore(store.open()))
	m := first.create("m", pass)
	one, two := first.release(m, constant(1)), first.release(m, constant(2))
	first.alias("whole", route(one, 100))
	first.alias("halved", route(one, 50), route(two, 50))
	gone := first.create("gone", pass)
	for _, name := range []string{"a", "b"} {
		if _, err := first.client.CreateActivity(t.Context(), &sfn.CreateActivityInput{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	db := store.reopen(first.em)
	bad := []byte(`{"cut`)
	if err := journal.Do(t.Context(), db, journal.Write{Documents: []journal.Document{
		{Kind: "activity", Key: activity + "a", Data: bad}, {Kind: "machine", Key: *gone, Data: []byte(`{"revision": "none"}`)},
		{Kind: "version", Key: *two, Data: bad}, {Kind: "mapRun", Key: "arn:r", Data: bad},
		{Kind: "revision", Key: "of none", Data: bad}, // nothing reads it
	}}); err != nil {
		t.Fatal(err)
	}

	var log bytes.Buffer
	second := newTest(t, emulator.WithStore(db), emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if got := second.versions(m, 10); len(got) != 1 || got[0] != *one {
		t.Errorf("versions: got %q, want %q", got, *one)
	}
	if got := second.aliases(m, 10); len(got) != 1 || got[0] != machine+":whole" {
		t.Errorf("aliases: got %q, want the whole one", got)
	}
	whole := machine + ":whole"
	if got := second.em.Wait(second.start(&whole, "", `{}`)).Output; got != "1" {
		t.Errorf("the alias runs: got %s, want 1", got)
	}
	_, err := second.client.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: gone})
	second.wantFault(err, "StateMachineDoesNotExist", "State Machine Does Not Exist: '"+*gone+"'")
	second.create("gone", pass)
	activities, err := second.client.ListActivities(t.Context(), &sfn.ListActivitiesInput{})
	if err != nil || len(activities.Activities) != 1 || *activities.Activities[0].ActivityArn != activity+"b" {
		t.Errorf("activities: got %+v, %v, want b", activities, err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	for _, want := range []string{"activity", "machine", "version", "alias", "mapRun"} {
		found := 0
		for _, line := range lines {
			if strings.Contains(line, "journal "+store.path+": "+want+" ") && strings.Contains(line, "DELETE FROM documents WHERE kind = '"+want+"'") {
				found++
			}
		}
		if found != 1 {
			t.Errorf("the log names the broken %s %d times, want once:\n%s", want, found, log.String())
		}
	}
	if len(lines) != 5 {
		t.Errorf("the log has %d lines, want 5:\n%s", len(lines), log.String())
	}
}

// A failingStore refuses all writes while it fails.
type failingStore struct {
	journal.Store
	fails atomic.Bool
}

func (s *failingStore) Commit(w journal.Write, done func(error)) {
	if !s.fails.Load() {
		s.Store.Commit(w, done)
		return
	}
	go done(fmt.Errorf("journal a.db: %w", journal.ErrFull))
}

// While the store cannot be written, calls are refused with the reason, and
// succeed when it can be written again.
func TestFailingStore(t *testing.T) {
	store := &failingStore{Store: journal.NewMemory()}
	x := newTest(t, emulator.WithStore(store), emulator.WithLogger(slog.New(slog.DiscardHandler)))
	x.client = sfn.NewFromConfig(x.em.AWSConfig(), func(o *sfn.Options) { o.RetryMaxAttempts = 1 })
	machine := x.create("m", wait)
	running := x.start(machine, "running", "{}")
	full := "journal a.db: " + journal.ErrFull.Error()
	calls := []struct {
		name    string
		message string
		call    func() error
	}{
		{"CreateActivity", full, func() error {
			_, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("a")})
			return err
		}},
		{"StartExecution", "the execution " + strings.Replace(running, ":running", ":new", 1) + " is not available now: " + full, func() error {
			_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: machine, Name: aws.String("new")})
			return err
		}},
		{"StopExecution", "the execution " + running + " is not available now: " + full, func() error {
			_, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &running})
			return err
		}},
	}
	health := func(want int, body string) {
		t.Helper()
		response, err := http.Get(x.em.URL() + emulator.HealthPath)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if got, err := io.ReadAll(response.Body); err != nil || response.StatusCode != want || string(got) != body {
			t.Errorf("health: got %d %s, %v, want %d %s", response.StatusCode, got, err, want, body)
		}
	}
	health(http.StatusOK, `{"service":"aslocal","status":"ok"}`)
	store.fails.Store(true)
	health(http.StatusServiceUnavailable, `{"service":"aslocal","status":"failing","message":"the state cannot be written: `+full+`"}`)
	for _, c := range calls {
		err := c.call()
		var response *awshttp.ResponseError
		if !errors.As(err, &response) || response.HTTPStatusCode() != http.StatusServiceUnavailable {
			t.Errorf("%s: got %v, want status 503", c.name, err)
		}
		x.wantFault(err, "ServiceUnavailable", c.message)
	}
	store.fails.Store(false)
	for _, c := range calls {
		if err := c.call(); err != nil {
			t.Errorf("%s, when the store works again: %v", c.name, err)
		}
	}
	health(http.StatusOK, `{"service":"aslocal","status":"ok"}`)
	if got := x.em.Wait(running).Status; got != "ABORTED" {
		t.Errorf("the execution that was stopped: %s", got)
	}
}
