// Package simulator runs a synthesized cloud assembly of a token service on the local machine. A request meets what it meets on AWS, in the
// same order and with the same templates:
//
//	custom domain (TLS, mutual TLS) or default endpoint → edge web ACL → resource policy and authorization → API key and usage plan
//	→ throttle → validator → cache → integration mapping → user pool's web ACL → Cognito
//
// Load executes the templates and nothing else. It refuses a property or a feature that it does not know, by name and path. It leaves out
// resource types that have no part in a token request, and Notes lists them. Where AWS does not document its behaviour, the simulator does
// the worst for the design: it caches answers of every status, changes reach requests late and unevenly, and Content-Type is compared
// letter by letter.
//
// It is a tool for tests and experiments, on loopback only. It does not emulate AWS: the only control plane is the one that the rotations
// need, see [Origin.Rotate], [Credentials.Sweep], [Credentials.Rotate] and [Keys.Rotate].
//
// # Resource servers
//
// The token gateway is the one REST API whose methods integrate by HTTP. All others are resource servers, which take the tokens. Their
// methods have authorizers of type COGNITO_USER_POOLS with scopes, or Lambda authorizers, and invoke Lambda functions from
// Options.Functions. Authorizers' results are cached by identity sources and applied to each request. The project's own authorizer runs in
// this process. It reads the pool's keys through the pool's web ACL, and cedar-go evaluates the Cedar policies of the assembly's policy
// store. [System.Transport] answers requests by the URLs in the templates, so that a workload's code runs unchanged.
//
// If two resources match a path, the more specific one counts, whether it has the method or not; AWS does not document this. Paths are
// matched decoded.
//
// # Credentials
//
// A tenant's secret holds the placeholder until the first sweep. Its versions, labels and tags behave as in Secrets Manager. An app client
// has two secrets at most. Within Options.SecretBound after a change, Cognito may answer as before. Workloads read secrets with
// [System.SecretsManager].
//
// Cognito publishes the public key that signs, the next one during a rotation, and former ones until their last token has expired.
//
// # Custom domains and access
//
// Custom domains are Regional ones with base path mappings to the one stage. Handshakes are real: SNI chooses the certificate, and the
// security policy sets the lowest TLS version; its ciphers are not modelled. With mutual TLS, the client's certificate must chain to a root
// in the truststore, through authorities that are in it too, with at most four certificates. The truststore is the asset that a
// Custom::Truststore of the assembly puts in place, or Options.Truststore. Mutual TLS with an enhanced security policy is refused, as on
// AWS. DisableExecuteApiEndpoint applies at once, although AWS needs a new deployment for it. AWS does not document which path of a request
// to a custom domain a web ACL sees. Here it is the path that the client sent, with the base path, unless Options.StageInDomainPaths is
// set. A web ACL should be right either way.
//
// Managed rule groups never match. Without Options.Country a request has no country, so no rule's list of countries contains it.
//
// A resource policy is combined with the authorization according to AWS's tables: a policy that merely does not allow a request has no
// effect if a Lambda authorizer allows it. Lambda authorizers come from Options.Authorizers, run in this process before the cache, and
// their results are cached by identity sources. Without cached results, the function is called even if identity sources are missing. A
// signature is verified by signing the request again, for the principals of Options.Callers; signed query strings and VPC endpoint policies
// are not modelled. Requests come through the VPC endpoint that WithVPCEndpoint or the Options name; a public API cannot be reached through
// one. Usage plans count exactly, while AWS counts at best effort.
//
// A client's Cache-Control: max-age=0 is ignored with a warning. This is API Gateway's default, which Custom::CacheLock pins. Callers that
// are allowed execute-api:InvalidateCache are exempt: a signed caller of the API's account, or everyone if a resource policy allows it to
// everyone.
package simulator
