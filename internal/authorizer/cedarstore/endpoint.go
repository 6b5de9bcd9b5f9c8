package cedarstore

import (
	"encoding/json"
	"net/http"

	"github.com/cedar-policy/cedar-go"
)

type identifier struct {
	EntityType, EntityID, ActionType, ActionID string
}

// ServeHTTP is IsAuthorized of the service's API, for AWS_ENDPOINT_URL_VERIFIEDPERMISSIONS. Signatures are not checked.
// https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_IsAuthorized.html
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var input struct {
		PolicyStoreID               string
		Principal, Action, Resource identifier
		Entities                    struct{ CedarJSON string }
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if target := r.Header.Get("X-Amz-Target"); target != "VerifiedPermissions.IsAuthorized" {
		refuse(w, "UnknownOperationException", target+" is not served")
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&input); err != nil || input.PolicyStoreID == "" {
		refuse(w, "ValidationException", "the request is no JSON with a policyStoreId")
		return
	}
	decision, diagnostic, err := s.decide(cedar.Request{
		Principal: cedar.NewEntityUID(cedar.EntityType(input.Principal.EntityType), cedar.String(input.Principal.EntityID)),
		Action:    cedar.NewEntityUID(cedar.EntityType(input.Action.ActionType), cedar.String(input.Action.ActionID)),
		Resource:  cedar.NewEntityUID(cedar.EntityType(input.Resource.EntityType), cedar.String(input.Resource.EntityID)),
		Context:   cedar.NewRecord(nil),
	}, input.Entities.CedarJSON)
	if err != nil {
		refuse(w, "ValidationException", err.Error())
		return
	}
	answer(w, decision, diagnostic)
}

func answer(w http.ResponseWriter, decision cedar.Decision, diagnostic cedar.Diagnostic) {
	type policy struct {
		PolicyID string `json:"policyId"`
	}
	type failure struct {
		Description string `json:"errorDescription"`
	}
	output := struct {
		Decision            string    `json:"decision"`
		DeterminingPolicies []policy  `json:"determiningPolicies"`
		Errors              []failure `json:"errors"`
	}{Decision: "DENY", DeterminingPolicies: []policy{}, Errors: []failure{}}
	if decision == cedar.Allow {
		output.Decision = "ALLOW"
	}
	for _, reason := range diagnostic.Reasons {
		output.DeterminingPolicies = append(output.DeterminingPolicies, policy{string(reason.PolicyID)})
	}
	for _, err := range diagnostic.Errors {
		output.Errors = append(output.Errors, failure{err.Message})
	}
	_ = json.NewEncoder(w).Encode(output)
}

func refuse(w http.ResponseWriter, code, message string) {
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
}
