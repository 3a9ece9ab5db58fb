package ui

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/aslocal/aslocal/graph"
)

// This file writes what is edited for other programs. Nothing of a run is in it.

// pictureScale is how many pixels of a PNG there are for each of the drawing.
const pictureScale = 2

// rendering writes a text in another form.
func (u *UI) rendering(ctx context.Context, in *Render) (*Rendered, error) {
	t, err := u.read(&in.Text)
	if err != nil {
		return nil, err
	}
	if !t.definition.Root.Exists() {
		return nil, refuse("the text cannot be read")
	}
	drawing := graph.Layout(t.definition, graph.Options{})
	switch in.Kind {
	case "svg":
		return &Rendered{Text: string(drawing.SVG(graph.Auto))}, nil
	case "png":
		picture, err := drawing.PNG(graph.Light, pictureScale)
		return &Rendered{Base64: base64.StdEncoding.EncodeToString(picture)}, err
	case "mermaid":
		return &Rendered{Text: string(drawing.Mermaid())}, nil
	case "json", "yaml", "sam", "terraform":
		return u.renderText(ctx, in)
	}
	return nil, refuse("kind: expected svg, png, mermaid, json, yaml, sam or terraform, got %q", in.Kind)
}

// renderText writes the definition, alone or in a template.
func (u *UI) renderText(ctx context.Context, in *Render) (*Rendered, error) {
	to := formatYAML
	if in.Kind == "json" || in.Kind == "terraform" {
		to = formatJSON
	}
	definition, err := u.convert(ctx, &Convert{Text: in.Text, To: to})
	if err != nil {
		return nil, err
	}
	kind := "STANDARD"
	if in.Express {
		kind = "EXPRESS"
	}
	switch in.Kind {
	case "sam":
		return &Rendered{Text: "Resources:\n  " + logicalID(in.Name) + ":\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Name: " + yamlText(in.Name) +
			"\n      Type: " + kind + "\n      Definition:\n" + indented(definition.Text, "        ") +
			"      Policies: [] # what its tasks need, such as - LambdaInvokePolicy: {FunctionName: !Ref MyFunction}\n"}, nil
	case "terraform":
		return &Rendered{Text: "resource \"aws_sfn_state_machine\" \"" + strings.ToLower(identifier(in.Name)) + "\" {\n  name     = " + hclText(in.Name) + "\n  type     = \"" + kind +
			"\"\n  role_arn = aws_iam_role.state_machine.arn\n\n  definition = <<-DEFINITION\n" + indented(hclEscaped.Replace(definition.Text), "    ") + "  DEFINITION\n}\n"}, nil
	}
	return &Rendered{Text: definition.Text}, nil
}

// hclEscaped keeps ${…} and %{…} of a definition from being read as a template by Terraform.
// Both are also how some definitions mark what a deployment fills in, so the user replaces those.
var hclEscaped = strings.NewReplacer("${", "$${", "%{", "%%{")

// hclText is a string of HCL.
func hclText(s string) string {
	return `"` + hclEscaped.Replace(strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s)) + `"`
}

// yamlText is a string of YAML.
func yamlText(s string) string {
	return "'" + strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "'", "''") + "'"
}

// indented puts an indentation before each line that is not empty.
func indented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(by)
		}
		b.WriteString(line)
	}
	if !strings.HasSuffix(text, "\n") {
		b.WriteByte('\n')
	}
	return b.String()
}

// identifier is a name with letters, digits and _ alone, which begins with a letter.
func identifier(name string) string {
	fits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if fits = strings.Trim(fits, "_"); fits == "" || fits[0] <= '9' {
		fits = "machine_" + fits
	}
	return fits
}

// logicalID is a name as CloudFormation has them: "order-flow" is OrderFlow.
func logicalID(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(identifier(name), "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
