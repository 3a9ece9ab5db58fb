package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/internal/certificate"
)

// This file shows how clients trust the certificates of serve --tls, and removes them.

func newTLS() *cobra.Command {
	var remove, path bool
	c := &cobra.Command{
		Use:   "tls",
		Short: "Show how clients trust aslocal serve --tls",
		Long: `Show where the roots are that aslocal serve --tls is trusted by, and what to set for each client. They are made once for each user, are for
localhost and the names of --allow-host alone, and are in no trust store unless you put them there. Commands of aslocal need nothing.`,
		Example: `  aslocal tls
  curl --cacert "$(aslocal tls --path)" https://localhost:8083
  aslocal tls --remove`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if remove && path {
				return exit(ExitUsage, "", "--remove and --path: expected one of them at most")
			}
			folder, err := certificate.UserFolder()
			if err != nil {
				return exit(ExitFailed, "", "%v", err)
			}
			if remove {
				if err := folder.Remove(); err != nil {
					return exit(ExitFailed, "", "%v", err)
				}
				return nil
			}
			if _, err := folder.Serve(); err != nil { // makes what is not there
				return exit(ExitFailed, "aslocal tls --remove removes all, so that new ones are made", "%v", err)
			}
			if path {
				fmt.Fprintln(c.OutOrStdout(), folder.Roots())
				return nil
			}
			return printTrust(c.OutOrStdout(), folder)
		},
	}
	c.Flags().BoolVar(&path, "path", false, "print the path of the file with the roots, and nothing else")
	c.Flags().BoolVar(&remove, "remove", false, "remove all roots and their files")
	return c
}

// printTrust prints what to set.
func printTrust(w io.Writer, folder certificate.Folder) error {
	list, err := folder.List()
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	var hosts, imports []string
	for _, r := range list {
		hosts = append(hosts, fmt.Sprintf("%s (until %s)", r.Host, r.Until.Format("2006-01-02")))
		imports = append(imports, "keytool -importcert -noprompt -alias aslocal-"+r.Host+" -file "+shellQuoted(r.Path)+" -keystore aslocal.p12 -storepass changeit")
	}
	roots, bundle := shellQuoted(folder.Roots()), shellQuoted(folder.Bundle())
	tell(w, "Roots", folder.Roots())
	tell(w, "With", folder.Bundle()+" has those of the system, too")
	tell(w, "For", hosts...)
	tell(w, "AWS CLI", "export AWS_CA_BUNDLE="+bundle)
	tell(w, "Python", "export AWS_CA_BUNDLE="+bundle)
	tell(w, "Go", "export AWS_CA_BUNDLE="+bundle+"  # read by config.LoadDefaultConfig")
	tell(w, "Node.js", "export NODE_EXTRA_CA_CERTS="+roots)
	tell(w, "Rust", "export SSL_CERT_FILE="+bundle)
	tell(w, "Java", append(imports, "java -Djavax.net.ssl.trustStore=aslocal.p12 -Djavax.net.ssl.trustStorePassword=changeit …")...)
	tell(w, "curl", "curl --cacert "+roots+" https://localhost:8083")
	return nil
}

// shellQuoted is a text as a word of a shell.
func shellQuoted(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:\\") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
