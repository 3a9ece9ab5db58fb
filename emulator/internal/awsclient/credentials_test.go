package awsclient

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/internal/random"
)

func TestCredentials(t *testing.T) {
	container := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"AccessKeyId":"CONTAINER`+r.Header.Get("Authorization")+`","SecretAccessKey":"s","Token":"t","Expiration":"2999-01-01T00:00:00Z"}`)
	}))
	t.Cleanup(container.Close)
	const (
		sts   = "https://sts.eu-west-1.amazonaws.com/ "
		sqs   = "https://sqs.eu-west-1.amazonaws.com/ "
		inSTS = "/20260921/eu-west-1/sts"
		inSQS = "/20260921/eu-west-1/sqs"
	)
	for _, test := range []struct {
		name        string
		environment map[string]string
		config      string
		credentials string
		calls       []string
		err         string
	}{
		{name: "none", err: "there are no credentials for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"},
		{name: "the default profile", credentials: "# mine\n[default]\naws_access_key_id = KEY\naws_secret_access_key = s\n", calls: []string{sqs + "KEY" + inSQS}},
		{
			name: "the file of credentials counts more", config: "[profile p]\naws_access_key_id=OLD\naws_secret_access_key=s\ns3 =\n  max = 1\n",
			credentials: "[p]\naws_access_key_id=NEW\n", environment: map[string]string{"AWS_PROFILE": "p"}, calls: []string{sqs + "NEW" + inSQS},
		},
		{
			name: "a role of another profile", environment: map[string]string{"AWS_PROFILE": "p"},
			config:      "[profile p]\nrole_arn = ROLE\nsource_profile = base\nrole_session_name = me\n[profile base]\nrole_arn = BASE\nsource_profile = keys\n",
			credentials: "[keys]\naws_access_key_id = KEY\naws_secret_access_key = s\n",
			calls:       []string{sts + "KEY" + inSTS, sts + "BASE+aslocal" + inSTS, sqs + "ROLE+me" + inSQS},
		},
		{
			name: "a role of the same profile", config: "[default]\nrole_arn = ROLE\nsource_profile = default\naws_access_key_id = KEY\naws_secret_access_key = s\n",
			calls: []string{sts + "KEY" + inSTS, sqs + "ROLE+aslocal" + inSQS},
		},
		{
			name: "a circle", environment: map[string]string{"AWS_PROFILE": "a"}, config: "[profile a]\nrole_arn=A\nsource_profile=b\n[profile b]\nrole_arn=B\nsource_profile=a\n",
			err: "profile a: profile b: profile a: it is its own source_profile",
		},
		{name: "no such source", config: "[default]\nrole_arn=A\nsource_profile=b\n", err: "profile default: profile b: there is no such profile"},
		{name: "no such profile", environment: map[string]string{"AWS_PROFILE": "p"}, err: `AWS_PROFILE: there is no profile "p"`},
		{name: "a second factor", config: "[default]\nrole_arn=A\nmfa_serial=x\naws_access_key_id=K\naws_secret_access_key=s\n", err: "profile default: it needs a second factor"},
		{name: "not a file of profiles", config: "[default]\nnonsense\n", err: "HOME/.aws/config:2: expected name = value in a [profile], got nonsense"},
		{
			name: "a web identity", environment: map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/token", "AWS_ROLE_ARN": "WEB"},
			calls: []string{sts, sqs + "WEB+aslocal" + inSQS},
		},
		{
			name: "a web identity of the profile", config: "[default]\nweb_identity_token_file = HOME/token\nrole_arn = WEB\nrole_session_name = me\n",
			calls: []string{sts, sqs + "WEB+me" + inSQS},
		},
		{
			name:   "single sign-on",
			config: "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = eu-central-1\nsso_start_url = https://x\n",
			calls:  []string{"https://portal.sso.eu-central-1.amazonaws.com/federation/credentials?role_name=r&account_id=1 ", sqs + "SSO" + inSQS},
		},
		{
			name: "single sign-on without a session", config: "[default]\nsso_start_url = https://x\nsso_region = eu-central-1\nsso_account_id = 1\nsso_role_name = r\n",
			err: "profile default: run aws sso login: ",
		},
		{name: "single sign-on that has ended", config: "[default]\nsso_session = old\nsso_account_id = 1\n[sso-session old]\nsso_region = eu-central-1\n", err: "profile default: the session has ended: run aws sso login"},
		{
			name: "a container", environment: map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": container.URL, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "HOME/token"},
			calls: []string{sqs + "CONTAINERtoken" + inSQS},
		},
		{
			name: "a role of a container", environment: map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": container.URL}, config: "[default]\nrole_arn=R\ncredential_source=EcsContainer\n",
			calls: []string{sts + "CONTAINER" + inSTS, sqs + "R+aslocal" + inSQS},
		},
		{name: "a process", config: "[default]\ncredential_process = cat HOME/process.json\n", calls: []string{sqs + "PROCESS" + inSQS}},
		{name: "aws login", config: "[default]\nlogin_session = x\n", err: "profile default: it is of aws login: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "a process" && runtime.GOOS == "windows" {
				t.Skip("cat is not on Windows")
			}
			home := noCredentials(t)
			for name, content := range test.environment {
				t.Setenv(name, strings.ReplaceAll(content, "HOME", home))
			}
			for name, content := range map[string]string{
				".aws/config": strings.ReplaceAll(test.config, "HOME", home), ".aws/credentials": test.credentials, "token": "token",
				"process.json": `{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "s"}`,
				// Named by the SHA-1 of "s" and "old".
				".aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json": `{"accessToken": "a", "expiresAt": "2027-01-01T00:00:00Z"}`,
				".aws/sso/cache/c00dbbc9dadfbe1e232e93a729dd4752fade0abf.json": `{"accessToken": "a", "expiresAt": "2026-01-01T00:00:00Z"}`,
			} {
				name = filepath.Join(home, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var real fakeAWS
			_, err := real.client(t, "sqs").Call(context.Background(), Request{Service: "sqs", Operation: "ListQueues", Random: random.New(1)})
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), strings.ReplaceAll(test.err, "HOME", home)) {
					t.Errorf("got %v, want %s", err, test.err)
				}
				return
			}
			if err != nil || !slices.Equal(real.calls, test.calls) {
				t.Errorf("called %q, %v; want %q", real.calls, err, test.calls)
			}
		})
	}
}

// TestProfileOfSettings checks that a profile that is asked for goes before the environment.
func TestProfileOfSettings(t *testing.T) {
	home := noCredentials(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "ENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	if err := os.MkdirAll(filepath.Join(home, ".aws"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".aws", "credentials"), []byte("[p]\naws_access_key_id = KEY\naws_secret_access_key = s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for profile, want := range map[string]string{"": "ENVIRONMENT", "p": "KEY", "q": ""} {
		c := New(Settings{Profile: profile})
		found, err := c.realCredentials("", "us-east-1").Retrieve(t.Context())
		if found.AccessKeyID != want || (err == nil) != (want != "") {
			t.Errorf("profile %q: got %s, %v, want %s", profile, found.AccessKeyID, err, want)
		}
	}
}

// TestLocalCredentials checks that an endpoint that is not AWS's gets no
// credentials of the chain.
func TestLocalCredentials(t *testing.T) {
	noCredentials(t)
	c := New(Settings{Account: "111111111111"})
	check := func(account, want string) {
		t.Helper()
		if got, err := c.localCredentials(account).Retrieve(t.Context()); err != nil || got.AccessKeyID != want {
			t.Errorf("account %q: got %s, %v, want %s", account, got.AccessKeyID, err, want)
		}
	}
	check("", "test")
	check("111111111111", "test")
	check("222222222222", "222222222222")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	check("", "AKID")
	check("222222222222", "222222222222")
}
