package awsclient

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file writes and reads bodies in CBOR (RFC 8949), as far as Smithy's RPC v2
// uses it. That of smithy-go is for its own clients only and has no limit of depth.

// The major types of CBOR.
const (
	cborUint = iota << 5
	cborNegative
	cborBytes
	cborText
	cborArray
	cborMap
	cborTag
	cborSimple
)

// The values of the simple type, and what ends something of indefinite length.
const (
	cborFalse   = 20
	cborTrue    = 21
	cborNull    = 22
	cborFloat16 = 25
	cborFloat32 = 26
	cborFloat64 = 27
	cborBreak   = 0xff
)

// appendCBOR appends a checked input.
func appendCBOR(dst []byte, s *awsapi.Shape, v value.Value) []byte {
	if v.IsNull() {
		return append(dst, cborSimple|cborNull)
	}
	switch s.Kind {
	case awsapi.Structure:
		dst = appendHead(dst, cborMap, uint64(v.Len()))
		for _, m := range s.InOrder() {
			if member := v.Get(m.Name); member.Exists() {
				dst = appendCBORText(dst, cborText, m.Name)
				dst = appendCBOR(dst, m.Shape, member)
			}
		}
		return dst
	case awsapi.List:
		dst = appendHead(dst, cborArray, uint64(v.Len()))
		for _, item := range v.Items() {
			dst = appendCBOR(dst, s.Element, item)
		}
		return dst
	case awsapi.Map:
		dst = appendHead(dst, cborMap, uint64(v.Len()))
		for key, item := range v.Members() {
			dst = appendCBOR(appendCBORText(dst, cborText, key), s.Element, item)
		}
		return dst
	case awsapi.Blob:
		return appendCBORText(dst, cborBytes, v.Text())
	case awsapi.Timestamp:
		t, err := time.Parse(timeLayout, v.Text())
		if err != nil {
			panic(fmt.Sprintf("awsclient: the checked timestamp %s: %v", v, err))
		}
		return appendFloat(appendHead(dst, cborTag, 1), float64(t.UnixMilli())/1000)
	case awsapi.Integer:
		if n, ok := v.Int(); ok {
			if n < 0 {
				return appendHead(dst, cborNegative, uint64(-1-n))
			}
			return appendHead(dst, cborUint, uint64(n))
		}
	case awsapi.Boolean:
		if v.Bool() {
			return append(dst, cborSimple|cborTrue)
		}
		return append(dst, cborSimple|cborFalse)
	}
	if v.Kind() == value.Number {
		return appendFloat(dst, v.Float())
	}
	if isSpecialFloat(v) && s.Kind == awsapi.Float {
		f, _ := strconv.ParseFloat(v.Text(), 64)
		return appendFloat(dst, f)
	}
	return appendCBORText(dst, cborText, v.Text())
}

func appendHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n <= math.MaxUint8:
		return append(dst, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}

func appendCBORText(dst []byte, major byte, text string) []byte {
	return append(appendHead(dst, major, uint64(len(text))), text...)
}

func appendFloat(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, cborSimple|cborFloat64), math.Float64bits(f))
}

// parseCBOR reads a body as JSON would be: bytes are the text that they are in
// UTF-8, a timestamp is the number of its seconds.
func parseCBOR(body []byte) (value.Value, error) {
	r := cborReader{body}
	v, err := r.value(0)
	if err == nil && len(r.rest) > 0 {
		err = fmt.Errorf("%d bytes are left", len(r.rest))
	}
	return v, err
}

type cborReader struct{ rest []byte }

var errCutOff = errors.New("the data ends too early")

// head reads the beginning of a value. indefinite says that its length is not
// given.
func (r *cborReader) head() (major byte, n uint64, indefinite bool, err error) {
	if len(r.rest) == 0 {
		return 0, 0, false, errCutOff
	}
	first := r.rest[0]
	r.rest = r.rest[1:]
	major, info := first&0xe0, first&0x1f
	switch {
	case info < 24:
		return major, uint64(info), false, nil
	case info == 31:
		return major, 0, true, nil
	case info > 27:
		return 0, 0, false, fmt.Errorf("the byte %#x begins nothing", first)
	}
	size := 1 << (info - 24)
	if len(r.rest) < size {
		return 0, 0, false, errCutOff
	}
	for _, b := range r.rest[:size] {
		n = n<<8 | uint64(b)
	}
	r.rest = r.rest[size:]
	if major == cborSimple && info >= cborFloat16 {
		return major | info, n, false, nil // a float
	}
	return major, n, false, nil
}

// ends reports whether something of indefinite length ends here.
func (r *cborReader) ends() bool {
	if len(r.rest) > 0 && r.rest[0] == cborBreak {
		r.rest = r.rest[1:]
		return true
	}
	return false
}

func (r *cborReader) value(depth int) (value.Value, error) {
	if depth > maxNesting {
		return value.Value{}, fmt.Errorf("more than %d values are in each other", maxNesting)
	}
	major, n, indefinite, err := r.head()
	if err != nil {
		return value.Value{}, err
	}
	switch major {
	case cborUint:
		return number(strconv.FormatUint(n, 10)), nil
	case cborNegative:
		if n == math.MaxUint64 {
			return number("-18446744073709551616"), nil
		}
		return number("-" + strconv.FormatUint(n+1, 10)), nil
	case cborBytes, cborText:
		text, err := r.text(major, n, indefinite)
		return value.OfString(text), err
	case cborArray:
		return r.array(n, indefinite, depth)
	case cborMap:
		return r.object(n, indefinite, depth)
	case cborTag:
		return r.value(depth + 1)
	case cborSimple:
		return simple(n, indefinite)
	}
	return float(major&0x1f, n), nil
}

func number(text string) value.Value { return value.MustParse(text) }

func simple(n uint64, indefinite bool) (value.Value, error) {
	switch {
	case indefinite:
		return value.Value{}, errors.New("a break stands outside")
	case n == cborFalse || n == cborTrue:
		return value.OfBool(n == cborTrue), nil
	}
	return value.NullValue, nil
}

// float returns a float of 16, 32 or 64 bits; those that JSON has not are strings.
func float(info byte, bits uint64) value.Value {
	var f float64
	switch info {
	case cborFloat16:
		f = float16(uint16(bits))
	case cborFloat32:
		f = float64(math.Float32frombits(uint32(bits)))
	default:
		f = math.Float64frombits(bits)
	}
	switch {
	case math.IsNaN(f):
		return value.OfString("NaN")
	case math.IsInf(f, 1):
		return value.OfString("Infinity")
	case math.IsInf(f, -1):
		return value.OfString("-Infinity")
	}
	return value.OfFloat(f)
}

func float16(bits uint16) float64 {
	sign, exponent, fraction := 1.0, int(bits>>10&0x1f), float64(bits&0x3ff)
	if bits>>15 == 1 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(fraction+1024, exponent-25)
}

func (r *cborReader) text(major byte, n uint64, indefinite bool) (string, error) {
	if !indefinite {
		if n > uint64(len(r.rest)) {
			return "", errCutOff
		}
		text := textOf(r.rest[:n]).Text()
		r.rest = r.rest[n:]
		return text, nil
	}
	var all []byte
	for !r.ends() {
		part, n, inner, err := r.head()
		if err != nil {
			return "", err
		}
		if part != major || inner || n > uint64(len(r.rest)) {
			return "", errors.New("a part of a string is none")
		}
		all = append(all, r.rest[:n]...)
		r.rest = r.rest[n:]
	}
	return textOf(all).Text(), nil
}

func (r *cborReader) array(n uint64, indefinite bool, depth int) (value.Value, error) {
	if !indefinite && n > uint64(len(r.rest)) {
		return value.Value{}, errCutOff
	}
	var items []value.Value
	for i := uint64(0); indefinite && !r.ends() || !indefinite && i < n; i++ {
		item, err := r.value(depth + 1)
		if err != nil {
			return value.Value{}, err
		}
		items = append(items, item)
	}
	return value.OfSlice(items), nil
}

func (r *cborReader) object(n uint64, indefinite bool, depth int) (value.Value, error) {
	var b value.ObjectBuilder
	for i := uint64(0); indefinite && !r.ends() || !indefinite && i < n; i++ {
		major, n, inner, err := r.head()
		if err != nil {
			return value.Value{}, err
		}
		if major != cborText {
			return value.Value{}, errors.New("a key is no string")
		}
		key, err := r.text(major, n, inner)
		if err != nil {
			return value.Value{}, err
		}
		item, err := r.value(depth + 1)
		if err != nil {
			return value.Value{}, err
		}
		b.Set(key, item)
	}
	return b.Value(), nil
}
