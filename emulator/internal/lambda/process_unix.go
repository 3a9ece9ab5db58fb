//go:build unix

package lambda

import (
	"os/exec"
	"syscall"
)

// A group is a process group, by the id of its first process.
type group int

// kill ends all processes of the group.
func (g group) kill() { syscall.Kill(-int(g), syscall.SIGKILL) }

func (g group) close() {}

// startGroup starts the command as the first process of a new group.
func startGroup(cmd *exec.Cmd) (group, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := startTied(cmd); err != nil {
		return 0, err
	}
	return group(cmd.Process.Pid), nil
}
