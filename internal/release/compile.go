package main

import (
	"context"
	"os"
	"os/exec"
)

// This file builds the binaries. Whatever changes their bytes is said here, and not left to the
// machine: the version of Go, the instruction sets, and GOFLAGS.

// compile builds the program for a platform. cache is the folder of Go's build cache; the
// machine's own if it is "".
func compile(ctx context.Context, s *source, p platform, binary, cache string) error {
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", binary, "./cmd/aslocal")
	c.Dir = s.folder
	c.Env = s.environment(p)
	if cache != "" {
		c.Env = append(c.Env, "GOCACHE="+cache)
	}
	_, err := output(c)
	return err
}

// environment is that of the Go command for a platform.
func (s *source) environment(p platform) []string {
	return append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0", "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=",
		"GOFIPS140=off", "GOWORK=off", "GOTOOLCHAIN=go"+s.goes, "GOENV=off", "GOPROXY="+goEnv("GOPROXY"), "GOMODCACHE="+goEnv("GOMODCACHE"), "GOSUMDB="+goEnv("GOSUMDB"))
}

// goEnv is a setting of the Go command on this machine; "" if it cannot be asked.
func goEnv(name string) string {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		return ""
	}
	return string(out[:max(0, len(out)-1)])
}
