// Package verify verifies the access tokens that an Amazon Cognito user pool issues to machine-to-machine clients.
package verify
