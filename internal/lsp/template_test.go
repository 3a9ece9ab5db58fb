package lsp

import (
	"strings"
	"testing"
)

// TestTemplates asks about two definitions in one template: an object, and a text.
func TestTemplates(t *testing.T) {
	const uri = "file:///work/template.yaml"
	text := `Resources:
  Orders:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition:
        StartAt: Pay
        States:
          Pay:
            Type: Pass
            Next: Done
          Done:
            Type: Succeed
  Bills:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/r
      DefinitionString: !Sub |
        {
          "StartAt": "Pay",
          "States": {
            "Pay": {"Type": "Pass", "Next": "Done"},
            "Done": {"Type": "Succeed"}
          }
        }
`
	c := start(t, Options{Commands: []string{"run"}}, "{}")
	if found := c.open(uri, text); found.Len() != 0 {
		t.Errorf("of a valid template: %s", found)
	}
	for _, one := range []struct{ mark, old, new string }{
		{"StartAt: |Pay", "StartAt: Pay\n        States:\n          Pay:", "StartAt: Begin\n        States:\n          Begin:"},
		{`"StartAt": "|Pay"`, "\"StartAt\": \"Pay\",\n          \"States\": {\n            \"Pay\":", "\"StartAt\": \"Begin\",\n          \"States\": {\n            \"Begin\":"},
	} {
		result := c.call("textDocument/rename", at(t, uri, text, one.mark, `, "newName": "Begin"`))
		want := strings.Replace(text, one.old, one.new, 1)
		if got := applied(t, text, result.Get("changes").Get(uri)); got != want || got == text {
			t.Errorf("%s: got\n%s\nfrom %s", one.mark, got, result)
		}
	}
	var outline []string
	for _, s := range c.call("textDocument/documentSymbol", `{"textDocument": {"uri": "`+uri+`"}}`).Items() {
		outline = append(outline, s.Get("name").Text())
		for _, inner := range s.Get("children").Items() {
			outline = append(outline, inner.Get("name").Text())
		}
	}
	if got := strings.Join(outline, " "); got != "Orders Pay Done Bills Pay Done" {
		t.Errorf("outline: %s", got)
	}
	lenses := c.call("textDocument/codeLens", `{"textDocument": {"uri": "`+uri+`"}}`)
	for i, want := range []string{"/work/template.yaml#Orders", "/work/template.yaml#Bills"} {
		if got := lenses.Index(i).Get("command").Get("arguments").Index(0).Get("argv").Index(2).Text(); got != want {
			t.Errorf("lens %d runs %q, want %q", i, got, want)
		}
	}
	if got := c.call("textDocument/hover", at(t, uri, text, "Res|ources", "")); got.String() != "null" {
		t.Errorf("hover outside of the definitions: %s", got)
	}
	half := strings.Replace(text, "          Done:\n            Type: Succeed\n", "          Done:\n            Type: Wait\n            \n", 1)
	c.open(uri, half)
	list := c.call("textDocument/completion", at(t, uri, half, "Type: Wait\n            |", ""))
	if !strings.Contains(list.String(), `"label":"Seconds"`) {
		t.Errorf("completion at the end of a definition: %s", list)
	}
}
