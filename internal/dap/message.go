package dap

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// This file reads and writes the frames of the protocol: headers, an empty line, JSON.

// The bounds of a message that is read.
const (
	maxContent = 4 << 20 // bytes of its JSON
	maxHeader  = 4 << 10 // bytes of a line of its header
	maxHeaders = 20
)

// ErrNotDAP says that what comes is no message of the protocol. The connection is of no
// use then, since nobody knows where the next message begins.
var ErrNotDAP = errors.New("dap: expected the header Content-Length")

// readMessage reads the JSON of the next message. At the end of the input it fails with
// io.EOF.
func readMessage(r *bufio.Reader) ([]byte, error) {
	length := -1
	for n := 0; ; n++ {
		line, err := readHeader(r)
		if err != nil {
			if n == 0 && line == "" {
				return nil, err
			}
			return nil, errors.Join(ErrNotDAP, err)
		}
		if line == "" && length >= 0 {
			break
		}
		name, text, ok := strings.Cut(line, ":")
		switch {
		case !ok || n == maxHeaders:
			return nil, ErrNotDAP
		case strings.EqualFold(name, "Content-Length"):
			if length, err = strconv.Atoi(strings.TrimSpace(text)); err != nil || length < 0 || length > maxContent {
				return nil, fmt.Errorf("%w of at most %d bytes, got %q", ErrNotDAP, maxContent, strings.TrimSpace(text))
			}
		case !strings.EqualFold(name, "Content-Type"): // HTTP has others
			return nil, ErrNotDAP
		}
	}
	var content bytes.Buffer // grows with what comes, whatever the header promises
	if _, err := io.CopyN(&content, r, int64(length)); err != nil {
		return nil, errors.Join(ErrNotDAP, err)
	}
	return content.Bytes(), nil
}

// readHeader reads a line of a header, without its end.
func readHeader(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		c, err := r.ReadByte()
		if err != nil {
			return string(line), err
		}
		if c == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		if line = append(line, c); len(line) > maxHeader {
			return string(line), ErrNotDAP
		}
	}
}

// writeContent writes the JSON of a message with its header.
func writeContent(w io.Writer, content []byte) error {
	frame := make([]byte, 0, len(content)+32)
	frame = fmt.Appendf(frame, "Content-Length: %d\r\n\r\n", len(content))
	_, err := w.Write(append(frame, content...))
	return err
}

// A response answers a request.
type response struct {
	Seq        int    `json:"seq"`
	Type       string `json:"type"`
	RequestSeq int    `json:"request_seq"`
	Success    bool   `json:"success"`
	Command    string `json:"command"`
	Message    string `json:"message,omitempty"`
	Body       any    `json:"body,omitempty"`
}

// An event tells the client of something.
type event struct {
	Seq   int    `json:"seq"`
	Type  string `json:"type"`
	Event string `json:"event"`
	Body  any    `json:"body,omitempty"`
}

// A failure is the body of a response that refuses a request.
type failure struct {
	Error failureMessage `json:"error"`
}

type failureMessage struct {
	ID       int    `json:"id"`
	Format   string `json:"format"`
	ShowUser bool   `json:"showUser,omitempty"`
}

// send writes a message. After the connection is broken, it does nothing.
func (s *Session) send(message func(seq int) any) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.seq++
	content, err := json.Marshal(message(s.seq))
	if err == nil {
		err = writeContent(s.conn, content)
	}
	if err != nil {
		s.end() // who cannot be told anything is gone
	}
}

// event tells the client of something.
func (s *Session) event(name string, body any) {
	s.send(func(seq int) any { return event{seq, "event", name, body} })
}

// answer answers a request.
func (s *Session) answer(to *head, body any, err error) {
	s.send(func(seq int) any {
		r := response{Seq: seq, Type: "response", RequestSeq: to.Seq, Success: err == nil, Command: to.Command, Body: body}
		if err != nil {
			r.Message = refusal(err)
			r.Body = failure{failureMessage{ID: 1, Format: braces.Replace(r.Message), ShowUser: to.Command == "launch" || to.Command == "attach"}}
		}
		return r
	})
}

// braces escapes what would be a variable in the format of a message.
var braces = strings.NewReplacer("{", "(", "}", ")")

// refusal is an error in words for people.
func refusal(err error) string {
	text := err.Error()
	for _, prefix := range []string{"dap: ", "debug: ", "emulator: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// A head is what all requests have.
type head struct {
	Seq     int    `json:"seq"`
	Type    string `json:"type"`
	Command string `json:"command"`
}
