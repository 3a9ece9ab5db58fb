// Package s3 is S3 as Map Runs use it: an ItemReader gets and lists
// objects, a ResultWriter puts them. Buckets are folders of this machine, or
// those of an endpoint that speaks S3, such as MinIO, LocalStack, moto,
// SeaweedFS or S3 itself:
//
//	s, err := s3.Open(s3.Config{Folder: "testdata/s3", Endpoint: "http://localhost:9000"})
//	if err != nil { … }
//	defer s.Close()
//	o, err := s.Get(ctx, s3.Object{Bucket: "orders", Key: "2026/november.csv"}) // testdata/s3/orders/2026/november.csv
//
// A bucket that the folder has is taken from there, any other from the endpoint.
// Failures are an [*Error] in the words of S3.
package s3

import (
	"context"
	"io"
	"iter"
	"time"
)

// Config says where buckets are. The zero Config knows of none.
type Config struct {
	Folder   string // whose folders are buckets; "": none
	Endpoint string // URL; "": none
	Region   string // that requests to the endpoint are signed for
}

// An Object names an object.
type Object struct {
	Bucket, Key string
	Version     string // "": the latest
	Owner       string // the account that the bucket is expected to be of; "": any
}

// Content is what an object holds. It must be closed.
type Content struct {
	io.ReadCloser
	Size int64 // -1: not known
}

// An Entry is an object in a listing.
type Entry struct {
	Key          string
	ETag         string // with its quotes
	Modified     time.Time
	Size         int64
	StorageClass string
}

// buckets are the buckets of one place.
type buckets interface {
	// get opens an object. A missing one is the error NoSuchKey or NoSuchBucket.
	get(ctx context.Context, o Object) (*Content, error)

	// list yields the objects of o's bucket whose keys begin with o.Key, in the
	// order of their keys as bytes. It ends with the first error.
	list(ctx context.Context, o Object) iter.Seq2[Entry, error]

	// put writes an object, whole or not at all.
	put(ctx context.Context, o Object, content []byte) error
}

// Storage holds the buckets that there are. It is safe for concurrent use.
type Storage struct {
	folder *folder // or nil
	remote *remote // or nil
}

// Open returns the storage of the settings. It fails if the folder cannot be
// opened or the endpoint is no URL; whether anybody answers there shows when it
// is used.
func Open(c Config) (*Storage, error) {
	s := &Storage{}
	var err error
	if c.Endpoint != "" {
		if s.remote, err = newRemote(c); err != nil {
			return nil, err
		}
	}
	if c.Folder != "" {
		if s.folder, err = openFolder(c.Folder); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close closes the folder, and the connections that are kept for the next call.
func (s *Storage) Close() error {
	if s.remote != nil {
		s.remote.close()
	}
	if s.folder != nil {
		return s.folder.close()
	}
	return nil
}

// of returns where a bucket is.
func (s *Storage) of(bucket string) (buckets, error) {
	switch {
	case s.InFolder(bucket):
		return s.folder, nil
	case s.remote != nil:
		return s.remote, nil
	}
	return nil, noStorage(bucket)
}

// Get opens an object.
func (s *Storage) Get(ctx context.Context, o Object) (*Content, error) {
	b, err := s.of(o.Bucket)
	if err != nil {
		return nil, err
	}
	return b.get(ctx, o)
}

// List yields the objects of o's bucket whose keys begin with o.Key, in the
// order of their keys as bytes. It ends with the first error.
func (s *Storage) List(ctx context.Context, o Object) iter.Seq2[Entry, error] {
	b, err := s.of(o.Bucket)
	if err != nil {
		return func(yield func(Entry, error) bool) { yield(Entry{}, err) }
	}
	return b.list(ctx, o)
}

// InFolder reports whether the bucket is a folder, or would be if it were there:
// without an endpoint, all buckets are folders.
func (s *Storage) InFolder(bucket string) bool {
	return s.folder != nil && (s.remote == nil || s.folder.has(bucket))
}

// Stat describes an object in a folder. A missing one is the error NoSuchKey or
// NoSuchBucket.
func (s *Storage) Stat(o Object) (Entry, error) {
	if s.folder == nil {
		return Entry{}, noStorage(o.Bucket)
	}
	return s.folder.stat(o)
}

// Delete removes an object in a folder, and the folders that are empty then. One that
// is not there is no error.
func (s *Storage) Delete(o Object) error {
	if s.folder == nil {
		return noStorage(o.Bucket)
	}
	return s.folder.delete(o)
}

// Put writes an object, whole or not at all.
func (s *Storage) Put(ctx context.Context, o Object, content []byte) error {
	b, err := s.of(o.Bucket)
	if err != nil {
		return err
	}
	return b.put(ctx, o, content)
}
