// Command lambda is a Lambda function that verifies the token in its event with package verify. bench/verify measures how it starts.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/verify/workload"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

type event struct {
	Token string `json:"token"`
}

type answer struct {
	Client string `json:"client"`
	Memory int64  `json:"memory"`
}

func main() {
	v, err := verify.New(verify.Config{
		Issuers: []verify.Issuer{{URL: workload.Issuer, JWKSURL: os.Getenv("JWKS_URL")}},
		Clients: map[string]string{os.Getenv("CLIENT_ID"): "tenant"},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	required := verify.AllScopes(os.Getenv("SCOPE"))
	lambda.Start(func(ctx context.Context, e event) (answer, error) {
		t, err := v.Verify(ctx, e.Token, required)
		if err != nil {
			return answer{}, err
		}
		return answer{t.ClientID, workload.PeakMemory()}, nil
	})
}
