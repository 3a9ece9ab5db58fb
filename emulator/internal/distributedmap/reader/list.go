package reader

import (
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// This file reads the objects of a bucket under a prefix: what the listing says
// of them, or the items that they hold. Guide: "ItemReader (Map)",
// "Transformation".

// entryShape is how a listed object looks as an item. The name Etag is not that
// of the S3 API (F-063).
var entryShape = value.NewShape("Etag", "Key", "LastModified", "Size", "StorageClass")

// list adds an item for each object.
func (r *reading) list(o s3.Object) error {
	for e, err := range r.buckets.List(r.ctx, o) {
		if err != nil {
			return err
		}
		if err := r.spend(int64(len(e.Key) + len(e.ETag))); err != nil {
			return err
		}
		item := entryShape.New([]value.Value{
			value.OfString(e.ETag), value.OfString(e.Key), seconds(e.Modified.Unix()), value.OfInt(e.Size), value.OfString(e.StorageClass),
		})
		if err := r.add(item); err != nil {
			return err
		}
	}
	return nil
}

// seconds is a time as the service writes it: a double, as Java does, where that
// has an exponent (F-063).
func seconds(n int64) value.Value {
	if -1e7 < n && n < 1e7 { // until the 26th of April 1970
		return value.OfInt(n)
	}
	return value.MustParse(value.JavaDouble(float64(n)))
}

// flatten adds the items of each object. What ends in a slash and is empty is
// the "folder" that the console of S3 makes.
func (r *reading) flatten(o s3.Object) error {
	for e, err := range r.buckets.List(r.ctx, o) {
		if err != nil {
			return err
		}
		if e.Size == 0 && strings.HasSuffix(e.Key, "/") {
			continue
		}
		one := s3.Object{Bucket: o.Bucket, Key: e.Key, Owner: o.Owner}
		from := len(r.items)
		err := r.object(one)
		if len(r.items) > from {
			r.sources = append(r.sources, Source{From: from, Source: sourceOf(one)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
