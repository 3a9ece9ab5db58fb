package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// This file serves a certificate that the user has.

// A Pair is a certificate of the user's own, and its key, in two files.
type Pair struct {
	certificate, key string
	mu               sync.Mutex // guards the following
	loaded           *tls.Certificate
	changed          [2]time.Time // when the files had changed at that time
}

// Load reads a certificate, with the chain that goes with it, and its key, both in PEM. The
// two may be in one file.
func Load(certificate, key string) (*Pair, error) {
	p := &Pair{certificate: certificate, key: key, changed: changed(certificate, key)}
	loaded, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s with the key %s: %w", certificate, key, err)
	}
	p.loaded = &loaded
	return p, nil
}

// changed returns when the files have changed last.
func changed(certificate, key string) (times [2]time.Time) {
	for i, name := range []string{certificate, key} {
		if info, err := os.Stat(name); err == nil {
			times[i] = info.ModTime()
		}
	}
	return times
}

// Certificate is for [tls.Config.GetCertificate]. Files that have changed are read again. If
// they do not fit together, as while they are being replaced, the one before is served.
func (p *Pair) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := changed(p.certificate, p.key); now != p.changed {
		if again, err := tls.LoadX509KeyPair(p.certificate, p.key); err == nil {
			p.loaded, p.changed = &again, now
		}
	}
	return p.loaded, nil
}

// Names are the names and addresses that the certificate is for.
func (p *Pair) Names() []string {
	leaf := p.leaf()
	names := slices.Clone(leaf.DNSNames)
	for _, address := range leaf.IPAddresses {
		names = append(names, address.String())
	}
	return names
}

// IsFor reports whether the certificate is for a name or address.
func (p *Pair) IsFor(host string) bool { return p.leaf().VerifyHostname(host) == nil }

func (p *Pair) leaf() *x509.Certificate {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.loaded.Leaf
}
