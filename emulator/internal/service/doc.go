// Package service knows what the APIs behind service integrations answer, so far
// as TestState holds mocked results to it. The answers are in shapes.txt, a table
// that is read once:
//
//	s, ok := service.Of("dynamodb:putItem")
//	wrong := s.Check(result, true) // Field 'CapacityUnits' must be a number
//
// A service that the table lacks is not checked.
package service
