package cli

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file reads functions of aslocal.yaml: Lambda functions that run as processes of
// this machine, and what it says otherwise of functions that a template has.
//
//	functions:
//	  pay: {runtime: python3.12, handler: app.handler, folder: src/pay, timeout: 10}
//	  rate: {command: [java, -jar, rate.jar], folder: build}
//	  old: {url: http://localhost:9000}

// functionSettings say how a function runs; what they do not say is "".
type functionSettings struct {
	at          string // file:line
	url         string // of an endpoint; the others are "" then
	folder      string
	runtime     string
	handler     string
	command     []string
	environment map[string]string
	timeout     string // seconds
	memory      string // MB
	concurrency string
	layers      []string // folders
}

func (r *settingsReader) localFunction(to map[string]functionSettings) func(name, pointer string, v value.Value) {
	return func(name, pointer string, v value.Value) {
		f := functionSettings{at: r.name, environment: make(map[string]string)}
		if place, _ := r.table.Lookup(pointer); place.Key.Known() {
			f.at = fmt.Sprintf("%s:%d", r.name, place.Key.Start.Line)
		}
		if name == "" {
			r.wrong(pointer, true, "", "functions: expected the name of a function, got \"\"")
			return
		}
		r.members(pointer, v, map[string]reading{
			"url":         r.into(&f.url, isEndpoint, "a URL such as http://localhost:9000"),
			"folder":      r.into(&f.folder, notEmpty, "the path of a folder with code"),
			"runtime":     r.into(&f.runtime, notEmpty, "a runtime such as python3.12"),
			"handler":     r.into(&f.handler, notEmpty, "a handler such as app.handler"),
			"command":     r.list(&f.command, notEmpty, "a part of a command"),
			"environment": r.each(r.variable(f.environment)),
			"timeout":     r.into(&f.timeout, isNumberUpTo(900), "a number of seconds from 1 to 900"),
			"memory":      r.into(&f.memory, isNumberUpTo(10240), "a number of MB from 1 to 10240"),
			"concurrency": r.into(&f.concurrency, isNumberUpTo(1000), "a number of calls from 1 to 1000"),
			"layers":      r.list(&f.layers, notEmpty, "the path of a folder"),
		})
		if f.url != "" && v.Len() > 1 {
			r.wrong(pointer+"/url", true, "", "%s: a function at a URL has no other settings", shownPointer(pointer+"/url"))
		}
		to[name] = f
	}
}

// variable reads a variable of the environment: a text, a number or a truth value.
func (r *settingsReader) variable(to map[string]string) func(name, pointer string, v value.Value) {
	return func(name, pointer string, v value.Value) {
		if v.Kind() == value.Bool {
			to[name] = v.String()
			return
		}
		var text string
		r.into(&text, func(string) bool { return true }, "a text")(pointer, v)
		to[name] = text
	}
}

// isNumberUpTo returns a check of whole numbers from 1.
func isNumberUpTo(most int) func(string) bool {
	return func(text string) bool {
		n, err := strconv.Atoi(text)
		return err == nil && n >= 1 && n <= most
	}
}

// over returns a function as the settings have it: one of a template, with what they say
// otherwise, or one of their own, which is the zero Function but for its name. Paths are
// relative to the folder; those of a settings file that was found there stay inside it.
func (f functionSettings) over(function emulator.Function, folder string, named bool) emulator.Function {
	path := func(name string) string {
		inside := sourcefile.Contains(folder, name) == nil
		if !filepath.IsAbs(name) {
			name = filepath.Join(folder, name)
		}
		if !inside && !named {
			function.Broken = fmt.Sprintf("%s is no folder inside the folder of %s; only a settings file that --config names may refer to others", name, settingsFile)
		}
		return absolute(name)
	}
	switch {
	case f.folder != "" || len(f.command) > 0:
		function.Broken = ""
		function.Folder = path(cmp.Or(f.folder, "."))
	case function.Place == "": // of no template
		function.Folder = path(".")
	}
	if len(f.layers) > 0 {
		function.Layers = nil
		for _, layer := range f.layers {
			function.Layers = append(function.Layers, path(layer))
		}
	}
	function.Runtime, function.Handler = cmp.Or(f.runtime, function.Runtime), cmp.Or(f.handler, function.Handler)
	if len(f.command) > 0 {
		function.Command = f.command
	}
	number := func(text string, otherwise int) int {
		n, _ := strconv.Atoi(text) // checked when it was read
		return cmp.Or(n, otherwise)
	}
	function.Timeout = time.Duration(number(f.timeout, int(function.Timeout/time.Second))) * time.Second
	function.MemoryMB, function.Concurrency = number(f.memory, function.MemoryMB), number(f.concurrency, function.Concurrency)
	environment := maps.Clone(f.environment)
	for name, text := range function.Environment {
		if _, set := environment[name]; !set {
			environment[name] = text
		}
	}
	function.Environment = environment
	function.Place = f.at
	return function
}

// absolute is the absolute path of a folder, for a process that runs elsewhere.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
