package machine

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/intrinsic"
)

// This file makes and reads task tokens: the text that a program gets as
// $$.Task.Token and gives back with SendTaskSuccess. A token says which
// execution it belongs to and which record asked for the task, and carries a
// mark that cannot be guessed without the execution's seed.

// A TaskToken is a token taken apart.
type TaskToken struct {
	Execution string // ARN
	Frame     int32
	Record    int64 // the Token of the commands about the task
	mark      uint64
}

// nextTaskToken is the token of the task that is about to be scheduled in f: the
// next record will be its TaskScheduled.
func (x *Execution) nextTaskToken(f *frame) string {
	if f.state.resource.Text == "" {
		return ""
	}
	return x.taskToken(f, f.state.resource, x.records+1)
}

// TaskToken is the token of the task that a record of the execution schedules, in a
// line of control: what its program sees as $$.Task.Token.
func (s *Start) TaskToken(frame int32, record int64) string {
	b := make([]byte, 0, 32+len(s.ARN))
	b = binary.AppendUvarint(b, uint64(record))
	b = binary.AppendUvarint(b, uint64(frame))
	b = binary.BigEndian.AppendUint64(b, s.tokenMark(frame, record))
	b = append(b, s.ARN...)
	return base64.StdEncoding.EncodeToString(b)
}

// taskToken is the token of the task that the record schedules in f; "" for a
// resource that has none.
func (x *Execution) taskToken(f *frame, r asl.Resource, record int64) string {
	if r.Pattern == asl.RequestResponse && r.Kind != asl.Activity {
		return ""
	}
	return x.tokenText(f, record)
}

func (x *Execution) tokenText(f *frame, record int64) string { return x.start.TaskToken(f.id, record) }

func (s *Start) tokenMark(frame int32, record int64) uint64 {
	r := intrinsic.NewSource(s.Seed ^ uint64(record)<<20 ^ uint64(frame))
	r.Uint64()
	return r.Uint64()
}

// ParseTaskToken takes a token apart; ok is false for text that is no token.
func ParseTaskToken(text string) (t TaskToken, ok bool) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return t, false
	}
	record, n := binary.Uvarint(b)
	if n <= 0 {
		return t, false
	}
	b = b[n:]
	frame, n := binary.Uvarint(b)
	if n <= 0 || frame > 1<<31-1 || len(b) < n+8 {
		return t, false
	}
	b = b[n:]
	t = TaskToken{Execution: string(b[8:]), Frame: int32(frame), Record: int64(record), mark: binary.BigEndian.Uint64(b)}
	return t, strings.HasPrefix(t.Execution, "arn:")
}

// Issued reports whether the execution has given the token out, whether or not
// it still waits for its answer.
func (x *Execution) Issued(t TaskToken) bool {
	return x.start != nil && t.Execution == x.start.ARN && t.mark == x.start.tokenMark(t.Frame, t.Record)
}
