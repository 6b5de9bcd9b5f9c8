// Package credentials gets access tokens for a workload, by the credentials that its tenant has in Secrets Manager.
//
//	source, err := credentials.New(credentials.Config{
//		SecretID:       "m2m/prod/tenants/billing",
//		SecretsManager: secretsmanager.NewFromConfig(awsConfig),
//	})
//	…
//	response, err := source.Client(ctx).Get("https://orders.example.com/orders")
//
// The workload needs secretsmanager:GetSecretValue on the secret and kms:Decrypt on its key, and nothing of Cognito. It never sees a rotation: the
// secret is read again when it has been kept for a while, and at once when the gateway refuses what was sent.
//
// # How long a token is used
//
// By its own exp claim, minus a margin. expires_in alone would not do: behind the gateway it is a lower bound, the same for a token of this second and
// for one that has been in the gateway's cache for most of its life (docs/decisions/D02-truthful-expires-in.md). It counts where a token has no exp that
// can be read. A clock that is behind the server's would use a token for too long; so the answer's Date header counts instead, where it leaves less.
//
// In the last part of its time a token is served and replaced in the background, by one request, at a moment that differs from one workload to the next.
// That moment is not before exp - expires_in, until when the gateway's cache may still hold the same token. No goroutine runs while nobody asks for
// tokens, and there is nothing to close.
//
// # What happens when it fails
//
//   - 4xx but 408 and 429: the secret is read again. If that gives another request, it is sent; if not, the error is returned, since the same request
//     would meet the same answer: the gateway is assumed to keep errors in its cache, too (docs/decisions/D03a-cached-errors.md).
//   - 408, 429, 5xx, no answer: repeated after a random wait, which doubles at most, and after Retry-After if there is one; until Config.Timeout is over.
//   - Then nothing is asked for a while, which doubles with each further failure, and the last error is returned at once. So a workload that asks for
//     tokens in a loop does not make an outage worse, and reads the secret seldom.
//
// A token that is still valid is served throughout. Errors are of type [*Error], hold no credential and no token, and may be logged.
package credentials
