package verifytest

import (
	"encoding/json"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// Confusions returns tokens that a resource server must refuse if it accepts both issuers for ClientID with Scope: tokens that claim one
// issuer and are signed by the other, and tokens that name both. The issuers must have different URLs. RFC 8725 section 3.8.
func Confusions(a, b *Issuer) []Attack {
	var list attacks
	list.confuse("the first issuer", a, b)
	list.confuse("the second issuer", b, a)
	return list.list
}

// confuse adds attacks with tokens that claim one issuer and that the other one has a hand in.
func (a *attacks) confuse(name string, claimed, other *Issuer) {
	own, theirs := claimed.Key(), other.Key()
	add := func(want verify.Reason, what, token string) { a.add(want, "iss of "+name+", "+what, token) }
	// signed returns a token of the other issuer's key with a claim iss.
	signed := func(iss any, members string) string {
		return theirs.SignRaw(`{"kid":"`+theirs.ID+`","alg":"RS256"`+members+`}`, claimed.payload(iss))
	}
	both := func(name string) string {
		text := claimed.payload(claimed.URL)
		return theirs.SignRaw(`{"kid":"`+theirs.ID+`","alg":"RS256"}`, text[:len(text)-1]+`,"`+name+`":"`+other.URL+`"}`)
	}
	header, _, signature := split(own.SignRaw(`{"kid":"`+own.ID+`","alg":"RS256"}`, claimed.payload(claimed.URL)))
	add(verify.ErrKeyUnknown, "signed by the other", signed(claimed.URL, ""))
	add(verify.ErrKeyUnknown, "signed by the other, whose URL is iss in the header", signed(claimed.URL, `,"iss":"`+other.URL+`"`))
	add(verify.ErrMalformed, "signed by the other, whose keys are jku in the header", signed(claimed.URL, `,"jku":"`+other.JWKSURL+`"`))
	add(verify.ErrSignature, "signed by the other under this one's kid",
		theirs.SignRaw(`{"kid":"`+own.ID+`","alg":"RS256"}`, claimed.payload(claimed.URL)))
	add(verify.ErrKeyUnknown, "replaced by the other's in a signed token",
		header+"."+encode([]byte(claimed.payload(other.URL)))+"."+signature)
	add(verify.ErrMalformed, "then that of the other", both("iss"))
	add(verify.ErrMalformed, "then that of the other as ISS", both("ISS"))
	add(verify.ErrMalformed, "in a list with that of the other", signed([]string{claimed.URL, other.URL}, ""))
	add(verify.ErrIssuer, "in one text with that of the other", signed(claimed.URL+" "+other.URL, ""))
	add(verify.ErrIssuer, "with the path of the other", signed(claimed.URL+"/.."+other.URL[strings.LastIndex(other.URL, "/"):], ""))
	add(verify.ErrIssuer, "as the user in that of the other",
		signed(strings.Replace(other.URL, "://", "://"+claimed.URL[len("https://"):]+"@", 1), ""))
}

// payload returns the payload of a valid token, with another iss.
func (i *Issuer) payload(iss any) string {
	claims := i.Claims(Scope)
	claims["iss"] = iss
	text, err := json.Marshal(claims)
	if err != nil {
		i.tb.Fatal(err)
	}
	return string(text)
}
