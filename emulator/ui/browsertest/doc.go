// Package browsertest tests the pages of package ui in a browser.
package browsertest
