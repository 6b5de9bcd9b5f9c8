// Package startup starts the Lambda functions.
package startup

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// Run reads the settings and the AWS configuration, and serves events with the handler that connect returns. If the settings or the AWS
// configuration have errors, it logs them and ends the process.
func Run[S any](
	read func(getenv func(string) string) (S, error), connect func(S, aws.Config, *slog.Logger) any,
	options ...func(*config.LoadOptions) error,
) {
	log := sensitive.NewLogger(os.Stdout)
	exitOn := func(err error, while string) {
		if err != nil {
			log.Error(while, "error", err)
			os.Exit(1)
		}
	}
	settings, err := read(os.Getenv)
	exitOn(err, "configuration")
	cfg, err := config.LoadDefaultConfig(context.Background(), options...)
	exitOn(err, "loading the AWS configuration")
	lambda.Start(connect(settings, cfg, log))
}

// Metrics returns a writer of the function's metrics in the namespace.
func Metrics(namespace string) emf.Writer {
	return emf.Writer{Out: os.Stdout, Now: time.Now, Namespace: namespace, FunctionName: os.Getenv("AWS_LAMBDA_FUNCTION_NAME")}
}
