package emulator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

// Tasks read and write the buckets that are folders as those of S3.
func TestTasksUseFoldersAsBuckets(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"a/1.json": `{"n": 1}`, "a/2.json": "two", "a/b/3.json": "three", "c.txt": "ä"} {
		path := filepath.Join(folder, "bucket", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	x := newTest(t, emulator.WithS3Folder(folder))
	for _, c := range []struct{ name, action, parameters, want string }{
		{"get", "getObject", `{"Bucket": "bucket", "Key": "c.txt"}`, `"Body":"ä"`},
		{"get JSON", "getObject", `{"Bucket": "bucket", "Key": "a/1.json"}`, `"ContentLength":8,`},
		{"head", "headObject", `{"Bucket": "bucket", "Key": "c.txt"}`, `"ETag":"\"8419b71c87a225a2c70b50486fbee545\""`},
		{"head none", "headObject", `{"Bucket": "bucket", "Key": "none"}`, "S3.NoSuchKeyException: (Service: S3, Status Code: 404, Request ID: "},
		{"get none", "getObject", `{"Bucket": "bucket", "Key": "none"}`, "S3.NoSuchKeyException: The specified key does not exist. (Service: S3, Status Code: 404, Request ID: "},
		{"get nowhere", "getObject", `{"Bucket": "none", "Key": "none"}`, "S3.NoSuchBucketException: The specified bucket does not exist (Service: S3, "},
		{"get outside", "getObject", `{"Bucket": "bucket", "Key": "../secret"}`, "S3.NoSuchKeyException: "},
		{"put a text", "putObject", `{"Bucket": "bucket", "Key": "new/t", "Body": "text"}`, `"ETag":"\"20cd815523e5806aec29a57282b0d49f\""`},
		{"put JSON", "putObject", `{"Bucket": "bucket", "Key": "new/j", "Body": {"a": [1]}}`, `"ChecksumType":"FULL_OBJECT"`},
		{"put outside", "putObject", `{"Bucket": "bucket", "Key": "../../x", "Body": "text"}`, "S3.S3Exception: "},
		{"copy", "copyObject", `{"Bucket": "bucket", "Key": "new/copy", "CopySource": "bucket/c.txt"}`, `"CopyObjectResult":{"ETag":"\"8419b71c`},
		{"copy none", "copyObject", `{"Bucket": "bucket", "Key": "new/copy", "CopySource": "bucket/none"}`, "S3.NoSuchKeyException: "},
		{"list", "listObjectsV2", `{"Bucket": "bucket", "Prefix": "a/"}`, `"KeyCount":3,`},
		{"list groups", "listObjectsV2", `{"Bucket": "bucket", "Prefix": "a/", "Delimiter": "/"}`, `"CommonPrefixes":[{"Prefix":"a/b/"}],"Contents":[{"ETag":`},
		{"list a page", "listObjectsV2", `{"Bucket": "bucket", "Prefix": "a/", "MaxKeys": 1}`, `"NextContinuationToken":"YS8xLmpzb24="`},
		{"list the next", "listObjectsV2", `{"Bucket": "bucket", "Prefix": "a/", "MaxKeys": 1, "ContinuationToken": "YS8xLmpzb24="}`, `"Key":"a/2.json"`},
		{"list by a bad token", "listObjectsV2", `{"Bucket": "bucket", "ContinuationToken": "?"}`, "S3.S3Exception: The continuation token provided is incorrect"},
		{"delete", "deleteObject", `{"Bucket": "bucket", "Key": "c.txt"}`, `{}`},
		{"delete none", "deleteObject", `{"Bucket": "bucket", "Key": "none"}`, `{}`},
		{"another operation", "listBuckets", `{}`, "S3.SdkClientException: no endpoint is set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := x.em.Wait(x.start(x.create(strings.ReplaceAll(c.name, " ", "-"), `{"StartAt": "T", "States": {"T": {"Type": "Task",
				"Resource": "arn:aws:states:::aws-sdk:s3:`+c.action+`", "Parameters": `+c.parameters+`, "End": true}}}`), "", `{}`))
			if said := got.Output + got.Error + ": " + got.Cause; !strings.Contains(said, c.want) {
				t.Errorf("got %s\nwant %s", said, c.want)
			}
		})
	}
	for name, want := range map[string]string{"new/t": `"text"`, "new/j": `{"a":[1]}`, "new/copy": "ä", "c.txt": ""} {
		if got, _ := os.ReadFile(filepath.Join(folder, "bucket", filepath.FromSlash(name))); string(got) != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
