//go:build unix && !linux

package lambda

import "os/exec"

// startTied starts the command. Nothing here ends it together with this process;
// it ends when it finds its Runtime API gone.
func startTied(cmd *exec.Cmd) error { return cmd.Start() }
