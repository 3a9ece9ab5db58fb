package emulator_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// What is said of a state machine is shown where it is listed and described, until
// something else is said. A registration configures logging and tracing.
func TestNotes(t *testing.T) {
	em, err := emulator.New(emulator.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer em.Close()
	tracing := value.OfMembers("enabled", value.OfBool(true))
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}`, Tracing: tracing})
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range []string{"its file is gone", ""} {
		em.SetNotes(map[string]string{"m": note, "other": "x"})
		for operation, body := range map[string]string{"ListStateMachines": `{}`, "DescribeStateMachine": `{"stateMachineArn": "` + arn + `"}`} {
			_, answer := post(em, operation, body)
			if shown := `"note":"` + note + `"`; strings.Contains(answer, shown) != (note != "") || strings.Contains(answer, `"note"`) != (note != "") {
				t.Errorf("%s with the note %q: got %s", operation, note, answer)
			}
			if operation == "DescribeStateMachine" && !strings.Contains(answer, `"tracingConfiguration":{"enabled":true}`) {
				t.Errorf("tracing is off in %s", answer)
			}
		}
	}
}
