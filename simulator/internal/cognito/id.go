package cognito

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
)

const lowerAlphanumerics = "0123456789abcdefghijklmnopqrstuvwxyz"

// PoolID makes a user pool's id of a Region and a seed, the same for the same ones.
func PoolID(region, seed string) string {
	const alphanumerics = lowerAlphanumerics + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return region + "_" + digest(alphanumerics, 9, "user pool", region, seed)
}

// clientID makes an app client's id of the pool's id and the client's path, so that curl lines survive a restart.
func clientID(pool, path string) string {
	return digest(lowerAlphanumerics, 26, "app client", pool, path)
}

// digest writes a hash of parts in an alphabet. That some characters are a little likelier than others does not matter for an identifier.
func digest(alphabet string, length int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	id := make([]byte, length)
	for i := range id {
		id[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(id)
}

// randomSecret looks like those that Cognito generates, lower-case letters and digits, and has 260 bits of crypto/rand.
func randomSecret() string { return strings.ToLower(rand.Text() + rand.Text()) }

// randomUUID is a version 4 UUID. RFC 9562 section 5.4.
func randomUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
