package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aslocal/aslocal/value"
)

// This file makes the SBOM of a binary, in the form of CycloneDX, with the tool of CycloneDX:
// it reads what the Go command has written into the binary, so that no module is named that is
// not linked, and none is forgotten.

const (
	sbomTool = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"
	sbomForm = "1.6" // of CycloneDX
)

// writeSBOM writes the SBOM of a binary to a file.
func writeSBOM(ctx context.Context, binary, version, path string) error {
	c := exec.CommandContext(ctx, "go", "run", sbomTool, "bin", "-json", "-output-version", sbomForm, "-noserial", "-notimestamp", "-std", "-version", version, binary)
	// From the module cache if it was fetched before, so that no network is needed.
	c.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=file://"+filepath.ToSlash(goEnv("GOMODCACHE"))+"/cache/download,"+goEnv("GOPROXY"))
	out, err := output(c)
	if err != nil {
		return err
	}
	sbom, err := value.ParseBytes(out)
	if err != nil {
		return err
	}
	// The tool names its own binary by hashes, which differ from one machine to another.
	metadata := sbom.Get("metadata")
	tools := metadata.Get("tools")
	for i, tool := range tools.Items() {
		tools = tools.WithIndex(i, tool.Without("hashes"))
	}
	sbom = sbom.With("metadata", metadata.With("tools", tools))
	return os.WriteFile(path, append(sbom.AppendJSON(nil), '\n'), 0o644)
}

// checkSBOM returns in what an SBOM does not agree with what the binary that it is about says
// of itself.
func checkSBOM(text []byte, info *buildinfo.BuildInfo, version string) error {
	sbom, err := value.ParseBytes(text)
	if err != nil {
		return err
	}
	if form, of := sbom.Get("bomFormat").Text(), sbom.Get("specVersion").Text(); form != "CycloneDX" || of != sbomForm {
		return fmt.Errorf("it has the form %q %q, want CycloneDX %s", form, of, sbomForm)
	}
	about := sbom.Get("metadata").Get("component")
	if about.Get("name").Text() != info.Main.Path || about.Get("version").Text() != version {
		return fmt.Errorf("it is about %s, want %s %s", about, info.Main.Path, version)
	}
	named := make(map[string]string)
	for _, c := range sbom.Get("components").Items() {
		named[c.Get("name").Text()] = c.Get("version").Text()
	}
	wanted := map[string]string{"std": info.GoVersion}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		wanted[m.Path] = m.Version
	}
	if len(wanted) == 1 {
		return errors.New("the binary names no modules")
	}
	for module, version := range wanted {
		if named[module] != version {
			return fmt.Errorf("it has %s %q, and the binary %q", module, named[module], version)
		}
	}
	if len(named) != len(wanted) {
		return fmt.Errorf("it names %d modules, and the binary %d", len(named), len(wanted))
	}
	return nil
}
