// Package awsclient calls any operation of any AWS service. It knows the services
// by their models ([awsapi]), which are read when a service is first called:
//
//	var endpoints awsclient.Endpoints
//	if err := endpoints.Set("dynamodb", "http://localhost:8000"); err != nil { … }
//	client := awsclient.New(awsclient.Settings{Endpoints: &endpoints, Region: "eu-west-1"})
//	answer, err := client.Call(ctx, awsclient.Request{
//		Service: "dynamodb", Operation: "GetItem",
//		Input: value.MustParse(`{"TableName": "orders", "Key": {"id": {"S": "A-17"}}}`),
//	})
//
// A value.Value goes in and comes out; its members are named as Step Functions
// names them ([awsapi.Casing]). Nothing is sent anywhere that [Endpoints] does not name:
// real AWS is called only where an endpoint is "aws".
//
// A call is sent once. Who wants it retried calls again.
package awsclient
