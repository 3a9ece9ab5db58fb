package emulator

import "github.com/aslocal/aslocal/emulator/internal/mock"

// This file sets up test cases: executions whose tasks get mocked responses.

// WithMocks names a mock configuration, the MockConfigFile.json of Step Functions
// Local. An execution that is started with a "#" and the name of a test case
// behind the ARN of its state machine runs that test case: the states that it
// lists get their mocked responses, all others call what they would call
// anyway. The file is read again when it has changed. New fails if it cannot be
// read or has mistakes, as [CheckMocks] does.
func WithMocks(file string) Option { return func(s *settings) { s.mocks = file } }

// CheckMocks returns what is wrong with a mock configuration: why it cannot be
// read, or a line with file, line and column for each mistake; nil if nothing is.
func CheckMocks(file string) error {
	_, err := mock.Open(file)
	return err
}
