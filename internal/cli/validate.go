package cli

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// validator is the validate command.
type validator struct {
	express, asJSON, quiet bool
	substitute             map[string]string
}

func newValidate() *cobra.Command {
	v := &validator{}
	c := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check definitions and report every problem with its place",
		Long: `Check state machine definitions (JSON, or YAML by the file's ending; "-" is JSON on stdin) as CreateStateMachine would, and report every
problem with file, line and column. The exit code is 3 if there are errors; warnings alone leave it 0.

A file may also be a SAM or CloudFormation template (what the CDK writes to cdk.out, too), a serverless.yml or a Terraform file: then all
state machines in it are checked, at their places there or in the files that it refers to, and each problem names its state machine. Files outside of the
template's folder are read only if they are in the same Git repository, or given as FILE as well.

${Name} is replaced by its value from --substitute or the template's DefinitionSubstitutions. Values that only a deployment knows are assumed to be
right.`,
		Example: `  aslocal validate order.asl.json
  aslocal validate template.yaml
  aslocal validate --substitute TableName=orders --json *.asl.yaml`,
		Args: positional(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, files []string) error { return v.run(c, files) },
	}
	c.Flags().BoolVar(&v.express, "express", false, "check as Express state machines, whatever a template says")
	c.Flags().BoolVar(&v.asJSON, "json", false, "print one JSON object per problem")
	c.Flags().BoolVarP(&v.quiet, "quiet", "q", false, "print nothing about files without problems")
	c.Flags().StringToStringVar(&v.substitute, "substitute", nil, "value of ${NAME}, as NAME=VALUE")
	return c
}

func (v *validator) run(c *cobra.Command, files []string) error {
	failed := false
	for _, name := range files {
		text, err := readInputFile(name, c.InOrStdin())
		if err != nil {
			return exit(ExitUsage, "", "%v", err)
		}
		o := template.Options{Named: files, Substitutions: v.substitute}
		if name != "-" {
			o.Folder = filepath.Dir(name)
		}
		problems := false
		for _, m := range template.Read(name, text, o).Machines {
			found := m.Validate(asl.Options{Express: v.express})
			failed = failed || found.HasErrors()
			problems = problems || len(found) > 0
			if v.asJSON {
				err = printDiagnostics(c.OutOrStdout(), found)
			} else {
				err = found.Format(c.OutOrStdout(), []byte(m.Source))
			}
			if err != nil {
				return err
			}
		}
		if !problems && !v.quiet && !v.asJSON {
			if _, err := fmt.Fprintf(c.ErrOrStderr(), "%s: ok\n", printable.Line(name)); err != nil {
				return err
			}
		}
	}
	if failed {
		return &exitError{code: ExitInvalid}
	}
	return nil
}

// printDiagnostics writes a JSON object for each diagnostic. Those of a template
// name their state machine.
func printDiagnostics(w io.Writer, found asl.Diagnostics) error {
	for _, d := range found {
		line := value.OfMembers(
			"file", value.OfString(d.File), "line", value.OfInt(int64(d.Range.Start.Line)), "column", value.OfInt(int64(d.Range.Start.Column)),
			"severity", value.OfString(string(d.Severity)), "code", value.OfString(d.Code), "message", value.OfString(d.Message),
			"location", value.OfString(d.Pointer), "hint", value.OfString(d.Hint))
		if d.Machine != "" {
			line = line.With("machine", value.OfString(d.Machine))
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
