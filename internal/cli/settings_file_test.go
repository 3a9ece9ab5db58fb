package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
)

func TestSettingsFile(t *testing.T) {
	got, err := parseSettings("aslocal.yaml", `
account: 123456789012
accounts: {AKIDTESTING: "222222222222", ci: 333333333333}
region: eu-west-1
waitTimeScale: 0.5
lambda:
  endpoint: localhost:3001
  functions:
    charge-card: http://127.0.0.1:9000
machines:
  quote: {type: EXPRESS, file: odd.json, roleArn: "arn:aws:iam::123456789012:role/r"}
`)
	if err != nil {
		t.Fatal(err)
	}
	if got.accounts["AKIDTESTING"] != "222222222222" || got.accounts["ci"] != "333333333333" || got.account != "123456789012" || got.region != "eu-west-1" || got.waitTimeScale != "0.5" || got.endpoint != "localhost:3001" {
		t.Errorf("got %+v", got)
	}
	if url := got.functions["charge-card"]; url != "http://127.0.0.1:9000" {
		t.Errorf("charge-card is at %q", url)
	}
	if m, want := got.machines["quote"], (machineSettings{"odd.json", "EXPRESS", "arn:aws:iam::123456789012:role/r"}); m != want {
		t.Errorf("got %+v, want %+v", m, want)
	}
}

func TestFaultSettings(t *testing.T) {
	got, err := parseSettings("s.yaml", `
faults:
  - {machine: order, state: Charge, error: CardDeclined, cause: no money, attempts: 1-2, probability: 0.5, seed: 7}
  - {state: Ship, throttle: true, attempts: 2, latency: 1.5s, off: true}
  - {state: Wait, latency: 200ms}
`)
	want := []emulator.Fault{
		{Machine: "order", State: "Charge", Error: "CardDeclined", Cause: "no money", Attempts: "1-2", Probability: 0.5, Seed: 7},
		{State: "Ship", Throttle: true, Attempts: "2", Latency: 1500 * time.Millisecond, Off: true},
		{State: "Wait", Latency: 200 * time.Millisecond},
	}
	if err != nil || !slices.Equal(got.faults, want) {
		t.Errorf("got %+v, %v\nwant %+v", got.faults, err, want)
	}
	if got, want := strings.Join(faultLines(got.faults), "; "), "order.Charge fails with CardDeclined, attempt 1-2, with probability 0.5; Wait comes late, after 200ms"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWrongSettingsHaveAPlace(t *testing.T) {
	for text, want := range map[string]string{
		"regoin: x":                              `s.yaml:1:1: regoin: there is no such setting`,
		"a: 1":                                   `s.yaml:1:1: a: there is no such setting`,
		"account: 12":                            `s.yaml:1:10: account: expected twelve digits in quotes, got "12"`,
		"accounts: {AKID: 12}":                   `s.yaml:1:18: accounts.AKID: expected twelve digits in quotes, got "12"`,
		"accounts: [AKID]":                       `s.yaml:1:1: accounts: expected an object, got array`,
		"account: [1]":                           `s.yaml:1:1: account: expected twelve digits in quotes, got array`,
		"region: a b":                            `s.yaml:1:9: region: expected the name of a region such as eu-west-1, got "a b"`,
		"waitTimeScale: -1":                      `s.yaml:1:16: waitTimeScale: expected a number above 0, at most 10000, got "-1"`,
		"tls: 1":                                 `s.yaml:1:1: tls: expected true, false, or an object with cert and key, got number`,
		"tls: {key: k}":                          `s.yaml:1:1: tls: expected cert, the path of a certificate, or true`,
		"tls: {cert: [c]}":                       `s.yaml:1:7: tls.cert: expected the path of a certificate in PEM, got array`,
		"allowHosts: box":                        `s.yaml:1:1: allowHosts: expected a list, each the name of a host such as host.docker.internal, got string`,
		"allowHosts: [a, b/c]":                   `s.yaml:1:17: allowHosts.1: expected the name of a host such as host.docker.internal, got "b/c"`,
		"waitTimeScale: .inf":                    `s.yaml:1:16: .inf has no form in JSON`,
		"lambda: x":                              `s.yaml:1:1: lambda: expected settings with names, got string`,
		"lambda:\n  functions: [x]":              `s.yaml:2:3: lambda.functions: expected an object, got array`,
		"lambda:\n  functions:\n    f: {a: b}":   `s.yaml:3:5: lambda.functions.f: expected a URL such as http://localhost:9000, got object`,
		"machines:\n  a/b:\n    roleArn: ''":     `s.yaml:3:14: machines.a/b.roleArn: expected an ARN, got ""`,
		"machines: {m: {type: EXPRESS, x: 1}}":   `s.yaml:1:31: machines.m.x: there is no such setting`,
		"functions: {f: x}":                      `s.yaml:1:13: functions.f: expected settings with names, got string`,
		"functions: {f: {foldr: x}}":             `s.yaml:1:17: functions.f.foldr: there is no such setting`,
		"functions: {f: {timeout: 901}}":         `s.yaml:1:26: functions.f.timeout: expected a number of seconds from 1 to 900, got "901"`,
		"functions: {f: {command: run}}":         `s.yaml:1:17: functions.f.command: expected a list, each a part of a command, got string`,
		"functions: {f: {environment: {A: []}}}": `s.yaml:1:31: functions.f.environment.A: expected a text, got array`,
		"functions: {f: {url: x, folder: y}}":    `s.yaml:1:17: functions.f.url: a function at a URL has no other settings`,
		"functions: {'': {folder: y}}":           `s.yaml:1:13: functions: expected the name of a function, got ""`,
		"faults: {}":                             `s.yaml:1:1: faults: expected a list of faults, got object`,
		"faults: [{state: A}]":                   `s.yaml:1:10: faults.0: expected one of error, timeout, throttle and latency`,
		"faults: [{state: A, error: X, x: 1}]":   `s.yaml:1:31: faults.0.x: there is no such setting`,
		"faults: [{state: A, timeout: yes}]":     `s.yaml:1:21: faults.0.timeout: expected true or false, got string`,
		"faults: [{state: A, latency: 5}]":       `s.yaml:1:30: faults.0.latency: expected a duration such as 200ms or 5s, got "5"`,
		"faults:\n- {timeout: true}":             `s.yaml:2:3: faults.0: state: expected the name of a state`,
		"just text":                              `s.yaml:1:1: the file: expected settings with names, got string`,
		"lambda:\n\tendpoint: http://localhost":  `s.yaml:2:`,
	} {
		_, err := parseSettings("s.yaml", text)
		var e *exitError
		if !errors.As(err, &e) || e.code != ExitUsage || !strings.HasPrefix(e.message, want) {
			t.Errorf("%q\n got %v\nwant %s", text, err, want)
		}
	}
}

// Whatever the file holds, it is read or refused with its name; what was read
// makes an emulator's options.
func FuzzSettingsFile(f *testing.F) {
	for _, seed := range []string{
		"", "# nothing", "null", "account: '123456789012'\nregion: eu-west-1\n", "lambda: {endpoint: 'http://localhost:3001', functions: {f: localhost}}",
		"machines:\n  m: {type: EXPRESS, file: a.json}\n  n:", "waitTimeScale: 1e-3", "a: &a [*a]", "? [x]\n: y", "<<: {account: 1}", "\t", "{", "- -", "---\n---\n", "\"/~\": 1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseSettings("s.yaml", text)
		var e *exitError
		switch {
		case err == nil:
			got.options()
		case !errors.As(err, &e) || e.code != ExitUsage || !strings.HasPrefix(e.message, "s.yaml:"):
			t.Errorf("%q: got the error %v, want one with the file's name", text, err)
		}
	})
}

// The region of a server is that of the profile that AWS's tools on the machine use, if
// nothing else is set; what runs without clients is not touched by it.
func TestRegionOfTheProfile(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, []byte("[default]\nregion = eu-west-1\n[profile work]\nregion = ap-southeast-2\n[profile odd]\nregion = nowhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, profile, variable, flag string
		serves                        bool
		want                          string
	}{
		{"default profile", "", "", "", true, "eu-west-1"},
		{"another profile", "work", "", "", true, "ap-southeast-2"},
		{"a profile that is not there", "none", "", "", true, ""},
		{"no name of a region", "odd", "", "", true, ""},
		{"environment", "work", "us-west-2", "", true, "us-west-2"},
		{"flag", "work", "us-west-2", "eu-north-1", true, "eu-north-1"},
		{"run", "work", "", "", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("AWS_CONFIG_FILE", config)
			t.Setenv("AWS_PROFILE", c.profile)
			t.Setenv("AWS_REGION", c.variable)
			t.Setenv("AWS_DEFAULT_REGION", "")
			s := &settings{serves: c.serves}
			s.flags(&cobra.Command{})
			s.region = c.flag
			got, _, err := s.load(t.TempDir())
			if err != nil || got.region != c.want {
				t.Errorf("got %q, %v, want %q", got.region, err, c.want)
			}
		})
	}
}
