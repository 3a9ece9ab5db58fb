package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/printable"
)

// This file has the import command, which fetches an execution from AWS.

// importer is the import command.
type importer struct {
	emulator.ImportOptions
	folder string
	force  bool
}

func newImport() *cobra.Command {
	i := &importer{}
	c := &cobra.Command{
		Use:   "import ARN",
		Short: "Fetch the definition and the history of an execution from AWS",
		Long: `Fetch the definition and the history of an execution from AWS, with your own credentials, and write them to NAME.asl.json and NAME.history.json; NAME is
that of the state machine. Of a state machine, fetch its definition and the history of its latest execution.

This is the only command that asks AWS's Step Functions for anything, and it asks only when you run it. It calls DescribeExecution,
DescribeStateMachineForExecution, GetExecutionHistory, and of a state machine DescribeStateMachine and ListExecutions; it changes nothing in AWS.
Credentials are found where AWS's tools find them: --profile, the environment, the profile, the container, the instance. The history has the data of
the execution, which may be secret: only you can read the file.`,
		Example: `  aslocal import arn:aws:states:eu-west-1:111122223333:execution:order:A-17 --profile production
  aslocal import arn:aws:states:eu-west-1:111122223333:stateMachine:order --status FAILED
  aslocal replay order.history.json order.asl.json
  aslocal graph order.asl.json --execution order.history.json`,
		Args: positional(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return i.run(c, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&i.Profile, "profile", "", "`name` of the profile whose credentials are used")
	f.StringVar(&i.Region, "region", "", "`region` to ask; that of the ARN if not set")
	f.StringVar(&i.Status, "status", "", "`status` of the execution of a state machine: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED; any if not set")
	f.StringVar(&i.Endpoint, "endpoint-url", "", "`URL` to ask instead of AWS")
	f.StringVar(&i.folder, "folder", ".", "`folder` to write the files to")
	f.BoolVar(&i.force, "force", false, "overwrite files that are there")
	return c
}

// importStatuses are those of executions.
var importStatuses = []string{"", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}

func (i *importer) run(c *cobra.Command, arn string) error {
	if !slices.Contains(importStatuses, i.Status) {
		return exit(ExitUsage, "", "--status: expected one of %s, got %q", strings.Join(importStatuses[1:], ", "), i.Status)
	}
	i.ARN = arn
	found, err := emulator.Import(c.Context(), i.ImportOptions)
	if errors.Is(err, context.Canceled) {
		return &exitError{code: ExitInterrupted, message: "interrupted"}
	}
	if err != nil {
		return exit(ExitFailed, "aslocal import --help says how credentials are found", "%v", err)
	}
	base := filepath.Join(i.folder, nameOf(found.Machine+".asl.json"))
	files := []imported{{base + ".asl.json", found.Definition, 0o666}}
	if found.History != nil {
		files = append(files, imported{base + ".history.json", found.History, 0o600})
	}
	for _, f := range files {
		if !i.force && isFile(f.path) {
			return exit(ExitUsage, "--force overwrites it, --folder writes to another folder", "%s is there already", printable.Line(f.path))
		}
	}
	for _, f := range files {
		if err := i.write(f); err != nil {
			return err
		}
	}
	return i.report(c, found, files)
}

// An imported is a file to write.
type imported struct {
	path string
	text []byte
	mode fs.FileMode
}

func (i *importer) write(f imported) error {
	if i.force && isFile(f.path) {
		err := os.Chmod(f.path, f.mode) // before the text is there, so that nobody else reads it
		if err == nil {
			err = replaceFile(f.path, f.text)
		}
		if err != nil {
			return exit(ExitFailed, "", "%s: %v", printable.Line(f.path), err)
		}
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
	if err == nil {
		_, err = file.Write(f.text)
		err = errors.Join(err, file.Close())
	}
	if bad, ok := errors.AsType[*fs.PathError](err); ok {
		err = bad.Err
	}
	if err != nil {
		return exit(ExitFailed, "", "%s: %v", printable.Line(f.path), err)
	}
	return nil
}

// report says what was written, and what to do with it.
func (i *importer) report(c *cobra.Command, found *emulator.Imported, files []imported) error {
	w := c.OutOrStdout()
	fmt.Fprintf(w, "%s: the definition\n", printable.Line(files[0].path))
	if len(files) == 1 {
		_, err := fmt.Fprintf(w, "%s has no execution to fetch\n", printable.Line(found.Machine))
		return err
	}
	fmt.Fprintf(w, "%s: %s of %s, %s\n", printable.Line(files[1].path), events(found.Events), printable.Line(found.Execution), printable.Line(found.Status))
	_, err := fmt.Fprintf(w, "aslocal replay %s %s shows whether the definition still does the same\n", printable.Line(files[1].path), printable.Line(files[0].path))
	return err
}
