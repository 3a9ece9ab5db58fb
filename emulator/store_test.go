package emulator_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

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
