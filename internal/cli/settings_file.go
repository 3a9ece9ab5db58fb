package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file reads aslocal.yaml. An error in it is reported with file, line and
// column. A settings file that was found in a folder may come from somebody else:
// the paths in it must not lead out of that folder. One that --config names may
// name any path.

// settingsFile is what serve and run look for in the folder.
const settingsFile = "aslocal.yaml"

// file is what a settings file says; what it does not say is "".
type file struct {
	name          string // of the file
	named         bool   // by --config
	account       string
	accounts      map[string]string // by access key
	region        string
	waitTimeScale string
	endpoint      string            // of Lambda functions
	functions     map[string]string // name or ARN to URL
	s3Endpoint    string
	s3Folder      string
	services      map[string]string // endpoints of other services, by name
	allServices   string            // endpoint of the services that have none of their own
	machines      map[string]machineSettings
	local         map[string]functionSettings // functions by name that run as processes, or are at a URL
	allowedHosts  []string                    // names that requests may have in Host
	http          httpSettings
	mocks         string // path of a mock configuration
	missing       string // what happens to a task that nothing can answer: fail or hold
	faults        []emulator.Fault
	tls           tlsSettings
	logs          string // path of the file that serve writes log events to; "-": the standard output
}

// machineSettings say more about a state machine that serve registers from a file.
type machineSettings struct {
	file    string // the definition; by default it is found by name
	kind    string // STANDARD or EXPRESS
	roleARN string
}

// readSettings reads the named settings file, or aslocal.yaml of the folder if
// there is one.
func readSettings(name, folder string) (file, error) {
	if name != "" {
		text, err := sourcefile.Named(name)
		if err != nil {
			return file{}, exit(ExitUsage, "", "%v", err)
		}
		f, err := parseSettings(name, string(text))
		f.named = true
		return f, err
	}
	text, err := sourcefile.Inside(folder, settingsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return file{}, nil
	}
	if err != nil {
		return file{}, exit(ExitUsage, "--config names a settings file that is elsewhere", "%v", err)
	}
	return parseSettings(filepath.Join(folder, settingsFile), string(text))
}

// parseSettings reads the text of a settings file. The error is an *exitError.
func parseSettings(name, text string) (file, error) {
	f := file{name: name, accounts: make(map[string]string), functions: make(map[string]string), services: make(map[string]string), machines: make(map[string]machineSettings), local: make(map[string]functionSettings)}
	document, table, err := position.YAML(text)
	if bad := (*position.SyntaxError)(nil); errors.As(err, &bad) {
		return f, exit(ExitUsage, "", "%s:%d:%d: %s", name, bad.At.Line, bad.At.Column, bad.Message)
	}
	if err != nil {
		return f, exit(ExitUsage, "", "%s: %v", name, err)
	}
	if document.IsNull() || !document.Exists() {
		return f, nil // nothing but comments
	}
	r := settingsReader{name: name, table: table}
	r.members("", document, map[string]reading{
		"account":       r.into(&f.account, isAccount, "twelve digits in quotes"),
		"accounts":      r.each(r.accessKey(f.accounts)),
		"region":        r.into(&f.region, isRegion, "the name of a region such as eu-west-1"),
		"waitTimeScale": r.into(&f.waitTimeScale, isScale, scaleExpected),
		"lambda": r.object(map[string]reading{
			"endpoint":  r.into(&f.endpoint, isEndpoint, "a URL such as http://localhost:3001"),
			"functions": r.each(r.function(f.functions)),
		}),
		"s3": r.object(map[string]reading{
			"endpoint": r.into(&f.s3Endpoint, isS3Endpoint, "a URL such as http://localhost:9000"),
			"dir":      r.into(&f.s3Folder, notEmpty, "the path of a folder whose folders are buckets"),
		}),
		"services":    r.each(r.service(&f)),
		"functions":   r.each(r.localFunction(f.local)),
		"machines":    r.each(r.machine(f.machines)),
		"allowHosts":  r.list(&f.allowedHosts, isHost, hostExpected),
		"connections": r.each(r.connection(&f.http)),
		"http": r.object(map[string]reading{
			"endpoints": r.each(r.httpEndpoint(&f.http)),
			"allow":     r.list(&f.http.allow, isHTTPHost, httpHostExpected),
		}),
		"mocks":   r.into(&f.mocks, notEmpty, "the path of a mock configuration"),
		"missing": r.into(&f.missing, isMissing, missingExpected),
		"faults":  r.faults(&f.faults),
		"tls":     r.tls(&f.tls),
		"logs":    r.into(&f.logs, notEmpty, "the path of a file in the folder, or -"),
	})
	if r.failed != nil {
		return f, r.failed
	}
	for name, one := range f.local {
		if one.url != "" {
			f.functions[name] = one.url
		}
	}
	return f, nil
}

// A reading takes the value of one setting, which stands at the pointer.
type reading func(pointer string, v value.Value)

// A settingsReader holds the first error.
type settingsReader struct {
	name   string
	table  *position.Table
	failed error
}

// wrong records the first error, with the place of the value or of its key.
func (r *settingsReader) wrong(pointer string, atKey bool, hint, format string, args ...any) {
	if r.failed != nil {
		return
	}
	place, _ := r.table.Lookup(pointer)
	where := place.Shown(atKey)
	at := r.name
	if where.Known() {
		at += ":" + where.Start.String()
	}
	r.failed = exit(ExitUsage, hint, "%s: %s", at, fmt.Sprintf(format, args...))
}

// members reads an object whose members are known.
func (r *settingsReader) members(pointer string, v value.Value, known map[string]reading) {
	if v.Kind() != value.Object {
		r.wrong(pointer, true, "", "%s: expected settings with names, got %s", shownPointer(pointer), v.Kind())
		return
	}
	for name, member := range v.Members() {
		at := pointer + "/" + position.Escape(name)
		read := known[name]
		if read == nil {
			names := slices.Sorted(maps.Keys(known))
			hint := "there are " + strings.Join(names, ", ")
			if near := spell.Suggest(name, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			r.wrong(at, true, hint, "%s: there is no such setting", shownPointer(at))
			return
		}
		if !member.IsNull() { // "lambda:" with nothing below it says nothing
			read(at, member)
		}
	}
}

func (r *settingsReader) object(known map[string]reading) reading {
	return func(pointer string, v value.Value) { r.members(pointer, v, known) }
}

// each reads an object whose members' names are free.
func (r *settingsReader) each(read func(name, pointer string, v value.Value)) reading {
	return func(pointer string, v value.Value) {
		if v.Kind() != value.Object {
			r.wrong(pointer, true, "", "%s: expected an object, got %s", shownPointer(pointer), v.Kind())
			return
		}
		for name, member := range v.Members() {
			read(name, pointer+"/"+position.Escape(name), member)
		}
	}
}

// into reads a text, or a number as its text, that fits.
func (r *settingsReader) into(to *string, fits func(string) bool, expected string) reading {
	return func(pointer string, v value.Value) {
		text := v.Text()
		switch v.Kind() {
		case value.Number:
			text = v.NumberText()
		case value.String:
		default:
			r.wrong(pointer, true, "", "%s: expected %s, got %s", shownPointer(pointer), expected, v.Kind())
			return
		}
		if !fits(text) {
			r.wrong(pointer, false, "", "%s: expected %s, got %q", shownPointer(pointer), expected, withoutPassword(text))
			return
		}
		*to = text
	}
}

// list reads an array of texts that fit.
func (r *settingsReader) list(to *[]string, fits func(string) bool, expected string) reading {
	return func(pointer string, v value.Value) {
		if v.Kind() != value.Array {
			r.wrong(pointer, true, "", "%s: expected a list, each %s, got %s", shownPointer(pointer), expected, v.Kind())
			return
		}
		for i, item := range v.Items() {
			var text string
			r.into(&text, fits, expected)(pointer+"/"+strconv.Itoa(i), item)
			*to = append(*to, text)
		}
	}
}

// accessKey reads the account of an access key.
func (r *settingsReader) accessKey(to map[string]string) func(name, pointer string, v value.Value) {
	return func(name, pointer string, v value.Value) {
		var account string
		r.into(&account, isAccount, "twelve digits in quotes")(pointer, v)
		to[name] = account
	}
}

func (r *settingsReader) function(to map[string]string) func(name, pointer string, v value.Value) {
	return func(name, pointer string, v value.Value) {
		var url string
		r.into(&url, isEndpoint, "a URL such as http://localhost:9000")(pointer, v)
		to[name] = url
	}
}

// service reads the settings of one service; * stands for all others.
func (r *settingsReader) service(f *file) func(name, pointer string, v value.Value) {
	return func(name, pointer string, v value.Value) {
		service := name
		if name == everyService {
			service = ""
		} else if err := emulator.CheckServiceEndpoint(name, realAWS); err != nil {
			r.wrong(pointer, true, "", "%s: %v", shownPointer(pointer), err)
			return
		}
		var endpoint string
		r.members(pointer, v, map[string]reading{
			"endpoint": r.into(&endpoint, func(text string) bool { return text != "" && emulator.CheckServiceEndpoint(service, text) == nil }, serviceExpected),
		})
		switch {
		case endpoint == "":
		case service == "":
			f.allServices = endpoint
		default:
			f.services[service] = endpoint
		}
	}
}

// everyService is the name in the settings of the services that have no settings of
// their own.
const everyService = "*"

// realAWS is the endpoint of a service that is called at AWS itself.
const realAWS = "aws"

const serviceExpected = "a URL such as http://localhost:5000, or aws"

func isServicesEndpoint(text string) bool {
	return text != "" && emulator.CheckServiceEndpoint("", text) == nil
}

func (r *settingsReader) machine(to map[string]machineSettings) func(name, pointer string, v value.Value) {
	return func(name, pointer string, v value.Value) {
		var m machineSettings
		r.members(pointer, v, map[string]reading{
			"file":    r.into(&m.file, notEmpty, "the path of a definition"),
			"type":    r.into(&m.kind, isType, "STANDARD or EXPRESS"),
			"roleArn": r.into(&m.roleARN, notEmpty, "an ARN"),
		})
		to[name] = m
	}
}

// shownPointer is how people write a pointer: machines.quote.type.
func shownPointer(pointer string) string {
	if pointer == "" {
		return "the file"
	}
	parts := strings.Split(pointer[1:], "/")
	for i := range parts {
		parts[i] = position.Unescape(parts[i])
	}
	return strings.Join(parts, ".")
}

func notEmpty(text string) bool { return text != "" }

const hostExpected = "the name of a host such as host.docker.internal"

func isHost(text string) bool { return text != "" && !strings.ContainsAny(text, "/@ \t\n") }

func isType(text string) bool { return text == "STANDARD" || text == "EXPRESS" }

func isEndpoint(text string) bool {
	return text != "" && emulator.CheckLambdaEndpoint(text) == nil
}

func isS3Endpoint(text string) bool { return text != "" && emulator.CheckS3Endpoint(text) == nil }
