package reader

import (
	"compress/gzip"
	"io"
	"path"

	"github.com/klauspost/compress/zstd"

	"github.com/aslocal/aslocal/emulator/internal/s3"
)

// This file opens objects: plain ones, and those that the ending of their key
// says are compressed. Guide: "ItemReader (Map)", "Accepted compression".

// maxObject is the largest object that is read. Quotas: "Maximum size of an S3
// object read by a Distributed Map".
const maxObject = 10_000_000_000

// An object is one that is being read. What is read of it, expanded, is taken
// from the memory of the reading: a small object that expands without end does
// not take more than its share.
type object struct {
	s3.Object
	io.Reader
	content *s3.Content
	expand  io.Closer // or nil
}

func (r *reading) open(o s3.Object) (*object, error) {
	content, err := r.buckets.Get(r.ctx, o)
	if err != nil {
		return nil, &objectError{o, err}
	}
	f := &object{Object: o, content: content}
	if content.Size > maxObject {
		f.Close()
		return nil, tooLargeObject(content.Size)
	}
	expanded, err := f.expanded()
	if err != nil {
		f.Close()
		return nil, &objectError{o, err}
	}
	f.Reader = &metered{r, expanded}
	return f, nil
}

// expanded undoes the compression that the key's ending tells. (Parquet files
// are compressed inside.)
func (f *object) expanded() (io.Reader, error) {
	switch path.Ext(f.Key) {
	case ".gz":
		z, err := gzip.NewReader(f.content)
		if err != nil {
			return nil, err
		}
		f.expand = z
		return z, nil
	case ".zst", ".zstd":
		z, err := zstd.NewReader(f.content, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		f.expand = z.IOReadCloser()
		return z, nil
	}
	return f.content, nil
}

// Close ends the reading of the object, which need not be at its end.
func (f *object) Close() error {
	if f.expand != nil {
		f.expand.Close()
	}
	return f.content.Close()
}

// metered takes what is read from the memory of a reading.
type metered struct {
	r    *reading
	from io.Reader
}

func (m *metered) Read(p []byte) (int, error) {
	if err := m.r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.from.Read(p)
	if spent := m.r.spend(int64(n)); spent != nil {
		return 0, spent
	}
	return n, err
}
