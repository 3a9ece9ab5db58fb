package template

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file finds the code of functions and layers: a folder beside the template, one
// that the CDK or "sam build" has made, or text in the template.

// code finds the code of a function, or says why it is not there.
func (r *reader) code(p properties, f *Function, resource value.Value) {
	code := p.get("Code")
	image := p.text("PackageType") == "Image" || p.get("ImageUri").Exists() || code.Get("ImageUri").Exists()
	inline := p.get("InlineCode")
	if !inline.Exists() {
		inline = code.Get("ZipFile")
	}
	uri := p.get("CodeUri")
	if !uri.Exists() {
		uri = code
	}
	method := resource.Get("Metadata").Get("BuildMethod").Text()
	var built string
	var isBuilt bool
	if builtElsewhere(method) {
		built, isBuilt = r.built(f.ID)
	}
	switch {
	case image:
		f.Broken = f.image()
	case inline.Exists():
		f.Inline = p.plain(inline)
	case isBuilt:
		f.Folder = built
	case builtElsewhere(method) && !r.isBuildOutput():
		f.Broken = fmt.Sprintf("it is built (BuildMethod %s): run sam build, which makes %s", method, built)
	case !uri.Exists():
		f.Broken = "it has no code: CodeUri names its folder"
		if resource.Get("Type").Text() == "AWS::Lambda::Function" {
			f.Broken = "it has no code: Code names it"
		}
	default:
		f.Folder, f.Broken = found(r.codeFolder(uri, resource))
	}
}

// found returns a folder, or why there is none.
func found(folder string, err error) (at, broken string) {
	if err != nil {
		return "", err.Error()
	}
	return folder, ""
}

// image says what to do about a function that is a container image.
func (f *Function) image() string {
	return "it is a container image: run the container, and give its URL in aslocal.yaml (functions: " + f.Name + ": url)"
}

// archive says what to do about code that is one file.
func archive(path string) string {
	return "its code is the file " + path + ": unpack it, and name the folder in aslocal.yaml (functions)"
}

// builtElsewhere reports whether a build method of SAM makes something else of the
// sources than what the runtime takes.
func builtElsewhere(method string) bool {
	switch method {
	case "", "go1.x": // Go sources are built when they are needed
		return false
	}
	return method == "makefile" || method == "esbuild" || strings.HasPrefix(method, "rust") || strings.HasPrefix(method, "java") || strings.HasPrefix(method, "dotnet")
}

// buildOutput is where "sam build" puts the code of functions, by logical id.
var buildOutput = filepath.Join(".aws-sam", "build")

// built returns the folder that "sam build" makes for a function, and whether it is there.
func (r *reader) built(id string) (folder string, ok bool) {
	folder, err := r.folder.subfolder(filepath.Join(buildOutput, id))
	return folder, err == nil
}

// isBuildOutput reports whether the template is one that "sam build" has written.
func (r *reader) isBuildOutput() bool {
	return strings.HasSuffix(filepath.Clean(r.folder.path), buildOutput)
}

// assetPath is the member of a resource's Metadata in which the CDK names the file or
// folder of its code.
const assetPath = "aws:asset:path"

// codeFolder returns the folder that CodeUri, Code, ContentUri or Content of a resource
// stands for.
func (r *reader) codeFolder(v, resource value.Value) (string, error) {
	if name := resource.Get("Metadata").Get(assetPath).Text(); name != "" {
		return r.folder.subfolder(name)
	}
	name := v.Text()
	if v.Kind() == value.Object {
		key := v.Get("S3Key")
		if !key.Exists() {
			key = v.Get("Key")
		}
		name = assetPrefix + strings.TrimSuffix(key.Text(), filepath.Ext(key.Text()))
		if key.Text() == "" || strings.ContainsAny(key.Text(), `/\`) || !isFolder(filepath.Join(r.folder.path, name)) {
			return "", errors.New("its code is in S3, not on this machine: aslocal.yaml can name a folder or a URL (functions)")
		}
	}
	switch {
	case name == "":
		return "", errors.New("only a deployment knows where its code is: aslocal.yaml can name a folder or a URL (functions)")
	case strings.HasPrefix(name, "s3://"):
		return "", fmt.Errorf("its code is in S3 (%s), not on this machine: aslocal.yaml can name a folder or a URL (functions)", name)
	}
	return r.folder.subfolder(name)
}

// subfolder returns the path of a folder that a template names: it is in the template's
// folder or elsewhere in the same Git repository. The error says what to do.
func (f folder) subfolder(name string) (string, error) {
	if f.path == "" {
		return "", fmt.Errorf("%s: a template without a folder refers to no code", name)
	}
	name = filepath.FromSlash(name)
	path := filepath.Join(f.path, name)
	if filepath.IsAbs(name) {
		path = filepath.Clean(name)
	}
	err := sourcefile.Contains(f.path, name)
	if errors.Is(err, sourcefile.ErrOutside) {
		if root := repositoryOf(f.path); root != "" {
			if absolute, failed := filepath.Abs(path); failed == nil {
				err = sourcefile.Contains(root, absolute)
			}
		}
	}
	if !errors.Is(err, sourcefile.ErrOutside) {
		*f.read = append(*f.read, path) // it may come later
	}
	switch {
	case errors.Is(err, sourcefile.ErrOutside):
		return path, fmt.Errorf("its code in %s lies outside of the template's folder and repository: aslocal.yaml can name the folder (functions)", path)
	case errors.Is(err, fs.ErrNotExist):
		return path, fmt.Errorf("its code is not there: there is no %s", path)
	case err != nil:
		return path, fmt.Errorf("its code cannot be found: %w", err)
	case !isFolder(path):
		return path, errors.New(archive(path))
	}
	return path, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
