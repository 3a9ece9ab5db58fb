package asl

import (
	"github.com/aslocal/aslocal/value"
)

// A Retrier says when and how often a state is retried. Fields that are not written
// have their defaults. Spec: "Retrying after error".
type Retrier struct {
	ErrorEquals     []string
	IntervalSeconds int64
	MaxAttempts     int64 // 0: never
	BackoffRate     float64
	MaxDelaySeconds int64  // 0: no limit
	JitterStrategy  string // "NONE" or "FULL"
	Comment         string
}

// The defaults of a Retrier.
const (
	defaultIntervalSeconds = 1
	defaultMaxAttempts     = 3
	defaultBackoffRate     = 2.0
	defaultJitterStrategy  = "NONE"
)

func readRetriers(list value.Value) []*Retrier {
	var retriers []*Retrier
	for _, v := range list.Items() {
		r := &Retrier{
			ErrorEquals:     texts(v.Get("ErrorEquals")),
			IntervalSeconds: integerOr(v.Get("IntervalSeconds"), defaultIntervalSeconds),
			MaxAttempts:     integerOr(v.Get("MaxAttempts"), defaultMaxAttempts),
			MaxDelaySeconds: integerOr(v.Get("MaxDelaySeconds"), 0),
			BackoffRate:     defaultBackoffRate,
			JitterStrategy:  defaultJitterStrategy,
			Comment:         v.Get("Comment").Text(),
		}
		if rate := v.Get("BackoffRate"); rate.Kind() == value.Number {
			r.BackoffRate = rate.Float()
		}
		if jitter := v.Get("JitterStrategy"); jitter.Kind() == value.String {
			r.JitterStrategy = jitter.Text()
		}
		retriers = append(retriers, r)
	}
	return retriers
}

func integerOr(v value.Value, otherwise int64) int64 {
	if n, ok := v.Int(); ok {
		return n
	}
	return otherwise
}

// texts returns the strings of an array.
func texts(list value.Value) []string {
	var out []string
	for _, v := range list.Items() {
		out = append(out, v.Text())
	}
	return out
}
