package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/aslocal/aslocal/emulator"
)

// This file is the process under attack: aslocal serve, as often as it is
// started on the same data.

// A server is a sequence of processes on the same data. One goroutine starts
// and ends them; calls may come from any.
type server struct {
	report    *report
	binary    string
	folder    string // that it serves
	data      string
	functions string // URL of the Lambda functions
	flags     []string
	log       buffer

	command *exec.Cmd

	mu      sync.Mutex
	process int           // number of the process that runs, from 1
	up      chan struct{} // closed while it serves; replaced before it is ended
	client  *sfn.Client
	url     string
}

// maxIdle is how many connections to one process are kept, more than there are
// users, so that none is made for each call.
const maxIdle = 512

// data is the folder that the server of the attack keeps its state in.
func (a *attack) data() string { return filepath.Join(a.folder, "state") }

// newServer returns a server that has not been started yet.
func (a *attack) newServer(functions string, flags ...string) *server {
	return &server{
		report: a.report, binary: a.aslocal, folder: a.folder, data: a.data(), functions: functions,
		flags: flags, up: make(chan struct{}),
	}
}

// launch starts a process and returns what it prints. The number of the process
// is in the URL of the functions, so that a function knows who calls.
func (s *server) launch() (io.Reader, error) {
	s.mu.Lock()
	s.process++
	number := strconv.Itoa(s.process)
	s.mu.Unlock()
	arguments := append([]string{
		"serve", s.folder, "--port", "0", "--data", s.data, "--lambda-endpoint", s.functions + "/" + number, "--wait-time-scale", "0.1", "--missing", "hold",
	}, s.flags...)
	s.command = exec.Command(s.binary, arguments...)
	s.command.Env = []string{"HOME=" + s.folder, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + s.folder, "AWS_ENDPOINT_URL_BATCH=" + s.functions}
	s.command.Stderr = &s.log
	out, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return out, s.command.Start()
}

// start starts a process and returns when it says where it listens.
func (s *server) start() error {
	began := time.Now()
	out, err := s.launch()
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, url, ok := strings.Cut(lines.Text(), "AWS_ENDPOINT_URL_SFN=")
		if !ok {
			continue
		}
		config := emulator.ClientConfig(url, "us-east-1")
		config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
		config.HTTPClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: maxIdle}}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.client, s.url = sfn.NewFromConfig(config), url
		if s.process > 1 {
			s.report.restarted(time.Since(began))
		}
		close(s.up)
		return nil
	}
	return fmt.Errorf("aslocal serve ended without saying where it listens:\n%s", s.log.String())
}

// down tells the users that the process is about to end, so that a call that
// fails while it is up is a defect.
func (s *server) down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.up:
		s.up = make(chan struct{})
	default:
	}
}

// kill ends the process as a crash would.
func (s *server) kill() {
	if s.command == nil {
		return
	}
	s.down()
	s.command.Process.Kill()
	s.command.Wait() // reports the signal, which is ours
	s.command = nil
}

// restart kills the process and starts another one.
func (s *server) restart() error {
	s.kill()
	return s.start()
}

// startAndKill kills a process soon after its start, while it recovers.
func (s *server) startAndKill(ctx context.Context, after time.Duration) error {
	if _, err := s.launch(); err != nil {
		return err
	}
	pause(ctx, after)
	s.kill()
	return nil
}

// terminate ends the process by SIGTERM and checks that it ends well and leaves
// everything in one file.
func (s *server) terminate() {
	const patience = 20 * time.Second
	row := s.report.row("clean stop")
	row.start()
	s.down()
	s.command.Process.Signal(syscall.SIGTERM)
	killer := time.AfterFunc(patience, func() {
		row.found(stuck, "still running %s after SIGTERM", patience)
		s.command.Process.Kill()
	})
	err := s.command.Wait()
	if killer.Stop() {
		row.acknowledge()
		if err != nil {
			row.found(wrong, "after SIGTERM: %v\n%s", err, s.log.tail())
		}
	}
	s.command = nil
	files, err := filepath.Glob(filepath.Join(s.data, "*-wal"))
	if err != nil {
		row.found(wrong, "%v", err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && info.Size() > 0 {
			row.found(wrong, "%s has %d bytes after a clean stop: a copy of the database alone lacks them", filepath.Base(f), info.Size())
		}
	}
}

// running waits for a process that serves and returns its client. The channel
// identifies it.
func (s *server) running(ctx context.Context) (*sfn.Client, <-chan struct{}, error) {
	for {
		s.mu.Lock()
		up := s.up
		s.mu.Unlock()
		select {
		case <-up:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
		s.mu.Lock()
		client, same := s.client, s.up == up
		s.mu.Unlock()
		if same {
			return client, up, nil
		}
	}
}

func (s *server) isUp(up <-chan struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up == up
}

// call calls the API until it is answered, through as many processes as that
// takes. cut reports whether an earlier try may have had its effect. The error
// is that of the API or of the context, or of a server that is up and does not
// answer. A connection that this side has closed is the SDK's doing: it closes the
// body of a request while net/http may still look whether more of it comes,
// which breaks the connection when the server answers at once.
func (s *server) call(ctx context.Context, f func(*sfn.Client) error) (cut bool, err error) {
	for failures := 0; ; cut = true {
		client, up, err := s.running(ctx)
		if err != nil {
			return cut, err
		}
		err = f(client)
		if err == nil || ctx.Err() != nil {
			return cut, err
		}
		stands := s.isUp(up)
		if _, refused := errors.AsType[smithy.APIError](err); refused && (stands || !isFault(err)) {
			return cut, err
		}
		if stands && !errors.Is(err, net.ErrClosed) {
			if failures++; failures > 3 {
				return cut, fmt.Errorf("aslocal is up, but %w", err)
			}
		}
	}
}

// isFault reports whether a call was answered by 5xx.
func isFault(err error) bool {
	answer, ok := errors.AsType[*smithyhttp.ResponseError](err)
	return ok && answer.HTTPStatusCode() >= http.StatusInternalServerError
}

// prepare creates the machines and the activity.
func (s *server) prepare(ctx context.Context) error {
	texts, err := definitions()
	if err != nil {
		return err
	}
	for name, text := range texts {
		if err := s.create(ctx, prefix+name, text); err != nil {
			return fmt.Errorf("machine %s: %w", name, err)
		}
	}
	_, err = s.call(ctx, func(c *sfn.Client) error {
		_, err := c.CreateActivity(ctx, &sfn.CreateActivityInput{Name: aws.String(activityName)})
		return err
	})
	return err
}

func (s *server) create(ctx context.Context, name, definition string) error {
	_, err := s.call(ctx, func(c *sfn.Client) error {
		_, err := c.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: &name, Definition: &definition, RoleArn: aws.String(role)})
		return err
	})
	return err
}

// describe describes an execution; nil if there is none of that ARN.
func (s *server) describe(ctx context.Context, arn string) (out *sfn.DescribeExecutionOutput, err error) {
	_, err = s.call(ctx, func(c *sfn.Client) (err error) {
		out, err = c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		return err
	})
	if _, missing := errors.AsType[*types.ExecutionDoesNotExist](err); missing {
		return nil, nil
	}
	return out, err
}

// await describes an execution when it has ended, or when the time is over.
func (s *server) await(ctx context.Context, arn string, limit time.Time) (*sfn.DescribeExecutionOutput, error) {
	const glance = 20 * time.Millisecond
	for {
		out, err := s.describe(ctx, arn)
		if err != nil || out == nil || out.Status != types.ExecutionStatusRunning || time.Now().After(limit) {
			return out, err
		}
		if !pause(ctx, glance) {
			return out, ctx.Err()
		}
	}
}

// history returns all events of an execution.
func (s *server) history(ctx context.Context, arn string) (events []types.HistoryEvent, err error) {
	for next := (*string)(nil); ; {
		_, err = s.call(ctx, func(c *sfn.Client) error {
			out, err := c.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000, NextToken: next})
			if err == nil {
				events, next = append(events, out.Events...), out.NextToken
			}
			return err
		})
		if err != nil || next == nil {
			return events, err
		}
	}
}

// executions lists the executions of a state machine or of a Map Run.
func (s *server) executions(ctx context.Context, in sfn.ListExecutionsInput) (items []types.ExecutionListItem, err error) {
	in.MaxResults = 1000
	for {
		_, err = s.call(ctx, func(c *sfn.Client) error {
			out, err := c.ListExecutions(ctx, &in)
			if err == nil {
				items, in.NextToken = append(items, out.Executions...), out.NextToken
			}
			return err
		})
		if err != nil || in.NextToken == nil {
			return items, err
		}
	}
}

// complaints returns the lines of the log that no kill explains.
func (s *server) complaints() []string {
	var out []string
	for line := range strings.Lines(s.log.String()) {
		for _, bad := range []string{"DATA RACE", "panic", "fatal error", "level=ERROR"} {
			if strings.Contains(line, bad) {
				out = append(out, strings.TrimSpace(line))
				break
			}
		}
	}
	return out
}

// A buffer takes the output of several processes.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// tail returns the last part of what was written.
func (b *buffer) tail() string {
	const most = 2000
	text := b.String()
	return text[max(0, len(text)-most):]
}
