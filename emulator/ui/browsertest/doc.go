// Package browsertest tests the pages of package ui: their modules in Node, and, with
// -browser (make test-browser), whole pages in Chromium against a real server.
package browsertest
