package lambda

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"
)

// This file has the lines that Lambda adds to the log of a call.

// durations are the times of a call.
type durations struct {
	limit      time.Duration
	init       time.Duration // of the process that was started for it; 0
	begin, end time.Time
}

// milliseconds is a duration as REPORT shows it: "3.01 ms".
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// lastLines are what stands below the lines of the function.
func lastLines(c *call, e *environment, o outcome, took durations) []string {
	duration := took.end.Sub(took.begin)
	if o.failure.status == "timeout" {
		duration = took.limit
	}
	var report strings.Builder
	fmt.Fprintf(&report, "REPORT RequestId: %s\tDuration: %s\tBilled Duration: %.0f ms\tMemory Size: %d MB\t",
		c.RequestID, milliseconds(duration), math.Ceil(float64(duration+took.init)/float64(time.Millisecond)), e.pool.function.MemoryMB)
	if peak := memoryPeak(e.process.cmd.Process.Pid); peak > 0 {
		fmt.Fprintf(&report, "Max Memory Used: %d MB\t", (peak+1<<20-1)>>20)
	}
	if took.init > 0 {
		fmt.Fprintf(&report, "Init Duration: %s\t", milliseconds(took.init))
	}
	if o.failure.status != "" {
		fmt.Fprintf(&report, "Status: %s", o.failure.status)
		if o.failure.status == "error" {
			fmt.Fprintf(&report, "\tError Type: %s", o.failure.kind)
		}
	}
	lines := []string{"END RequestId: " + c.RequestID, report.String()}
	switch {
	case o.failure.status == "timeout":
		lines = append(lines, o.failure.line)
	case o.failure.line != "":
		lines = append([]string{o.failure.line}, lines...)
	}
	if hint := importHint(e.pool.function, o.answer); hint != "" {
		lines = append(lines, "aslocal: "+hint)
	}
	return lines
}

// errorType is the type of the error in a payload, "" if it has none.
func errorType(payload []byte) string {
	var fault struct{ ErrorType string }
	json.Unmarshal(payload, &fault) // what is no such object has none
	return fault.ErrorType
}

// importHint says what helps if a module is missing, which often is there on
// AWS or after a build; "" if none is.
func importHint(f Function, a answer) string {
	if !a.failed {
		return ""
	}
	var fault struct{ ErrorType, ErrorMessage string }
	if json.Unmarshal(a.payload, &fault) != nil || !strings.Contains(fault.ErrorMessage, "No module named") &&
		!strings.Contains(fault.ErrorMessage, "Cannot find ") {
		return ""
	}
	switch {
	case strings.HasPrefix(f.Runtime, "python") && strings.Contains(fault.ErrorMessage, "boto"):
		return "boto3 is part of Lambda's runtimes, not of this machine: run python3 -m venv .venv && .venv/bin/pip install boto3 in " + f.Folder
	case strings.HasPrefix(f.Runtime, "python"):
		return "if the module is a package, run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt in " + f.Folder + " or a folder above it"
	case strings.Contains(fault.ErrorMessage, "@aws-sdk/"):
		return "the AWS SDK is part of Lambda's runtimes, not of this machine: run npm install with the package in " + f.Folder
	case strings.HasPrefix(f.Runtime, "nodejs"):
		return "if the module is a package, run npm install in " + f.Folder + "; if it is built, run the build (" + filepath.Join(f.Folder, f.Handler) + ")"
	}
	return ""
}
