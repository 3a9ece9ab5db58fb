package lambda

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// This file reads what a process writes.
//
// Stdout and stderr are one pipe, as they are one log on Lambda. A function has
// written its lines before it answers, but they may still be in the pipe then.
// So the pipe's writing end stays open here, too: after the answer a mark goes
// into it, and when that is read, all the function's lines are read.

// maxLine is how long a line of the log may be; longer ones are split. It is
// CloudWatch's limit of an event.
const maxLine = 256 << 10

// maxTail is how much of the log LogType Tail returns.
const maxTail = 4 << 10

// An output is the log of one process.
type output struct {
	emit    func(Entry) // nil: nobody reads it
	reader  *os.File
	writer  *os.File
	mark    []byte        // a line that no function writes
	marked  chan struct{} // the mark has been read
	stopped chan struct{} // the reading has ended

	mu   sync.Mutex
	of   Entry // what the lines have in common at the moment
	tail *tail // nil: nobody wants it
}

func newOutput(function string, emit func(Entry)) (*output, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	o := &output{
		emit: emit, reader: r, writer: w, mark: []byte("\x00" + rand.Text() + "\n"),
		marked: make(chan struct{}, 1), stopped: make(chan struct{}), of: Entry{Function: function},
	}
	go o.read()
	return o, nil
}

// begin gives the lines from now on to a call.
func (o *output) begin(c *call) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.of.RequestID, o.of.Execution = c.RequestID, c.Execution
	o.tail = nil
	if c.LogTail {
		o.tail = new(tail)
	}
}

// starting gives the lines of the process's start to the execution that needs it.
func (o *output) starting(execution string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.of.RequestID, o.of.Execution = "", execution
}

// wanted reports whether anybody reads the log of the call.
func (o *output) wanted(c *call) bool { return o.emit != nil || c.LogTail }

// platform writes a line that is not the function's.
func (o *output) platform(text string) { o.line([]byte(text), true) }

// ended returns the end of the log of the call that was begun last.
func (o *output) ended() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.tail == nil {
		return nil
	}
	return o.tail.bytes()
}

// drain returns when all is read that was written before.
func (o *output) drain() {
	for {
		_, err := o.writer.Write(o.mark)
		// A process can make its end, and with it ours, one that does not wait.
		if !errors.Is(err, syscall.EAGAIN) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	select {
	case <-o.marked:
	case <-o.stopped:
	}
}

// close ends the reading. Children that outlive the process write into nothing.
func (o *output) close() {
	o.writer.Close()
	o.reader.Close()
	<-o.stopped
}

// read splits into lines what comes, until the pipe is closed.
func (o *output) read() {
	defer close(o.stopped)
	chunk := make([]byte, 16<<10)
	var pending []byte
	for {
		n, err := o.reader.Read(chunk)
		pending = o.split(append(pending, chunk[:n]...))
		if err != nil {
			if len(pending) > 0 {
				o.line(pending, false)
			}
			return
		}
	}
}

// split handles the lines of what was read, and returns the rest, which is not
// yet a line.
func (o *output) split(read []byte) []byte {
	rest := read
	for {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		line := rest[:end+1]
		if before, ok := bytes.CutSuffix(line, o.mark); ok {
			if len(before) > 0 {
				o.line(before, false) // without a line end, before the answer
			}
			o.marked <- struct{}{}
		} else {
			o.line(line[:end], false)
		}
		rest = rest[end+1:]
	}
	for len(rest) >= maxLine+len(o.mark) { // a mark at its end stays whole
		o.line(rest[:maxLine], false)
		rest = rest[maxLine:]
	}
	return append(read[:0], rest...)
}

// line passes a line on. A \r inside is how runtimes write records of many lines.
func (o *output) line(text []byte, platform bool) {
	o.mu.Lock()
	entry, tail := o.of, o.tail
	if tail != nil {
		tail.add(text)
	}
	o.mu.Unlock()
	if o.emit == nil {
		return
	}
	entry.Time, entry.Platform = time.Now(), platform
	entry.Text = strings.ReplaceAll(strings.ToValidUTF8(string(bytes.TrimRight(text, "\r")), "\uFFFD"), "\r", "\n")
	o.emit(entry)
}

// A tail keeps the last maxTail bytes.
type tail struct{ kept []byte }

func (t *tail) add(line []byte) {
	if len(line) > maxTail {
		line = line[len(line)-maxTail:]
	}
	t.kept = append(append(t.kept, line...), '\n')
	if len(t.kept) > 4*maxTail {
		t.kept = append(t.kept[:0], t.bytes()...)
	}
}

func (t *tail) bytes() []byte { return t.kept[max(0, len(t.kept)-maxTail):] }
