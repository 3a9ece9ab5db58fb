package browsertest

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

// This file tests the editor's page: the document, its text, saving, and trying it out.

// openFolder opens the page of a server of a folder with files, at a place.
func openFolder(t *testing.T, files map[string]string, place string, options ...emulator.Option) (p *tab, folder string) {
	t.Helper()
	startBrowser(t)
	folder = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	em, err := emulator.New(append(options, emulator.WithUI(emulator.UI{Folder: folder}))...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(em)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := em.Close(); err != nil {
			t.Errorf("closing the emulator: %v", err)
		}
	})
	return openTabAt(t, server.URL, place), folder
}

// editing is the place of the editor of a file.
func editing(path, view string) string {
	q := url.Values{"path": {path}}
	if view != "" {
		q.Set("view", view)
	}
	return "#/edit?" + q.Encode()
}

const orderYAML = `# The order of a customer
StartAt: Validate
States:
  Validate:
    Type: Pass # checks nothing yet
    Next: Done
  Done:
    Type: Succeed
`

func TestEditShell(t *testing.T) {
	p, _ := openFolder(t, map[string]string{"order.asl.yaml": orderYAML}, editing("order.asl.yaml", ""))
	p.see("saved", "saved to order.asl.yaml")
	p.until(`document.querySelectorAll('.node').length > 2`)
	p.screenshot("edit-design")
	p.click("view-split", "")
	p.see("code", "")
	p.screenshot("edit-split")
}
