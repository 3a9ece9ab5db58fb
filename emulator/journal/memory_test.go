package journal_test

import (
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/emulator/journal/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(testing.TB) journal.Store { return journal.NewMemory() })
}
