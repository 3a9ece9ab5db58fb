package awsclient

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file adds the checksums that operations require of their bodies.

// newChecksum returns the algorithm that a request names, or nil.
func newChecksum(algorithm string) hash.Hash {
	switch algorithm {
	case "CRC32":
		return crc32.NewIEEE()
	case "CRC32C":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "CRC64NVME":
		return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) // the polynomial of NVM Express, reflected
	case "MD5":
		return md5.New()
	case "SHA1":
		return sha1.New()
	case "SHA256":
		return sha256.New()
	case "SHA512":
		return sha512.New()
	}
	return nil
}

// addChecksum adds the checksum of the body if the operation requires one or the
// input names its algorithm, unless the input has a checksum. Where the model knows
// algorithms it is CRC32, as the SDKs have it, and elsewhere Content-MD5.
func (m *message) addChecksum(o *awsapi.Operation, input value.Value, c awsapi.Casing) error {
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
	h := newChecksum(algorithm)
	if h == nil {
		return &InputError{
			Path: "$." + c.Name(o.Input.Member(o.ChecksumAlgorithm, awsapi.API)), Kind: awsapi.String,
			Expected: "CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256 or SHA512", Got: describe(named),
		}
	}
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
