package cli

import (
	"slices"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// TestKnowledgeOfAServer asks a server as the language server does.
func TestKnowledgeOfAServer(t *testing.T) {
	em := remoteServer(t)
	d, _ := asl.Parse(`{"StartAt": "S", "States": {"S": {"Type": "Choice", "Choices": [], "Default": "P"}, "P": {"Type": "Pass", "End": true}, "F": {"Type": "Fail"}}}`)
	l := languageServer{remote{em.URL()}}
	know := l.knowledge(t.Context(), "order", d)
	var names []string
	for _, m := range know.Machines {
		names = append(names, m.Name)
	}
	if want := []string{"nap", "order", "orders", "other"}; !slices.Equal(names, want) {
		t.Errorf("state machines: got %v, want %v", names, want)
	}
	for pointer, want := range map[string]string{"/States/S": "{}", "/States/P": "{}", "/States/F": ""} {
		if got := know.Data[pointer].Input.String(); got != want {
			t.Errorf("input of %s in the last run: got %s, want %s", pointer, got, want)
		}
	}
	if know := l.knowledge(t.Context(), "orders", d); know.Data != nil { // nothing is kept of Express executions
		t.Errorf("data of an Express state machine: %v", know.Data)
	}
	nowhere := languageServer{remote{"http://127.0.0.1:1"}}
	if know := nowhere.knowledge(t.Context(), "order", d); know.Machines != nil {
		t.Errorf("knowledge without a server: %v", know)
	}
}
