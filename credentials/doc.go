// Package credentials gets access tokens for a workload with the credentials that its tenant has in Secrets Manager.
//
//	source, err := credentials.New(credentials.Config{
//		SecretID:       "m2m/prod/tenants/billing",
//		SecretsManager: secretsmanager.NewFromConfig(awsConfig),
//	})
//	…
//	response, err := source.Client(ctx).Get("https://orders.example.com/orders")
//
// The workload needs secretsmanager:GetSecretValue on the secret and kms:Decrypt on its key. It needs no permission for Amazon
// Cognito. Rotations need no action by the workload: a Source reads the secret again after Config.SecretTTL, and at once when the
// gateway refuses a request.
//
// # How long a token is used
//
// A Source uses a token until its exp claim less Config.Margin. expires_in is used only for a token without a readable exp: behind
// the gateway, expires_in is a lower bound, the same for a new token and for one that has been in the gateway's cache for most of
// its life (docs/decisions/D02-truthful-expires-in.md). A local clock that is behind the server's would make a token seem valid for
// too long, so the response's Date header is used where it leaves less time.
//
// After 80 to 90 % of its usable time, a token is replaced in the background by one request, while it is still returned to callers.
// The moment is random, so that workloads that started together do not renew together. It is never before exp - expires_in, because
// until then the gateway's cache may return the same token. A Source starts no goroutine while no caller asks for tokens, and needs
// no Close.
//
// # Errors and retries
//
//   - 4xx except 408 and 429: the Source reads the secret again. If the secret changed, it sends the new request. Otherwise it
//     returns the error, because the gateway is assumed to cache error responses (docs/decisions/D03a-cached-errors.md).
//   - 408, 429, 5xx, and connection errors: the Source retries with exponential backoff and full jitter, after Retry-After if the
//     response has it, until Config.Timeout.
//   - After a failure, the Source returns the last error without a request for up to 1 second. The pause doubles with each further
//     failure, up to 30 seconds. A workload that asks for tokens in a loop therefore does not make an outage worse.
//
// A valid token is returned throughout. Errors are of type [*Error]. They contain no credential and no token, and can be logged.
package credentials
