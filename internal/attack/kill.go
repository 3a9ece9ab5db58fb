package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// This file is the attack by SIGKILL and SIGTERM at random moments, under mixed
// load.

// workers is how many take tasks of the activity.
const workers = 2

// glanceAgain is how long a user waits before it tries again what was refused.
const glanceAgain = 50 * time.Millisecond

func attackKill(ctx context.Context, a *attack) error {
	for _, k := range kinds {
		a.report.row(k.name) // in the order of the table
	}
	s, f, clear, err := a.stage(ctx)
	if err != nil {
		return err
	}
	defer clear()
	ctx, stop := context.WithCancel(ctx)
	var users, workforce sync.WaitGroup
	defer func() {
		stop()
		users.Wait()
		workforce.Wait()
	}()
	for range workers {
		workforce.Go(func() { f.work(ctx) })
	}
	workforce.Go(func() { f.answerHeld(ctx) })
	undisturbed, err := a.undisturbed(ctx, s)
	if err != nil {
		return err
	}

	over := make(chan struct{})
	l, d := &ledger{}, &definitionLedger{}
	for u := range a.users {
		users.Go(func() { a.use(ctx, s, l, u, over) })
	}
	users.Go(func() { d.use(ctx, s, over) })
	err = a.rounds(ctx, s, l)
	close(over)
	if err != nil {
		return err
	}
	users.Wait()

	progress(os.Stderr, "checking %d executions", len(l.runs))
	limit := time.Now().Add(a.patience)
	if err := l.check(ctx, s, undisturbed, a.users, limit); err != nil {
		return err
	}
	if err := l.checkChildren(ctx, s, limit); err != nil {
		return err
	}
	if err := d.check(ctx, s); err != nil {
		return err
	}
	s.terminate()
	log := a.report.row("log")
	for _, line := range s.complaints() {
		log.found(wrong, "%.500s", line)
	}
	return nil
}

// burstKinds are the kinds whose tasks have their effect in the server itself.
var burstKinds = []string{"nested", "nested-name", "nested-sync", "nested-sync2", "nested-token", "sdk-start"}

// undisturbed runs one execution of each kind while nobody kills the server.
func (a *attack) undisturbed(ctx context.Context, s *server) (map[string]end, error) {
	quiet := &server{report: newReport(), up: s.up, client: s.client} // these do not count
	ends := make(map[string]end)
	for i := range kinds {
		x := &execution{kind: &kinds[i], name: kinds[i].name + ".undisturbed"}
		quiet.startExecution(ctx, x, true)
		if x.kind.stopped {
			quiet.stopExecution(ctx, x)
		}
		out, err := quiet.await(ctx, x.arn(), time.Now().Add(a.patience))
		if err != nil {
			return nil, err
		}
		if out == nil || out.Status != x.kind.ends && !(x.kind.mayEnd && out.Status == succeeded) {
			return nil, fmt.Errorf("nobody disturbs %s, but it does not end %s: %+v", x.kind.name, x.kind.ends, out)
		}
		e, disordered, err := quiet.endOf(ctx, x.kind, out)
		if err != nil {
			return nil, err
		}
		if disordered != "" {
			return nil, fmt.Errorf("nobody disturbs %s, but: %s", x.kind.name, disordered)
		}
		if x.kind.mayEnd {
			e = end{status: aborted, error: "Enough", cause: "stopped by a user"}
		}
		ends[x.kind.name] = e
	}
	return ends, nil
}

// use starts executions of random kinds, one after another. It waits for the end
// of some; the others run beside them.
func (a *attack) use(ctx context.Context, s *server, l *ledger, user int, over <-chan struct{}) {
	const patience = 10 * time.Second // a stuck one is the business of the check
	chance := a.chance(user + 1)
	for i := 0; ; i++ {
		select {
		case <-over:
			return
		case <-ctx.Done():
			return
		default:
		}
		k := &kinds[chance.IntN(len(kinds))]
		x := &execution{kind: k, name: fmt.Sprintf("%s.%d-%d", k.name, user, i)}
		l.add(x)
		s.startExecution(ctx, x, chance.IntN(2) == 0)
		if !x.acknowledged {
			continue
		}
		if k.stopped {
			pause(ctx, time.Duration(chance.IntN(40))*time.Millisecond)
			s.stopExecution(ctx, x)
		}
		if chance.IntN(4) == 0 {
			s.watch(ctx, x, time.Now().Add(patience))
		} else {
			pause(ctx, time.Duration(chance.IntN(100))*time.Millisecond)
		}
	}
}

// rounds kills the server as often as asked for, each fifth time by SIGTERM, and
// now and then once more while it recovers. Every other time it comes while many
// executions have just been started that have an effect in the server itself.
func (a *attack) rounds(ctx context.Context, s *server, l *ledger) error {
	chance := a.chance(0)
	var bursts sync.WaitGroup
	defer bursts.Wait()
	for round := range a.kills {
		if !pause(ctx, time.Duration(50+chance.IntN(650))*time.Millisecond) {
			return ctx.Err()
		}
		if round%2 == 0 {
			for i := range 2 * a.users {
				k := burstKinds[chance.IntN(len(burstKinds))]
				x := &execution{kind: kindOf(k), name: fmt.Sprintf("%s.burst%d-%d", k, round, i)}
				l.add(x)
				bursts.Go(func() { s.startExecution(ctx, x, true) })
			}
			pause(ctx, time.Duration(chance.IntN(30))*time.Millisecond)
		}
		if chance.IntN(5) == 0 {
			s.terminate()
		} else {
			s.kill()
		}
		for chance.IntN(4) == 0 {
			if err := s.startAndKill(ctx, time.Duration(chance.IntN(120))*time.Millisecond); err != nil {
				return err
			}
		}
		if err := s.start(); err != nil {
			return err
		}
		if (round+1)%25 == 0 {
			progress(os.Stderr, "%d of %d kills", round+1, a.kills)
		}
	}
	return nil
}
