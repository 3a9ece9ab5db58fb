package s3

import (
	"fmt"
	"net/http"
)

// This file has the errors of S3: those that S3 itself gives, in its words, and
// those of a local emulator, in ours.

const (
	codeNoSuchKey    = "NoSuchKey"
	codeNoSuchBucket = "NoSuchBucket"
)

// An Error is a refusal of S3, or the reason why S3 could not be asked.
type Error struct {
	Status    int    // of HTTP; 0: there was no answer
	Code      string // "NoSuchKey"
	Message   string
	RequestID string
}

// Error words the error as the SDK does that Step Functions calls S3 with.
func (e *Error) Error() string {
	switch {
	case e.Status == 0:
		return e.Message
	case e.RequestID == "":
		return fmt.Sprintf("%s (Service: S3, Status Code: %d)", e.Message, e.Status)
	}
	return fmt.Sprintf("%s (Service: S3, Status Code: %d, Request ID: %s)", e.Message, e.Status, e.RequestID)
}

func noSuchKey() error {
	return &Error{Status: http.StatusNotFound, Code: codeNoSuchKey, Message: "The specified key does not exist."}
}

func noSuchBucket() error {
	return &Error{Status: http.StatusNotFound, Code: codeNoSuchBucket, Message: "The specified bucket does not exist"}
}

// noStorage: neither a folder nor an endpoint is set up.
func noStorage(bucket string) error {
	return &Error{Code: "NoStorage", Message: fmt.Sprintf(
		"no S3 is set up for the bucket '%s': set --s3-dir to a folder whose folders are buckets, or --s3-endpoint (AWS_ENDPOINT_URL_S3) to an "+
			"endpoint that speaks S3, such as http://localhost:9000 of MinIO", bucket)}
}

// noVersions: a folder holds each object once.
func noVersions(o Object) error {
	return &Error{Status: http.StatusBadRequest, Code: "InvalidArgument", Message: fmt.Sprintf(
		"a folder holds no versions of objects: version '%s' of '%s' cannot be read", o.Version, o.Key)}
}

// notAFile: the key cannot be the path of a file.
func notAFile(o Object) error {
	return &Error{Status: http.StatusBadRequest, Code: "InvalidArgument", Message: fmt.Sprintf(
		"a folder can hold no object with the key '%s': expected names separated by single slashes", o.Key)}
}

// unreadable: the operating system refuses access to a file.
func unreadable(err error) error {
	return &Error{Status: http.StatusForbidden, Code: "AccessDenied", Message: fmt.Sprintf("Access Denied: %v", err)}
}

// unreachable: there is no connection to the endpoint, or it broke off.
func unreachable(err error, endpoint string) error {
	return &Error{Code: "NoAnswer", Message: fmt.Sprintf(
		"Unable to execute HTTP request: %v. S3 was called at %s: is that running? Another endpoint is set by --s3-endpoint or AWS_ENDPOINT_URL_S3, "+
			"and --s3-dir makes folders the buckets", err, endpoint)}
}

// unreadableAnswer: what answers at the endpoint does not speak S3, or broke off.
func unreadableAnswer(err error, endpoint string) error {
	return &Error{Status: http.StatusOK, Code: "UnreadableAnswer", Message: fmt.Sprintf("the answer of %s cannot be read: %v", endpoint, err)}
}

// noName: no request can name the object.
func noName(o Object) error {
	return &Error{Status: http.StatusBadRequest, Code: "InvalidArgument", Message: fmt.Sprintf(
		"expected the names of a bucket and of an object, got bucket '%s' and key '%s'", o.Bucket, o.Key)}
}
