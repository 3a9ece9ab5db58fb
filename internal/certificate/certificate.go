// Package certificate has what aslocal needs to serve HTTPS: certificates that it issues
// itself, with the roots that clients trust, or a certificate of the user's own.
//
//	folder, err := certificate.UserFolder()
//	server, err := folder.Serve("host.docker.internal")
//	config := &tls.Config{GetCertificate: server.Certificate}
//	fmt.Println("clients trust", folder.Roots())
//
// Each host has an authority, which is a root and an issuer. The key of the root signs the
// issuer and is thrown away, so that nobody can sign anything else by it. The issuer may
// only sign for its host and for this machine (name constraints), so that its key, which is
// kept, is of no use for google.com. Certificates of servers are issued when a client asks
// for a name, live for a month, and are never written to a file.
package certificate
