package intrinsic

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// maxText is the maximum number of characters of an argument in this file. Source:
// limits, "Intrinsic functions".
const maxText = 10_000

// limited returns argument 0, a string of at most maxText characters.
func (in *invocation) limited() (string, error) {
	text, err := in.text(0)
	if err == nil && tooLong(text) {
		err = in.invalid()
	}
	return text, err
}

func tooLong(text string) bool { return len(text) > maxText && utf8.RuneCountInString(text) > maxText }

// base64Encode encodes the UTF-8 of a string, in one line.
func base64Encode(in *invocation) (value.Value, error) {
	text, err := in.limited()
	return value.OfString(base64.StdEncoding.EncodeToString([]byte(text))), err
}

// base64Decode decodes as MIME does: other characters are skipped (F-037), and
// padding may be missing.
func base64Decode(in *invocation) (value.Value, error) {
	text, err := in.limited()
	if err != nil {
		return value.Value{}, err
	}
	text, _, _ = strings.Cut(text, "=")
	text = strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '+' || r == '/' {
			return r
		}
		return -1
	}, text)
	content, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return value.Value{}, in.invalid() // the text ends within a byte
	}
	return value.OfString(strings.ToValidUTF8(string(content), "\uFFFD")), nil
}

// hashes has the algorithms of States.Hash by their names, case-sensitive.
var hashes = map[string]func([]byte) []byte{
	"MD5":     func(b []byte) []byte { h := md5.Sum(b); return h[:] },
	"SHA-1":   func(b []byte) []byte { h := sha1.Sum(b); return h[:] },
	"SHA-256": func(b []byte) []byte { h := sha256.Sum256(b); return h[:] },
	"SHA-384": func(b []byte) []byte { h := sha512.Sum384(b); return h[:] },
	"SHA-512": func(b []byte) []byte { h := sha512.Sum512(b); return h[:] },
}

// Hash returns the hash of the UTF-8 of a text in lower-case hexadecimal; ok is false
// if there is no such algorithm. $hash of JSONata has the same ones.
func Hash(text, algorithm string) (sum string, ok bool) {
	h := hashes[algorithm]
	if h == nil {
		return "", false
	}
	return hex.EncodeToString(h([]byte(text))), true
}

// hash is the hash of a string, or of the JSON text of anything else (F-037).
func hash(in *invocation) (value.Value, error) {
	data, name := in.values[0], in.values[1]
	text := data.String()
	if data.Kind() == value.String {
		text = data.Text()
	}
	sum, ok := Hash(text, name.Text())
	if !ok || tooLong(text) {
		return value.Value{}, in.invalid()
	}
	return value.OfString(sum), nil
}
