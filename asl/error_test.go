package asl

import "testing"

func TestMatches(t *testing.T) {
	tests := []struct {
		name        string
		errorEquals []string
		err         string
		want        bool
	}{
		{"its own name", []string{"A", "Custom"}, "Custom", true},
		{"another name", []string{"Custom"}, "Customs", false},
		{"letter case counts", []string{"custom"}, "Custom", false},
		{"nothing", nil, "Custom", false},
		{"States.ALL sees everything", []string{ErrAll}, "Custom", true},
		{"States.ALL sees timeouts", []string{ErrAll}, ErrTimeout, true},
		{"States.ALL sees oversized results", []string{ErrAll}, ErrDataLimitExceeded, true},
		{"States.ALL does not see States.Runtime", []string{ErrAll}, ErrRuntime, false},
		{"States.Runtime is not seen by its own name", []string{ErrRuntime}, ErrRuntime, false},
		{"States.TaskFailed does not see States.Runtime", []string{ErrTaskFailed}, ErrRuntime, false},
		{"States.TaskFailed sees errors of tasks", []string{ErrTaskFailed}, "Lambda.Unknown", true},
		{"States.TaskFailed sees itself", []string{ErrTaskFailed}, ErrTaskFailed, true},
		{"States.TaskFailed does not see timeouts", []string{ErrTaskFailed}, ErrTimeout, false},
		{"States.TaskFailed does not see missed heartbeats", []string{ErrTaskFailed}, ErrHeartbeatTimeout, false},
		{"States.Timeout sees missed heartbeats", []string{ErrTimeout}, ErrHeartbeatTimeout, true},
		{"States.HeartbeatTimeout does not see timeouts", []string{ErrHeartbeatTimeout}, ErrTimeout, false},
		{"wildcards are for States.ALL alone", []string{"States.*", "*"}, "States.X", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Matches(tt.errorEquals, tt.err); got != tt.want {
				t.Errorf("Matches(%q, %q) = %v, want %v", tt.errorEquals, tt.err, got, tt.want)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	if got, want := (&Error{Name: "E", Cause: "c"}).Error(), "E: c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (&Error{Name: "E"}).Error(), "E"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
