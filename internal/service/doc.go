// Package service knows the services that Step Functions calls: it is the one
// place for their actions, the patterns of those, their parameters, errors, jobs
// and answers. Validation, task runners and TestState read it.
//
// services.txt is the table of services and actions:
//
//	a, ok := service.Find("batch", "submitJob")
//	a.Has(".sync")                  // true
//	a.Service.Class("AccessDenied") // AWSBatchException
//
// answers.txt has the schemas of what their APIs, and some that are called through
// the AWS SDK, answer; TestState holds mocked results to them. An answer that it
// lacks is not checked:
//
//	s, ok := service.AnswerOf("dynamodb:putItem")
//	wrong := s.Check(result, true) // Field 'CapacityUnits' must be a number
//
// The files are two because most programs need only the first. Each is read when
// it is first needed.
package service
