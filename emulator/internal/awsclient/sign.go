package awsclient

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// This file signs requests.

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
	credentials, err := t.credentials.Retrieve(request.Context())
	if err != nil {
		return err
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
	return v4.NewSigner().SignHTTP(request.Context(), credentials, request, payload, t.service.SigningName, region, c.settings.Now(), func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = s3
	})
}
