// Package simulator runs a synthesized cloud assembly of this project on the local machine: what a token request meets on AWS, it meets here, in the
// same order and by the same templates.
//
//	custom domain (TLS, mutual TLS) or default endpoint → edge web ACL → resource policy and authorization → API key and usage plan → throttle
//	→ validator → cache → integration mapping → user pool's web ACL → Cognito
//
// It executes the templates and nothing else. A property or a feature that it does not know is refused by name and path when the assembly is loaded;
// resource types that have no part in a token request are left out, and Notes names them. Where AWS does not document its behaviour, it takes the one
// that is worst for the design: answers of every status are cached, a change reaches requests late and unevenly, API Gateway compares a request's
// Content-Type letter by letter.
//
// It is a tool for tests and for trying things out, on loopback only. It is no emulator of AWS: it has no control plane but the one that rotations
// need, of the origin header, of tenants' client secrets and of the signing key: see [System.RotateOriginHeader], [System.SweepCredentials],
// [System.RotateCredentials] and [System.RotateSigningKey].
//
// # Resource servers
//
// The one REST API whose methods integrate by HTTP is the token gateway. Any other is a resource server, which takes the tokens: its methods have
// authorizers of type COGNITO_USER_POOLS with scopes, or Lambda authorizers, whose results are kept by identity sources and held against each request, and
// invoke Lambda functions that Options.Functions gives. The project's own authorizer runs in this process, reads the pool's keys past the pool's web ACL,
// and asks the assembly's policy store, whose Cedar policies cedar-go decides upon. [System.Transport] answers by the URLs that the templates have, so that
// a workload's code runs unchanged.
//
// Of two resources that match a path the more specific one counts, whether it has the method or not; AWS does not document it. Paths are matched decoded.
//
// # Credentials
//
// A tenant's secret holds the placeholder until the first sweep. Its versions, labels and tags are those of Secrets Manager, an app client has two secrets
// at most, and within Options.SecretBound after a change Cognito may still answer as before. Workloads read secrets by [System.SecretsManager].
//
// Cognito's public keys are those that may still be met in a token: the one that signs, one that is about to, and former ones until their last token has
// expired.
//
// # The front door
//
// Custom domains are Regional ones with base path mappings to the one stage. Their handshakes are real: SNI chooses the certificate, the security policy
// sets the lowest TLS version (its ciphers are not modelled), and with mutual TLS the client's certificate has to chain to a root in the truststore, by
// authorities that are in it as well, in four certificates at most. The truststore is the asset that a Custom::Truststore of the assembly puts in place,
// or Options.Truststore. Mutual TLS together with an enhanced security policy is refused, as AWS does. DisableExecuteApiEndpoint holds at once, although
// AWS wants a new deployment for it. Which path a web ACL sees of a request to a custom domain is not documented: it is the one that the client sent,
// base path included, unless Options.StageInDomainPaths says otherwise, and a web ACL should be right either way.
//
// Managed rule groups never match. A request without a country, as all are without Options.Country, is of none that a rule names.
//
// A resource policy is combined with the authorization as AWS's tables say; so a policy that merely does not allow stops nobody whom a Lambda authorizer
// allows. Lambda authorizers run in this process, given by Options.Authorizers, before the cache; their results are kept by identity sources. Without
// results kept, missing identity sources reach the function. Signatures are verified by signing again, for the principals of Options.Callers; signed
// query strings and VPC endpoint policies are not modelled. Of a private API, the VPC endpoint is what WithVPCEndpoint or the Options say, and a public
// one is not reached through a VPC endpoint. Usage plans count exactly, AWS's do so at best effort.
//
// A client's Cache-Control: max-age=0 is ignored with a warning, which is API Gateway's default and what Custom::CacheLock pins, except from those who
// are allowed execute-api:InvalidateCache: a signed caller of the API's account, or everybody by a resource policy that allows it to everybody.
package simulator
