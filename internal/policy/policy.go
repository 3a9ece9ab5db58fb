// Package policy holds the import policy as code: which of our packages may
// import which, and which of them must not know a clock, a file, a network or
// chance. Its test reads every Go file of the repository; a new package needs a
// row in the table here.
//
//	value ← jsonpath, jsonata ← asl ← asl/machine ← emulator/internal/engine ← emulator ← internal/cli ← cmd/aslocal
//
// An arrow that you need the other way means that the thing is in the wrong
// package, or wants a small interface declared by its user.
package policy

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// module is the path that imports of our own packages begin with.
const module = "github.com/aslocal/aslocal"

// A row is the policy of one package, or of a folder and all below it if its
// name ends in "/...". The same form names a folder in imports.
type row struct {
	name    string
	imports string // which of ours it may import, separated by spaces
	pure    bool   // replays must give the same, so nothing in it may ask the world outside
}

// table has a row for every package, from the bottom to the top. The longest
// name that fits a package decides.
var table = []row{
	{name: "internal/cell", pure: true},
	{name: "value", imports: "internal/cell", pure: true},
	{name: "internal/spell", pure: true},
	{name: "internal/regular"},
	{name: "internal/awsapi", imports: "internal/spell", pure: true},
	{name: "internal/service", imports: "value internal/awsapi", pure: true},
	{name: "internal/jptest", imports: "value"},
	{name: "internal/printable", pure: true},
	{name: "internal/position", imports: "value", pure: true},
	{name: "internal/difference", imports: "value internal/position", pure: true},
	{name: "internal/patch", imports: "value internal/position", pure: true},
	{name: "jsonpath", imports: "value", pure: true},
	{name: "jsonata/internal/wtf8", pure: true},
	{name: "jsonata/internal/ecma", imports: "value", pure: true},
	{name: "jsonata/internal/picture", imports: "jsonata/internal/wtf8 jsonata/internal/ecma", pure: true},
	{name: "jsonata", imports: "value internal/cell jsonata/internal/wtf8 jsonata/internal/ecma jsonata/internal/picture", pure: true},
	{name: "asl/intrinsic", imports: "value jsonpath", pure: true},
	{name: "asl", imports: "value jsonpath jsonata asl/intrinsic internal/awsapi internal/position internal/printable internal/service internal/spell", pure: true},
	{name: "asl/edit", imports: "value asl internal/patch internal/position", pure: true},
	{name: "asl/assist", imports: "value asl asl/edit internal/awsapi internal/position internal/service", pure: true},
	{name: "asl/machine", imports: "value jsonpath jsonata asl asl/intrinsic internal/position internal/spell", pure: true},

	{name: "graph", imports: "value asl"},
	{name: "internal/expression", imports: "value jsonpath jsonata asl asl/intrinsic internal/position"},
	{name: "internal/sourcefile", imports: "internal/regular"},
	{name: "internal/certificate", imports: "internal/sourcefile"},
	{name: "internal/template", imports: "value asl internal/position internal/sourcefile internal/spell"},

	{name: "internal/lsp", imports: "asl asl/assist asl/edit internal/template"},

	{name: "emulator/timeline", imports: "value asl asl/machine", pure: true},
	{name: "emulator/journal"},
	{name: "emulator/journal/storetest", imports: "emulator/journal"},
	{name: "emulator/internal/api/fault", imports: "value"},
	{name: "emulator/internal/api/awsjson", imports: "value emulator/internal/api/fault"},
	{name: "emulator/internal/arn", imports: "emulator/internal/api/fault"},
	{name: "emulator/internal/caller", imports: "emulator/internal/arn"},
	{name: "emulator/internal/random"},
	{name: "emulator/internal/history", imports: "value asl asl/machine", pure: true},
	{name: "emulator/internal/capture", imports: "value asl asl/machine emulator/timeline", pure: true},
	{name: "emulator/internal/lambda"},
	{name: "emulator/internal/awsclient", imports: "value internal/awsapi internal/spell emulator/internal/random"},
	{name: "emulator/internal/s3", imports: "internal/regular"},
	{name: "emulator/internal/task", imports: "value asl internal/awsapi internal/service emulator/internal/awsclient emulator/internal/arn emulator/internal/lambda emulator/internal/random emulator/internal/s3"},
	{name: "emulator/internal/mock", imports: "value asl asl/machine emulator/journal emulator/internal/random internal/position internal/sourcefile internal/spell emulator/internal/task"},
	{name: "emulator/internal/distributedmap/reader", imports: "value asl internal/position emulator/internal/s3"},
	{name: "emulator/internal/distributedmap/writer", imports: "value asl emulator/internal/s3"},
	{name: "emulator/internal/distributedmap", imports: "value asl emulator/internal/s3 emulator/internal/task emulator/internal/distributedmap/..."},
	{name: "emulator/internal/engine", imports: "value asl asl/machine emulator/journal emulator/timeline emulator/internal/arn emulator/internal/task"},
	{name: "emulator/internal/outbox", imports: "value asl/machine internal/awsapi emulator/internal/arn emulator/internal/awsclient emulator/internal/engine emulator/internal/history emulator/internal/random"},
	{name: "emulator/internal/registry", imports: "value asl asl/machine emulator/journal emulator/internal/arn emulator/internal/random emulator/internal/api/fault"},
	{name: "emulator/internal/api", imports: "value asl asl/machine emulator/journal emulator/internal/arn emulator/internal/caller emulator/internal/random emulator/internal/registry emulator/internal/engine emulator/internal/history emulator/internal/mock emulator/internal/task emulator/internal/s3 emulator/internal/distributedmap/reader internal/service emulator/internal/api/awsjson emulator/internal/api/fault"},
	{name: "emulator/replay", imports: "value asl asl/machine emulator/timeline emulator/internal/history internal/difference", pure: true},
	{name: "emulator/coverage", imports: "asl asl/machine emulator/timeline graph"},
	{name: "emulator/debug", imports: "value asl asl/machine emulator/internal/engine internal/expression internal/position"},
	{name: "emulator/ui", imports: "value jsonpath jsonata asl/... graph emulator/debug emulator/timeline emulator/internal/history internal/awsapi internal/difference internal/expression internal/patch internal/position internal/service internal/sourcefile internal/template"},
	{name: "emulator/ui/browsertest", imports: "emulator"},
	{name: "emulator", imports: "value jsonpath jsonata asl/... graph emulator/... internal/awsapi internal/expression internal/position internal/service internal/spell"},

	{name: "emulator/testcase", imports: "value asl asl/machine emulator emulator/coverage emulator/timeline emulator/internal/mock internal/expression internal/position internal/sourcefile internal/spell"},
	{name: "internal/dap", imports: "value asl asl/machine emulator emulator/debug internal/expression internal/position internal/template"},

	{name: "conformance", imports: "value asl emulator emulator/journal internal/position"},
	{name: "conformance/clients"},
	{name: "internal/cli/...", imports: "value jsonpath jsonata asl/... graph emulator/... conformance internal/..."},
	{name: "internal/attack", imports: "emulator"},
	{name: "internal/compare", imports: "emulator"},
	{name: "internal/awsmodels", imports: "internal/awsapi"},
	{name: "internal/release", imports: "value"},
	{name: "internal/policy"},
	{name: "cmd/aslocal", imports: "internal/cli"},
	{name: "examples/...", imports: "value jsonpath jsonata asl/... graph emulator/... conformance"},
}

// impure says why a pure package may not import a package of the standard
// library, or one below it.
var impure = map[string]string{
	"net":         "the network is the engine's",
	"os":          "files and environment are the caller's",
	"io/ioutil":   "files are the caller's",
	"syscall":     "the system is the caller's",
	"log":         "libraries print nothing",
	"math/rand":   "randomness comes from the execution's seed",
	"crypto/rand": "randomness comes from the execution's seed",
}

// harmless are packages below the impure ones that only deal with texts.
var harmless = []string{"net/netip", "net/url"}

// impureNames says which names of a package that has its good uses a pure
// package may not use, and why.
var impureNames = []struct{ path, names, why string }{
	{"time", "Now Since Until", "time is in the stimulus"},
	{"time", "Sleep After AfterFunc Tick NewTicker NewTimer", "timers are commands to the engine"},
	{"time", "Local LoadLocation", "time zones of the system differ from one to another"},
	{"github.com/google/uuid", "New NewString NewRandom NewUUID NewV6 NewV7", "ids come from the execution's seed"},
}

// unsafeFiles may use unsafe: the layout of values in memory, and a system call
// that takes the address of what it sets.
var unsafeFiles = []string{"internal/cell/compact.go", "emulator/internal/lambda/process_windows.go"}

// A Violation is a place where a file does not keep to the policy.
type Violation struct {
	File string // from the root of the repository
	Line int
	What string // "imports emulator", "uses time.Now"
	Rule string // why not
}

// String returns "file:line: what: rule".
func (v Violation) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", v.File, v.Line, v.What, v.Rule)
}

// Check reads every Go file below the root of a repository and returns what
// does not keep to the policy, in the order of the files. Test files are free:
// they read data and measure time. Folders that the go command passes over
// (testdata, those that begin with . or _) and other modules are left out. The
// error is that of reading or parsing a file.
func Check(repository fs.FS) ([]Violation, error) {
	var found []Violation
	err := fs.WalkDir(repository, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if foreign(repository, name) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(repository, name)
		if err != nil {
			return err
		}
		violations, err := checkFile(name, text)
		found = append(found, violations...)
		return err
	})
	return found, err
}

// foreign reports whether a folder holds no package of ours.
func foreign(repository fs.FS, folder string) bool {
	if folder == "." {
		return false
	}
	if base := path.Base(folder); base == "testdata" || base == "vendor" || base == "node_modules" || base[0] == '.' || base[0] == '_' {
		return true
	}
	_, err := fs.Stat(repository, path.Join(folder, "go.mod"))
	return err == nil
}

func checkFile(name string, text []byte) ([]Violation, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, 0)
	if err != nil {
		return nil, err
	}
	var found []Violation
	report := func(pos token.Pos, what, rule string) {
		found = append(found, Violation{File: name, Line: files.Position(pos).Line, What: what, Rule: rule})
	}
	own := path.Dir(name)
	r, ok := rowOf(own)
	if !ok {
		report(file.Package, "is in package "+own, "every package has a row in internal/policy")
		return found, nil
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if rule := r.forbids(imported, name); rule != "" {
			report(spec.Pos(), "imports "+imported, rule)
		}
		if !r.pure {
			continue
		}
		for _, impure := range impureNames {
			if imported != impure.path {
				continue
			}
			if spec.Name != nil && spec.Name.Name == "." {
				report(spec.Pos(), "imports all names of "+imported, impure.why)
			}
			for _, use := range uses(file, localName(spec, imported), strings.Fields(impure.names)) {
				report(use.Pos(), "uses "+path.Base(imported)+"."+use.Sel.Name, r.name+" is pure, "+impure.why)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Violation) int { return a.Line - b.Line })
	return found, nil
}

// rowOf returns the row that decides on a package.
func rowOf(name string) (row, bool) {
	best, ok := row{}, false
	for _, r := range table {
		if within(name, r.name) && len(r.name) > len(best.name) {
			best, ok = r, true
		}
	}
	return best, ok
}

// within reports whether a package is the one that the pattern names, or
// below it if the pattern ends in "/...".
func within(name, pattern string) bool {
	folder, below := strings.CutSuffix(pattern, "/...")
	return name == folder || below && strings.HasPrefix(name, folder+"/")
}

// forbids returns why a file of the row's package may not import a package, or
// "" if it may.
func (r row) forbids(imported, file string) string {
	switch {
	case imported == "C":
		return "we build without CGO"
	case imported == "unsafe" && !slices.Contains(unsafeFiles, file):
		return "only these are unsafe: " + strings.Join(unsafeFiles, ", ")
	case imported == module || strings.HasPrefix(imported, module+"/"):
		imported = strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
		for _, allowed := range strings.Fields(r.imports) {
			if within(imported, allowed) {
				return ""
			}
		}
		if r.imports == "" {
			return r.name + " imports none of our packages"
		}
		return r.name + " imports of ours only " + strings.ReplaceAll(r.imports, " ", ", ")
	case r.pure && !slices.Contains(harmless, imported):
		for folder := imported; folder != "."; folder = path.Dir(folder) {
			if why, ok := impure[folder]; ok {
				return r.name + " is pure, " + why
			}
		}
	}
	return ""
}

// localName returns what a file calls a package that it imports.
func localName(spec *ast.ImportSpec, imported string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return path.Base(imported)
}

// uses returns where a file uses any of the names of an imported package. An
// identifier that the parser has resolved is a variable of that name, not the
// package.
func uses(file *ast.File, local string, names []string) []*ast.SelectorExpr {
	var found []*ast.SelectorExpr
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			x, ok := selector.X.(*ast.Ident)
			if ok && x.Name == local && x.Obj == nil && slices.Contains(names, selector.Sel.Name) {
				found = append(found, selector)
			}
		}
		return true
	})
	return found
}
