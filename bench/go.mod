module github.com/cognito-m2m/cognito-m2m-cdk/bench

go 1.26.0

replace github.com/cognito-m2m/cognito-m2m-cdk => ../

require (
	github.com/aws/aws-lambda-go v1.55.1
	github.com/cognito-m2m/cognito-m2m-cdk v0.0.0
	golang.org/x/sys v0.47.0
)

require github.com/goccy/go-yaml v1.19.2 // indirect
