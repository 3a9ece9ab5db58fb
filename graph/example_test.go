package graph_test

import (
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/graph"
)

func ExampleLayout() {
	definition, _ := asl.Parse(`{"StartAt": "Ask", "States": {
		"Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Ready?"},
		"Ready?": {"Type": "Choice", "Choices": [{"Variable": "$.ready", "BooleanEquals": true, "Next": "Done"}], "Default": "Wait"},
		"Wait": {"Type": "Wait", "Seconds": 5, "Next": "Ask"},
		"Done": {"Type": "Succeed"}
	}}`)
	drawing := graph.Layout(definition, graph.Options{})
	fmt.Printf("%s", drawing.Outline())
	// Output:
	// ● Ask     lambda invoke
	// ◆ Ready?  ready → Done · default → Wait
	// ◉ Done    Succeed
	// ◷ Wait    5 s · → Ask
}
