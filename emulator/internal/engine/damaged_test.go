package engine

import (
	"bytes"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// damaged is a store in which the first execution that has not ended cannot be
// read.
type damaged struct{ journal.Store }

func (d damaged) Unfinished() iter.Seq2[journal.History, error] {
	return func(yield func(journal.History, error) bool) {
		first := true
		for h, err := range d.Store.Unfinished() {
			if first {
				h, err = journal.History{}, &journal.BrokenError{Key: h.Execution.ARN, Err: errors.New("no such page")}
			}
			if first = false; !yield(h, err) {
				return
			}
		}
	}
}

// An execution that cannot be read keeps no other from going on.
func TestRecoverWithADamagedExecution(t *testing.T) {
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	first := newBench(t, Config{Store: store, Clock: clock})
	broken, whole := request("wait", "broken", `{}`), request("wait", "whole", `{}`)
	for _, r := range []Request{broken, whole} {
		if _, err := first.Start(first.ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	first.stopAll() // as good as killed

	var log bytes.Buffer
	second := newBench(t, Config{Store: damaged{store}, Clock: clock, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err := second.Advance(second.ctx, time.Minute); err != nil {
		t.Fatal(err)
	}
	second.wantStatus(whole.Start.ARN, machine.Succeeded)
	if want := `execution \"` + broken.Start.ARN + `\" cannot be read and is left out: no such page`; strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), want) {
		t.Errorf("the log has %q, want one line with %q", log.String(), want)
	}
}
