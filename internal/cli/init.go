package cli

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/internal/printable"
)

// starterFiles are the files of a new project, some of them in several forms.
//
//go:embed starter
var starterFiles embed.FS

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a small project that runs at once",
		Long: `Write a small project into a folder (the current one if none is given): a state machine, a Lambda function in Python or Node, whichever is installed
here, an input, and aslocal.yaml with the settings. No file is overwritten: if one of them is there, nothing is written.`,
		Example: `  aslocal init shop
  cd shop && aslocal serve
  aslocal start order --input order.json --wait    # in another terminal`,
		Args: positional(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 1 {
				folder = args[0]
			}
			return initialize(c, folder)
		},
	}
}

func initialize(c *cobra.Command, folder string) error {
	files := starterProject(findRuntime(c.Context()))
	var there []string
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(folder, f.path)); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, f.path)
		}
	}
	if len(there) > 0 {
		return exit(ExitUsage, "aslocal init FOLDER writes into another folder", "%s has %s already; nothing was written", folder, strings.Join(there, ", "))
	}
	for _, f := range files {
		path := filepath.Join(folder, f.path)
		if err := writeNew(path, f.text); err != nil {
			return exit(ExitFailed, "", "%v", err)
		}
		fmt.Fprintln(c.OutOrStdout(), "wrote", printable.Line(path))
	}
	next := "aslocal serve"
	if folder != "." {
		next += " " + printable.Line(folder)
	}
	fmt.Fprintf(c.OutOrStdout(), "\nNext:\n  %s\n  aslocal start order --input %s --wait    # in another terminal\n", next, printable.Line(filepath.Join(folder, "order.json")))
	return nil
}

// writeNew writes a file that must not be there.
func writeNew(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// A starterFile is a file of a new project.
type starterFile struct{ path, text string }

// starterProject is the files for a runtime of Lambda; "" is none.
func starterProject(runtime string) []starterFile {
	function, handler, definition := "", "", "order.asl.json"
	switch {
	case strings.HasPrefix(runtime, "python"):
		function, handler = "app.py", "app.handler"
	case strings.HasPrefix(runtime, "nodejs"):
		function, handler = "index.mjs", "index.handler"
	default:
		definition = "plain.asl.json"
	}
	settings := "# The settings of aslocal for this folder.\n"
	if runtime != "" {
		settings += fmt.Sprintf("functions:\n  price: {runtime: %s, handler: %s, folder: price}\n", runtime, handler)
	}
	files := []starterFile{{"aslocal.yaml", settings}, {"order.asl.json", starterText(definition)}, {"order.json", starterText("order.json")}}
	if function != "" {
		files = append(files, starterFile{filepath.Join("price", function), starterText(function)})
	}
	return append(files, starterFile{"README.md", starterText("README.md")})
}

func starterText(name string) string {
	text, err := starterFiles.ReadFile("starter/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// findRuntime returns the runtime of Lambda that an interpreter of this machine is for:
// Python's, else Node's, else "".
func findRuntime(ctx context.Context) string {
	if version := versionOf(ctx, "python3", "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"); version != "" {
		return "python" + version
	}
	if version := strings.TrimPrefix(versionOf(ctx, "node", "--version"), "v"); version != "" {
		major, _, _ := strings.Cut(version, ".")
		return "nodejs" + major + ".x"
	}
	return ""
}

// versionOf asks a program for its version; "" if there is none, or it does not answer.
func versionOf(ctx context.Context, program string, arguments ...string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	output, err := exec.CommandContext(ctx, program, arguments...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}
