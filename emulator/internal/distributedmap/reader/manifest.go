package reader

import (
	"io"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// This file reads manifests: objects that name the objects which have the
// items. Guide: "ItemReader (Map)", "ManifestType".

// inventory adds the rows of an S3 inventory: gzipped CSV files without headers,
// which the manifest's fileSchema gives. (User guide of S3: "Inventory list".)
func (r *reading) inventory(o s3.Object) error {
	f, err := r.open(o)
	if err != nil {
		return err
	}
	defer f.Close()
	manifest, err := newJSONText(f, r).parse()
	if err != nil {
		return err
	}
	if format := manifest.Get("fileFormat"); format.Exists() && format.Text() != "CSV" {
		return failed("the manifest s3://%s/%s: only inventories in the format CSV can be read, got %s", o.Bucket, o.Key, format)
	}
	schema, files := manifest.Get("fileSchema"), manifest.Get("files")
	if schema.Kind() != value.String || files.Kind() != value.Array {
		return failed("the manifest s3://%s/%s: expected fileSchema, a string, and files, an array, as an S3 inventory has them", o.Bucket, o.Key)
	}
	var headers []string
	for name := range strings.SplitSeq(schema.Text(), ",") {
		headers = append(headers, strings.TrimSpace(name))
	}
	if err := checkHeaders(headers); err != nil {
		return err
	}
	bucket := o.Bucket
	if arn := manifest.Get("destinationBucket").Text(); arn != "" {
		bucket = arn[strings.LastIndexByte(arn, ':')+1:]
	}
	r.config.delimiter = ','
	for i, file := range files.Items() {
		key := file.Get("key")
		if key.Kind() != value.String {
			return failed("the manifest s3://%s/%s: files/%d: expected a key, got %s", o.Bucket, o.Key, i, shortened(file.String()))
		}
		if err := r.file(s3.Object{Bucket: bucket, Key: key.Text(), Owner: o.Owner}, headers); err != nil {
			return err
		}
	}
	return nil
}

// file adds the records of one file of an inventory.
func (r *reading) file(o s3.Object, headers []string) error {
	f, err := r.open(o)
	if err != nil {
		return err
	}
	defer f.Close()
	return r.records(f, headers)
}

// athena adds the items of the files that an Athena query has written. Its
// manifest has the URI of one in each line.
func (r *reading) athena(o s3.Object) error {
	f, err := r.open(o)
	if err != nil {
		return err
	}
	defer f.Close()
	in := newRecords(f, ',')
	for {
		fields, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &objectError{o, err}
		}
		uri := strings.TrimSpace(fields[0])
		if uri == "" {
			continue
		}
		named, ok := parseURI(uri)
		if !ok {
			return failed("the manifest s3://%s/%s: line %d: expected the URI of an object, such as s3://bucket/key, got %q", o.Bucket, o.Key, in.line, shortened(uri))
		}
		named.Owner = o.Owner
		if err := r.object(named); err != nil {
			return err
		}
	}
}

func parseURI(uri string) (s3.Object, bool) {
	scheme, rest, ok := strings.Cut(uri, "://")
	bucket, key, found := strings.Cut(rest, "/")
	return s3.Object{Bucket: bucket, Key: key}, ok && found && strings.EqualFold(scheme, "s3") && bucket != "" && key != ""
}
