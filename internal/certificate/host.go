package certificate

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// This file says which hosts certificates are for, and which names belong to a host.

// A host is a name or an address of this machine.
type host struct {
	name    string     // "example.test", "192.0.2.7"
	address netip.Addr // if it is one
	below   bool       // the names below it, too, as "*.example.test" says
}

// localhost is what every server has: with it go the names below it, and the loopback
// addresses.
var localhost = host{name: "localhost", below: true}

// syncPrefix is what SDKs put in front of the host for StartSyncExecution and TestState.
const syncPrefix = "sync-"

// hostsOf returns localhost and the hosts, each once. A port does not matter, an unspecified
// address ("0.0.0.0") stands for no host.
func hostsOf(texts []string) ([]host, error) {
	hosts := []host{localhost}
	for _, text := range texts {
		h, err := hostOf(text)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(hosts, func(other host) bool { return other.name == h.name })
		switch {
		case h.address.IsUnspecified(), h.address.IsLoopback(), localhost.covers(h.name):
		case i >= 0:
			hosts[i].below = hosts[i].below || h.below
		default:
			hosts = append(hosts, h)
		}
	}
	return hosts, nil
}

func hostOf(text string) (host, error) {
	name := text
	if before, _, err := net.SplitHostPort(text); err == nil {
		name = before
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if address, err := netip.ParseAddr(name); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return host{name: address.String(), address: address}, nil
	}
	name, below := strings.CutPrefix(canonical(name), "*.")
	if !isName(name) {
		return host{}, fmt.Errorf("certificate: %q is neither a name nor an address that a certificate can have", text)
	}
	return host{name: name, below: below}, nil
}

// canonical is a name in small letters, without the dot of the root.
func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// isName reports whether DNS can have the name.
func isName(name string) bool {
	if len(name) > 253-len(syncPrefix) {
		return false
	}
	var last string
	for last = range strings.SplitSeq(name, ".") {
		if last == "" || len(last) > 63 || strings.Trim(last, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return strings.Trim(last, "0123456789") != "" // else it is taken for an address
}

// covers reports whether a name, in small letters, belongs to the host: it, with sync- in
// front of it, or below it.
func (h host) covers(name string) bool {
	plain := strings.TrimPrefix(name, syncPrefix)
	return name == h.name || plain == h.name || h.below && (strings.HasSuffix(name, "."+h.name) || strings.HasSuffix(plain, "."+h.name))
}

// folder is the name of the folder of its authority. No name has brackets.
func (h host) folder() string {
	if h.address.Is6() {
		return "[" + strings.ReplaceAll(h.name, ":", "-") + "]"
	}
	return h.name
}
