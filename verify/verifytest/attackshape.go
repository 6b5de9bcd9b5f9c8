package verifytest

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// serializations: RFC 7515 sections 2, 3.1 and 7, RFC 8725 section 3.2 and the truncations of a good token.
func (a *attacks) serializations() {
	h, p, s := a.header, a.payload, a.signature
	flattened, _ := json.Marshal(map[string]string{"protected": h, "payload": p, "signature": s})
	general, _ := json.Marshal(map[string]any{"payload": p, "signatures": []map[string]string{{"protected": h, "signature": s}}})
	for name, token := range sorted(map[string]string{
		"empty": "", "spaces": "   ", "no dot": h + p + s, "header alone": h,
		"four parts": a.good + ".", "five parts as of a JWE": a.good + ".a.b",
		"a dot in front": "." + a.good, "two tokens": a.good + "." + a.good,
		"JSON serialization, flattened": string(flattened), "JSON serialization, general": string(general),
		"header emptied": "." + p + "." + s, "payload emptied": h + ".." + s, "without signature and its dot": h + "." + p,
		"a space in front": " " + a.good, "a space behind": a.good + " ", "a line break behind": a.good + "\n",
		"a line break within": h + "." + p[:10] + "\r\n" + p[10:] + "." + s, "a tab within": h + ".\t" + p + "." + s,
		"a null byte behind": a.good + "\x00", "quotes around": `"` + a.good + `"`, "scheme in front": "Bearer " + a.good,
		"padding": h + "." + p + "." + s + "==", "padding of the header": h + "=." + p + "." + s,
		"standard alphabet": h + "." + p + "." + standard(s), "full-width dots": strings.ReplaceAll(a.good, ".", "．"),
		"percent-encoded":        strings.ReplaceAll(a.good, ".", "%2E"),
		"bits that mean nothing": h + "." + p + "." + bumped(s), "a byte order mark": "\ufeff" + a.good, "invalid UTF-8": a.good + "\xff",
	}) {
		a.add(verify.ErrMalformed, name, token)
	}
	a.add(verify.ErrSignature, "two dots", "..")
	a.add(verify.ErrSignature, "signature stripped", h+"."+p+".")
	a.add(verify.ErrSignature, "signature cut in half", h+"."+p+"."+s[:len(s)/2-len(s)/2%4])
	a.add(verify.ErrSignature, "signature of zeros", h+"."+p+"."+encode(make([]byte, 256)))
	a.add(verify.ErrSignature, "signature of one byte", h+"."+p+".AQ")
	a.add(verify.ErrSignature, "signature with a byte more", h+"."+p+"."+encode(append(decode(s), 0)))
	a.add(verify.ErrSignature, "signature with a zero in front", h+"."+p+"."+encode(append([]byte{0}, decode(s)...)))
	a.add(verify.ErrTooLarge, "signature too long", h+"."+p+"."+strings.Repeat("A", 1000))
	a.add(verify.ErrSignature, "signature of another token", h+"."+p+"."+signatureOf(a.issuer.Token("orders/write")))
	a.add(verify.ErrSignature, "payload of another token", h+"."+payloadOf(a.issuer.Token("orders/write"))+"."+s)
	a.add(verify.ErrSignature, "one bit of the signature", h+"."+p+"."+flipped(s))
	a.add(verify.ErrMalformed, "a token as the payload of a token", a.key.SignRaw(a.named(`,"alg":"RS256","cty":"JWT"`), a.good))
}

func standard(part string) string {
	// Nearly every encoding of 256 random bytes has one of the two letters. The first character makes it certain.
	return "+" + strings.NewReplacer("-", "+", "_", "/").Replace(part[1:])
}

// bumped encodes the same bytes differently: the last letter of 256 bytes has four padding bits.
func bumped(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + alphabet[last+1:last+2]
}

func flipped(part string) string {
	raw := decode(part)
	raw[len(raw)/2] ^= 1
	return encode(raw)
}

func decode(part string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		panic("verifytest: " + err.Error()) // encoded here
	}
	return raw
}

func signatureOf(token string) string { _, _, s := split(token); return s }
func payloadOf(token string) string   { _, p, _ := split(token); return p }

// headers: RFC 7515 sections 4 and 4.1.11, RFC 7797, RFC 8725 sections 2.4 and 3.2.
func (a *attacks) headers() {
	for name, header := range sorted(map[string]string{
		"crit": a.named(`,"alg":"RS256","crit":["exp"],"exp":1`), "crit, empty": a.named(`,"alg":"RS256","crit":[]`),
		"b64 false": a.named(`,"alg":"RS256","crit":["b64"],"b64":false`), "zip": a.named(`,"alg":"RS256","zip":"DEF"`),
		"alg twice": a.named(`,"alg":"none","alg":"RS256"`), "alg twice, escaped": a.named(`,"\u0061lg":"none","alg":"RS256"`),
		"kid twice":             `{"kid":"other","kid":"` + a.key.ID + `","alg":"RS256"}`,
		"an unknown name twice": a.named(`,"alg":"RS256","x":1,"x":1`),
		"names in upper case":   `{"KID":"` + a.key.ID + `","ALG":"RS256"}`, "Alg beside alg": a.named(`,"alg":"RS256","Alg":"none"`),
		"Alg before alg": a.named(`,"Alg":"none","alg":"RS256"`), "\u212aid beside kid": a.named(`,"alg":"RS256","\u212aid":"other"`),
		"Crit": a.named(`,"alg":"RS256","Crit":["exp"],"exp":1`), "JWK": a.named(`,"alg":"RS256","JWK":{}`),
		"a list": `["RS256"]`, "a text": `"RS256"`, "null": "null", "no JSON": `{"alg":"RS256"`,
		"text behind": a.named(`,"alg":"RS256"`) + "x", "two objects": a.named(`,"alg":"RS256"`) + "{}",
		"invalid UTF-8": a.named(",\"alg\":\"RS256\",\"x\":\"\xff\""),
		"a comment":     a.named(`,"alg":"RS256"/**/`), "a trailing comma": a.named(`,"alg":"RS256",`),
	}) {
		a.add(verify.ErrMalformed, "header: "+name, a.key.SignRaw(header, a.text()))
	}
	a.add(verify.ErrTooLarge, "header: huge", a.key.SignRaw(a.named(`,"alg":"RS256","x":"`+strings.Repeat("x", 2000)+`"`), a.text()))
	nested := strings.Repeat("[", 2000) + strings.Repeat("]", 2000)
	a.add(verify.ErrTooLarge, "header: nested deeply", a.key.SignRaw(a.named(`,"alg":"RS256","x":`+nested), a.text()))
	a.add(verify.ErrTooLarge, "token: huge", a.key.SignRaw(a.named(`,"alg":"RS256"`), `{"x":"`+strings.Repeat("x", 1<<20)+`"}`))
}
