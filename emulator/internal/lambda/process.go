package lambda

import (
	"os"
	"os/exec"
	"sync"
)

// A process is one process of a function, with all that it starts.
type process struct {
	cmd   *exec.Cmd
	guard *guard
	done  chan struct{} // closed when it has ended, and what it started has been killed

	mu    sync.Mutex
	group group
	over  bool // its group may be somebody else's by now
}

// startProcess starts the command in a group of its own, which ends with it. The
// guard ends it when this process ends in whatever way.
func startProcess(cmd *exec.Cmd, guard *guard) (*process, error) {
	g, err := startGroup(cmd)
	if err != nil {
		return nil, err
	}
	guard.add(g)
	p := &process{cmd: cmd, guard: guard, done: make(chan struct{}), group: g}
	go p.wait()
	return p, nil
}

func (p *process) wait() {
	p.cmd.Wait() // what it would say is in ProcessState
	p.mu.Lock()
	defer p.mu.Unlock()
	p.group.kill()
	p.guard.remove(p.group)
	p.group.close()
	p.over = true
	close(p.done)
}

// kill ends the process and what it has started. The end is awaited by done.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		p.group.kill()
	}
}

// state says how the process has ended; it may be asked when done is closed.
func (p *process) state() *os.ProcessState { return p.cmd.ProcessState }
