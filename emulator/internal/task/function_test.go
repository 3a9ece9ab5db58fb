package task

import "testing"

func TestParseFunction(t *testing.T) {
	tests := []struct {
		text string
		want function
		key  string
	}{
		{"pay", function{name: "pay"}, "pay"},
		{"pay:prod", function{name: "pay", qualifier: "prod"}, "pay:prod"},
		{"function:pay", function{name: "pay"}, "pay"},
		{"function:pay:7", function{name: "pay", qualifier: "7"}, "pay:7"},
		{"123456789012:function:pay", function{name: "pay", account: "123456789012"}, "pay"},
		{"123456789012:function:pay:prod", function{name: "pay", qualifier: "prod", account: "123456789012"}, "pay:prod"},
		{"arn:aws:lambda:us-east-1:123456789012:function:pay", function{name: "pay", region: "us-east-1", account: "123456789012"},
			"arn:aws:lambda:us-east-1:123456789012:function:pay"},
		{"arn:aws-cn:lambda:cn-north-1:123456789012:function:pay:$LATEST", function{"pay", "$LATEST", "cn-north-1", "123456789012"},
			"arn:aws:lambda:cn-north-1:123456789012:function:pay:$LATEST"},
		{"arn:aws:lambda:::function:pay", function{name: "pay"}, "pay"},
		{"", function{}, ""},
		{"function", function{name: "function"}, "function"},
		{"arn:aws:sqs:us-east-1:1:queue:q", function{name: "arn", qualifier: "aws:sqs:us-east-1:1:queue:q"}, "arn:aws:sqs:us-east-1:1:queue:q"},
	}
	for _, tt := range tests {
		if got := parseFunction(tt.text); got != tt.want || got.key() != tt.key {
			t.Errorf("%s: got %+v with key %s, want %+v with key %s", tt.text, got, got.key(), tt.want, tt.key)
		}
	}
}

func FuzzParseFunction(f *testing.F) {
	for _, seed := range []string{"pay", "a:function:pay:1", "arn:aws:lambda:r:a:function:pay:1", ":::", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := parseFunction(text)
		if again := parseFunction(got.key()); got.region != "" && got.account != "" && again != got {
			t.Errorf("%q: got %+v, and from its key %q %+v", text, got, got.key(), again)
		}
	})
}
