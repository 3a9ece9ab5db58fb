package task

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// This file answers what tasks ask of S3 where a bucket is a folder of this machine.
// API of S3: GetObject, PutObject, HeadObject, DeleteObject, CopyObject, ListObjectsV2.

// WithFolders returns a Caller that answers for the buckets that are folders of the
// storage, and leaves everything else to the other.
func WithFolders(storage *s3.Storage, other Caller) Caller { return folders{storage, other} }

type folders struct {
	*s3.Storage
	other Caller
}

// onFolders are the operations that folders have. The members of their inputs and
// outputs are named alike in all casings.
var onFolders = map[string]func(f folders, ctx context.Context, in value.Value) (value.Value, error){
	"CopyObject":    folders.copyObject,
	"DeleteObject":  folders.deleteObject,
	"GetObject":     folders.getObject,
	"HeadObject":    folders.headObject,
	"ListObjectsV2": folders.listObjects,
	"PutObject":     folders.putObject,
}

// Call implements Caller.
func (f folders) Call(ctx context.Context, r awsclient.Request) (awsclient.Response, error) {
	operation := onFolders[r.Operation]
	bucket := r.Input.Get("Bucket")
	if r.Service != "s3" || operation == nil || bucket.Kind() != value.String || !f.InFolder(bucket.Text()) {
		return f.other.Call(ctx, r)
	}
	out, err := operation(f, ctx, r.Input)
	if err != nil {
		return awsclient.Response{}, folderError(err)
	}
	return awsclient.Response{Output: out, Status: http.StatusOK, Header: http.Header{}}, nil
}

// folderError is what S3 would have answered with.
func folderError(err error) error {
	e, ok := errors.AsType[*s3.Error](err)
	if !ok {
		return err
	}
	failed := &awsclient.Error{Status: e.Status, Code: e.Code, Message: e.Message, RequestID: e.RequestID}
	if e.Code == "NoSuchKey" || e.Code == "NoSuchBucket" {
		failed.Shape = e.Code
	}
	return failed
}

func objectOf(in value.Value) s3.Object {
	return s3.Object{Bucket: in.Get("Bucket").Text(), Key: in.Get("Key").Text(), Version: in.Get("VersionId").Text()}
}

func (f folders) getObject(ctx context.Context, in value.Value) (value.Value, error) {
	e, err := f.Stat(objectOf(in))
	if err != nil {
		return value.Value{}, err
	}
	content, err := f.Get(ctx, objectOf(in))
	if err != nil {
		return value.Value{}, err
	}
	defer content.Close()
	text, err := io.ReadAll(io.LimitReader(content, maxResult+1)) // what is longer is no result
	if err != nil {
		return value.Value{}, &awsclient.Error{Err: err}
	}
	return describedObject(e).With("Body", value.OfString(strings.ToValidUTF8(string(text), "\uFFFD"))), nil
}

func (f folders) headObject(_ context.Context, in value.Value) (value.Value, error) {
	e, err := f.Stat(objectOf(in))
	if err != nil { // the answer to HEAD has no body
		return value.Value{}, &awsclient.Error{Status: http.StatusNotFound}
	}
	return describedObject(e), nil
}

func describedObject(e s3.Entry) value.Value {
	return value.OfMembers(
		"AcceptRanges", value.OfString("bytes"),
		"ContentLength", value.OfInt(e.Size),
		"ContentType", value.OfString("binary/octet-stream"), // which S3 says of an object without one
		"ETag", value.OfString(e.ETag),
		"LastModified", isoSecond(e.Modified),
		"Metadata", value.OfMembers(),
	)
}

// isoSecond writes a time as results of the AWS SDK have it.
func isoSecond(t time.Time) value.Value { return value.OfString(t.UTC().Format(time.RFC3339)) }

func (f folders) putObject(ctx context.Context, in value.Value) (value.Value, error) {
	o := objectOf(in)
	if err := f.Put(ctx, o, []byte(in.Get("Body").Text())); err != nil {
		return value.Value{}, err
	}
	e, err := f.Stat(o)
	return value.OfMembers("ETag", value.OfString(e.ETag)), err
}

func (f folders) deleteObject(_ context.Context, in value.Value) (value.Value, error) {
	return value.OfMembers(), f.Delete(objectOf(in))
}

// copyObject copies an object of any folder.
func (f folders) copyObject(ctx context.Context, in value.Value) (value.Value, error) {
	source, err := url.PathUnescape(strings.TrimPrefix(in.Get("CopySource").Text(), "/"))
	bucket, key, ok := strings.Cut(source, "/")
	if err != nil || !ok {
		return value.Value{}, &s3.Error{Status: http.StatusBadRequest, Code: "InvalidArgument", Message: "Invalid copy source object key"}
	}
	content, err := f.Get(ctx, s3.Object{Bucket: bucket, Key: key})
	if err != nil {
		return value.Value{}, err
	}
	defer content.Close()
	whole, err := io.ReadAll(content)
	if err != nil {
		return value.Value{}, &awsclient.Error{Err: err}
	}
	to := objectOf(in)
	if err := f.Put(ctx, to, whole); err != nil {
		return value.Value{}, err
	}
	e, err := f.Stat(to)
	return value.OfMembers("CopyObjectResult", value.OfMembers("ETag", value.OfString(e.ETag), "LastModified", isoSecond(e.Modified))), err
}

// maxKeys is how many objects a page of a listing has.
const maxKeys = 1000

// listObjects lists a page of the objects, and of the groups of objects that a
// Delimiter makes. The token of the next page is the last key of this one.
func (f folders) listObjects(ctx context.Context, in value.Value) (value.Value, error) {
	prefix, delimiter, after := in.Get("Prefix").Text(), in.Get("Delimiter").Text(), in.Get("StartAfter").Text()
	if token := in.Get("ContinuationToken").Text(); token != "" {
		last, err := base64.URLEncoding.DecodeString(token)
		if err != nil {
			return value.Value{}, &s3.Error{Status: http.StatusBadRequest, Code: "InvalidArgument", Message: "The continuation token provided is incorrect"}
		}
		after = string(last)
	}
	most := int64(maxKeys)
	if n, ok := in.Get("MaxKeys").Int(); ok && n >= 0 && n < most {
		most = n
	}
	var contents, groups []value.Value
	var last, group string
	truncated := false
	for e, err := range f.List(ctx, s3.Object{Bucket: in.Get("Bucket").Text(), Key: prefix}) {
		if err != nil {
			return value.Value{}, err
		}
		if e.Key <= after || delimiter != "" && group != "" && strings.HasPrefix(e.Key, group) {
			continue
		}
		inner, _, grouped := strings.Cut(e.Key[len(prefix):], delimiter)
		grouped = grouped && delimiter != ""
		if int64(len(contents)+len(groups)) == most {
			truncated = true
			break
		}
		last = e.Key
		if grouped {
			group = prefix + inner + delimiter
			last = group + "\U0010FFFF"
			groups = append(groups, value.OfMembers("Prefix", value.OfString(group)))
			continue
		}
		contents = append(contents, value.OfMembers("ETag", value.OfString(e.ETag), "Key", value.OfString(e.Key), "LastModified", isoSecond(e.Modified),
			"Size", value.OfInt(e.Size), "StorageClass", value.OfString(e.StorageClass)))
	}
	var b value.ObjectBuilder
	b.Set("CommonPrefixes", value.OfSlice(groups))
	b.Set("Contents", value.OfSlice(contents))
	if delimiter != "" {
		b.Set("Delimiter", value.OfString(delimiter))
	}
	b.Set("IsTruncated", value.OfBool(truncated))
	b.Set("KeyCount", value.OfInt(int64(len(contents)+len(groups))))
	b.Set("MaxKeys", value.OfInt(most))
	b.Set("Name", in.Get("Bucket"))
	if truncated {
		b.Set("NextContinuationToken", value.OfString(base64.URLEncoding.EncodeToString([]byte(last))))
	}
	b.Set("Prefix", value.OfString(prefix))
	return b.Value(), nil
}
