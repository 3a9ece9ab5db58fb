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
// What their APIs, and all that are called through the AWS SDK, answer is in the models
// of package awsapi; TestState holds mocked results to them:
//
//	a, ok := service.AnswerOf("dynamodb:putItem")
//	wrong := a.Check(result, true) // Field 'CapacityUnits' must be a number
//
// The table is read when it is first needed.
package service
