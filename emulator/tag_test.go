package emulator_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// Tags have letters, digits, white space, and some signs; nothing that is taken
// for markup or ends a line.
func TestCharactersOfTags(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	pattern := map[string]string{"key": `^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`, "value": `^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`}
	for _, c := range []struct{ key, text, wrong string }{
		{"cost center", "Zürich 東京 ٣", ""},
		{"a_b.c:d/e=f+g-h@i", "", ""},
		{"aws", "aws:v", ""},
		{"aws:k", "v", "key"},
		{"nul\x00", "v", "key"},
		{"line\nbreak", "v", "key"},
		{"tab\t", "v", "key"},
		{"<script>", "v", "key"},
		{"k", "a;b", "value"},
		{"k", "\x1b[31m", "value"},
		{"k", `"`, "value"},
	} {
		_, err := x.client.TagResource(x.ctx, &sfn.TagResourceInput{ResourceArn: machine, Tags: []types.Tag{{Key: &c.key, Value: &c.text}}})
		if c.wrong == "" {
			if err != nil {
				t.Errorf("%q=%q: %v", c.key, c.text, err)
			}
			continue
		}
		shown := map[string]string{"key": c.key, "value": c.text}[c.wrong]
		x.wantFault(err, "ValidationException", "1 validation error detected: Value '"+shown+"' at 'tags.1.member."+c.wrong+
			"' failed to satisfy constraint: Member must satisfy regular expression pattern: "+pattern[c.wrong])
	}
	_, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String("a"), Tags: []types.Tag{{Key: aws.String("<"), Value: aws.String("v")}}})
	x.wantFault(err, "ValidationException", "1 validation error detected: Value '<' at 'tags.1.member.key' failed to satisfy constraint: "+
		"Member must satisfy regular expression pattern: "+pattern["key"])
}
