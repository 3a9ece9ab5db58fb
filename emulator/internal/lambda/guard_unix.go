//go:build unix

package lambda

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// A guard ends the groups of processes that are left when this process dies
// without ending them, as by SIGKILL. It is a shell that reads the ids of groups from
// a pipe, which ends when this process does. The zero guard is ready; it starts the
// shell when it has something to guard. What has left its group (setsid) stays.
type guard struct {
	mu    sync.Mutex
	tried bool
	pipe  *os.File  // to the shell; nil if there is none
	shell *exec.Cmd // that has been started
}

// guardScript keeps the ids of groups, between spaces, and kills those that it has
// in the end. It ends only with its input: signals from a terminal are for others.
const guardScript = `trap '' HUP INT QUIT TERM
groups=' '
while read -r change group; do
	case $change in
	+) groups="$groups$group " ;;
	-) groups="${groups%% $group *} ${groups#* $group }" ;;
	esac
done
for group in $groups; do kill -s KILL -- "-$group"; done`

// add guards a group. Without a shell there is no guard: it is for accidents only.
func (g *guard) add(id group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.tried {
		g.tried = true
		g.start()
	}
	g.tell("+", id)
}

// remove leaves alone a group that has ended. Its id may soon be another's.
func (g *guard) remove(id group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tell("-", id)
}

func (g *guard) tell(change string, id group) {
	if g.pipe != nil {
		fmt.Fprintln(g.pipe, change, int(id)) // fails if somebody has killed the shell
	}
}

// start starts the shell, in a group of its own.
func (g *guard) start() {
	read, write, err := os.Pipe()
	if err != nil {
		return
	}
	defer read.Close()
	shell := exec.Command("/bin/sh", "-c", guardScript)
	shell.Stdin, shell.Dir, shell.Env = read, "/", []string{}
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if shell.Start() != nil {
		write.Close()
		return
	}
	g.pipe, g.shell = write, shell
}

// close ends the guard. There are no groups by then.
func (g *guard) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tried = true
	if g.pipe == nil {
		return
	}
	g.shell.Process.Kill()
	g.shell.Wait() // how it has ended does not matter
	g.pipe.Close()
	g.pipe = nil
}
