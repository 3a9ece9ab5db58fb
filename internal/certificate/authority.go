package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// This file makes authorities, writes and reads them, and signs certificates by them.

// An authority signs for a host and for this machine.
type authority struct {
	root, issuer *x509.Certificate
	key          *ecdsa.PrivateKey // the issuer's; that of the root is gone
}

const (
	// authorityLife is how long an authority lives. In its last authorityRest another one takes its place.
	authorityLife = 10 * 365 * 24 * time.Hour
	authorityRest = 60 * 24 * time.Hour
	// leafLife is how long a certificate of a server lives. Apple takes at most 825 days of a root that a user has added.
	leafLife = 30 * 24 * time.Hour
	leafRest = 10 * 24 * time.Hour
	// skew is how far the clocks of clients may be behind, as those of virtual machines are.
	skew = 24 * time.Hour
)

func newAuthority(h host, now time.Time) (*authority, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // only this function ever has it
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &authority{key: key}
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"aslocal"}, CommonName: "aslocal root for " + h.name},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLen:            1,
	}
	if a.root, err = signed(template, template, &rootKey.PublicKey, rootKey); err != nil {
		return nil, err
	}
	template.Subject.CommonName = "aslocal issuer for " + h.name
	template.MaxPathLen, template.MaxPathLenZero = 0, true
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	constrain(template, h)
	a.issuer, err = signed(template, a.root, &key.PublicKey, rootKey)
	return a, err
}

// constrain lets an issuer sign for a host and for this machine alone. Names of both kinds
// have to be there: a kind that is not is not constrained.
func constrain(template *x509.Certificate, h host) {
	template.PermittedDNSDomainsCritical = true
	template.PermittedDNSDomains = []string{localhost.name, syncPrefix + localhost.name}
	template.PermittedIPRanges = []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
	switch {
	case h.address.IsValid():
		bits := h.address.BitLen()
		template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{IP: h.address.AsSlice(), Mask: net.CIDRMask(bits, bits)})
	case h.name != localhost.name:
		template.PermittedDNSDomains = append(template.PermittedDNSDomains, h.name, syncPrefix+h.name)
	}
}

// signed makes a certificate, with a serial number that nobody guesses.
func signed(template, parent *x509.Certificate, key *ecdsa.PublicKey, by *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// usable reports whether the authority lives long enough. That its time has not come yet
// does not count: the clock is wrong then, and clients trust the authority.
func (a *authority) usable(now time.Time) bool {
	return now.Before(a.root.NotAfter.Add(-authorityRest))
}

// issue makes a certificate for the names and addresses, and the chain that goes with it.
func (a *authority) issue(names []string, addresses []net.IP, key *ecdsa.PrivateKey, now time.Time) (*tls.Certificate, error) {
	end := now.Add(leafLife)
	if end.After(a.issuer.NotAfter) {
		end = a.issuer.NotAfter
	}
	leaf, err := signed(&x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"aslocal"}},
		NotBefore:             now.Add(-skew),
		NotAfter:              end,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              names,
		IPAddresses:           addresses,
	}, a.issuer, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw, a.issuer.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// The files of an authority. That of the root has no secret.
const (
	rootFile   = "root.pem"
	issuerFile = "issuer.pem" // with its key
)

// The types of blocks in them.
const (
	certificateBlock = "CERTIFICATE"
	keyBlock         = "PRIVATE KEY"
)

// write writes the files into a folder.
func (a *authority) write(folder string) error {
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return err
	}
	issuer := append(encoded(a.issuer), pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: key})...)
	return errors.Join(
		os.WriteFile(filepath.Join(folder, rootFile), encoded(a.root), 0o600),
		os.WriteFile(filepath.Join(folder, issuerFile), issuer, 0o600),
	)
}

func encoded(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: c.Raw})
}

// readAuthority reads the files of a folder. The error is [os.ErrNotExist] if there is no
// such folder.
func readAuthority(folder string) (*authority, error) {
	root, err := os.ReadFile(filepath.Join(folder, rootFile))
	if err != nil {
		return nil, err
	}
	issuer, err := os.ReadFile(filepath.Join(folder, issuerFile))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	a, err := parseAuthority(root, issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errDamaged, folder, err)
	}
	return a, nil
}

// errDamaged is the error of files that are not what was written.
var errDamaged = errors.New("damaged")

func parseAuthority(root, issuer []byte) (a *authority, err error) {
	a = &authority{}
	var rest []byte
	if a.root, _, err = parsePEM(root); err != nil {
		return nil, err
	}
	if a.issuer, rest, err = parsePEM(issuer); err != nil {
		return nil, err
	}
	block, _ := pem.Decode(rest)
	if block == nil || block.Type != keyBlock {
		return nil, errors.New("no private key")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	var ok bool
	if a.key, ok = key.(*ecdsa.PrivateKey); !ok || !a.key.PublicKey.Equal(a.issuer.PublicKey) {
		return nil, errors.New("the private key is another one's")
	}
	return a, a.issuer.CheckSignatureFrom(a.root)
}

// parsePEM reads the certificate at the beginning of a text.
func parsePEM(text []byte) (c *x509.Certificate, rest []byte, err error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != certificateBlock {
		return nil, nil, errors.New("no certificate")
	}
	c, err = x509.ParseCertificate(block.Bytes)
	return c, rest, err
}
