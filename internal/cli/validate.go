package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

func newValidate() *cobra.Command {
	var express, asJSON, quiet bool
	c := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check definitions and report every problem with its place",
		Long: `Check state machine definitions (JSON, or YAML by the file's ending; "-" is JSON on stdin) as CreateStateMachine would, and report every
problem with file, line and column. Exit code 3 says that there are errors; warnings alone leave it 0.`,
		Example: `  aslocal validate order.asl.json
  aslocal validate --json *.asl.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			o := asl.Options{Express: express}
			failed := false
			for _, name := range files {
				text, err := readFile(name, c.InOrStdin())
				if err != nil {
					return exit(ExitUsage, "", "%v", err)
				}
				_, found := check(name, text, o)
				failed = failed || found.HasErrors()
				switch {
				case asJSON:
					err = printDiagnostics(c.OutOrStdout(), name, found)
				case len(found) > 0:
					err = found.Format(c.OutOrStdout(), text)
				case !quiet:
					_, err = fmt.Fprintf(c.ErrOrStderr(), "%s: ok\n", name)
				}
				if err != nil {
					return err
				}
			}
			if failed {
				return &exitError{code: ExitInvalid}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&express, "express", false, "check as an Express state machine")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per problem")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "say nothing about files without problems")
	return c
}

// readFile reads a file, or stdin for "-".
func readFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(name)
}

// check parses and validates one definition.
func check(name string, text []byte, o asl.Options) (*asl.Definition, asl.Diagnostics) {
	definition, found := asl.ParseFile(name, text)
	if !found.HasErrors() {
		found = append(found, asl.Validate(definition, o)...)
	}
	return definition, found
}

func printDiagnostics(w io.Writer, file string, found asl.Diagnostics) error {
	for _, d := range found {
		line := value.ObjectOf(
			"file", value.Str(file), "line", value.Int(int64(d.Range.Start.Line)), "column", value.Int(int64(d.Range.Start.Column)),
			"severity", value.Str(string(d.Severity)), "code", value.Str(d.Code), "message", value.Str(d.Message),
			"location", value.Str(d.Pointer), "hint", value.Str(d.Hint))
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
