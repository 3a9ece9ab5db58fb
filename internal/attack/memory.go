package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// This file is the attack on memory: what costs the client little must not cost
// the server without bound. Each part has a server of its own, whose peak is
// read from /proc at the end.

// memoryAttacks are the parts, each with the peak that it may reach.
var memoryAttacks = []struct {
	name string
	most int64 // bytes of resident memory
	make func(*attack, context.Context, *server, *tally) error
}{
	{"memory: histories", 400 << 20, (*attack).pullHistories},
	{"memory: updates", 160 << 20, (*attack).updateOften},
	{"memory: a bomb of items", 512 << 20, (*attack).readBomb},
}

func attackMemory(ctx context.Context, a *attack) error {
	for _, m := range memoryAttacks {
		own := *a
		own.folder = filepath.Join(a.folder, strings.ReplaceAll(m.name, " ", "-"))
		if err := os.MkdirAll(filepath.Join(own.folder, "s3", "bucket"), 0o755); err != nil {
			return err
		}
		if err := own.attackMemory(ctx, m.name, m.most, m.make); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

func (a *attack) attackMemory(ctx context.Context, name string, most int64, attempt func(*attack, context.Context, *server, *tally) error) error {
	row := a.report.row(name)
	row.start()
	s := a.newServer("http://127.0.0.1:1", "--s3-dir", filepath.Join(a.folder, "s3")) // no function is called
	defer s.kill()
	if err := s.start(); err != nil {
		return err
	}
	if err := attempt(a, ctx, s, row); err != nil {
		return err
	}
	peak, err := s.peak()
	if err != nil {
		a.report.note("%s: skipped, %v", name, err)
		return nil
	}
	a.report.note("%s: peak %d MB, at most %d", name, peak>>20, most>>20)
	if peak > most {
		row.found(wrong, "the server has reached %d MB, at most %d are right", peak>>20, most>>20)
		return nil
	}
	row.acknowledge()
	return nil
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak returns the largest resident memory of the process so far, in bytes.
func (s *server) peak() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	found := peakLine.FindSubmatch(status)
	if found == nil {
		return 0, errors.New("the status of the process has no peak")
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	return kilobytes << 10, err
}

// pullHistories asks for pages of large events, and for more of them by clients
// that do not read.
func (a *attack) pullHistories(ctx context.Context, s *server, row *tally) error {
	const states, size, clients = 400, 250_000, 8
	const mostPage = 32 << 20
	var definition strings.Builder
	for i := range states {
		fmt.Fprintf(&definition, `"S%d": {"Type": "Pass", "Next": "S%d"}, `, i, i+1)
	}
	text := fmt.Sprintf(`{"StartAt": "S0", "States": {%s"S%d": {"Type": "Succeed"}}}`, definition.String(), states)
	if err := s.create(ctx, prefix+"large", text); err != nil {
		return err
	}
	arn := executionARN("large", "large")
	_, err := s.call(ctx, func(c *sfn.Client) error {
		_, err := c.StartExecution(ctx, &sfn.StartExecutionInput{
			StateMachineArn: aws.String(machineARN("large")), Name: aws.String("large"), Input: aws.String(`"` + strings.Repeat("x", size) + `"`),
		})
		return err
	})
	if err != nil {
		return err
	}
	if out, err := s.await(ctx, arn, time.Now().Add(a.patience)); err != nil || out == nil || out.Status != types.ExecutionStatusSucceeded {
		return fmt.Errorf("%s: %+v, %w", arn, out, err)
	}
	answer, err := s.askForHistory(ctx, arn)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		return err
	}
	if n > mostPage {
		row.found(wrong, "one page of a history has %d MB", n>>20)
	}
	for range clients { // their answers are left unread
		unread, err := s.askForHistory(ctx, arn)
		if err != nil {
			return err
		}
		defer unread.Body.Close()
	}
	return nil
}

func (s *server) askForHistory(ctx context.Context, arn string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(fmt.Sprintf(`{"executionArn": %q, "maxResults": 1000}`, arn)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Amz-Target", "AWSStepFunctions.GetExecutionHistory")
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	return http.DefaultClient.Do(request)
}

// updateOften updates one state machine again and again with a large definition.
func (a *attack) updateOften(ctx context.Context, s *server, _ *tally) error {
	const updates, size = 600, 200 << 10
	if err := s.create(ctx, prefix+"updated", passing(0)); err != nil {
		return err
	}
	filler := strings.Repeat("x", size)
	for i := range updates {
		definition := fmt.Sprintf(`{"Comment": "%d %s", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, i, filler)
		_, err := s.call(ctx, func(c *sfn.Client) error {
			_, err := c.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: aws.String(machineARN("updated")), Definition: &definition})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const bombDefinition = `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
	"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "bucket", "Key": "bomb.json.gz"}},
	"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}`

// readBomb has the server read a small object that expands to 1 GB of opening
// brackets.
func (a *attack) readBomb(ctx context.Context, s *server, row *tally) error {
	const part, parts = 1 << 20, 1 << 10
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(bytes.Repeat([]byte("["), part)) // a buffer takes everything
	z.Close()
	object := bytes.Repeat(packed.Bytes(), parts) // members of one file
	if err := os.WriteFile(filepath.Join(a.folder, "s3", "bucket", "bomb.json.gz"), object, 0o644); err != nil {
		return err
	}
	if err := s.create(ctx, prefix+"bomb", bombDefinition); err != nil {
		return err
	}
	_, err := s.call(ctx, func(c *sfn.Client) error {
		_, err := c.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN("bomb")), Name: aws.String("bomb")})
		return err
	})
	if err != nil {
		return err
	}
	out, err := s.await(ctx, executionARN("bomb", "bomb"), time.Now().Add(a.patience))
	if err != nil {
		return err
	}
	if out == nil || out.Status != types.ExecutionStatusFailed {
		row.found(wrong, "an object that is not JSON does not fail its Map: %+v", out)
	}
	return nil
}
