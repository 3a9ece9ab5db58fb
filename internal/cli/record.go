package cli

import (
	"io"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file has the record command, which makes a test case of an execution.

// recordCommand is the record command.
type recordCommand struct {
	remote
	test string
}

func newRecord() *cobra.Command {
	r := &recordCommand{}
	c := &cobra.Command{
		Use:   "record EXECUTION",
		Short: "Record an execution of a server as a test case",
		Long: `Print a mock configuration, the MockConfigFile.json of Step Functions Local, with a test case of what the tasks of an execution have returned, errors
and retries included. Tasks in the children of a Map Run are in executions of their own.

` + namesHelp,
		Example: `  aslocal record order --case CardDeclined > MockConfigFile.json
  aslocal run order.asl.json --mocks MockConfigFile.json --case CardDeclined`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return r.run(c, args[0]) },
	}
	r.flags(c)
	c.ValidArgsFunction = r.completeExecutions
	c.Flags().StringVar(&r.test, "case", "Recorded", "`name` of the test case")
	return c
}

func (r *recordCommand) run(c *cobra.Command, name string) error {
	arn, err := r.execution(c.Context(), name)
	if err != nil {
		return err
	}
	response, err := r.send(c.Context(), http.MethodGet, emulator.RecordingsPath+url.PathEscape(arn)+"?case="+url.QueryEscape(r.test), http.Header{}, value.Value{})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(c.OutOrStdout(), response.Body); err != nil {
		return r.broken(c.Context(), err)
	}
	return nil
}
