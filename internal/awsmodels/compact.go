package main

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
)

// This file writes models in the compact form that package awsapi reads. The form
// is described in awsapi/format.go.

// compact returns the file of all services.
func compact(services []service) ([]byte, error) {
	var all []*compactor
	for _, s := range services {
		c, err := compactService(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		all = append(all, c)
	}
	dictionary := dictionary(all)
	var index, blocks []byte
	for i, s := range services {
		texts := append(bytes.Join(all[i].texts, []byte("\n")), '\n')
		block := append(binary.AppendUvarint(nil, uint64(len(texts))), texts...)
		deflated := deflate(append(block, all[i].data...), dictionary)
		index = appendText(index, s.name)
		index = appendText(index, s.model.Metadata.ServiceID)
		index = binary.AppendUvarint(index, uint64(len(deflated)))
		blocks = append(blocks, deflated...)
	}
	var file []byte
	for _, part := range [][]byte{dictionary, index} {
		deflated := deflate(part, nil)
		file = append(binary.AppendUvarint(file, uint64(len(deflated))), deflated...)
	}
	return append(file, blocks...), nil
}

// dictionarySize is what deflate can look back.
const dictionarySize = 1 << 15

// dictionary returns the texts that save the most if all services share them,
// the best at the end, where references to them are short.
func dictionary(all []*compactor) []byte {
	uses := make(map[string]int)
	for _, c := range all {
		for _, text := range c.texts {
			uses[string(text)]++
		}
	}
	saves := func(text string) int { return (uses[text] - 1) * (len(text) + 1) }
	texts := slices.SortedFunc(maps.Keys(uses), func(a, b string) int {
		return cmp.Or(cmp.Compare(saves(b), saves(a)), strings.Compare(a, b))
	})
	var chosen []string
	size := 0
	for _, text := range texts {
		if size += len(text) + 1; size > dictionarySize {
			break
		}
		chosen = append(chosen, text)
	}
	slices.Reverse(chosen)
	return []byte(strings.Join(chosen, "\n") + "\n")
}

func deflate(data, dictionary []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestCompression, dictionary)
	if err != nil {
		panic(err) // the level is one that there is
	}
	w.Write(data) // to memory
	w.Close()
	return b.Bytes()
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// A compactor writes one service: texts and all else apart, since each is packed
// better alone.
type compactor struct {
	model *model
	data  []byte
	texts [][]byte

	numbers map[string]int // of the texts written so far
	shapes  map[string]int // numbers of the shapes written so far, by their names
	same    map[string]int // numbers of the shapes that contain no others, by what was written of them
	written int            // shapes
}

func compactService(s service) (*compactor, error) {
	c := &compactor{model: s.model, numbers: map[string]int{}, shapes: map[string]int{}, same: map[string]int{}}
	if err := c.service(s); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(s.model.Operations)) {
		if err := c.operation(name, s.model.Operations[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, nil
}

func (c *compactor) number(n int) { c.data = binary.AppendUvarint(c.data, uint64(n)) }

// text writes a text: 0 and the text among the texts, or 1 + the number of one that was there before.
func (c *compactor) text(s string) {
	if n, ok := c.numbers[s]; ok {
		c.number(1 + n)
		return
	}
	c.numbers[s] = len(c.numbers)
	c.texts = append(c.texts, []byte(s))
	c.number(0)
}

var protocols = map[string]awsapi.Protocol{
	"json": awsapi.JSON, "rest-json": awsapi.RestJSON, "query": awsapi.Query, "ec2": awsapi.EC2,
	"rest-xml": awsapi.RestXML, "smithy-rpc-v2-cbor": awsapi.CBOR,
}

func (c *compactor) service(s service) error {
	m := s.model.Metadata
	spoken := m.Protocol
	if spoken == "smithy-rpc-v2-cbor" && slices.Contains(m.Protocols, "json") {
		spoken = "json" // which more endpoints understand
	}
	protocol, ok := protocols[spoken]
	if !ok {
		return fmt.Errorf("protocol %q is unknown", spoken)
	}
	c.number(int(protocol))
	signing := m.SigningName
	if signing == "" {
		signing = m.EndpointPrefix
	}
	for _, text := range []string{m.EndpointPrefix, signing, m.APIVersion, m.JSONVersion, m.TargetPrefix} {
		c.text(text)
	}
	flags := 0
	if m.AWSQueryCompatible != nil {
		flags |= awsapi.FlagQueryCompatible
	}
	if m.SignatureVersion == "bearer" {
		flags |= awsapi.FlagBearer
	}
	c.number(flags)
	hosts, err := hosts(s)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		c.text(h.name)
		c.text(h.signingRegion)
	}
	errors := slices.DeleteFunc(slices.Sorted(maps.Keys(s.model.Shapes)), func(name string) bool { return !s.model.Shapes[name].Exception })
	c.number(len(errors))
	for _, name := range errors {
		e := s.model.Shapes[name]
		c.text(name)
		if code := e.Error.Code; code != "" {
			c.text(code)
		} else {
			c.text(name)
		}
		c.number(e.Error.StatusCode)
	}
	c.number(len(s.model.Operations))
	return nil
}

func (c *compactor) operation(name string, o *operation) error {
	c.text(name)
	flags := 0
	set := func(flag int, on bool) {
		if on {
			flags |= flag
		}
	}
	set(awsapi.FlagRoot, o.HTTP.Method == "POST" && o.HTTP.RequestURI == "/")
	set(awsapi.FlagUnsigned, o.AuthType == "none")
	set(awsapi.FlagUnsignedBody, o.AuthType == "v4-unsigned-body")
	set(awsapi.FlagChecksum, o.ChecksumRequired || o.Checksum.Required)
	set(awsapi.FlagChecksumAlgorithm, o.Checksum.AlgorithmMember != "")
	set(awsapi.FlagHostPrefix, o.Endpoint.HostPrefix != "")
	set(awsapi.FlagResultWrapper, o.Output.ResultWrapper != "")
	set(awsapi.FlagInputName, o.Input.LocationName != "")
	set(awsapi.FlagInputNamespace, o.Input.XMLNamespace.URI != "")
	c.number(flags)
	if flags&awsapi.FlagRoot == 0 {
		c.text(o.HTTP.Method)
		c.text(o.HTTP.RequestURI)
	}
	if flags&awsapi.FlagChecksumAlgorithm != 0 {
		c.text(o.Checksum.AlgorithmMember)
	}
	if flags&awsapi.FlagHostPrefix != 0 {
		c.text(o.Endpoint.HostPrefix)
	}
	if flags&awsapi.FlagResultWrapper != 0 {
		c.text(o.Output.ResultWrapper)
	}
	if flags&awsapi.FlagInputName != 0 {
		c.text(o.Input.LocationName)
	}
	if flags&awsapi.FlagInputNamespace != 0 {
		c.text(o.Input.XMLNamespace.URI)
	}
	if err := c.shape(o.Input.Shape); err != nil {
		return err
	}
	return c.shape(o.Output.Shape)
}

var kinds = map[string]awsapi.Kind{
	"structure": awsapi.Structure, "list": awsapi.List, "map": awsapi.Map, "string": awsapi.String, "blob": awsapi.Blob,
	"timestamp": awsapi.Timestamp, "integer": awsapi.Integer, "long": awsapi.Integer, "float": awsapi.Float, "double": awsapi.Float,
	"boolean": awsapi.Boolean,
}

// shape writes a reference to a shape, and the shape itself if it is new.
func (c *compactor) shape(name string) error {
	if name == "" {
		c.number(1 + int(awsapi.Structure)) // a plain structure has no members
		return nil
	}
	s := c.model.Shapes[name]
	if s == nil {
		return fmt.Errorf("shape %s is missing", name)
	}
	kind, ok := kinds[s.Type]
	if !ok {
		return fmt.Errorf("shape %s has the unknown type %q", name, s.Type)
	}
	if s.Document {
		kind = awsapi.Document
	}
	if n, ok := c.shapes[name]; ok {
		c.number(awsapi.FirstShape + n)
		return nil
	}
	flags := 0
	set := func(flag int, on bool) {
		if on {
			flags |= flag
		}
	}
	low, high := bounds(kind, s)
	set(awsapi.FlagBounded, low != math.MinInt64 || high != math.MaxInt64)
	switch kind {
	case awsapi.Structure:
		set(awsapi.FlagUnion, s.Union)
		set(awsapi.FlagPayload, s.Payload != "")
		set(awsapi.FlagNamespace, s.XMLNamespace.URI != "")
		set(awsapi.FlagEvents, s.EventStream)
	case awsapi.List:
		set(awsapi.FlagFlattened, s.Flattened)
		set(awsapi.FlagElementName, s.Member.LocationName != "")
	case awsapi.Map:
		set(awsapi.FlagFlattened, s.Flattened)
		set(awsapi.FlagElementName, s.Key.LocationName != "" || s.Value.LocationName != "")
	case awsapi.String:
		set(awsapi.FlagEnum, len(s.Enum) > 0)
	case awsapi.Blob:
		set(awsapi.FlagStreaming, s.Streaming)
	case awsapi.Timestamp:
		set(awsapi.FlagISO8601, s.TimestampFormat == "iso8601")
		set(awsapi.FlagUnixTimestamp, s.TimestampFormat == "unixTimestamp")
		set(awsapi.FlagRFC822, s.TimestampFormat == "rfc822")
	}
	if flags == 0 && (kind >= awsapi.String || kind == awsapi.Structure && len(s.Members) == 0) {
		c.number(1 + int(kind))
		return nil
	}
	if kind >= awsapi.String { // many shapes differ in their names alone
		key := fmt.Sprint(kind, flags, low, high, s.Enum)
		if n, ok := c.same[key]; ok {
			c.shapes[name] = n
			c.number(awsapi.FirstShape + n)
			return nil
		}
		c.same[key] = c.written
	}
	c.shapes[name] = c.written
	c.written++
	c.number(0)
	c.number(flags<<4 | int(kind))
	if flags&awsapi.FlagBounded != 0 {
		c.bound(low, math.MinInt64)
		c.bound(high, math.MaxInt64)
	}
	switch kind {
	case awsapi.Structure:
		return c.structure(s)
	case awsapi.List:
		if flags&awsapi.FlagElementName != 0 {
			c.text(s.Member.LocationName)
		}
		return c.shape(s.Member.Shape)
	case awsapi.Map:
		if flags&awsapi.FlagElementName != 0 {
			c.text(s.Key.LocationName)
			c.text(s.Value.LocationName)
		}
		return c.shape(s.Value.Shape)
	case awsapi.String:
		if flags&awsapi.FlagEnum != 0 {
			c.number(len(s.Enum))
			for _, e := range s.Enum {
				c.text(e)
			}
		}
	}
	return nil
}

// bounds returns the bounds of a shape, as far as they are integers.
func bounds(kind awsapi.Kind, s *shape) (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64
	if kind == awsapi.Structure || kind == awsapi.Document {
		return low, high
	}
	parse := func(n json.Number, or int64) int64 {
		f, err := strconv.ParseFloat(string(n), 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
			return or
		}
		if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
			return i
		}
		return int64(f)
	}
	low, high = parse(s.Min, low), parse(s.Max, high)
	if low == 0 && kind != awsapi.Integer && kind != awsapi.Float {
		low = math.MinInt64 // nothing is shorter
	}
	return low, high
}

// bound writes a bound, 0 for none.
func (c *compactor) bound(n, none int64) {
	if n == none {
		c.number(0)
		return
	}
	zigzag := uint64(n)<<1 ^ uint64(n>>63)
	c.data = binary.AppendUvarint(c.data, zigzag+1)
}

func (c *compactor) structure(s *shape) error {
	if s.Payload != "" {
		c.number(slices.IndexFunc(s.Members, func(m member) bool { return m.name == s.Payload }))
	}
	if s.XMLNamespace.URI != "" {
		c.text(s.XMLNamespace.URI)
		c.text(s.XMLNamespace.Prefix)
	}
	c.number(len(s.Members))
	for _, m := range s.Members {
		if err := c.member(m, slices.Contains(s.Required, m.name)); err != nil {
			return err
		}
	}
	return nil
}

var locations = map[string]awsapi.Location{
	"": awsapi.Body, "header": awsapi.Header, "headers": awsapi.Headers, "uri": awsapi.URI, "querystring": awsapi.QueryString, "statusCode": awsapi.StatusCode,
}

func (c *compactor) member(m member, required bool) error {
	location, ok := locations[m.Location]
	if !ok {
		return fmt.Errorf("member %s is at the unknown place %q", m.name, m.Location)
	}
	flags := int(location)
	set := func(flag int, on bool) {
		if on {
			flags |= flag
		}
	}
	set(awsapi.FlagRequired, required)
	set(awsapi.FlagGenerated, m.IdempotencyToken)
	set(awsapi.FlagWireName, m.LocationName != "" && m.LocationName != m.name)
	set(awsapi.FlagQueryName, m.QueryName != "")
	set(awsapi.FlagMemberFlattened, m.Flattened)
	set(awsapi.FlagMemberStreaming, m.Streaming)
	set(awsapi.FlagJSONValue, m.JSONValue)
	set(awsapi.FlagHostLabel, m.HostLabel)
	set(awsapi.FlagAttribute, m.XMLAttribute)
	set(awsapi.FlagMemberNamespace, m.XMLNamespace.URI != "")
	c.text(m.name)
	c.number(flags)
	if flags&awsapi.FlagWireName != 0 {
		c.text(m.LocationName)
	}
	if flags&awsapi.FlagQueryName != 0 {
		c.text(m.QueryName)
	}
	if flags&awsapi.FlagMemberNamespace != 0 {
		c.text(m.XMLNamespace.URI)
	}
	return c.shape(m.Shape)
}
