package emulator

import (
	"net/http"

	"github.com/aslocal/aslocal/emulator/ui"
)

// This file shows what runs on another server.

// NewViewer returns an http.Handler of the pages for another server, whose API the
// configuration has. Like an emulator it answers only requests for localhost and for the
// allowed hosts, and no pages from elsewhere.
func NewViewer(c ui.Config, allowedHosts ...string) http.Handler {
	return newAccess(allowedHosts, ui.New(c), func(*http.Request, int, string) {})
}
