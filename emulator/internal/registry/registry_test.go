package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// constant is a definition that gives the number.
func constant(n int) string {
	return fmt.Sprintf(`{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": %d, "End": true}}}`, n)
}

var home = arn.Home{Region: "us-east-1", Account: "123456789012"}

func open(t testing.TB, store journal.Store) *Registry {
	t.Helper()
	r, err := Open(Config{
		Store: store, Now: func() int64 { return 1 },
		Random: random.New(1), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func create(t testing.TB, r *Registry, name, kind string) *StateMachine {
	t.Helper()
	m, err := r.Create(t.Context(), &Creation{Home: home, Name: name, Type: kind, Configuration: configuration(constant(0)), Tags: value.EmptyObject})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func configuration(definition string) Configuration {
	return Configuration{Definition: definition, Logging: value.EmptyObject, Tracing: value.EmptyObject, Encryption: value.EmptyObject}
}

// update sets the definition.
func update(t testing.TB, r *Registry, arn, definition string) *StateMachine {
	t.Helper()
	m, _, err := r.Update(t.Context(), arn, func(c *Configuration) error { c.Definition = definition; return nil }, Publication{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// keys returns the keys of all revisions that the store has.
func keys(t *testing.T, store journal.Store) (keys []string) {
	t.Helper()
	if err := journal.Flush(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	for doc, err := range store.Documents(kindRevision) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, doc.Key)
	}
	return keys
}

// The store keeps the revisions that something can need, and no others.
func TestRevisionsThatNothingNeedsAreDeleted(t *testing.T) {
	for _, c := range []struct {
		name string
		kind string
		do   func(t *testing.T, r *Registry, m *StateMachine) // to the first revision, before the update
		kept bool
	}{
		{"an update", Standard, func(*testing.T, *Registry, *StateMachine) {}, false},
		{"a Standard execution", Standard, func(t *testing.T, r *Registry, m *StateMachine) {
			if _, err := r.ResolveForStart(m.ARN, random.System()); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"an Express execution", Express, func(t *testing.T, r *Registry, m *StateMachine) {
			if _, err := r.ResolveForStart(m.ARN, random.System()); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"a version", Standard, func(t *testing.T, r *Registry, m *StateMachine) {
			if _, err := r.Publish(t.Context(), m.ARN, "", value.Value{}); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a version that is gone", Standard, func(t *testing.T, r *Registry, m *StateMachine) {
			v, err := r.Publish(t.Context(), m.ARN, "", value.Value{})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.DeleteVersion(t.Context(), v.ARN); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"tags", Standard, func(t *testing.T, r *Registry, m *StateMachine) {
			if err := r.Retag(t.Context(), m.ARN, func(tags value.Value) value.Value { return tags.With("k", value.True) }); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := journal.NewMemory()
			r := open(t, store)
			m := create(t, r, "m", c.kind)
			c.do(t, r, m)
			if got := keys(t, store); !slices.Equal(got, []string{m.Key}) {
				t.Fatalf("before the update the store has %q, want %q", got, m.Key)
			}
			n := update(t, r, m.ARN, constant(1))
			want := []string{n.Key}
			if c.kept {
				want = append(want, m.Key)
				slices.Sort(want)
			}
			if got := keys(t, store); !slices.Equal(got, want) {
				t.Errorf("the store has the revisions %q, want %q", got, want)
			}
			if err := r.Delete(t.Context(), m.ARN); err != nil {
				t.Fatal(err)
			}
			kept := keys(t, store)
			if c.name == "a Standard execution" {
				if !slices.Equal(kept, []string{m.Key}) {
					t.Errorf("without its state machine the store has %q, want %q for its execution", kept, m.Key)
				}
			} else if len(kept) > 0 {
				t.Errorf("without its state machine the store still has %q", kept)
			}
		})
	}
}

// What the store had before may be what executions run.
func TestRevisionsFromBeforeStay(t *testing.T) {
	store := journal.NewMemory()
	m := create(t, open(t, store), "m", Standard)
	r := open(t, store)
	update(t, r, m.ARN, constant(1))
	v, err := r.Revision(m.Key)
	if err != nil || v.Definition != constant(0) {
		t.Errorf("got %+v, %v", v, err)
	}
	p, err := r.Program(m.Key)
	if err != nil || p == nil {
		t.Errorf("its program: %v, %v", p, err)
	}
}

// Updates of a large definition leave nothing behind in memory.
func TestUpdatesKeepTheHeapFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("120 updates of 200 KiB")
	}
	store, err := journal.OpenSQLite(filepath.Join(t.TempDir(), "aslocal.db"), journal.Process)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	r := open(t, store)
	m := create(t, r, "m", Standard)
	filler := strings.Repeat("x", 200<<10)
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	revise := func(from, to int) {
		for i := from; i < to; i++ {
			update(t, r, m.ARN, fmt.Sprintf(`{"Comment": "%d %s", "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`, i, filler))
			if _, err := r.ResolveForStart(m.ARN, random.System()); i%10 == 0 && err != nil { // some are needed, in the store
				t.Fatal(err)
			}
		}
	}
	revise(0, 20)
	before := heap()
	revise(20, 140)
	if after := heap(); after > before+4<<20 {
		t.Errorf("120 updates took the heap from %d to %d KiB", before>>10, after>>10)
	}
	if got := r.programs.order.Len(); got != 1 {
		t.Errorf("%d programs are kept, want the one of the state machine", got)
	}
}

// A document that cannot be read is left out, with what refers to it, and the log
// says which one it is. All else is served.
func TestBrokenDocumentsAreLeftOut(t *testing.T) {
	const m = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
	machine := journal.Document{Kind: kindMachine, Key: m, Data: []byte(`{"revision":"r"}`)}
	revision := journal.Document{Kind: kindRevision, Key: "r", Data: []byte(`{"arn":"` + m + `","definition":"{}"}`)}
	document := func(kind, key, data string) journal.Document {
		return journal.Document{Kind: kind, Key: key, Data: []byte(data)}
	}
	for want, documents := range map[string][]journal.Document{
		m + `: there is no revision \"r\" of a state machine`:  {machine},
		m + ": the revision r: expected a state machine":       {machine, document(kindRevision, "r", `{}`)},
		m + ": the revision r: Unexpected character":           {machine, document(kindRevision, "r", `?`)},
		m + ": Unexpected end-of-input":                        {document(kindMachine, m, `{`)},
		m + ":1: its state machine is not there":               {document(kindVersion, m+":1", `{}`)},
		m + `:1: there is no revision \"\" of a state machine`: {machine, revision, document(kindVersion, m+":1", `{}`)},
		"v: InvalidArn": {document(kindVersion, "v", `{}`)},
		m + ":live: its state machine is not there":                    {document(kindAlias, m+":live", `{}`)},
		m + ":live: there is no version " + m + ":1":                   {machine, revision, document(kindAlias, m+":live", `{"routes":[{"version":"`+m+`:1"}]}`)},
		"arn:aws:states:us-east-1:123456789012:activity:a: Unexpected": {document(kindActivity, "arn:aws:states:us-east-1:123456789012:activity:a", "{")},
	} {
		store := journal.NewMemory()
		good := create(t, open(t, store), "good", Standard)
		if err := journal.Do(t.Context(), store, journal.Write{Documents: documents}); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		r, err := Open(Config{Store: store, Now: func() int64 { return 1 }, Random: random.New(1), Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Resolve(good.ARN); err != nil {
			t.Errorf("%s: the others: %v", want, err)
		}
		key, text, _ := strings.Cut(want, ": ")
		if !strings.Contains(log.String(), fmt.Sprintf(`\"%s\" cannot be read and is left out: %s`, key, text)) {
			t.Errorf("the log has %s\nwant %s", log.String(), want)
		}
		if versions, _ := r.Versions(m); len(versions) > 0 || count(r.Activities(home, "")) > 0 {
			t.Errorf("%s: there are %d versions and %d activities", want, len(versions), count(r.Activities(home, "")))
		}
	}
}

// A slowStore takes no write before its gate is open.
type slowStore struct {
	journal.Store
	gate    chan struct{} // closed: open
	waiting chan struct{} // gets one for each write
}

func (s *slowStore) Commit(w journal.Write, done func(error)) {
	s.waiting <- struct{}{}
	go func() {
		<-s.gate
		s.Store.Commit(w, done)
	}()
}

// While a change waits for the disk, nobody waits who does not change the same
// resource.
func TestReadersDoNotWaitForTheDisk(t *testing.T) {
	memory := journal.NewMemory()
	r := open(t, memory)
	slow, other := create(t, r, "slow", Express), create(t, r, "other", Express)
	if _, err := r.CreateActivity(t.Context(), home, "a", value.EmptyObject, value.Value{}); err != nil {
		t.Fatal(err)
	}

	store := &slowStore{memory, make(chan struct{}), make(chan struct{}, 10)}
	r.store = store
	var change sync.WaitGroup
	change.Go(func() { update(t, r, slow.ARN, constant(1)) })
	<-store.waiting
	for _, m := range []*StateMachine{slow, other} {
		ref, err := r.ResolveForStart(m.ARN, random.System())
		if err != nil || ref.Revision() != m.Revision {
			t.Errorf("%s: resolved to %+v, %v", m.Name, ref, err)
		}
		if _, err := r.ProgramOf(ref.Revision()); err != nil {
			t.Error(err)
		}
	}
	if got := count(r.Machines(home, "")); got != 2 || !r.HasActivity(home.Activity("a")) {
		t.Errorf("%d state machines, want 2 and an activity", got)
	}
	close(store.gate)
	change.Wait()
	if ref, err := r.Resolve(slow.ARN); err != nil || ref.Revision().Definition != constant(1) {
		t.Errorf("after the write: %+v, %v", ref, err)
	}
}

var errDisk = errors.New("disk full")

// A failing store refuses all writes.
type failingStore struct{ journal.Store }

func (failingStore) Commit(_ journal.Write, done func(error)) { go done(errDisk) }

// What the store has not taken, nobody sees.
func TestChangesThatFailChangeNothing(t *testing.T) {
	memory := journal.NewMemory()
	r := open(t, memory)
	m := create(t, r, "m", Standard)
	r.store = failingStore{memory}
	ctx := t.Context()
	for name, change := range map[string]func() error{
		"Create": func() error {
			_, err := r.Create(ctx, &Creation{Home: home, Name: "n", Type: Standard, Configuration: configuration(constant(0)), Tags: value.EmptyObject})
			return err
		},
		"Update": func() error {
			_, _, err := r.Update(ctx, m.ARN, func(c *Configuration) error { c.Definition = constant(1); return nil }, Publication{Publish: true})
			return err
		},
		"Publish": func() error {
			_, err := r.Publish(ctx, m.ARN, "", value.Value{})
			return err
		},
		"Delete": func() error { return r.Delete(ctx, m.ARN) },
		"Retag": func() error {
			return r.Retag(ctx, m.ARN, func(tags value.Value) value.Value { return tags.With("k", value.True) })
		},
		"CreateActivity": func() error {
			_, err := r.CreateActivity(ctx, home, "a", value.EmptyObject, value.Value{})
			return err
		},
	} {
		if err := change(); !errors.Is(err, errDisk) {
			t.Errorf("%s: got %v, want %v", name, err, errDisk)
		}
	}
	ref, err := r.Resolve(m.ARN)
	if err != nil || ref.Machine != m || count(r.Machines(home, "")) != 1 || count(r.Activities(home, "")) != 0 {
		t.Errorf("the registry has %+v, %v", ref, err)
	}
	if r.programs.get(m.Key) == nil || r.programs.order.Len() != 1 {
		t.Errorf("%d programs are kept, want the one of the state machine", r.programs.order.Len())
	}
}

// A client that goes away does not keep a change from being seen.
func TestChangesOutliveTheirClient(t *testing.T) {
	r := open(t, journal.NewMemory())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.CreateActivity(ctx, home, "a", value.EmptyObject, value.Value{}); err != nil || !r.HasActivity(home.Activity("a")) {
		t.Errorf("got %v", err)
	}
}

// Starts and changes of the same state machine at once: run with -race.
func TestHammer(t *testing.T) {
	store := journal.NewMemory()
	r := open(t, store)
	m := create(t, r, "m", Standard)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 50 {
				ctx := t.Context()
				switch worker {
				case 0:
					update(t, r, m.ARN, constant(i))
				case 1:
					v, err := r.Publish(ctx, m.ARN, "", value.Value{})
					if err == nil && i%2 == 0 {
						err = r.DeleteVersion(ctx, v.ARN)
					}
					if err != nil {
						t.Error(err)
					}
				default:
					ref, err := r.ResolveForStart(m.ARN, random.System())
					if err != nil {
						t.Error(err)
						return
					}
					if err := journal.Flush(ctx, store); err != nil {
						t.Error(err)
					}
					if _, err := r.Revision(ref.Revision().Key); err != nil {
						t.Errorf("an execution cannot be described: %v", err)
					}
				}
			}
		})
	}
	group.Wait()
	if len(r.turns.byARN) != 0 {
		t.Errorf("%d turns are held", len(r.turns.byARN))
	}
}

// The programs used last are kept, up to their size.
func TestProgramsAreBounded(t *testing.T) {
	var p programs
	program, err := compileText(constant(0))
	if err != nil {
		t.Fatal(err)
	}
	large := func(key string) *Revision {
		return &Revision{Key: key, Configuration: Configuration{Definition: strings.Repeat(" ", maxPrograms/2)}}
	}
	p.keep(large("a"), program)
	p.keep(large("b"), program)
	p.get("a")
	p.keep(large("c"), program) // in place of b
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if got := p.get(key) != nil; got != want {
			t.Errorf("%s is kept: %t, want %t", key, got, want)
		}
	}
	p.keep(large("c"), program)
	p.drop("a")
	p.drop("never there")
	if p.size != maxPrograms/2 || p.order.Len() != 1 {
		t.Errorf("%d bytes in %d programs, want one of %d", p.size, p.order.Len(), maxPrograms/2)
	}
}

func compileText(text string) (*machine.Program, error) {
	p, _, err := new(Registry).compile(text, Standard)
	return p, err
}

func count[T any](all iter.Seq[T]) (n int) {
	for range all {
		n++
	}
	return n
}

// TestListsInOrder puts and removes resources in no order, and reads their list from
// several places.
func TestListsInOrder(t *testing.T) {
	r := new(Registry)
	var list byARN[string]
	r.mu.Lock()
	for i := range 1000 {
		arn := fmt.Sprintf("m:%03d", i*7%1000)
		list.put(arn, "before")
		list.put(arn, arn) // in place of the other
		list.put(fmt.Sprintf("n:%03d", i), "of another account")
	}
	for i := 0; i < 1000; i += 10 {
		list.remove(fmt.Sprintf("m:%03d", i))
		list.remove(fmt.Sprintf("m:%03d", i)) // twice is once
	}
	r.mu.Unlock()
	for _, from := range []int{-1, 0, 5, 9, 10, 500, 871, 872, 998, 999} {
		var want []string
		for i := from + 1; i < 1000; i++ {
			if i%10 != 0 {
				want = append(want, fmt.Sprintf("m:%03d", i))
			}
		}
		after := fmt.Sprintf("m:%03d", from)
		if from < 0 {
			after = "m:"
		}
		got := slices.Collect(inOrder(r, &list, "m:", after, func(arn string) string { return arn }))
		if !slices.Equal(got, want) {
			t.Errorf("after %s: got %d, want %d; or they differ", after, len(got), len(want))
		}
	}
	for arn := range inOrder(r, &list, "m:", "m:", func(arn string) string { return arn }) {
		list.remove(arn) // no lock is held here
	}
	if got := len(list.order); got != 1000 {
		t.Errorf("after all were removed %d are left, want the 1000 of the other account", got)
	}
}

// One more state machine or activity than the quota is refused; what is there may be
// created again (F-239).
func TestRegisteredQuota(t *testing.T) {
	r := open(t, journal.NewMemory())
	one := create(t, r, "one", Standard)
	r.mu.Lock()
	for i := range maxRegistered - 1 {
		name := fmt.Sprintf("n%06d", i) // in order, or each would cost as much as there are
		r.machines.put(home.StateMachine(name), one)
		r.activities.put(home.Activity(name), &Activity{})
	}
	r.mu.Unlock()
	creation := Creation{Home: home, Name: "two", Type: Standard, Configuration: configuration(constant(0)), Tags: value.EmptyObject}
	if _, err := r.Create(t.Context(), &creation); !fault.Is(err, "StateMachineLimitExceeded") {
		t.Errorf("a state machine more: %v", err)
	}
	if again := create(t, r, "one", Standard); again != one {
		t.Errorf("again: %+v", again)
	}
	if _, err := r.CreateActivity(t.Context(), home, "a", value.EmptyObject, value.Value{}); err != nil {
		t.Errorf("the last activity: %v", err)
	}
	if _, err := r.CreateActivity(t.Context(), home, "b", value.EmptyObject, value.Value{}); !fault.Is(err, "ActivityLimitExceeded") {
		t.Errorf("an activity more: %v", err)
	}
	if _, err := r.CreateActivity(t.Context(), home, "a", value.EmptyObject, value.Value{}); err != nil {
		t.Errorf("the last activity again: %v", err)
	}
}
