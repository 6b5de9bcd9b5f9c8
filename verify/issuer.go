package verify

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// Issuer is an issuer whose tokens are accepted.
type Issuer struct {
	// URL is the exact value of iss. Required. OriginalIssuer and UpdatedIssuer return it for a user pool.
	URL string
	// JWKSURL is the address of the issuer's keys. It must use https, or http on a loopback address. Two issuers may have the same
	// JWKSURL if they belong to the same user pool, that is, if their URLs end in the same path. Default: URL +
	// "/.well-known/jwks.json".
	JWKSURL string
	// Clients maps the app clients that are accepted from this issuer to their tenants. Default: Config.Clients.
	Clients map[string]string
}

// OriginalIssuer returns the issuer of a user pool of the issuer type ORIGINAL, which is Cognito's default:
// https://cognito-idp.REGION.amazonaws.com/POOL. New reports an invalid user pool ID. In partitions with another domain, such as
// aws-cn, set Issuer.URL instead.
func OriginalIssuer(userPoolID string) Issuer { return issuerOf("cognito-idp", userPoolID) }

// UpdatedIssuer returns the issuer of a user pool of the issuer type UPDATED, which user pools in several Regions use:
// https://issuer-cognito-idp.REGION.amazonaws.com/POOL. Its address answers 403 as long as the pool has the type ORIGINAL.
func UpdatedIssuer(userPoolID string) Issuer { return issuerOf("issuer-cognito-idp", userPoolID) }

func issuerOf(service, userPoolID string) Issuer {
	region, _, _ := strings.Cut(userPoolID, "_")
	return Issuer{URL: "https://" + service + "." + region + ".amazonaws.com/" + userPoolID}
}

const (
	exampleUserPoolID  = "eu-west-1_AbCdEfGhI"
	maxUserPoolIDBytes = 55
)

// userPoolID is a Region and an ID. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
var userPoolID = regexp.MustCompile(`^[a-z]+(?:-[a-z]+)+-[0-9]+_[0-9A-Za-z]+$`)

// userPoolIssuer matches the issuers of user pools. The Region of the host may differ from that of the user pool ID, because AWS does
// not document which one a replica in another Region names.
var userPoolIssuer = regexp.MustCompile(`^https://(?:issuer-)?cognito-idp\.[a-z]+(?:-[a-z]+)+-[0-9]+\.amazonaws\.com/[0-9A-Za-z_-]+$`)

func isUserPoolID(id string) bool { return len(id) <= maxUserPoolIDBytes && userPoolID.MatchString(id) }

// completed returns the issuer with its defaults, or an error.
func (i Issuer) completed() (Issuer, error) {
	i.Clients = maps.Clone(i.Clients)
	if i.JWKSURL == "" {
		i.JWKSURL = i.URL + "/.well-known/jwks.json"
	}
	u, err := url.Parse(i.URL)
	if err != nil || i.URL == "" {
		return i, fmt.Errorf("URL %q is not a URL: use one such as %q", i.URL, OriginalIssuer(exampleUserPoolID).URL)
	}
	if id := path.Base(i.URL); strings.HasSuffix(u.Hostname(), ".amazonaws.com") {
		switch {
		case !isUserPoolID(id) || !userPoolIssuer.MatchString(i.URL):
			return i, fmt.Errorf("URL %q is not an issuer of a user pool: use one such as %q", i.URL, OriginalIssuer(exampleUserPoolID).URL)
		case strings.HasPrefix(id, "cn-") || strings.Contains(id, "-iso"):
			return i, fmt.Errorf("user pool %q: its issuer is not under amazonaws.com: set Issuer.URL", id)
		}
	}
	if !trustworthy(i.JWKSURL) {
		return i, fmt.Errorf("JWKSURL %q is not secure: use https, or http on a loopback address", i.JWKSURL)
	}
	return i, nil
}

// conflict reports two issuers that exclude each other.
func conflict(issuers []Issuer) error {
	byURL, byJWKSURL := map[string]bool{}, map[string]string{}
	for _, i := range issuers {
		if byURL[i.URL] {
			return fmt.Errorf("duplicate %q", i.URL)
		}
		byURL[i.URL] = true
		other, shared := byJWKSURL[i.JWKSURL]
		if shared && path.Base(other) != path.Base(i.URL) {
			return fmt.Errorf("%q and %q have the same JWKSURL, but are not of the same user pool", other, i.URL)
		}
		byJWKSURL[i.JWKSURL] = i.URL
	}
	return nil
}

func trustworthy(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || (u.Scheme == "http" && (u.Hostname() == "localhost" || ip.IsLoopback()))
}
