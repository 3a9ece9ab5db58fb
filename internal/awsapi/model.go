package awsapi

import (
	"iter"
	"math"
	"slices"
	"strings"
	"sync/atomic"
)

// This file has what the models say.

// A Protocol is how requests and answers of a service are written.
type Protocol uint8

// The protocols.
const (
	JSON     Protocol = iota // AWS JSON 1.0 and 1.1
	RestJSON                 // REST with bodies in JSON
	RestXML                  // REST with bodies in XML
	Query                    // forms, answered in XML
	EC2                      // Query as EC2 speaks it
	CBOR                     // Smithy RPC v2 with bodies in CBOR
)

// A Service is one of AWS's with its operations. It never changes.
type Service struct {
	Name            string // in botocore: "stepfunctions"
	ID              string // serviceId of the model: "SFN"
	Protocol        Protocol
	EndpointPrefix  string // "states"
	SigningName     string // in signatures; mostly the EndpointPrefix
	APIVersion      string // "2016-11-23"
	JSONVersion     string // "1.0" or "1.1" where the protocol is JSON
	TargetPrefix    string // before the name of the operation, where the protocol is JSON or CBOR
	QueryCompatible bool   // its errors have another code in the header x-amzn-query-error
	Bearer          bool   // it takes tokens instead of signatures
	Exceptions      []Exception
	Operations      []*Operation // in alphabetical order

	hosts [3]Host
}

// An Exception is an error that a service says it may answer with.
type Exception struct {
	Name   string // of the shape: "NoSuchKey"
	Code   string // in answers; mostly the Name
	Status int    // of HTTP; 0 if the model does not say
}

// A Host is where a service of real AWS is.
type Host struct {
	Name          string // "dynamodb.eu-west-1.amazonaws.com"
	SigningRegion string // to sign for; "": the region
}

// Host returns where real AWS has a service for a region.
func (s *Service) Host(region string) Host {
	h := s.hosts[0]
	switch {
	case strings.HasPrefix(region, "cn-"):
		h = s.hosts[1]
	case strings.HasPrefix(region, "us-gov-"):
		h = s.hosts[2]
	}
	h.Name = strings.ReplaceAll(h.Name, "{region}", region)
	return h
}

// Operation returns the operation of a name, or nil.
func (s *Service) Operation(name string) *Operation {
	i, ok := slices.BinarySearchFunc(s.Operations, name, func(o *Operation, name string) int { return strings.Compare(o.Name, name) })
	if !ok {
		return nil
	}
	return s.Operations[i]
}

// Exception returns the exception that answers with a code. The name of its shape
// counts, too, and of several with one code the one of that name.
func (s *Service) Exception(code string) (Exception, bool) {
	best, found := Exception{}, false
	for _, e := range s.Exceptions {
		switch {
		case e.Code == code && e.Name == code:
			return e, true
		case e.Code == code && (!found || best.Code != code), e.Name == code && !found:
			best, found = e, true
		}
	}
	return best, found
}

// An Operation is one action of a service.
type Operation struct {
	Name    string // "PutItem"
	Input   *Shape // a structure
	Output  *Shape // a structure
	Streams bool   // it sends or answers events one by one, which Step Functions does not offer

	Method            string // of HTTP
	URI               string // with {Member} and {Member+}, and perhaps a query
	HostPrefix        string // before the host of real AWS, with {Member}; ""
	Unsigned          bool   // needs no signature
	UnsignedBody      bool   // is signed without its body
	Checksum          bool   // must have a checksum of its body
	ChecksumAlgorithm string // the member that says which; ""
	ResultWrapper     string // the element around the output; ""
	InputName         string // the element of the input; ""
	InputNamespace    string // of XML; ""
}

// Kind is what a Shape is of.
type Kind uint8

// The kinds.
const (
	Structure Kind = iota
	List
	Map
	String
	Blob
	Timestamp
	Integer // also long ones
	Float   // also double ones
	Boolean
	Document // any JSON
)

// TimeFormat is how a timestamp is written.
type TimeFormat uint8

// The formats.
const (
	DefaultFormat TimeFormat = iota // as the protocol and the place have it
	ISO8601
	UnixTimestamp // seconds
	RFC822
)

// A Shape says what a value may be. It can contain itself, and never changes.
type Shape struct {
	Kind    Kind
	Union   bool     // a structure with exactly one of its members
	Element *Shape   // of the items of a list, or of the values of a map
	Low     int64    // least number, length of a string, size of a blob, list or map; math.MinInt64: not bounded
	High    int64    // greatest; math.MaxInt64: not bounded
	Enum    []string // what a string may be; nil: any

	Format          TimeFormat // of a timestamp
	Payload         *Member    // of a structure, that is the body; nil
	Flattened       bool       // a list or map without an element around it
	KeyName         string     // of the element of a key; "": key
	ElementName     string     // of the element of an item or a value; "": member or value
	Namespace       string     // of XML, of a structure; ""
	NamespacePrefix string
	Streaming       bool // a blob of any size
	Events          bool // a structure with one of its members after the other

	members []*Member
	naming  [API + 1]atomic.Pointer[names] // by casing, made when it is needed
}

// names are those of the members of a structure in a casing.
type names struct {
	sorted []string
	order  []*Member // of sorted
	byName map[string]*Member
}

func newShape(k Kind) *Shape { return &Shape{Kind: k, Low: math.MinInt64, High: math.MaxInt64} }

// InOrder returns the members of a structure in the order of the model, which is
// that of elements in XML.
func (s *Shape) InOrder() []*Member { return s.members }

// Members ranges over the members of a structure by their names in a casing, in
// alphabetical order.
func (s *Shape) Members(c Casing) iter.Seq2[string, *Member] {
	return func(yield func(string, *Member) bool) {
		n := s.named(c)
		for i, name := range n.sorted {
			if !yield(name, n.order[i]) {
				return
			}
		}
	}
}

// Member returns the member of a structure that has a name in a casing, or nil.
func (s *Shape) Member(name string, c Casing) *Member { return s.named(c).byName[name] }

func (s *Shape) named(c Casing) *names {
	if n := s.naming[c].Load(); n != nil {
		return n
	}
	n := &names{byName: make(map[string]*Member, len(s.members))}
	for _, m := range s.members {
		name := c.Name(m)
		n.byName[name] = m
		n.sorted = append(n.sorted, name)
	}
	slices.Sort(n.sorted)
	for _, name := range n.sorted {
		n.order = append(n.order, n.byName[name])
	}
	s.naming[c].Store(n)
	return n
}

// Location is where a member is in a request or an answer.
type Location uint8

// The locations.
const (
	Body Location = iota
	Header
	Headers // those that begin with the member's WireName
	URI
	QueryString
	StatusCode
)

// A Member is one of a structure.
type Member struct {
	Name      string // in the model
	Index     int    // in Shape.InOrder
	Shape     *Shape
	Required  bool
	Generated bool // an idempotency token, which a client makes up if it is left out

	Location  Location
	WireName  string // in requests and answers
	QueryName string // instead, in requests of EC2; ""
	Flattened bool   // as of a shape
	Streaming bool   // as of a shape
	JSONValue bool   // as a header it is written in base64
	HostLabel bool   // it is part of HostPrefix
	Attribute bool   // of XML
	Namespace string // of XML; ""
}
