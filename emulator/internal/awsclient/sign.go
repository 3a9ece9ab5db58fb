package awsclient

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// This file signs requests. Real AWS gets the credentials of the standard chain of
// AWS's tools, which may look them up in files and on the network; every other
// endpoint those of the environment, or some that nobody checks.

// sign signs a request for a region.
func (c *Client) sign(request *http.Request, t target, region string, body []byte) error {
	if t.operation.Unsigned {
		return nil
	}
	if t.service.Bearer {
		if t.endpoint == realAWS {
			return errors.New(t.service.Name + " takes bearer tokens, which are not supported")
		}
		return nil
	}
	credentials := environmentCredentials()
	if t.endpoint == realAWS {
		account, err := c.account(request.Context())
		if err != nil {
			return err
		}
		if credentials, err = account.credentials(request.Context(), t.role); err != nil {
			return err
		}
	}
	hash := sha256.Sum256(body)
	payload := hex.EncodeToString(hash[:])
	if t.operation.UnsignedBody {
		payload = "UNSIGNED-PAYLOAD"
	}
	s3 := t.service.SigningName == "s3"
	if s3 || t.operation.UnsignedBody {
		request.Header.Set("X-Amz-Content-Sha256", payload)
	}
	signer := v4.NewSigner()
	return signer.SignHTTP(request.Context(), credentials, request, payload, t.service.SigningName, region, c.settings.Now(), func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = s3
	})
}

// environmentCredentials are those of the environment, or some that nobody checks.
func environmentCredentials() aws.Credentials {
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	}
	return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: os.Getenv("AWS_SESSION_TOKEN")}
}

// An account is how real AWS is called.
type account struct {
	settings aws.Config

	mu    sync.Mutex
	roles map[string]aws.CredentialsProvider // by ARN
}

// account returns how real AWS is called, as the standard chain says. The files of
// AWS's tools are read at the first call.
func (c *Client) account(ctx context.Context) (*account, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.aws != nil {
		return c.aws, nil
	}
	options := []func(*config.LoadOptions) error{config.WithRegion(c.settings.Region)}
	if c.settings.HTTP != nil { // else the chain makes a client, with the certificates that it finds
		options = append(options, config.WithHTTPClient(&http.Client{Transport: c.settings.HTTP}))
	}
	settings, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	c.aws = &account{settings: settings, roles: make(map[string]aws.CredentialsProvider)}
	return c.aws, nil
}

// credentials returns those of a role; "": those of the chain.
func (a *account) credentials(ctx context.Context, role string) (aws.Credentials, error) {
	if role == "" {
		return a.settings.Credentials.Retrieve(ctx)
	}
	return a.role(role).Retrieve(ctx)
}

func (a *account) role(arn string) aws.CredentialsProvider {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.roles[arn] == nil {
		a.roles[arn] = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(a.settings), arn))
	}
	return a.roles[arn]
}
