package emulator

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/caller"
	"github.com/aslocal/aslocal/value"
)

// This file answers requests that are meant for other services of AWS: whoever
// sets AWS_ENDPOINT_URL sends them all here. Each gets one plain sentence, in
// the form in which the SDK of that service reads errors.

// prefix is what the X-Amz-Target of our own operations begins with.
const prefix = "AWSStepFunctions"

// serviceIDs are what SDKs call services, by the name that requests are signed
// for.
var serviceIDs = map[string]string{
	"athena": "Athena", "batch": "Batch", "bedrock": "Bedrock Runtime", "cloudformation": "CloudFormation", "dynamodb": "DynamoDB", "ec2": "EC2",
	"ecr": "ECR", "ecs": "ECS", "events": "EventBridge", "glue": "Glue", "iam": "IAM", "kinesis": "Kinesis", "kms": "KMS", "lambda": "Lambda",
	"logs": "CloudWatch Logs", "monitoring": "CloudWatch", "s3": "S3", "secretsmanager": "Secrets Manager", "sns": "SNS", "sqs": "SQS", "ssm": "SSM",
	"sts": "STS",
}

// targets are the services of X-Amz-Target, by what stands before the dot.
var targets = map[string]string{
	"AWSEvents": "events", "AWSGlue": "glue", "AmazonAthena": "athena", "AmazonEC2ContainerServiceV20141113": "ecs", "AmazonSQS": "sqs", "AmazonSSM": "ssm",
	"DynamoDB_20120810": "dynamodb", "Kinesis_20131202": "kinesis", "Logs_20140328": "logs", "TrentService": "kms", "secretsmanager": "secretsmanager",
}

// otherService returns the name of the service that the request is meant for;
// "" if that is Step Functions, or if it is not known.
func otherService(r *http.Request) string {
	target, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if target == prefix {
		return ""
	}
	scope, _ := caller.ScopeOf(r)
	signed := scope.Service
	switch {
	case signed == "states":
		return ""
	case signed != "":
		return signed
	case targets[target] != "":
		return targets[target]
	case strings.HasPrefix(r.URL.Path, "/2015-03-31/functions"):
		return "lambda"
	}
	return target
}

// notHere is the message for a service; "" is one that is not known.
func notHere(service string) string {
	id := serviceIDs[service]
	switch {
	case id != "":
		return fmt.Sprintf("this is aslocal, a local Step Functions, and %s is not here: give it an endpoint of its own (AWS_ENDPOINT_URL_%s), "+
			"and set AWS_ENDPOINT_URL_SFN to this one instead of AWS_ENDPOINT_URL", id, strings.ToUpper(strings.ReplaceAll(id, " ", "_")))
	case service != "":
		return fmt.Sprintf("this is aslocal, a local Step Functions, and the service %q is not here: set AWS_ENDPOINT_URL_SFN to this endpoint instead of AWS_ENDPOINT_URL", service)
	}
	return "this is aslocal, a local Step Functions, and the request is for another service: set AWS_ENDPOINT_URL_SFN to this endpoint instead of AWS_ENDPOINT_URL"
}

// refuseOther answers a request for another service.
func (e *Emulator) refuseOther(w http.ResponseWriter, r *http.Request) {
	service := otherService(r)
	message, code := notHere(service), "UnknownOperationException"
	if service != "" || form(r) { // else it is a page that a browser looks for
		e.watchers.refused(r, http.StatusBadRequest, message)
	}
	switch {
	case r.Header.Get("X-Amz-Target") != "": // AWS JSON
		awsjson.Refuse(w, &awsjson.Error{Name: code, Message: message, Status: http.StatusBadRequest})
	case service == "s3":
		writeXML(w, http.StatusBadRequest, struct {
			XMLName       xml.Name `xml:"Error"`
			Code, Message string
			RequestId     string
		}{Code: "NotImplemented", Message: message, RequestId: uuid.NewString()})
	case form(r) && r.URL.Path == "/": // the query protocol
		type failure struct{ Type, Code, Message string }
		writeXML(w, http.StatusBadRequest, struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     failure
			RequestId string
		}{Error: failure{"Sender", "InvalidAction", message}, RequestId: uuid.NewString()})
	case service != "": // REST JSON
		w.Header().Set("X-Amzn-ErrorType", code)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		w.Write(value.OfMembers("message", value.OfString(message)).AppendJSON(nil))
	default:
		http.Error(w, "aslocal has nothing at "+r.URL.Path+"; the Step Functions API takes POST requests at /", http.StatusNotFound)
	}
}

// form reports whether the request is a form, as those of the query protocol
// are.
func form(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

func writeXML(w http.ResponseWriter, status int, document any) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(document); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	io.Copy(w, &b)
}
