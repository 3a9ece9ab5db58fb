package awsclient

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// This file reads the files in which AWS's tools keep profiles.

// Profiles are what the files say: settings by their names in small letters.
type profiles struct {
	byName   map[string]map[string]string
	sessions map[string]map[string]string // of SSO
}

// readProfiles reads ~/.aws/config and ~/.aws/credentials, or the files that the
// environment names instead. A file that is not there has nothing. The second one
// counts more.
func readProfiles() (*profiles, error) {
	p := &profiles{byName: make(map[string]map[string]string), sessions: make(map[string]map[string]string)}
	for _, file := range []struct {
		variable, name string
		credentials    bool
	}{{"AWS_CONFIG_FILE", "config", false}, {"AWS_SHARED_CREDENTIALS_FILE", "credentials", true}} {
		name := os.Getenv(file.variable)
		if name == "" {
			name = inHome(".aws", file.name)
		}
		content, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err := p.add(content, file.credentials); err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
	}
	return p, nil
}

// ProfileRegion returns the region that the files of AWS's tools have for the profile
// AWS_PROFILE, or else for the default one; "" if none is set there, or the files cannot
// be read.
func ProfileRegion() string {
	all, err := readProfiles()
	if err != nil {
		return ""
	}
	return all.byName[cmp.Or(os.Getenv("AWS_PROFILE"), "default")]["region"]
}

// inHome returns a path in the home folder; without one, in the working folder.
func inHome(path ...string) string {
	home, _ := os.UserHomeDir()
	return filepath.Join(append([]string{home}, path...)...)
}

// add adds a file. The error begins with the line.
func (p *profiles) add(content []byte, credentials bool) error {
	var section map[string]string
	lines := bufio.NewScanner(bytes.NewReader(content))
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
		case text[0] == '[':
			name, _, ok := strings.Cut(text[1:], "]")
			if !ok {
				return fmt.Errorf("%d: expected ] at the end of the name, got %s", number, shorten(text))
			}
			section = p.section(strings.TrimSpace(name), credentials)
		case line[0] == ' ' || line[0] == '\t': // it belongs to a setting that is a section itself, such as s3
		default:
			name, content, ok := strings.Cut(text, "=")
			if !ok || section == nil {
				return fmt.Errorf("%d: expected name = value in a [profile], got %s", number, shorten(text))
			}
			section[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(content)
		}
	}
	return nil
}

// section returns where the settings of a section go; those of unknown ones are
// forgotten.
func (p *profiles) section(name string, credentials bool) map[string]string {
	all := p.byName
	if kind, rest, ok := strings.Cut(name, " "); ok && !credentials {
		name = strings.Trim(strings.TrimSpace(rest), `"'`)
		switch kind {
		case "sso-session":
			all = p.sessions
		case "profile":
		default:
			return make(map[string]string)
		}
	}
	if all[name] == nil {
		all[name] = make(map[string]string)
	}
	return all[name]
}
