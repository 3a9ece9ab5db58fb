package s3

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aslocal/aslocal/internal/regular"
)

// This file makes the folders of a folder buckets, and the files below them
// objects: orders/2026/november.csv is the object 2026/november.csv of the
// bucket orders. Nothing outside the folder is touched, whatever keys and
// symbolic links say. Files whose names begin with a dot are not listed, so that
// .gitkeep and .DS_Store are no items.

// folder holds buckets.
type folder struct{ root *os.Root }

func openFolder(name string) (*folder, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("s3 folder: %w", err)
	}
	return &folder{root}, nil
}

func (f *folder) close() error { return f.root.Close() }

// has reports whether there is a bucket of the name.
func (f *folder) has(bucket string) bool {
	if bucket == "." || strings.Contains(bucket, "/") || !fs.ValidPath(bucket) {
		return false
	}
	info, err := f.root.Stat(bucket)
	return err == nil && info.IsDir()
}

func (f *folder) get(_ context.Context, o Object) (*Content, error) {
	switch {
	case !f.has(o.Bucket):
		return nil, noSuchBucket()
	case o.Version != "" && o.Version != "null": // which is what S3 calls that of a bucket without versions
		return nil, noVersions(o)
	case !fs.ValidPath(o.Key):
		return nil, noSuchKey()
	}
	file, err := regular.OpenIn(f.root, path.Join(o.Bucket, o.Key))
	if errors.Is(err, fs.ErrPermission) {
		return nil, unreadable(err)
	}
	if err != nil { // it is not there, it is below a file, it is a link to the outside, its name is too long, it is no file
		return nil, noSuchKey()
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, unreadable(err)
	}
	return &Content{ReadCloser: file, Size: info.Size()}, nil
}

func (f *folder) list(ctx context.Context, o Object) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if !f.has(o.Bucket) {
			yield(Entry{}, noSuchBucket())
			return
		}
		keys, err := f.keys(ctx, o)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		for _, key := range keys {
			e, err := f.entry(o.Bucket, key)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				err = unreadable(err)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// keys returns those that begin with o.Key, sorted. (Walking gives a/b before
// a.b, since it compares names and not keys.)
func (f *folder) keys(ctx context.Context, o Object) ([]string, error) {
	from := o.Bucket
	if i := strings.LastIndexByte(o.Key, '/'); i > 0 && fs.ValidPath(o.Key[:i]) {
		from = path.Join(o.Bucket, o.Key[:i])
	}
	var keys []string
	err := fs.WalkDir(f.root.FS(), from, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrPermission) {
			return unreadable(err)
		}
		if err != nil { // as in get
			return nil
		}
		if strings.HasPrefix(d.Name(), ".") && name != from {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if key := strings.TrimPrefix(name, o.Bucket+"/"); !d.IsDir() && strings.HasPrefix(key, o.Key) {
			keys = append(keys, key)
		}
		return ctx.Err()
	})
	slices.Sort(keys)
	return keys, err
}

// entry describes a file. It is the error fs.ErrNotExist if it is none.
func (f *folder) entry(bucket, key string) (Entry, error) {
	name := path.Join(bucket, key)
	info, err := f.root.Stat(name) // follows a link, which the walk does not
	if errors.Is(err, fs.ErrPermission) {
		return Entry{}, err
	}
	if err != nil || !info.Mode().IsRegular() { // a link to nowhere, to the outside, to a folder
		return Entry{}, fs.ErrNotExist
	}
	tag, err := f.tag(name, info)
	return Entry{Key: key, ETag: tag, Modified: info.ModTime().Truncate(time.Second), Size: info.Size(), StorageClass: "STANDARD"}, err
}

// stat describes an object.
func (f *folder) stat(o Object) (Entry, error) {
	content, err := f.get(context.Background(), o)
	if err != nil {
		return Entry{}, err
	}
	defer content.Close()
	e, err := f.entry(o.Bucket, o.Key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e, noSuchKey()
	case err != nil:
		return e, unreadable(err)
	}
	return e, nil
}

// delete removes an object, and the folders that it leaves empty, as S3 has no folders.
func (f *folder) delete(o Object) error {
	switch {
	case !f.has(o.Bucket):
		return noSuchBucket()
	case !fs.ValidPath(o.Key) || o.Key == ".":
		return nil
	}
	name := path.Join(o.Bucket, o.Key)
	if info, err := f.root.Lstat(name); err != nil || info.IsDir() {
		return nil // it is no object
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unreadable(err)
	}
	for dir := path.Dir(name); dir != o.Bucket; dir = path.Dir(dir) {
		if f.root.Remove(dir) != nil {
			break // it is not empty
		}
	}
	return nil
}

// part is the size from which clients upload objects in parts. The ETag of those
// is no MD5 of their content.
const part = 8 << 20

// tag is the ETag of a file: the MD5 of a small one, as in S3; of a large one
// what changes with it.
func (f *folder) tag(name string, info fs.FileInfo) (string, error) {
	h := md5.New()
	if info.Size() >= part {
		binary.Write(h, binary.BigEndian, []int64{info.Size(), info.ModTime().UnixNano()})
		return fmt.Sprintf(`"%x-%d"`, h.Sum(nil), (info.Size()+part-1)/part), nil
	}
	file, err := regular.OpenIn(f.root, name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return fmt.Sprintf(`"%x"`, h.Sum(nil)), nil
}

// put writes beside the object and renames, so that nobody reads half of it.
func (f *folder) put(_ context.Context, o Object, content []byte) error {
	switch {
	case !f.has(o.Bucket):
		return noSuchBucket()
	case !fs.ValidPath(o.Key):
		return notAFile(o)
	}
	name := path.Join(o.Bucket, o.Key)
	dir := path.Dir(name)
	if err := f.root.MkdirAll(dir, 0o755); err != nil {
		return unreadable(err)
	}
	fresh := path.Join(dir, "."+rand.Text()) // without the object's name, which may be as long as the system allows
	err := f.root.WriteFile(fresh, content, 0o644)
	if err == nil {
		err = f.root.Rename(fresh, name)
	}
	if err != nil {
		f.root.Remove(fresh)
		return unreadable(err)
	}
	return nil
}
