package edit

import (
	"strings"

	"github.com/aslocal/aslocal/internal/patch"
)

// This file knows the usual order of fields.

// usual has the fields of workflows, states, Retriers, Catchers and rules in the order
// in which they are usually written.
const usual = `Type Comment QueryLanguage Version TimeoutSeconds TimeoutSecondsPath HeartbeatSeconds HeartbeatSecondsPath
ProcessorConfig StartAt States
Variable Condition And Or Not ErrorEquals IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy
Resource Credentials InputPath Parameters Arguments ItemReader ItemsPath Items ItemSelector ItemBatcher ResultWriter
Mode ExecutionType ReaderConfig WriterConfig InputType Transformation
ItemProcessor Iterator Branches MaxConcurrency MaxConcurrencyPath Label
ToleratedFailureCount ToleratedFailureCountPath ToleratedFailurePercentage ToleratedFailurePercentagePath
Seconds SecondsPath Timestamp TimestampPath Error ErrorPath Cause CausePath
Choices Result ResultSelector ResultPath Output OutputPath Assign Retry Catch Default Next End`

var rank = func() map[string]int {
	ranks := make(map[string]int)
	for i, name := range strings.Fields(usual) {
		ranks[name] = i + 1
	}
	return ranks
}()

// setField gives an object a field: in its place if it has it, else behind those that
// usually come before it.
func setField(n *patch.Node, name string, v *patch.Node) {
	at := n.Len()
	own := rank[name]
	if own > 0 && !isData(n) {
		at = 0
		i := 0
		for other := range n.Members() {
			i++
			if rank[other] < own {
				at = i
			}
		}
	}
	n.SetAt(name, v, at)
}

// isData reports whether a node lies in data of the user, whose members have no usual
// order.
func isData(n *patch.Node) bool {
	for ; n != nil && n.Holder() != nil; n = n.Up() {
		switch n.Holder().Name {
		case "Parameters", "Arguments", "Result", "ResultSelector", "ItemSelector", "Output", "Assign", "Credentials", "BatchInput":
			return true
		case "States":
			return false
		}
	}
	return false
}
