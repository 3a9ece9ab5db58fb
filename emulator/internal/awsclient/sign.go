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
		var err error
		if credentials, err = c.aws.retrieve(request.Context(), t.region, t.role); err != nil {
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

// realCredentials are those for real AWS.
type realCredentials struct {
	mu    sync.Mutex
	roles map[string]aws.CredentialsProvider // by ARN; "": the chain's
}

// retrieve returns the credentials of a role, "" for those of the chain.
func (r *realCredentials) retrieve(ctx context.Context, region, role string) (aws.Credentials, error) {
	provider, err := r.provider(ctx, region, role)
	if err != nil {
		return aws.Credentials{}, err
	}
	return provider.Retrieve(ctx)
}

func (r *realCredentials) provider(ctx context.Context, region, role string) (aws.CredentialsProvider, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if provider := r.roles[role]; provider != nil {
		return provider, nil
	}
	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return nil, err
	}
	if r.roles == nil {
		r.roles = make(map[string]aws.CredentialsProvider)
	}
	r.roles[role] = settings.Credentials
	if role != "" {
		r.roles[role] = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(settings), role))
	}
	return r.roles[role], nil
}
