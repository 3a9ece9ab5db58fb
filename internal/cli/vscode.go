package cli

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file makes the extension for VS Code. It has no program of its own: its package.json
// says that VS Code is to start aslocal dap, and in which languages breakpoints can be set.

// vscodePackage is the package.json of the extension, but for its version.
//
//go:embed vscode.package.json
var vscodePackage string

func newVSCode() *cobra.Command {
	c := &cobra.Command{
		Use:     "vscode",
		Short:   "Install the debugger in VS Code",
		Long:    "Make the extension that lets VS Code debug state machines with aslocal, and complete and check definitions by their schema.",
		Example: `  aslocal vscode install`,
		Args:    positional(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newVSCodeInstall(), newVSCodePackage())
	return c
}

func newVSCodeInstall() *cobra.Command {
	return &cobra.Command{
		Use:   "install",
		Short: "Install the extension with the command code",
		Long: `Write the extension to a file, and let VS Code install it, if its command code is in PATH; else print what to do with the file. If aslocal
itself is not in PATH, the extension starts the program that has made it.`,
		Example: `  aslocal vscode install`,
		Args:    positional(cobra.NoArgs),
		RunE:    installVSCode,
	}
}

func newVSCodePackage() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:     "package",
		Short:   "Write the extension to a file",
		Example: `  aslocal vscode package -o aslocal.vsix && codium --install-extension aslocal.vsix`,
		Args:    positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			vsix, err := makeVSIX("aslocal")
			if err == nil {
				err = os.WriteFile(output, vsix, 0o644)
			}
			if err != nil {
				return exit(ExitFailed, "", "%v", err)
			}
			fmt.Fprintln(c.OutOrStdout(), output)
			return nil
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "aslocal.vsix", "`file` to write")
	return c
}

func installVSCode(c *cobra.Command, _ []string) error {
	program := "aslocal"
	if _, err := exec.LookPath(program); err != nil {
		if own, err := os.Executable(); err == nil {
			program = own
		}
	}
	vsix, err := makeVSIX(program)
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	folder, err := os.MkdirTemp("", "aslocal-")
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	path := filepath.Join(folder, "aslocal.vsix")
	if err := os.WriteFile(path, vsix, 0o644); err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	code, err := exec.LookPath("code")
	if err != nil {
		fmt.Fprintf(c.OutOrStdout(), "code --install-extension %s\n", path)
		return exit(ExitFailed, "run the line above where it is, or choose “Install from VSIX…” in the view Extensions of VS Code", "the command code of VS Code is not in PATH")
	}
	install := exec.CommandContext(c.Context(), code, "--install-extension", path, "--force")
	install.Stdout, install.Stderr = c.OutOrStdout(), c.ErrOrStderr()
	if err := errors.Join(install.Run(), os.RemoveAll(folder)); err != nil {
		return exit(ExitFailed, "", "%s --install-extension: %v", code, err)
	}
	return nil
}

// vscodeVersion is the version of the extension: VS Code takes three numbers alone.
func vscodeVersion() string {
	if v := regexp.MustCompile(`^v?(\d+\.\d+\.\d+)`).FindStringSubmatch(Version); v != nil {
		return v[1]
	}
	return "0.0.0"
}

// makeVSIX makes the extension, which starts a program with the argument dap.
func makeVSIX(program string) ([]byte, error) {
	name, err := value.Parse(vscodePackage)
	if err != nil {
		return nil, fmt.Errorf("package.json of the extension: %w", err)
	}
	contributes := name.Get("contributes")
	debuggers := contributes.Get("debuggers")
	debuggers = debuggers.WithIndex(0, debuggers.Index(0).With("runtime", value.OfString(program)))
	name = name.With("version", value.OfString(vscodeVersion())).With("contributes", contributes.With("debuggers", debuggers))
	var title bytes.Buffer
	if err := xml.EscapeText(&title, []byte(name.Get("description").Text())); err != nil {
		return nil, err
	}
	manifest := strings.NewReplacer("VERSION", vscodeVersion(), "DESCRIPTION", title.String()).Replace(vsixManifest)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, file := range []struct{ name, text string }{
		{"[Content_Types].xml", vsixTypes},
		{"extension.vsixmanifest", manifest},
		{"extension/package.json", name.String()},
		{"extension/asl.schema.json", asl.Schema()},
		{"extension/aslocal.schema.json", settingsSchema},
		{"extension/README.md", vsixReadme},
	} {
		w, err := z.Create(file.name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(file.text)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

const vsixTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension=".json" ContentType="application/json"/><Default Extension=".md" ContentType="text/markdown"/><Default Extension=".vsixmanifest" ContentType="text/xml"/></Types>
`

const vsixManifest = `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="aslocal" Version="VERSION" Publisher="aslocal"/>
    <DisplayName>Step Functions debugger (aslocal)</DisplayName>
    <Description xml:space="preserve">DESCRIPTION</Description>
    <Tags>debuggers,aws,step functions</Tags>
    <Categories>Debuggers</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="^1.75.0"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
  </Assets>
</PackageManifest>
`

const vsixReadme = `# Step Functions debugger

Debugs AWS Step Functions state machines on this machine with aslocal, which must be installed. Open a definition (JSON or YAML) or a template, set a
breakpoint on a state, and press F5. AWS Toolkit opens *.asl.json in Workflow Studio: "Reopen Editor With… Text Editor" shows the text.
`
