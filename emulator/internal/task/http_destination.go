package task

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/aslocal/aslocal/asl"
)

// This file decides where the requests of http:invoke go. A run on a developer's
// machine must not call somebody's payment provider because a definition says so:
// only this machine and the hosts that the settings name are called.

// Destinations say where APIs are. The zero Destinations are those of this
// machine alone. It must not be changed once it is in use.
type Destinations struct {
	endpoints map[string]*url.URL // by origin: "https://api.example.com:443"
	hosts     map[string]bool
	below     []string // allowed with what is below, with the dot: ".example.com"
	all       bool
}

// Map sends the requests for the origin of an API, https://api.example.com, to
// another URL, such as http://localhost:9000. A path in that goes before the path
// of the request. The error says what is wrong with either.
func (d *Destinations) Map(api, endpoint string) error {
	from, err := parseAPIEndpoint(api)
	if err != nil || from.Path != "" && from.Path != "/" || from.RawQuery != "" {
		return fmt.Errorf("expected the origin of an HTTPS API, such as https://api.example.com, got %q", api)
	}
	to, err := url.Parse(endpoint)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Hostname() == "" || to.User != nil || to.RawQuery != "" || to.Fragment != "" {
		return fmt.Errorf("expected a URL such as http://localhost:9000, got %q", endpoint)
	}
	if d.endpoints == nil {
		d.endpoints = make(map[string]*url.URL)
	}
	d.endpoints[origin(from)] = to
	return nil
}

// Allow lets requests for a host go where it is. "*.example.com" allows the names
// below one, "all" every host. The error says what is wrong with the name.
func (d *Destinations) Allow(host string) error {
	name := strings.ToLower(host)
	below, wild := strings.CutPrefix(name, "*.")
	switch {
	case name == "all":
		d.all = true
	case below == "" || strings.ContainsAny(below, "*/:@ \t\r\n") && !isAddress(below):
		return fmt.Errorf(`expected the name of a host such as api.example.com or *.example.com, or "all", got %q`, host)
	case wild:
		d.below = append(d.below, "."+below)
	default:
		if d.hosts == nil {
			d.hosts = make(map[string]bool)
		}
		d.hosts[name] = true
	}
	return nil
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

// origin is the scheme, host and port of a URL.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// find returns where the request for a URL goes, and the host that it is for if
// that is another. The error is for the program, and says what to set.
func (d *Destinations) find(u *url.URL) (target, host string, err error) {
	if to := d.endpoints[origin(u)]; to != nil {
		moved := *u
		moved.Scheme, moved.Host = to.Scheme, to.Host
		if prefix := strings.TrimSuffix(to.EscapedPath(), "/"); prefix != "" {
			escaped := prefix + u.EscapedPath()
			if moved.Path, err = url.PathUnescape(escaped); err != nil {
				return "", "", err
			}
			moved.RawPath = escaped
		}
		return moved.String(), u.Host, nil
	}
	if !d.allows(strings.ToLower(u.Hostname())) {
		at := "https://" + u.Host
		return "", "", &MissingError{Failure: &asl.Error{Name: "States.Http.Socket", Cause: fmt.Sprintf("aslocal does not call %s, since no setting says so: "+
			"set http.endpoints in aslocal.yaml to where it is here (%q: http://localhost:9000), or allow the call of the real one with http.allow: [%s]", at, at, u.Hostname())}}
	}
	return u.String(), "", nil
}

// isHere reports whether a host, in small letters, is this machine.
func isHere(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// allows reports whether a host is called where it is.
func (d *Destinations) allows(host string) bool {
	if d.all || d.hosts[host] || isHere(host) {
		return true
	}
	for _, suffix := range d.below {
		if strings.HasSuffix(host, suffix) && len(host) > len(suffix) {
			return true
		}
	}
	return false
}
