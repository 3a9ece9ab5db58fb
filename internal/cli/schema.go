package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of definitions, for editors",
		Long: `Print the JSON Schema (draft 7) of state machine definitions. Editors use it to complete fields and to mark what has the wrong form; what a
schema cannot say, aslocal validate does.

In VS Code, settings.json of the user or of .vscode maps it to files. For JSON:

  "json.schemas": [{"fileMatch": ["*.asl.json"], "url": "./.vscode/asl.schema.json"}]

and for YAML, which Red Hat's YAML extension reads:

  "yaml.schemas": {"./.vscode/asl.schema.json": ["*.asl.yaml", "*.asl.yml"]}

In other editors with a YAML language server, the first line of a file may name it:

  # yaml-language-server: $schema=.vscode/asl.schema.json`,
		Example: `  aslocal schema > .vscode/asl.schema.json`,
		Args:    positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := io.WriteString(c.OutOrStdout(), asl.Schema())
			return err
		},
	}
}
