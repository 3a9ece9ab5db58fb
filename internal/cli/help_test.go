package cli

import "testing"

// Every command says what it does, and shows it.
func TestCommandsHaveHelp(t *testing.T) {
	for _, c := range newRoot().Commands() {
		if c.Short == "" || c.Example == "" {
			t.Errorf("aslocal %s has no description, or no example", c.Name())
		}
		if c.Long == "" {
			t.Errorf("aslocal %s has no long description", c.Name())
		}
	}
}
