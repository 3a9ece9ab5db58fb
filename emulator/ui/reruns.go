package ui

import "context"

// reruns lists the executions that are reruns of one.
func (u *UI) reruns(_ context.Context, q *query) (*Executions, error) {
	rows, err := u.own.Reruns(q.text("arn"))
	if err != nil {
		return nil, err
	}
	return &Executions{Executions: rows}, nil
}
