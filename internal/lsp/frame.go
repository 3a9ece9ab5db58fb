package lsp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// This file reads and writes messages: a head with Content-Length, an empty line, and
// so many bytes.

const (
	maxMessage = 16 << 20 // bytes
	maxHead    = 4 << 10  // bytes of a line of the head
)

// A frameError is a message that cannot be read; the next one can.
type frameError struct{ reason string }

func (e *frameError) Error() string { return e.reason }

// readFrame reads a message. The error is a *frameError if the next message can be
// read all the same.
func readFrame(r *bufio.Reader) ([]byte, error) {
	length := -1
	var bad *frameError // the head is read to its end all the same
	for {
		line, err := readHeadLine(r)
		if wrong, ok := errors.AsType[*frameError](err); ok {
			bad = wrong
			continue
		}
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		if name, content, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(content)); err != nil || length < 0 {
				bad = &frameError{fmt.Sprintf("Content-Length: expected a number of bytes, got %q", content)}
			}
		}
	}
	switch {
	case bad == nil && length < 0:
		bad = &frameError{"a message has no Content-Length"}
	case bad == nil && length > maxMessage:
		bad = &frameError{fmt.Sprintf("a message has %d bytes; at most %d are read", length, maxMessage)}
	}
	if bad != nil {
		if _, err := io.CopyN(io.Discard, r, int64(max(length, 0))); err != nil {
			return nil, err
		}
		return nil, bad
	}
	var content bytes.Buffer // grows with what comes, whatever the head promises
	if _, err := io.CopyN(&content, r, int64(length)); err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}

// readHeadLine reads a line of the head without its end.
func readHeadLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) <= maxHead { // of a longer one, no more is kept
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return "", err
		}
		if len(line) > maxHead {
			return "", &frameError{"a line of the head is too long"}
		}
		return strings.TrimRight(string(line), "\r\n"), nil
	}
}

// writeFrame writes a message.
func writeFrame(w io.Writer, content []byte) error {
	_, err := w.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(content)), content...))
	return err
}
