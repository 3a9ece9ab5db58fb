// Package awsapi knows the API of every AWS service: its operations, the shapes of
// their inputs, outputs and errors, and how they are written in requests and
// answers. It also knows the names that Step Functions has for them.
//
//	service, operation, err := awsapi.FindSDK("dynamodb", "putItem") // "dynamodb", "PutItem"
//	op, ok := awsapi.Describe(service, operation)
//	table := op.Input.Member("TableName", awsapi.JavaV2)
//	table.Required // true
//
// The models are those that AWS publishes with botocore, made compact by
// `go run ./internal/awsmodels` and embedded as models.bin. Nothing of them is read
// before it is asked for, and then only the one service.
package awsapi
