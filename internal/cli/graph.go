package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/graph"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// grapher is the graph command.
type grapher struct {
	remote
	output, format, theme, direction string
	scale                            float64
	execution                        string
	substitute                       map[string]string
}

func newGraph() *cobra.Command {
	g := &grapher{}
	c := &cobra.Command{
		Use:   "graph FILE[#MACHINE] | MACHINE",
		Short: "Draw a state machine, or what an execution of it did",
		Long: `Draw a state machine as SVG, PNG, Mermaid, DOT (Graphviz), JSON or a text outline. It is the one in a file (JSON, or YAML by the file's
ending; "-" is JSON on stdin), in a template (SAM, CloudFormation, cdk.out, serverless.yml, Terraform), or one on a server, by its name or ARN.

A definition with errors is drawn as far as it can be; states that are named but do not exist are red. --execution paints an execution on the
drawing: how each state has ended, how often it was tried, and which transitions were taken. It is an execution on a server, or a file with
what aws stepfunctions get-execution-history wrote. Without a FILE or MACHINE, the definition is the one that the execution ran.`,
		Example: `  aslocal graph order.asl.json                          # an outline
  aslocal graph order.asl.json -o order.svg
  aslocal graph 'template.yaml#Order' -o order.png --theme dark
  aslocal graph order.asl.json --format mermaid >> README.md
  aslocal graph --execution order-17 -o failed.svg
  aslocal graph order.asl.json --execution history.json -o run.png`,
		Args: positional(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return g.run(c, args) },
	}
	g.flags(c)
	c.Flags().StringVarP(&g.output, "output", "o", "", "`FILE` to write; stdout if not set, or -")
	c.Flags().StringVar(&g.format, "format", "", "svg, png, mermaid, dot, text or json; the default is that of the FILE's ending, or text")
	c.Flags().StringVar(&g.theme, "theme", string(graph.Auto), "colours of SVG and PNG: light, dark or auto, which follows the reader's system (a PNG is light then)")
	c.Flags().StringVar(&g.direction, "direction", string(graph.Down), "where the happy path leads: down or right")
	c.Flags().Float64Var(&g.scale, "scale", 2, "pixels of a PNG for each px of the drawing, at most 8")
	c.Flags().StringVar(&g.execution, "execution", "", "`EXECUTION` to paint: on a server, or a file with its history")
	c.Flags().StringToStringVar(&g.substitute, "substitute", nil, substituteUsage)
	return c
}

// graphEndings has the format of each file ending.
var graphEndings = map[string]string{
	".svg": "svg", ".png": "png", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".txt": "text", ".json": "json",
}

func (g *grapher) run(c *cobra.Command, args []string) error {
	if err := g.check(c); err != nil {
		return err
	}
	var definition *asl.Definition
	var visits []graph.Visit
	var err error
	switch {
	case len(args) > 0:
		definition, err = g.definition(c, args[0])
	case g.execution == "":
		return exit(ExitUsage, c.CommandPath()+" --help shows more", "expected a FILE, a MACHINE or --execution")
	case isFile(g.execution):
		return exit(ExitUsage, "aslocal graph FILE --execution "+g.execution, "--execution: a history does not have the definition; expected a FILE or MACHINE as well")
	}
	if err != nil {
		return err
	}
	if g.execution != "" {
		if definition, visits, err = g.visits(c, definition); err != nil {
			return err
		}
	}
	drawing := graph.Layout(definition, graph.Options{Direction: graph.Direction(g.direction)})
	if g.execution != "" {
		drawing.Paint(visits)
	}
	if drawing.Omitted > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "aslocal: warning: the state machine is too large to be drawn whole; states and transitions left out: %d\n", drawing.Omitted)
	}
	picture, err := g.draw(drawing)
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	return g.write(c, picture)
}

// check checks the flags and finds the format.
func (g *grapher) check(c *cobra.Command) error {
	if g.format == "" {
		g.format = "text"
		if g.output != "" && g.output != "-" {
			g.format = graphEndings[strings.ToLower(filepath.Ext(g.output))]
		}
	}
	for _, flag := range []struct {
		name, got string
		values    []string
	}{
		{"format", g.format, []string{"svg", "png", "mermaid", "dot", "text", "json"}},
		{"theme", g.theme, []string{string(graph.Light), string(graph.Dark), string(graph.Auto)}},
		{"direction", g.direction, []string{string(graph.Down), string(graph.Right)}},
	} {
		switch {
		case slices.Contains(flag.values, flag.got):
		case flag.got == "":
			return exit(ExitUsage, "--format says what to write", "--output: no format has the ending of %s", printable.Line(g.output))
		default:
			return exit(ExitUsage, "", "--%s: expected %s, got %q", flag.name, strings.Join(flag.values, ", "), flag.got)
		}
	}
	if !(g.scale > 0 && g.scale <= 8) {
		return exit(ExitUsage, "", "--scale: expected a number above 0, at most 8, got %v", g.scale)
	}
	if g.format == "png" && (g.output == "" || g.output == "-") && isTerminal(c.OutOrStdout()) {
		return exit(ExitUsage, "-o graph.png writes a file", "a PNG is not for terminals")
	}
	return nil
}

// isTerminal reports whether somebody sits at the other end of a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// definition returns the state machine that the command line names: in a file, or on a
// server.
func (g *grapher) definition(c *cobra.Command, target string) (*asl.Definition, error) {
	path, machine := runTarget(target)
	if path == "-" || isFile(path) {
		return g.read(c, path, machine)
	}
	if !strings.HasPrefix(target, "arn:") && (strings.ContainsAny(path, `/\`) || strings.Contains(path, ".")) {
		_, err := readInputFile(path, c.InOrStdin())
		return nil, exit(ExitUsage, "", "%v", err)
	}
	m, err := g.machine(c.Context(), target)
	if err != nil {
		return nil, noSuchTarget(target, err)
	}
	described, err := g.api(c.Context(), "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(m.arn)))
	if err != nil {
		return nil, err
	}
	return parsed(described.Get("definition").Text())
}

// noSuchTarget says of a name that is no file why it is no state machine either.
func noSuchTarget(target string, err error) error {
	if e, ok := errors.AsType[*exitError](err); ok && e.code == ExitFailed && !strings.HasPrefix(target, "arn:") {
		return exit(ExitUsage, e.message+"; "+e.hint, "%s: no such file, and the server cannot be asked for a state machine of that name", printable.Line(target))
	}
	return err
}

// parsed reads a definition that a server has accepted.
func parsed(text string) (*asl.Definition, error) {
	d, found := asl.Parse(text)
	if found.HasErrors() {
		return nil, exit(ExitFailed, "", "the definition on the server: %s", found[0].Message)
	}
	return d, nil
}

// read reads a definition in a file.
func (g *grapher) read(c *cobra.Command, path, machine string) (*asl.Definition, error) {
	text, err := readInputFile(path, c.InOrStdin())
	if err != nil {
		return nil, exit(ExitUsage, "", "%v", err)
	}
	o := template.Options{Substitutions: g.substitute}
	if path != "-" {
		o.Folder = filepath.Dir(path)
	}
	m, err := chosen(path, machine, template.Read(path, text, o))
	if err != nil {
		return nil, err
	}
	found := m.Validate(asl.Options{})
	if !m.Definition.Root.Exists() {
		if err := found.Format(c.ErrOrStderr(), []byte(m.Source)); err != nil {
			return nil, err
		}
		return nil, &exitError{code: ExitInvalid}
	}
	if found.HasErrors() {
		fmt.Fprintln(c.ErrOrStderr(), "aslocal: warning: the definition has errors; aslocal validate shows them")
	}
	return m.Definition, nil
}

// draw returns the drawing in the format.
func (g *grapher) draw(d *graph.Graph) ([]byte, error) {
	switch g.format {
	case "svg":
		return d.SVG(graph.Theme(g.theme)), nil
	case "png":
		return d.PNG(graph.Theme(g.theme), g.scale)
	case "mermaid":
		return d.Mermaid(), nil
	case "dot":
		return d.DOT(), nil
	case "json":
		text, err := json.Marshal(d)
		return append(text, '\n'), err
	}
	return d.Outline(), nil
}

func (g *grapher) write(c *cobra.Command, picture []byte) error {
	if g.output == "" || g.output == "-" {
		_, err := c.OutOrStdout().Write(picture)
		return err
	}
	err := os.WriteFile(g.output, picture, 0o666)
	if bad, ok := errors.AsType[*fs.PathError](err); ok {
		return exit(ExitFailed, "", "%s: %v", printable.Line(g.output), bad.Err)
	}
	return err
}
