package certificate

import (
	"crypto/x509"
	"os"
)

// This file says what clients of this machine trust.

// bundleVariable is the variable of the AWS SDKs that names a file of roots.
const bundleVariable = "AWS_CA_BUNDLE"

// Trusted returns the roots that a client of ours trusts: those of the system, of the
// user's folder, and of AWS_CA_BUNDLE. What cannot be read is left out.
func Trusted() *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	files := []string{os.Getenv(bundleVariable)}
	if folder, err := UserFolder(); err == nil {
		files = append(files, folder.Roots())
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil {
			pool.AppendCertsFromPEM(text)
		}
	}
	return pool
}

// systemFiles are where systems have their roots in one file.
var systemFiles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Arch, Alpine
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, Red Hat, Amazon Linux
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // newer ones of these
	"/etc/ssl/ca-bundle.pem",                            // SUSE
	"/etc/ssl/cert.pem",                                 // macOS, Alpine, the BSDs
}

// systemRoots is the text of the file with the roots of the system: the one of
// SSL_CERT_FILE, unless that is a file of the folder, else the first that there is; none if
// the system has no file.
func (f Folder) systemRoots() []byte {
	for _, name := range append([]string{os.Getenv("SSL_CERT_FILE")}, systemFiles...) {
		if same(name, f.Roots()) || same(name, f.Bundle()) {
			continue
		}
		if text, err := os.ReadFile(name); err == nil {
			return text
		}
	}
	return nil
}

// same reports whether two paths lead to one file.
func same(x, y string) bool {
	a, err := os.Stat(x)
	if err != nil {
		return false
	}
	b, err := os.Stat(y)
	return err == nil && os.SameFile(a, b)
}
