package cli

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/testcase"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file has the record command, which makes tests and mock configurations of executions.

// recordCommand is the record command.
type recordCommand struct {
	remote
	name string // of the test case
	test string // file to write a test to
}

func newRecord() *cobra.Command {
	r := &recordCommand{}
	c := &cobra.Command{
		Use:   "record EXECUTION",
		Short: "Record an execution of a server as a test, or as a test case of mocks",
		Long: `With --test, make a test of an execution that has ended: its mocks are what the tasks have answered, attempts and errors included, also those of the
children of Map Runs; its status, output, error and path are expected. Of values that every execution has others of (ids, times, task tokens, random
numbers), only the type is. The case is added to the FILE, which is made if it is not there; beside the definition, aslocal test runs it.

Without --test, print a mock configuration, the MockConfigFile.json of Step Functions Local, with a test case of what the tasks of an execution have
returned. Tasks in the children of a Map Run are in executions of their own.

` + namesHelp,
		Example: `  aslocal record order --test order.test.yaml
  aslocal record order/order-17 --test order.test.yaml --case 'the card is declined'
  aslocal record order --case CardDeclined > MockConfigFile.json
  aslocal run order.asl.json --mocks MockConfigFile.json --case CardDeclined`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return r.run(c, args[0]) },
	}
	r.flags(c)
	c.ValidArgsFunction = r.completeExecutions
	c.Flags().StringVar(&r.name, "case", "", "`name` of the test case; Recorded if not set, or of a test the name of the execution")
	c.Flags().StringVar(&r.test, "test", "", "test `FILE` to add a case to, which ends in .test.yaml, .test.yml or .test.json; - is stdout")
	return c
}

func (r *recordCommand) run(c *cobra.Command, name string) error {
	if c.Flags().Changed("test") && r.test != "-" && !isTestFile(r.test) {
		return exit(ExitUsage, "aslocal test finds NAME.test.yaml beside NAME.asl.yaml or NAME.asl.json", "--test: expected a file whose name ends in .test.yaml, .test.yml or .test.json, got %q", printable.Line(r.test))
	}
	arn, err := r.execution(c.Context(), name)
	if err != nil {
		return err
	}
	if !c.Flags().Changed("test") {
		text, err := r.recorded(c, arn, cmp.Or(r.name, "Recorded"), "mock")
		if err == nil {
			_, err = c.OutOrStdout().Write(text)
		}
		return err
	}
	format := "yaml"
	if filepath.Ext(r.test) == ".json" {
		format = "json"
	}
	text, err := r.recorded(c, arn, cmp.Or(r.name, arn[strings.LastIndexByte(arn, ':')+1:]), format)
	switch {
	case err != nil:
		return err
	case r.test == "-":
		_, err = c.OutOrStdout().Write(text)
		return err
	}
	return addTest(r.test, text)
}

// recorded gets a recording from the server.
func (r *recordCommand) recorded(c *cobra.Command, arn, name, format string) ([]byte, error) {
	query := url.Values{"case": {name}, "format": {format}}
	response, err := r.send(c.Context(), http.MethodGet, emulator.RecordingsPath+url.PathEscape(arn)+"?"+query.Encode(), http.Header{}, value.Value{})
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, r.broken(c.Context(), err)
	}
	return text, nil
}

// addTest writes a test file that has one case, or adds the case to the file that is there.
func addTest(path string, added []byte) error {
	failed := func(err error) error {
		if bad, ok := errors.AsType[*fs.PathError](err); ok {
			err = bad.Err
		}
		return exit(ExitFailed, "", "%s: %v", printable.Line(path), err)
	}
	before, err := readInputFile(path, nil)
	if errors.Is(err, fs.ErrNotExist) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return failed(err)
		}
		_, err = f.Write(added)
		if err = errors.Join(err, f.Close()); err != nil {
			return failed(err)
		}
		return nil
	}
	if err != nil {
		return exit(ExitUsage, "", "%v", err)
	}
	text, err := testcase.Append(path, string(before), string(added))
	if err != nil {
		return exit(ExitUsage, "--case gives the case another name, --test another file", "%v", err)
	}
	if err := replaceFile(path, []byte(text)); err != nil {
		return failed(err)
	}
	return nil
}

// replaceFile writes the file that is there, or that a link there leads to, whole or not at
// all.
func replaceFile(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	return sourcefile.Replace(path, text, 0o644)
}
