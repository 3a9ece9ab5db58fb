package awsclient

import (
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file finds the credentials for real AWS where AWS's tools find them: the
// environment, a web identity that it names, the profile, the container, the
// instance. The SDK's package config does so, too, but it brings clients of four
// services with it, which every process would pay for: see docs/rationale.md.

// environmentCredentials are those of the environment.
func environmentCredentials() (aws.Credentials, bool) {
	found := aws.Credentials{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	return found, found.HasKeys()
}

// localCredentials are those for every endpoint but real AWS: those of the
// environment, or some that nobody checks. Those of another account have its id as
// the access key, which servers that stand in for AWS take for the account.
func (c *Client) localCredentials(account string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		if account != "" && account != c.settings.Account {
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: "test"}, nil
		}
		if found, ok := environmentCredentials(); ok {
			return found, nil
		}
		return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
	})
}

// realCredentials returns who gives the credentials of a role, "" for those of the
// chain. They are kept for as long as they hold.
func (c *Client) realCredentials(role, region string) aws.CredentialsProvider {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.roles == nil {
		c.roles = map[string]aws.CredentialsProvider{"": aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			return c.chain(ctx, region)
		}))}
	}
	if c.roles[role] == nil {
		base := c.roles[""]
		c.roles[role] = aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			return c.assume(ctx, region, base, role, "", "")
		}))
	}
	return c.roles[role]
}

// chain looks for credentials.
func (c *Client) chain(ctx context.Context, region string) (aws.Credentials, error) {
	if name := c.settings.Profile; name != "" {
		all, err := readProfiles()
		if err != nil {
			return aws.Credentials{}, err
		}
		return c.profile(ctx, region, all, name, nil)
	}
	if found, ok := environmentCredentials(); ok {
		return found, nil
	}
	if file := os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"); file != "" {
		return c.webIdentity(ctx, region, file, os.Getenv("AWS_ROLE_ARN"), os.Getenv("AWS_ROLE_SESSION_NAME"))
	}
	name := cmp.Or(os.Getenv("AWS_PROFILE"), "default")
	all, err := readProfiles()
	if err != nil {
		return aws.Credentials{}, err
	}
	if all.byName[name] != nil {
		found, err := c.profile(ctx, region, all, name, nil)
		if !errors.Is(err, errNoCredentials) {
			return found, err
		}
	} else if os.Getenv("AWS_PROFILE") != "" {
		return aws.Credentials{}, fmt.Errorf("AWS_PROFILE: there is no profile %q", name)
	}
	if os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")+os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI") != "" {
		return containerCredentials(ctx)
	}
	if os.Getenv("AWS_EC2_METADATA_DISABLED") != "true" {
		found, err := ec2rolecreds.New().Retrieve(ctx)
		if err == nil || ctx.Err() != nil {
			return found, err
		}
	}
	return aws.Credentials{}, errors.New("there are no credentials for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
}

var errNoCredentials = errors.New("has no credentials")

// profile returns the credentials of a profile. Sources are those that led to it.
func (c *Client) profile(ctx context.Context, region string, all *profiles, name string, sources []string) (aws.Credentials, error) {
	p := all.byName[name]
	fail := func(err error) (aws.Credentials, error) {
		return aws.Credentials{}, fmt.Errorf("profile %s: %w", name, err)
	}
	switch {
	case p == nil:
		return fail(errors.New("there is no such profile"))
	case slices.Contains(sources, name):
		return fail(errors.New("it is its own source_profile"))
	case p["web_identity_token_file"] != "":
		return c.webIdentity(ctx, region, p["web_identity_token_file"], p["role_arn"], p["role_session_name"])
	}
	var found aws.Credentials
	var err error
	if source := p["source_profile"]; source != "" && source != name && p["role_arn"] != "" {
		found, err = c.profile(ctx, region, all, source, append(sources, name))
	} else {
		found, err = c.ownCredentials(ctx, all, p)
	}
	if err != nil {
		return fail(err)
	}
	if role := p["role_arn"]; role != "" {
		if p["mfa_serial"] != "" {
			return fail(errors.New("it needs a second factor: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN instead"))
		}
		base := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return found, nil })
		if found, err = c.assume(ctx, region, base, role, p["role_session_name"], p["external_id"]); err != nil {
			return fail(err)
		}
	}
	return found, nil
}

// ownCredentials returns what a profile says itself.
func (c *Client) ownCredentials(ctx context.Context, all *profiles, p map[string]string) (aws.Credentials, error) {
	static := aws.Credentials{AccessKeyID: p["aws_access_key_id"], SecretAccessKey: p["aws_secret_access_key"], SessionToken: p["aws_session_token"]}
	switch {
	case static.HasKeys():
		return static, nil
	case p["credential_source"] == "Environment":
		if found, ok := environmentCredentials(); ok {
			return found, nil
		}
	case p["credential_source"] == "EcsContainer":
		return containerCredentials(ctx)
	case p["credential_source"] == "Ec2InstanceMetadata":
		return ec2rolecreds.New().Retrieve(ctx)
	case p["sso_account_id"] != "":
		return c.singleSignOn(ctx, all, p)
	case p["credential_process"] != "":
		return processcreds.NewProvider(p["credential_process"]).Retrieve(ctx)
	case p["login_session"] != "":
		return aws.Credentials{}, errors.New(`it is of aws login: set what "aws configure export-credentials --format env" prints`)
	}
	return aws.Credentials{}, errNoCredentials
}

// containerCredentials returns those that a container gets at an address of its
// environment.
func containerCredentials(ctx context.Context) (aws.Credentials, error) {
	url := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if path := os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		url = "http://169.254.170.2" + path
	}
	return endpointcreds.New(url, func(o *endpointcreds.Options) {
		o.AuthorizationToken = os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
		if file := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file != "" {
			o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(func() (string, error) {
				token, err := os.ReadFile(file)
				return string(token), err
			})
		}
	}).Retrieve(ctx)
}

// assume returns the credentials of a role.
func (c *Client) assume(ctx context.Context, region string, base aws.CredentialsProvider, role, session, externalID string) (aws.Credentials, error) {
	in := value.OfMembers("RoleArn", value.OfString(role), "RoleSessionName", value.OfString(cmp.Or(session, sessionName)))
	if externalID != "" {
		in = in.With("ExternalId", value.OfString(externalID))
	}
	return c.temporary(ctx, base, Request{Service: "sts", Operation: "AssumeRole", Region: region, Input: in}, "Credentials")
}

// sessionName is the name of the session of a role, if nothing names another.
const sessionName = "aslocal"

// webIdentity returns the credentials of a role that the token in a file stands
// for.
func (c *Client) webIdentity(ctx context.Context, region, file, role, session string) (aws.Credentials, error) {
	token, err := os.ReadFile(file)
	if err != nil {
		return aws.Credentials{}, err
	}
	in := value.OfMembers("RoleArn", value.OfString(role), "RoleSessionName", value.OfString(cmp.Or(session, sessionName)), "WebIdentityToken", value.OfString(string(token)))
	return c.temporary(ctx, nil, Request{Service: "sts", Operation: "AssumeRoleWithWebIdentity", Region: region, Input: in}, "Credentials")
}

// singleSignOn returns the credentials of a profile for whose session `aws sso
// login` was run.
func (c *Client) singleSignOn(ctx context.Context, all *profiles, p map[string]string) (aws.Credentials, error) {
	region, key := p["sso_region"], p["sso_start_url"]
	if session := p["sso_session"]; session != "" {
		if all.sessions[session] == nil {
			return aws.Credentials{}, fmt.Errorf("sso_session: there is no session %q", session)
		}
		region, key = all.sessions[session]["sso_region"], session
	}
	sum := sha1.Sum([]byte(key))
	content, err := os.ReadFile(inHome(".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json"))
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("run aws sso login: %w", err)
	}
	token, err := value.ParseBytes(content)
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("run aws sso login: %w", err)
	}
	if expires, ok := parseISO8601(token.Get("expiresAt").Text()); !ok || !expires.After(c.settings.Now()) {
		return aws.Credentials{}, errors.New("the session has ended: run aws sso login")
	}
	in := value.OfMembers("accountId", value.OfString(p["sso_account_id"]), "roleName", value.OfString(p["sso_role_name"]), "accessToken", token.Get("accessToken"))
	return c.temporary(ctx, nil, Request{Service: "sso", Operation: "GetRoleCredentials", Region: region, Input: in}, "roleCredentials")
}

// temporary calls real AWS for credentials, which are in a member of the answer.
func (c *Client) temporary(ctx context.Context, as aws.CredentialsProvider, r Request, member string) (aws.Credentials, error) {
	r.Casing = awsapi.API
	answer, err := c.callAt(ctx, r, func(*awsapi.Service) (place, error) { return place{realAWS, as}, nil })
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("%s: %w", r.Operation, err)
	}
	got := answer.Output.Get(member)
	text := func(names ...string) string {
		for _, name := range names {
			if v := got.Get(name); v.Exists() {
				return v.Text()
			}
		}
		return ""
	}
	found := aws.Credentials{
		AccessKeyID: text("AccessKeyId", "accessKeyId"), SecretAccessKey: text("SecretAccessKey", "secretAccessKey"),
		SessionToken: text("SessionToken", "sessionToken"), CanExpire: true,
	}
	found.Expires, _ = parseISO8601(text("Expiration"))
	if milliseconds, ok := got.Get("expiration").Int(); ok {
		found.Expires = time.UnixMilli(milliseconds)
	}
	if !found.HasKeys() {
		return aws.Credentials{}, fmt.Errorf("%s: the answer has no credentials", r.Operation)
	}
	return found, nil
}
