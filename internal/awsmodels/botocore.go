package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// This file reads the models of botocore: one folder of data/ for each service,
// with a folder for each version of its API.

// A model is the content of a service-2.json.
type model struct {
	Metadata struct {
		APIVersion         string    `json:"apiVersion"`
		EndpointPrefix     string    `json:"endpointPrefix"`
		Protocol           string    `json:"protocol"`
		Protocols          []string  `json:"protocols"`
		ServiceID          string    `json:"serviceId"`
		SignatureVersion   string    `json:"signatureVersion"`
		SigningName        string    `json:"signingName"`
		JSONVersion        string    `json:"jsonVersion"`
		TargetPrefix       string    `json:"targetPrefix"`
		AWSQueryCompatible *struct{} `json:"awsQueryCompatible"`
	} `json:"metadata"`
	Operations map[string]*operation `json:"operations"`
	Shapes     map[string]*shape     `json:"shapes"`
}

type operation struct {
	HTTP struct {
		Method     string `json:"method"`
		RequestURI string `json:"requestUri"`
	} `json:"http"`
	Input  reference `json:"input"`
	Output struct {
		Shape         string `json:"shape"`
		ResultWrapper string `json:"resultWrapper"`
	} `json:"output"`
	AuthType         string `json:"authtype"`
	ChecksumRequired bool   `json:"httpChecksumRequired"`
	Checksum         struct {
		AlgorithmMember string `json:"requestAlgorithmMember"`
		Required        bool   `json:"requestChecksumRequired"`
	} `json:"httpChecksum"`
	Endpoint struct {
		HostPrefix string `json:"hostPrefix"`
	} `json:"endpoint"`
}

// A reference names a shape, with what its place adds to it.
type reference struct {
	Shape        string `json:"shape"`
	LocationName string `json:"locationName"`
	Location     string `json:"location"`
	QueryName    string `json:"queryName"`
	XMLNamespace struct {
		URI    string `json:"uri"`
		Prefix string `json:"prefix"`
	} `json:"xmlNamespace"`
	IdempotencyToken bool `json:"idempotencyToken"`
	Flattened        bool `json:"flattened"`
	Streaming        bool `json:"streaming"`
	JSONValue        bool `json:"jsonvalue"`
	HostLabel        bool `json:"hostLabel"`
	XMLAttribute     bool `json:"xmlAttribute"`
}

type shape struct {
	Type            string      `json:"type"`
	Members         members     `json:"members"`
	Required        []string    `json:"required"`
	Member          reference   `json:"member"`
	Key             reference   `json:"key"`
	Value           reference   `json:"value"`
	Min             json.Number `json:"min"`
	Max             json.Number `json:"max"`
	Enum            []string    `json:"enum"`
	Pattern         string      `json:"pattern"`
	Sensitive       bool        `json:"sensitive"`
	Payload         string      `json:"payload"`
	TimestampFormat string      `json:"timestampFormat"`
	Flattened       bool        `json:"flattened"`
	Union           bool        `json:"union"`
	Document        bool        `json:"document"`
	Streaming       bool        `json:"streaming"`
	EventStream     bool        `json:"eventstream"`
	Exception       bool        `json:"exception"`
	Error           struct {
		Code       string `json:"code"`
		StatusCode int    `json:"httpStatusCode"`
	} `json:"error"`
	XMLNamespace struct {
		URI    string `json:"uri"`
		Prefix string `json:"prefix"`
	} `json:"xmlNamespace"`
}

// members are those of a structure in the order of the model, which is that of
// elements in XML.
type members []member

type member struct {
	name string
	reference
}

// UnmarshalJSON reads the members of an object in their order.
func (m *members) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil { // {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		next := member{name: name.(string)}
		if err := d.Decode(&next.reference); err != nil {
			return err
		}
		*m = append(*m, next)
	}
	return nil
}

// A service is one of botocore's, by the name of its folder, with the newest
// version of its API.
type service struct {
	name  string
	model *model
	rules json.RawMessage // of endpoints; nil: none
}

// readWheel returns the services of a wheel of botocore, sorted by name.
func readWheel(wheel []byte) ([]service, error) {
	archive, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		return nil, err
	}
	const data = "botocore/data/"
	files := make(map[string]*zip.File) // by their names without .gz
	newest := make(map[string]string)   // the newest version of each service
	for _, f := range archive.File {
		name := strings.TrimSuffix(f.Name, ".gz")
		files[name] = f
		if parts := strings.Split(strings.TrimPrefix(name, data), "/"); strings.HasPrefix(name, data) && len(parts) == 3 && parts[2] == "service-2.json" {
			newest[parts[0]] = max(newest[parts[0]], parts[1])
		}
	}
	var services []service
	for name, version := range newest {
		s := service{name: name, model: new(model)}
		folder := path.Join(data, name, version)
		text, err := content(files[folder+"/service-2.json"])
		if err == nil {
			err = json.Unmarshal(text, s.model)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
		if rules := files[folder+"/endpoint-rule-set-1.json"]; rules != nil {
			if s.rules, err = content(rules); err != nil {
				return nil, fmt.Errorf("%s: %w", folder, err)
			}
		}
		if name == "s3" {
			// botocore calls it a string because some objects have one that is no date. The
			// SDKs of AWS take and give a time.
			s.model.Shapes["Expires"].Type = "timestamp"
		}
		services = append(services, s)
	}
	slices.SortFunc(services, func(x, y service) int { return strings.Compare(x.name, y.name) })
	return services, nil
}

// content returns what a file of an archive has, inflated if it is one of gzip.
func content(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if !strings.HasSuffix(f.Name, ".gz") {
		return io.ReadAll(r)
	}
	inflated, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(inflated)
}
