package cli

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/dap"
	"github.com/aslocal/aslocal/value"
)

// The extension has the files that VS Code wants, and starts the program with dap; what it
// lets people write in a launch configuration is what a launch request reads.
func TestVSIX(t *testing.T) {
	vsix, err := makeVSIX("/opt/aslocal")
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(vsix), int64(len(vsix)))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r)
		files[f.Name] = string(text)
	}
	for _, name := range []string{"[Content_Types].xml", "extension.vsixmanifest"} {
		if err := xml.Unmarshal([]byte(files[name]), new(struct{})); err != nil || files[name] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	pack := value.MustParse(files["extension/package.json"])
	if !strings.Contains(files["extension.vsixmanifest"], `Version="`+pack.Get("version").Text()+`"`) {
		t.Errorf("the manifest has another version than %s", pack.Get("version"))
	}
	debugger := pack.Get("contributes").Get("debuggers").Index(0)
	if got := debugger.Get("runtime").Text() + " " + debugger.Get("runtimeArgs").String(); got != `/opt/aslocal ["dap"]` {
		t.Errorf("it starts %s", got)
	}
	for _, list := range []string{"jsonValidation", "yamlValidation"} {
		for _, one := range pack.Get("contributes").Get(list).Items() {
			if name := "extension/" + strings.TrimPrefix(one.Get("url").Text(), "./"); files[name] == "" {
				t.Errorf("%s is not in the extension", name)
			}
		}
	}
	var written, read []string
	for name := range debugger.Get("configurationAttributes").Get("launch").Get("properties").Members() {
		written = append(written, name)
	}
	for f := range reflect.TypeFor[dap.Launch]().Fields() {
		if name := f.Tag.Get("json"); name != "noDebug" { // VS Code sets it itself
			read = append(read, name)
		}
	}
	slices.Sort(written)
	slices.Sort(read)
	if !slices.Equal(written, read) {
		t.Errorf("the extension knows %v, a launch request %v", written, read)
	}
}
