// Package clientsecret rotates the client secrets of the tenants. It is plain Go behind the interfaces of ports.go; functions/clientsecret
// connects it to AWS.
package clientsecret
