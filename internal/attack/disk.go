package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// This file is the attack by a disk that is full for a while: Waits fall due and
// results of tasks arrive meanwhile. What is refused then must be refused
// honestly, by 5xx, and go on when there is room again, without a restart.

// diskRuns is how many executions of each kind there are.
const diskRuns = 60

func attackDisk(ctx context.Context, a *attack) error {
	d := &disk{folder: a.data()}
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		return err
	}
	if err := d.mount(ctx); err != nil {
		a.report.note("disk: no folder of limited size can be mounted here (%v): files are limited instead, by prlimit", err)
	}
	defer d.unmount()
	s, f, clear, err := a.stage(ctx)
	if err != nil {
		return err
	}
	defer clear()
	full := &fullDisk{attack: a, server: s, functions: f, undisturbed: make(map[string]end)}
	if err := full.before(ctx); err != nil {
		return err
	}
	if err := d.fill(s); err != nil {
		return err
	}
	full.meanwhile(ctx)
	if err := d.empty(s); err != nil {
		return err
	}
	if err := full.afterwards(ctx); err != nil {
		return err
	}
	s.kill()
	return d.attackReadOnly(ctx, a, s)
}

// A fullDisk is what goes on while the disk is full.
type fullDisk struct {
	*attack
	server      *server
	functions   *functions
	ledger      ledger
	undisturbed map[string]end // by kind
	answered    [diskRuns]bool // the results that were acknowledged while the disk was full
}

// before starts executions that wait, and some whose task tokens are held.
func (d *fullDisk) before(ctx context.Context) error {
	for _, name := range []string{"pass", "wait", "token"} {
		k := kindOf(name)
		x := &execution{kind: k, name: name + ".undisturbed"}
		d.server.startExecution(ctx, x, true)
		out, err := d.server.await(ctx, x.arn(), time.Now().Add(d.patience))
		if err != nil {
			return err
		}
		if d.undisturbed[name], _, err = d.server.endOf(ctx, k, out); err != nil {
			return err
		}
	}
	for i := range diskRuns {
		for _, name := range []string{"wait", "token"} {
			d.ledger.add(&execution{kind: kindOf(name), name: fmt.Sprintf("%s.full-%d", name, i)})
		}
	}
	d.functions.hold.Store(true)
	d.ledger.all(d.users, func(x *execution) { d.server.startExecution(ctx, x, true) })
	return d.functions.awaitTokens(ctx, diskRuns, time.Now().Add(d.patience))
}

// meanwhile sends half of the results, starts more executions, and stays until
// the Waits have fallen due.
func (d *fullDisk) meanwhile(ctx context.Context) {
	results := d.report.row("disk full: results")
	for i, t := range d.functions.tokens[:diskRuns/2] {
		results.start()
		d.answered[i] = d.server.answerWhileFull(ctx, results, t)
	}
	starts := d.report.row("disk full: starts")
	for i := range diskRuns / 4 {
		x := &execution{kind: kindOf("pass"), name: fmt.Sprintf("pass.full-%d", i)}
		starts.start()
		x.acknowledged = d.server.startWhileFull(ctx, starts, x)
		d.ledger.add(x)
	}
	pause(ctx, time.Second)
}

// afterwards sends all results that were not acknowledged, and checks that
// everything ends, before and after a restart.
func (d *fullDisk) afterwards(ctx context.Context) error {
	s, results := d.server, d.report.row("disk full: results")
	var dropped []heldToken
	for i, t := range d.functions.tokens {
		if d.answered[i] {
			continue
		}
		if err := s.send(ctx, t.token); err != nil {
			dropped = append(dropped, t)
			results.found(lost, "%s: its result is refused although there is room again: %v", t.execution, err)
		} else {
			results.acknowledge()
		}
	}
	if err := d.ledger.checkRoom(ctx, s, time.Now().Add(d.patience)); err != nil {
		return err
	}
	if !diskFull.MatchString(s.log.String()) {
		d.report.row("disk full: log").found(wrong, "the log does not say that the disk is full:\n%s", s.log.tail())
	}
	if err := s.restart(); err != nil {
		return err
	}
	for _, t := range dropped {
		s.send(ctx, t.token) // so that their executions are not stuck, too
	}
	return d.ledger.check(ctx, s, d.undisturbed, d.users, time.Now().Add(d.patience))
}

// diskFull is how SQLite and the system say it.
var diskFull = regexp.MustCompile(`full|no space|too large`)

// checkRoom checks that everything ends when there is room again, before any
// restart.
func (l *ledger) checkRoom(ctx context.Context, s *server, limit time.Time) error {
	row := s.report.row("disk full: room again")
	for _, x := range l.runs {
		if !x.acknowledged {
			continue
		}
		row.start()
		out, err := s.await(ctx, x.arn(), limit)
		switch {
		case err != nil:
			return err
		case out == nil:
			row.found(lost, "%s: its start was acknowledged, DescribeExecution does not know it", x.name)
		case out.Status != x.kind.ends:
			row.found(stuck, "%s is %s although there is room again, want %s", x.name, out.Status, x.kind.ends)
		default:
			row.acknowledge()
		}
	}
	return nil
}

// send sends the result of a task.
func (s *server) send(ctx context.Context, token string) error {
	_, err := s.call(ctx, func(c *sfn.Client) error {
		_, err := c.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(`{"held": true}`)})
		return err
	})
	return err
}

// answerWhileFull sends a result twice, as a client does that tries again by
// itself, and reports whether it was acknowledged.
func (s *server) answerWhileFull(ctx context.Context, row *tally, t heldToken) bool {
	for range 2 {
		err := s.send(ctx, t.token)
		if err == nil {
			row.acknowledge()
			return true
		}
		if !isFault(err) {
			row.found(wrong, "%s: while the disk is full its result is refused for good: %v", t.execution, err)
			return false
		}
	}
	return false
}

func (s *server) startWhileFull(ctx context.Context, row *tally, x *execution) bool {
	_, err := s.call(ctx, func(c *sfn.Client) error {
		_, err := c.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN(x.kind.name)), Name: &x.name, Input: aws.String(plainInput)})
		return err
	})
	switch {
	case err == nil:
		row.acknowledge()
		return true
	case !isFault(err):
		row.found(wrong, "%s: while the disk is full its start is refused for good: %v", x.name, err)
	}
	return false
}

// awaitTokens waits until the function hold has that many tokens.
func (f *functions) awaitTokens(ctx context.Context, n int, limit time.Time) error {
	for {
		f.mu.Lock()
		have := len(f.tokens)
		f.mu.Unlock()
		if have >= n {
			return nil
		}
		if time.Now().After(limit) || !pause(ctx, glanceAgain) {
			return fmt.Errorf("%d of %d tokens have arrived", have, n)
		}
	}
}

// A disk is the folder of data, whose size is limited: a mounted tmpfs that is
// filled by a file, or a limit on the size of the server's files.
type disk struct {
	folder  string
	mounted bool
}

const diskSize = 48 << 20

func (d *disk) mount(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size="+strconv.Itoa(diskSize), "tmpfs", d.folder).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s", strings.TrimSpace(string(out)+" "+err.Error()))
	}
	d.mounted = true
	return nil
}

func (d *disk) unmount() {
	if d.mounted {
		exec.Command("umount", d.folder).Run() // what is left is a mount in a temporary folder
	}
}

func (d *disk) ballast() string { return filepath.Join(d.folder, "ballast") }

// fill leaves no room. What the server has open it cannot make larger.
func (d *disk) fill(s *server) error {
	if !d.mounted {
		size, err := d.largest()
		if err != nil {
			return err
		}
		return d.limit(s, strconv.FormatInt(size, 10))
	}
	file, err := os.Create(d.ballast())
	if err != nil {
		return err
	}
	defer file.Close()
	for block := make([]byte, 64<<10); len(block) > 0; block = block[:len(block)/2] {
		for err = nil; err == nil; {
			_, err = file.Write(block)
		}
	}
	return nil
}

// empty makes room again.
func (d *disk) empty(s *server) error {
	if !d.mounted {
		return d.limit(s, "unlimited")
	}
	return os.Remove(d.ballast())
}

// limit sets the largest size of a file that the server may write.
func (d *disk) limit(s *server, size string) error {
	out, err := exec.Command("prlimit", "--pid", strconv.Itoa(s.command.Process.Pid), "--fsize="+size+":unlimited").CombinedOutput()
	if err != nil {
		return fmt.Errorf("prlimit: %w: %s", err, out)
	}
	return nil
}

func (d *disk) largest() (size int64, err error) {
	entries, err := os.ReadDir(d.folder)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			size = max(size, info.Size())
		}
	}
	return size, err
}

// attackReadOnly starts the server on a folder that it cannot write to: it must
// say so and not start.
func (d *disk) attackReadOnly(ctx context.Context, a *attack, s *server) error {
	if !d.mounted {
		a.report.note("disk: the read-only folder is skipped, since nothing can be mounted here")
		return nil
	}
	if out, err := exec.CommandContext(ctx, "mount", "-o", "remount,ro", d.folder).CombinedOutput(); err != nil {
		return fmt.Errorf("mount -o remount,ro: %w: %s", err, out)
	}
	row := a.report.row("read-only folder")
	row.start()
	if err := s.start(); err == nil {
		row.found(wrong, "aslocal serves from a folder that it cannot write to")
		s.kill()
		return nil
	}
	row.acknowledge()
	return nil
}
