package certificate

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// This file gives each client of a server a certificate for the name that it asks for.

// A Server issues the certificates of one server.
type Server struct {
	folder      Folder
	hosts       []host
	key         *ecdsa.PrivateKey // of all its certificates
	mu          sync.Mutex
	authorities map[string]*authority       // by the name of the host
	issued      map[string]*tls.Certificate // by the name that clients ask for, or the address
}

// mostIssued is how many certificates are kept. Below localhost there is any number of names.
const mostIssued = 256

// Serve returns the certificates of a server that is called localhost, and by the names
// and addresses of the hosts; "*.example.test" stands for those below one. Authorities that
// the folder does not have yet are made. It fails if a host can have no certificate, or the
// folder cannot be used.
func (f Folder) Serve(hosts ...string) (*Server, error) {
	s := &Server{folder: f, authorities: make(map[string]*authority), issued: make(map[string]*tls.Certificate)}
	var err error
	if s.hosts, err = hostsOf(hosts); err != nil {
		return nil, err
	}
	if s.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	for _, h := range s.hosts {
		if s.authorities[h.name], err = f.open(h); err != nil {
			return nil, err
		}
	}
	return s, f.tell()
}

// Certificate is for [tls.Config.GetCertificate]: the certificate for the name that a client
// asks for. Clients ask for no name if they have an address: they get the one for localhost
// and the address. So does a client that asks for a name that is not of this server: its
// error then says what the certificate is for.
func (s *Server) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	h, name := s.asked(hello)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.folder.now()
	key := cmp.Or(name, h.address.String())
	if c := s.issued[key]; c != nil && !now.Before(c.Leaf.NotBefore) && now.Before(c.Leaf.NotAfter.Add(-leafRest)) {
		return c, nil
	}
	a, err := s.authority(h, now)
	if err != nil {
		return nil, err
	}
	names, addresses := []string{name}, []net.IP(nil)
	if name == "" {
		names = []string{localhost.name, syncPrefix + localhost.name}
		addresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
		if h.address.IsValid() && !slices.ContainsFunc(addresses, net.IP(h.address.AsSlice()).Equal) {
			addresses = append(addresses, h.address.AsSlice())
		}
	}
	c, err := a.issue(names, addresses, s.key, now)
	if err != nil {
		return nil, err
	}
	if len(s.issued) >= mostIssued {
		clear(s.issued)
	}
	s.issued[key] = c
	return c, nil
}

// asked returns the host that a client wants to talk to, and the name of it that it uses;
// "" if it uses an address.
func (s *Server) asked(hello *tls.ClientHelloInfo) (host, string) {
	name := canonical(hello.ServerName)
	if name == localhost.name {
		return localhost, "" // one certificate for it and for 127.0.0.1
	}
	if i := slices.IndexFunc(s.hosts, func(h host) bool { return h.covers(name) }); i >= 0 && isName(name) {
		return s.hosts[i], name
	}
	var local netip.Addr
	if hello.Conn != nil {
		at, _ := netip.ParseAddrPort(hello.Conn.LocalAddr().String())
		local = at.Addr().Unmap()
	}
	if local.IsLoopback() {
		return host{name: localhost.name, address: local}, "" // it may be 127.0.0.5
	}
	// The address may be that of a container, whose host has the one that clients know.
	found := localhost
	for _, h := range s.hosts {
		if h.address == local && local.IsValid() || h.address.IsValid() && found.name == localhost.name {
			found = h
		}
	}
	return found, ""
}

// authority returns the authority of a host, the next one if its time is over.
func (s *Server) authority(h host, now time.Time) (*authority, error) {
	a := s.authorities[h.name]
	if a.usable(now) {
		return a, nil
	}
	a, err := s.folder.open(h)
	if err == nil {
		err = s.folder.tell()
	}
	if err != nil {
		return nil, err
	}
	s.authorities[h.name] = a
	return a, nil
}
