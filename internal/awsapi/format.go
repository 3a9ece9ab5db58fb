package awsapi

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
)

// This file reads the compact form of the models, which internal/awsmodels writes:
//
//	file    = size of the dictionary, the dictionary, size of the index, the index, a block for each service
//	index   = { name, serviceId, size of the block }            sorted by name
//	block   = size of the texts, { text "\n" }, data
//	data    = service, { operation }
//	service = protocol, endpointPrefix, signingName, apiVersion, jsonVersion, targetPrefix, flags,
//	          { host, signing region } of each of the partitions,
//	          count, { name, code, status } of its exceptions,
//	          count of the operations
//	shape   = 1 + kind                                          a plain one
//	        | 0, flags<<4 | kind, …                             a new one
//	        | FirstShape + number of one that was there before
//	text    = 0                                                 the next of the texts
//	        | 1 + number of one that was there before
//
// Dictionary, index and blocks are deflated, the blocks with the dictionary.
// Numbers are uvarints; texts and shapes are numbered in the order in which they
// appear. Where flags are, what they
// announce follows in the order of the flags.

//go:embed models.bin
var embedded []byte

// The flags of a service.
const (
	FlagQueryCompatible = 1 << iota
	FlagBearer
)

// The flags of an operation.
const (
	FlagRoot = 1 << iota // POST /; else method and URI follow
	FlagUnsigned
	FlagUnsignedBody
	FlagChecksum
	FlagChecksumAlgorithm // the member follows
	FlagHostPrefix        // it follows
	FlagResultWrapper     // it follows
	FlagInputName         // it follows
	FlagInputNamespace    // it follows
)

// The flags of shapes: each kind has its own.
const (
	FlagBounded = 1 << iota // low and high follow: 0 for none, or 1 + the number in zigzag form

	FlagUnion     = 1 << iota // of a structure
	FlagPayload               // the index of the member follows
	FlagNamespace             // URI and prefix follow
	FlagEvents

	FlagFlattened   = FlagUnion   // of a list or map
	FlagElementName = FlagPayload // that of the items, or those of key and value, follow

	FlagEnum      = FlagUnion // of a string: count and values follow
	FlagStreaming = FlagUnion // of a blob

	FlagISO8601       = FlagUnion // of a timestamp
	FlagUnixTimestamp = FlagPayload
	FlagRFC822        = FlagNamespace
)

// The flags of a member; the lowest bits are its Location.
const (
	FlagRequired = 1 << (iota + 3)
	FlagGenerated
	FlagWireName  // it follows
	FlagQueryName // it follows
	FlagMemberFlattened
	FlagMemberStreaming
	FlagJSONValue
	FlagHostLabel
	FlagAttribute
	FlagMemberNamespace // it follows
)

const locationBits = 1<<3 - 1

// FirstShape is the least reference to a shape that was there before.
const FirstShape = int(Document) + 2

// A Catalog is a file of models. It is safe for concurrent use.
type Catalog struct {
	file      []byte
	directory func() (*directory, error) // reads the index once
}

// A directory is the index of a file.
type directory struct {
	entries []entry        // sorted by name
	byName  map[string]int // of botocore
	bySDK   map[string]int // by the service of aws-sdk:
}

// An entry is a service in the index.
type entry struct {
	name, id string
	service  func() (*Service, error)
}

// Open returns the models of a file. Nothing of it is read yet.
func Open(file []byte) *Catalog {
	c := &Catalog{file: file}
	c.directory = sync.OnceValues(c.read)
	return c
}

// read reads the index.
func (c *Catalog) read() (*directory, error) {
	r := reader{data: c.file}
	dictionary, err := inflate([]byte(r.inline()), nil)
	if err != nil {
		return nil, err
	}
	index, err := inflate([]byte(r.inline()), nil)
	if err != nil {
		return nil, err
	}
	blocks := r.data
	d := &directory{byName: make(map[string]int), bySDK: make(map[string]int)}
	for r := (reader{data: index}); len(r.data) > 0; {
		e := entry{name: r.inline(), id: r.inline()}
		size := r.number()
		if r.err != nil || size > len(blocks) {
			return nil, errDamaged
		}
		block := blocks[:size]
		blocks = blocks[size:]
		e.service = sync.OnceValues(func() (*Service, error) { return readService(e.name, e.id, block, dictionary) })
		d.byName[e.name] = len(d.entries)
		if _, ok := d.bySDK[sdkName(e.id)]; !ok {
			d.bySDK[sdkName(e.id)] = len(d.entries)
		}
		d.entries = append(d.entries, e)
	}
	return d, nil
}

var errDamaged = errors.New("awsapi: the models are damaged")

func inflate(data, dictionary []byte) ([]byte, error) {
	all, err := io.ReadAll(flate.NewReaderDict(bytes.NewReader(data), dictionary))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return all, nil
}

// A reader reads a block. After an error it returns nothing more.
type reader struct {
	data   []byte
	texts  []string // those that have not been new yet come last
	used   int      // texts that have been new
	shapes []*Shape
	err    error
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > math.MaxInt32 {
		r.err, r.data = errDamaged, nil
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

// count reads the number of things of which each takes at least a byte.
func (r *reader) count() int {
	n := r.number()
	if n > len(r.data) {
		r.err = errDamaged
		return 0
	}
	return n
}

// inline reads a text that stands where it is needed.
func (r *reader) inline() string {
	n := r.count()
	s := string(r.data[:n])
	r.data = r.data[n:]
	return s
}

func (r *reader) text() string {
	n := r.number()
	if n == 0 && r.used < len(r.texts) {
		r.used++
		return r.texts[r.used-1]
	}
	if n == 0 || n > r.used {
		r.err = errDamaged
		return ""
	}
	return r.texts[n-1]
}

// textIf reads a text if a flag announces it.
func (r *reader) textIf(flags, flag int) string {
	if flags&flag == 0 {
		return ""
	}
	return r.text()
}

// readService reads the block of a service.
func readService(name, id string, deflated, dictionary []byte) (*Service, error) {
	block, err := inflate(deflated, dictionary)
	if err != nil {
		return nil, err
	}
	r := &reader{data: block}
	r.texts = strings.Split(r.inline(), "\n")
	s := &Service{Name: name, ID: id, Protocol: Protocol(r.number())}
	s.EndpointPrefix, s.SigningName, s.APIVersion, s.JSONVersion, s.TargetPrefix = r.text(), r.text(), r.text(), r.text(), r.text()
	flags := r.number()
	s.QueryCompatible, s.Bearer = flags&FlagQueryCompatible != 0, flags&FlagBearer != 0
	for i := range s.hosts {
		s.hosts[i] = Host{r.text(), r.text()}
	}
	s.Exceptions = make([]Exception, r.count())
	for i := range s.Exceptions {
		s.Exceptions[i] = Exception{r.text(), r.text(), r.number()}
	}
	s.Operations = make([]*Operation, r.count())
	for i := range s.Operations {
		s.Operations[i] = r.operation()
	}
	if r.err != nil {
		return nil, fmt.Errorf("%w: service %s", r.err, name)
	}
	return s, nil
}

func (r *reader) operation() *Operation {
	o := &Operation{Name: r.text(), Method: "POST", URI: "/"}
	flags := r.number()
	if flags&FlagRoot == 0 {
		o.Method, o.URI = r.text(), r.text()
	}
	o.Unsigned, o.UnsignedBody, o.Checksum = flags&FlagUnsigned != 0, flags&FlagUnsignedBody != 0, flags&FlagChecksum != 0
	o.ChecksumAlgorithm = r.textIf(flags, FlagChecksumAlgorithm)
	o.HostPrefix = r.textIf(flags, FlagHostPrefix)
	o.ResultWrapper = r.textIf(flags, FlagResultWrapper)
	o.InputName = r.textIf(flags, FlagInputName)
	o.InputNamespace = r.textIf(flags, FlagInputNamespace)
	o.Input, o.Output = r.shape(), r.shape()
	o.Streams = slices.ContainsFunc(slices.Concat(o.Input.members, o.Output.members), func(m *Member) bool { return m.Shape.Events })
	return o
}

// plain are the shapes that have nothing but their kinds.
var plain = func() (all [Document + 1]*Shape) {
	for k := range all {
		all[k] = newShape(Kind(k))
	}
	return all
}()

func (r *reader) shape() *Shape {
	reference := r.number()
	if r.err != nil {
		return plain[Structure]
	}
	switch {
	case reference >= FirstShape+len(r.shapes):
		r.err = errDamaged
		return plain[Structure]
	case reference >= FirstShape:
		return r.shapes[reference-FirstShape]
	case reference > 0:
		return plain[reference-1]
	}
	head := r.number()
	s, flags := newShape(min(Kind(head&15), Document)), head>>4
	r.shapes = append(r.shapes, s)
	if flags&FlagBounded != 0 {
		s.Low, s.High = r.bound(s.Low), r.bound(s.High)
	}
	switch s.Kind {
	case Structure:
		r.structure(s, flags)
	case List:
		s.Flattened = flags&FlagFlattened != 0
		s.ElementName = r.textIf(flags, FlagElementName)
		s.Element = r.shape()
	case Map:
		s.Flattened = flags&FlagFlattened != 0
		s.KeyName, s.ElementName = r.textIf(flags, FlagElementName), r.textIf(flags, FlagElementName)
		s.Element = r.shape()
	case String:
		if flags&FlagEnum != 0 {
			s.Enum = make([]string, r.count())
			for i := range s.Enum {
				s.Enum[i] = r.text()
			}
		}
	case Blob:
		s.Streaming = flags&FlagStreaming != 0
	case Timestamp:
		switch {
		case flags&FlagISO8601 != 0:
			s.Format = ISO8601
		case flags&FlagUnixTimestamp != 0:
			s.Format = UnixTimestamp
		case flags&FlagRFC822 != 0:
			s.Format = RFC822
		}
	}
	return s
}

func (r *reader) bound(none int64) int64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.err, r.data = errDamaged, nil
		return none
	}
	r.data = r.data[size:]
	if n == 0 {
		return none
	}
	n--
	return int64(n>>1) ^ -int64(n&1)
}

func (r *reader) structure(s *Shape, flags int) {
	s.Union, s.Events = flags&FlagUnion != 0, flags&FlagEvents != 0
	payload := -1
	if flags&FlagPayload != 0 {
		payload = r.number()
	}
	s.Namespace, s.NamespacePrefix = r.textIf(flags, FlagNamespace), r.textIf(flags, FlagNamespace)
	s.members = make([]*Member, r.count())
	for i := range s.members {
		s.members[i] = r.member()
		s.members[i].Index = i
	}
	if payload >= 0 && payload < len(s.members) {
		s.Payload = s.members[payload]
	}
}

func (r *reader) member() *Member {
	m := &Member{Name: r.text()}
	flags := r.number()
	m.Location = Location(flags & locationBits)
	m.Required, m.Generated = flags&FlagRequired != 0, flags&FlagGenerated != 0
	m.WireName = m.Name
	if flags&FlagWireName != 0 {
		m.WireName = r.text()
	}
	m.QueryName = r.textIf(flags, FlagQueryName)
	m.Flattened, m.Streaming = flags&FlagMemberFlattened != 0, flags&FlagMemberStreaming != 0
	m.JSONValue, m.HostLabel, m.Attribute = flags&FlagJSONValue != 0, flags&FlagHostLabel != 0, flags&FlagAttribute != 0
	m.Namespace = r.textIf(flags, FlagMemberNamespace)
	m.Shape = r.shape()
	return m
}
