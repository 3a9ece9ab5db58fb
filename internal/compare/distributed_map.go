package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

// This file measures a distributed Map over the rows of a CSV file, with Express
// children.

const mapRows = 20_000

const mapDefinition = `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ResultPath": null,
	"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "Parameters": {"Bucket": "bucket", "Key": "rows.csv"}},
	"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 1, "End": true}}}}}}`

// runDistributedMap starts the binary and returns how long one execution takes.
func runDistributedMap(ctx context.Context, binary, folder, mode string) (time.Duration, error) {
	bucket := filepath.Join(folder, "s3", "bucket")
	if err := os.MkdirAll(bucket, 0o755); err != nil {
		return 0, err
	}
	var rows strings.Builder
	rows.WriteString("id,name\n")
	for i := range mapRows {
		fmt.Fprintf(&rows, "%d,name %d\n", i, i)
	}
	if err := os.WriteFile(filepath.Join(bucket, "rows.csv"), []byte(rows.String()), 0o644); err != nil {
		return 0, err
	}
	c := exec.CommandContext(ctx, binary, "serve", folder, "--port", "0", "--durability", mode, "--data", filepath.Join(folder, "map"), "--s3-dir", filepath.Join(folder, "s3"))
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return 0, err
	}
	defer func() {
		c.Process.Signal(syscall.SIGTERM)
		c.Wait() // how it ends is not measured
	}()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, url, ok := strings.Cut(lines.Text(), "AWS_ENDPOINT_URL_SFN="); ok {
			return timeMap(ctx, sfn.NewFromConfig(emulator.ClientConfig(url, "us-east-1")))
		}
	}
	return 0, errors.New("aslocal serve ended without saying where it listens")
}

func timeMap(ctx context.Context, client *sfn.Client) (time.Duration, error) {
	created, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("distributed"), Definition: aws.String(mapDefinition), RoleArn: aws.String("arn:aws:iam::123456789012:role/compare"),
	})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: created.StateMachineArn})
	if err != nil {
		return 0, err
	}
	for glance := time.NewTicker(2 * time.Millisecond); ; {
		out, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		switch {
		case err != nil:
			return 0, err
		case out.Status == types.ExecutionStatusSucceeded:
			return time.Since(began), nil
		case out.Status != types.ExecutionStatusRunning:
			return 0, fmt.Errorf("ended %s: %s: %s", out.Status, aws.ToString(out.Error), aws.ToString(out.Cause))
		}
		select {
		case <-glance.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}
