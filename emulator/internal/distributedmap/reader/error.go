package reader

import (
	"errors"
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/s3"
)

// This file has the ways in which reading items fails. What the service was
// seen to say stands here to the letter (F-060); the rest is ours.

// errEnough ends a reading that has all the items it wants.
var errEnough = errors.New("reader: MaxItems items are read")

func failed(format string, args ...any) error {
	return &asl.Error{Name: asl.ErrItemReaderFailed, Cause: fmt.Sprintf(format, args...)}
}

func missing(field string) error { return failed("The field '%s' is required but was missing", field) }

// notIterable: a JSON file holds neither an array nor an object.
func notIterable() error { return failed("Attempting to map over non-iterable node.") }

func duplicateHeaders() error { return failed("CSV headers cannot contain duplicates.") }

func tooLongHeaders(bytes int) error {
	return failed("CSV headers cannot exceed %d bytes, got %d.", maxHeader, bytes)
}

// tooMuch: the items do not fit into memory. That is a limit of ours.
func tooMuch() error {
	return failed("the items are larger than the %d MB that a local Map Run may have; set MaxItems to read only some of them", maxMemory>>20)
}

// tooLongJSON: the document is not an array, which would be read in pieces.
func tooLongJSON() error {
	return failed("the object is larger than the %d MB that JSON other than an array may have; JSON Lines have no such limit", mostJSON>>20)
}

func tooLargeItem(what string) error {
	return failed("%s is larger than the %d MB that an item may have", what, maxItem>>20)
}

func tooLargeObject(bytes int64) error {
	return failed("the object has %d bytes, more than the %d that an ItemReader reads", bytes, int64(maxObject))
}

// wordedAt makes any error of a reading one of the program, which names the
// object that it met.
func wordedAt(o s3.Object, err error) error {
	var said *asl.Error
	if errors.As(err, &said) {
		return said
	}
	var at *objectError
	if errors.As(err, &at) {
		o, err = at.object, at.err
	}
	var answer *s3.Error
	if errors.As(err, &answer) {
		return failed("Unable to read s3://%s/%s. | Message from S3: %v", o.Bucket, o.Key, answer)
	}
	return failed("Unable to read s3://%s/%s: %v", o.Bucket, o.Key, err)
}

// An objectError names the object that cannot be read, where it is not the one
// that the arguments name.
type objectError struct {
	object s3.Object
	err    error
}

func (e *objectError) Error() string { return e.err.Error() }
func (e *objectError) Unwrap() error { return e.err }
