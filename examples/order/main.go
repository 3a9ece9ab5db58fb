// Command order is the example of aslocal: an order workflow over three
// services, run with the real AWS SDK against a local emulator.
//
// It starts a User, an Order and a Notification Service (Lambda functions behind
// plain HTTP Invoke endpoints), starts `aslocal serve`, creates the state
// machine in order.asl.json with the AWS SDK for Go v2, runs it for two
// customers, one of whom wants what there is not, and shows what happened.
package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

//go:embed order.asl.json
var definition string

func main() {
	aslocal := flag.String("aslocal", "bin/aslocal", "the aslocal binary")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, *aslocal); err != nil {
		fmt.Fprintln(os.Stderr, "order:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, aslocal string) error {
	sent := &notifications{}
	urls := make(map[string]string)
	for name, f := range map[string]function{
		"user-service":         (&users{}).handle,
		"order-service":        (&orders{}).handle,
		"notification-service": sent.handle,
	} {
		url, err := serveFunction(f)
		if err != nil {
			return err
		}
		urls[name] = url
	}
	endpoint, stop, err := startEmulator(ctx, aslocal, urls)
	if err != nil {
		return err
	}
	defer stop()

	client := sfn.New(sfn.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	machine, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name:       aws.String("order"),
		Definition: aws.String(definition),
		RoleArn:    aws.String("arn:aws:iam::123456789012:role/order"),
	})
	if err != nil {
		return err
	}
	fmt.Println("created", aws.ToString(machine.StateMachineArn))

	refused, err := execute(ctx, client, machine.StateMachineArn, `{"customer": {"name": "Grace", "email": "grace@example.com"}, "items": [{"sku": "unicorn", "quantity": 1, "price": 999}]}`)
	if err != nil {
		return err
	}
	placed, err := execute(ctx, client, machine.StateMachineArn, `{"customer": {"name": "Ada", "email": "ada@example.com"}, "items": [{"sku": "lamp", "quantity": 2, "price": 19.5}]}`)
	if err != nil {
		return err
	}
	fmt.Println("\nsent:")
	for _, text := range sent.all() {
		fmt.Println("  " + text)
	}
	fmt.Printf("\nGrace's order: %s %s\n", refused.Status, aws.ToString(refused.Error))
	fmt.Printf("Ada's order:   %s %s\n", placed.Status, aws.ToString(placed.Output))
	if placed.Status != types.ExecutionStatusSucceeded || refused.Status != types.ExecutionStatusFailed {
		return errors.New("the example did not end as it should")
	}
	return nil
}

// execute starts an execution, waits for its end and prints its history.
func execute(ctx context.Context, client *sfn.Client, machine *string, input string) (*sfn.DescribeExecutionOutput, error) {
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: machine, Input: &input})
	if err != nil {
		return nil, err
	}
	fmt.Println("\nstarted", aws.ToString(started.ExecutionArn))
	var end *sfn.DescribeExecutionOutput
	for {
		if end, err = client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn}); err != nil {
			return nil, err
		}
		if end.Status != types.ExecutionStatusRunning {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	pages := sfn.NewGetExecutionHistoryPaginator(client, &sfn.GetExecutionHistoryInput{ExecutionArn: started.ExecutionArn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Events {
			line := fmt.Sprintf("  %3d  %s  %-24s %s", e.Id, e.Timestamp.Format("15:04:05.000"), e.Type, about(e))
			fmt.Println(strings.TrimRight(line, " "))
		}
	}
	return end, nil
}

// about is what a line of the history says beside the type.
func about(e types.HistoryEvent) string {
	switch {
	case e.StateEnteredEventDetails != nil:
		return aws.ToString(e.StateEnteredEventDetails.Name)
	case e.StateExitedEventDetails != nil:
		return aws.ToString(e.StateExitedEventDetails.Name)
	case e.LambdaFunctionFailedEventDetails != nil:
		return aws.ToString(e.LambdaFunctionFailedEventDetails.Error)
	case e.TaskFailedEventDetails != nil:
		return aws.ToString(e.TaskFailedEventDetails.Error)
	case e.ExecutionFailedEventDetails != nil:
		return aws.ToString(e.ExecutionFailedEventDetails.Error)
	case e.ExecutionSucceededEventDetails != nil:
		return aws.ToString(e.ExecutionSucceededEventDetails.Output)
	}
	return ""
}

// startEmulator runs `aslocal serve` on a free port, with the functions at
// their URLs, and returns its endpoint.
func startEmulator(ctx context.Context, aslocal string, functions map[string]string) (endpoint string, stop func(), err error) {
	folder, err := os.MkdirTemp("", "aslocal-order-")
	if err != nil {
		return "", nil, err
	}
	settings, err := json.Marshal(map[string]any{"lambda": map[string]any{"functions": functions}}) // JSON is YAML, too
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "aslocal.yaml"), settings, 0o600)
	}
	if err != nil {
		return "", nil, err
	}
	command := exec.CommandContext(ctx, aslocal, "serve", folder, "--port", "0")
	command.Stderr = os.Stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	out, err := command.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", nil, fmt.Errorf("%w (`make run` builds it first)", err)
	}
	stop = func() {
		command.Cancel()
		command.Wait()
		os.RemoveAll(folder)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Println(lines.Text())
		if _, url, ok := strings.Cut(lines.Text(), "AWS_ENDPOINT_URL_SFN="); ok {
			return url, stop, nil
		}
	}
	stop()
	return "", nil, errors.New("aslocal serve ended without saying where it listens")
}
