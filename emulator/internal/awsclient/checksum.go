package awsclient

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file adds the checksums that operations require of their bodies.

// checksums are the algorithms that a request may name.
var checksums = map[string]func() hash.Hash{
	"CRC32":  func() hash.Hash { return crc32.NewIEEE() },
	"CRC32C": func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	// The polynomial of NVM Express, reflected.
	"CRC64NVME": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
	"SHA1":      sha1.New,
	"SHA256":    sha256.New,
}

// addChecksum adds the checksum of the body if the operation requires one or the
// input names its algorithm, unless the input has a checksum. Where the model knows
// algorithms it is CRC32, as the SDKs have it, and elsewhere Content-MD5.
func (m *message) addChecksum(s *awsapi.Service, o *awsapi.Operation, input value.Value) error {
	named := input.Get(o.ChecksumAlgorithm)
	if !o.Checksum && !named.Exists() || m.hasChecksum() {
		return nil
	}
	if o.ChecksumAlgorithm == "" {
		sum := md5.Sum(m.body)
		m.header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
		return nil
	}
	algorithm := named.Text()
	if algorithm == "" {
		algorithm = "CRC32"
	}
	sum := checksums[algorithm]
	if sum == nil {
		return &InputError{
			Path: "$." + o.ChecksumAlgorithm, Kind: awsapi.String, Expected: "CRC32, CRC32C, CRC64NVME, SHA1 or SHA256", Got: describe(named),
		}
	}
	h := sum()
	h.Write(m.body)
	m.header.Set("X-Amz-Sdk-Checksum-Algorithm", algorithm)
	m.header.Set("X-Amz-Checksum-"+strings.ToLower(algorithm), base64.StdEncoding.EncodeToString(h.Sum(nil)))
	return nil
}

func (m *message) hasChecksum() bool {
	for name := range m.header {
		if name == "Content-Md5" || strings.HasPrefix(name, "X-Amz-Checksum-") && name != "X-Amz-Checksum-Type" && name != "X-Amz-Checksum-Mode" {
			return true
		}
	}
	return false
}
