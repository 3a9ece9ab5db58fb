package asl

import "fmt"

// This file has the codes and messages of lint_*.go: our own warnings about
// definitions that the service accepts silently but that are probably mistakes. Each
// is certain from the definition alone.

// The codes of these warnings.
const (
	ErrorNeverMatched = "ERROR_NEVER_MATCHED" // an earlier Retrier or Catcher matches the error
	RetryNeverDone    = "RETRY_NEVER_DONE"    // the last Retrier has MaxAttempts 0
	RuleNeverTaken    = "RULE_NEVER_TAKEN"    // an earlier Choice rule is taken whenever this one would be
	TokenNotPassed    = "TOKEN_NOT_PASSED"    // a task waits for a token that it does not pass on
	NoTimeout         = "NO_TIMEOUT"          // a task waits for a token without a time-out
	WaitsNotAtAll     = "WAITS_NOT_AT_ALL"    // a Wait state of no seconds
	UnusedVariable    = "UNUSED_VARIABLE"     // a variable is assigned but never mentioned
)

func errorTaken(name string, earlier int, by string) message {
	return message{code: ErrorNeverMatched, text: fmt.Sprintf("The error '%s' never gets here: '%s' in entry %d (from 0) matches it first", name, by, earlier)}
}

func neverRetried() message {
	return message{code: RetryNeverDone, text: "A last Retrier with MaxAttempts 0 has no effect: errors that no Retrier matches are not retried anyway"}
}

func ruleNeverTaken(earlier int, why string) message {
	return message{code: RuleNeverTaken, text: fmt.Sprintf("The rule is never taken: Choices[%d] %s", earlier, why)}
}

func tokenNotPassed(language QueryLanguage) message {
	hint := "$$.Task.Token"
	if language == JSONata {
		hint = "$states.context.Task.Token"
	}
	return message{code: TokenNotPassed, text: "The task waits for its token but does not pass it on", hint: "the token is " + hint}
}

func waitsForever() message {
	return message{code: NoTimeout, text: "The task has no timeout: it waits for its token for up to three years", hint: "TimeoutSeconds or HeartbeatSeconds sets a limit"}
}

func waitsNot() message {
	return message{code: WaitsNotAtAll, text: "A Wait state of 0 seconds does not wait"}
}

func unusedVariable(name string) message {
	return message{code: UnusedVariable, text: fmt.Sprintf("The variable '%s' is assigned, but nothing reads it", name)}
}
