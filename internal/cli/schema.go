package cli

import (
	_ "embed"
	"io"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/testcase"
)

// settingsSchema is the JSON Schema of aslocal.yaml.
//
//go:embed settings.schema.json
var settingsSchema string

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [settings|tests]",
		Short: "Print the JSON Schema of definitions, settings or tests, for editors",
		Long: `Print the JSON Schema (draft 7) of state machine definitions, of the settings in aslocal.yaml, or of test files. Editors use it to complete fields and to mark what has the wrong form; what a
schema cannot say, aslocal validate does.

In VS Code, settings.json of the user or of .vscode maps it to files. For JSON:

  "json.schemas": [{"fileMatch": ["*.asl.json"], "url": "./.vscode/asl.schema.json"}]

and for YAML, which Red Hat's YAML extension reads:

  "yaml.schemas": {"./.vscode/asl.schema.json": ["*.asl.yaml", "*.asl.yml"]}

In other editors with a YAML language server, the first line of a file may name it:

  # yaml-language-server: $schema=.vscode/asl.schema.json`,
		Example: `  aslocal schema > .vscode/asl.schema.json
  aslocal schema settings > .vscode/aslocal.schema.json
  aslocal schema tests > .vscode/test.schema.json`,
		Args:      positional(cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: []string{"settings", "tests"},
		RunE: func(c *cobra.Command, args []string) error {
			schema := asl.Schema()
			switch {
			case len(args) == 0:
			case args[0] == "tests":
				schema = testcase.Schema()
			default:
				schema = settingsSchema
			}
			_, err := io.WriteString(c.OutOrStdout(), schema)
			return err
		},
	}
}
