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
// It is a tool for tests and for trying things out, on loopback only. It is no emulator of AWS: it has no control plane but the one that the rotation
// of the origin header needs, see [System.RotateOriginHeader].
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
