package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
)

// apiTarget is the header by which AWS's SDKs name an operation of the user pools API.
const apiTarget = "AWSCognitoIdentityProviderService."

// askAPI answers the operations on client secrets of the user pools API, as far as AWS's SDKs need it; ok is false for any other request.
// These operations are signed, and so past the pool's web ACL. Signatures are not checked here.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
func (s *System) askAPI(r *http.Request) (answer *apigw.Answer, ok bool) {
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), apiTarget)
	if !ok || r.Method != http.MethodPost || r.URL.Path != "/" {
		return nil, false
	}
	var input struct {
		UserPoolId, ClientId, ClientSecret, ClientSecretId string //nolint:revive // AWS's names
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, inspectedBytes)).Decode(&input); err != nil {
		return apiError("SerializationException", err), true
	}
	if input.UserPoolId != s.poolID {
		return apiError("ResourceNotFoundException", fmt.Errorf("user pool %s does not exist", input.UserPoolId)), true
	}
	output, err := s.secretOperation(operation, input.ClientId, input.ClientSecret, input.ClientSecretId)
	if err != nil {
		return apiError("InvalidParameterException", err), true
	}
	return apiAnswer(http.StatusOK, output), true
}

func (s *System) secretOperation(operation, clientID, secret, secretID string) (any, error) {
	switch operation {
	case "AddUserPoolClientSecret":
		id, err := s.pool.AddSecret(clientID, secret)
		return map[string]any{"ClientSecretDescriptor": descriptor(id, s.options.Clock())}, err
	case "DeleteUserPoolClientSecret":
		return map[string]any{}, s.pool.DeleteSecret(clientID, secretID)
	case "ListUserPoolClientSecrets":
		secrets, err := s.pool.ListSecrets(clientID)
		all := []any{}
		for _, one := range secrets {
			all = append(all, descriptor(one.ID, one.Created))
		}
		return map[string]any{"ClientSecrets": all}, err
	}
	return nil, errors.New("operation " + operation + " is not simulated")
}

// descriptor never has a value: Cognito shows none of a secret that it was given.
func descriptor(id string, created time.Time) map[string]any {
	return map[string]any{"ClientSecretId": id, "ClientSecretCreateDate": created.Unix()}
}

func apiError(code string, err error) *apigw.Answer {
	return apiAnswer(http.StatusBadRequest, map[string]string{"__type": code, "message": err.Error()})
}

func apiAnswer(status int, output any) *apigw.Answer {
	body, err := json.Marshal(output)
	if err != nil {
		return &apigw.Answer{Status: http.StatusInternalServerError, Header: http.Header{}}
	}
	return &apigw.Answer{Status: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: body}
}
