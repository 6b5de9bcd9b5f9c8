// Package simulator runs a synthesized cloud assembly of this project on the local machine: what a token request meets on AWS, it meets here, in the
// same order and by the same templates.
//
//	edge web ACL → validator → cache → integration mapping → user pool's web ACL → Cognito
//
// It executes the templates and nothing else. A property or a feature that it does not know is refused by name and path when the assembly is loaded;
// resource types that have no part in a token request are left out, and Notes names them. Where AWS does not document its behaviour, it takes the one
// that is worst for the design: answers of every status are cached, a change reaches requests late and unevenly, API Gateway compares a request's
// Content-Type letter by letter.
//
// It is a tool for tests and for trying things out, on loopback only. It is no emulator of AWS: it has no control plane but the one that the rotation
// of the origin header needs, see Rotator.
package simulator
