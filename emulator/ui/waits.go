package ui

import (
	"context"

	"github.com/aslocal/aslocal/emulator/timeline"
)

// This file says when what an execution waits for is due. Events do not have it.

// Waits are the Wait states that an execution is in, and its pauses before a retry.
type Waits struct {
	Waits   []Wait `json:"waits"`
	Now     int64  `json:"now"` // on the server's clock
	Virtual bool   `json:"virtual"`
	Paused  bool   `json:"paused"` // nothing of it goes on until it is resumed
}

// A Wait is a visit that waits for a time.
type Wait struct {
	Visit int   `json:"visit"` // number
	Due   int64 `json:"due"`
}

func (u *UI) waits(ctx context.Context, q *query) (*Waits, error) {
	arn := q.text("arn")
	b, err := u.book(ctx, arn, nil, nil)
	if err != nil {
		return nil, err
	}
	out := &Waits{Waits: []Wait{}, Now: u.own.Now(), Virtual: u.own.Facts().Virtual, Paused: u.own.Paused(arn)}
	for i, v := range b.builder.Visits() {
		if v.Outcome != timeline.Open {
			continue
		}
		due := v.Due
		if n := len(v.Attempts); n > 0 && due == 0 {
			due = v.Attempts[n-1].RetryAt
		}
		if due > 0 {
			out.Waits = append(out.Waits, Wait{Visit: i, Due: due})
		}
	}
	return out, nil
}
