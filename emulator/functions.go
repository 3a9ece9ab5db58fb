package emulator

import "github.com/aslocal/aslocal/emulator/internal/lambda"

// This file has the Lambda functions that run as processes of this machine.

// A Function says how a Lambda function runs as processes of this machine.
type Function = lambda.Function

// A FunctionStatus is what is known of a Function without calling it.
type FunctionStatus = lambda.Status

// A FunctionLogEntry is a line of the log of a Function. Lines of Lambda (START,
// END, REPORT …) are among them.
type FunctionLogEntry = lambda.Entry
