package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/value"
)

// silent answers only the calls after the first one; that one it leaves without an
// answer until the caller goes.
type silent struct{ calls int }

func (s *silent) Call(ctx context.Context, _ awsclient.Request) (awsclient.Response, error) {
	if s.calls++; s.calls == 1 {
		<-ctx.Done()
		return awsclient.Response{}, ctx.Err()
	}
	job := value.OfMembers("JobId", value.OfString("j"), "Status", value.OfString("SUCCEEDED"))
	return awsclient.Response{Output: value.OfMembers("Jobs", value.OfItems(job)), Status: 200}, nil
}

// A poll that is never answered does not hold up the job for ever.
func TestPollWithoutAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		resource, err := asl.ParseResource("arn:aws:states:::batch:submitJob.sync")
		if err != nil {
			t.Fatal(err)
		}
		c := &Call{Resource: resource, Input: value.EmptyObject, After: func(d time.Duration, f func()) { time.AfterFunc(d, f) }}
		began, ended := time.Now(), make(chan error, 1)
		Optimized{Client: &silent{}}.Watch(t.Context(), c, value.OfMembers("JobId", value.OfString("j")), func(_ value.Value, err error) { ended <- err })
		select {
		case err := <-ended:
			if took := time.Since(began); err != nil || took > time.Minute {
				t.Errorf("got %v after %v, want the result of the second poll", err, took)
			}
		case <-time.After(time.Hour):
			t.Error("the job has not ended in an hour")
		}
	})
}
