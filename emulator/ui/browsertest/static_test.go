package browsertest

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This file tests the files of the pages without a browser.

var static = os.DirFS("../static")

// read gives the text of a file of the pages.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(static, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// names lists the files of the pages.
func names(t *testing.T) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(static, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPagesAreSmall(t *testing.T) {
	// Compressed bytes. The editor is loaded when it is opened.
	const mostOfPages, mostOfAll = 200_000, 350_000
	pages, all := 0, 0
	for _, name := range names(t) {
		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		if _, err := w.Write([]byte(read(t, name))); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		all += zipped.Len()
		if !loadedWhenOpened(name) {
			pages += zipped.Len()
		}
	}
	t.Logf("the files have %d bytes compressed, %d of them are not of the editor", all, pages)
	if pages > mostOfPages {
		t.Errorf("the files without the editor have %d bytes compressed, want at most %d", pages, mostOfPages)
	}
	if all > mostOfAll {
		t.Errorf("all files have %d bytes compressed, want at most %d", all, mostOfAll)
	}
}

// loadedWhenOpened says whether a file is of the editor.
func loadedWhenOpened(name string) bool {
	return strings.HasPrefix(name, "edit/")
}

// TestPagesDoNotLoadTheEditor looks that no other page needs a module of the editor or the
// debugger before it can run.
func TestPagesDoNotLoadTheEditor(t *testing.T) {
	for _, name := range names(t) {
		if !strings.HasSuffix(name, ".js") || loadedWhenOpened(name) {
			continue
		}
		for _, match := range imported.FindAllStringSubmatch(read(t, name), -1) {
			if needed := path.Join(path.Dir(name), match[1]); loadedWhenOpened(needed) {
				t.Errorf("%s imports %s: import() it when it is opened", name, needed)
			}
		}
	}
}

var imported = regexp.MustCompile(`(?m)^(?:import|export)\s[^;]*?from '(\.[^']+)';`)

// modules gives a module and all that it needs before it can run.
func modules(t *testing.T, name string, seen map[string]bool) {
	t.Helper()
	if seen[name] {
		return
	}
	seen[name] = true
	for _, match := range imported.FindAllStringSubmatch(read(t, name), -1) {
		modules(t, path.Join(path.Dir(name), match[1]), seen)
	}
}

// TestPreload looks that the page names all modules that the first paint needs, so that
// the browser asks for them at once and not one after the other.
func TestPreload(t *testing.T) {
	seen := make(map[string]bool)
	modules(t, "app.js", seen)
	delete(seen, "app.js")
	var want, got []string
	for name := range seen {
		want = append(want, name)
	}
	slices.Sort(want)
	for _, match := range regexp.MustCompile(`rel="modulepreload" href="/_ui/static/([^"]+)"`).FindAllStringSubmatch(read(t, "index.html"), -1) {
		got = append(got, match[1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("index.html preloads\n%s\nwant what app.js imports:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNoMarkupFromData looks that no module can turn data into markup or code.
func TestNoMarkupFromData(t *testing.T) {
	never := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|setAttribute\('style'|createContextualFragment`)
	for _, name := range names(t) {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for number, line := range strings.Split(read(t, name), "\n") {
			if found := never.FindString(line); found != "" {
				t.Errorf("%s:%d uses %s", name, number+1, found)
			}
		}
	}
}

// TestIcons looks that each icon that is named in a module is drawn in icons.svg.
func TestIcons(t *testing.T) {
	sprite := read(t, "icons.svg")
	for _, name := range names(t) {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for _, match := range regexp.MustCompile(`\bicon\('([^'$]+)'`).FindAllStringSubmatch(read(t, name), -1) {
			if !strings.Contains(sprite, `id="i-`+match[1]+`"`) {
				t.Errorf("%s: icons.svg has no icon %q", name, match[1])
			}
		}
	}
}
