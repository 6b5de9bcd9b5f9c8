package pricing_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

func TestDefault_pricesHaveSources(t *testing.T) {
	book := pricing.Default()
	for name, r := range book.Regions {
		var priced []string
		for _, c := range r.Cache.Sizes {
			priced = append(priced, c.SizeGB)
		}
		if !slices.Equal(priced, awslimits.CacheSizes()) {
			t.Errorf("%s: priced %v, API Gateway has %v", name, priced, awslimits.CacheSizes())
		}
		sources := map[string]string{r.Cache.Item: r.Cache.Source}
		for _, p := range []pricing.Price{
			r.TokenRequests, r.AppClients, r.GatewayRequests, r.WebACL, r.WebACLRule, r.WebACLRequests, r.Secret, r.SecretCalls,
			r.Key, r.KeyRequests, r.Metric, r.Alarm, r.CompositeAlarm, r.Dashboard, r.LogIngestion,
		} {
			sources[p.Item] = p.Source
			if p.First() <= 0 {
				t.Errorf("%s: %s costs %v", name, p.Item, p.First())
			}
		}
		for item, source := range sources {
			if !strings.Contains(source, "](https://") {
				t.Errorf("%s: %s has no link in its source: %s", name, item, source)
			}
		}
	}
	if _, err := book.Region("xx-none-1"); err == nil || !strings.Contains(err.Error(), `"xx-none-1"`) ||
		!strings.Contains(err.Error(), "us-east-1") {
		t.Errorf("an unknown Region gives: %v", err)
	}
}

// Every mistake is found where it is made. The default file is the starting point, so that only the mistake is wrong.
func TestParse_refuses(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"unknown key":           {"      item: WAF web ACL", "      itme: WAF web ACL", `:76:7: unknown field "itme"`},
		"unknown price":         {"    webAcl:", "    webACL:", `: unknown field "webACL"`},
		"unknown key of a tier": {"upTo: 250000,", "upto: 250000,", `unknown field "upto"`},
		"duplicate key":         {"    appClients:", "    tokenRequests:", "already defined"},
		"price left out":        {"    dashboard:\n", "    dashboards:\n", `unknown field "dashboards"`},
		"Region left out":       {"  us-east-1:\n", "  us-east-1: null\n  x:\n", "regions.us-east-1 is empty"},
		"null price":            {"      tiers: [{ amount: 5 }]", "      tiers:", "tiers is empty"},
		"negative amount":       {"{ amount: 1.125 }", "{ amount: -1 }", `:20:21: amount "-1" is not allowed`},
		"too fine an amount":    {"{ amount: 1.125 }", "{ amount: 1.1234567 }", `amount "1.1234567" is not allowed`},
		"amount in words":       {"{ amount: 1.125 }", "{ amount: cheap }", `amount "cheap" is not allowed`},
		"amount too high":       {"{ amount: 1.125 }", "{ amount: 101 }", `amount "101" is not allowed`},
		"exponent":              {"{ amount: 1.125 }", "{ amount: 1e3 }", `amount "1e3" is not allowed`},
		"tiers fall":            {"upTo: 5000000,", "upTo: 250000,", "upTo of tier 2 is 250000"},
		"last tier ends":        {"{ amount: 1.125 }", "{ upTo: 6000000, amount: 1 }", "upTo of tier 3 is 6000000"},
		"per":                   {"per: 10000\n", "per: 3\n", "per 3 is not allowed"},
		"confidence":            {"confidence: L", "confidence: X", `confidence "X" is not one of H, M, L`},
		"no source": {
			`source: "[c3x](https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm), undated"`, `source: ""`, "none of them may be empty",
		},
		"cache size missing": {`        - { gb: "118", amount: 1.90 }` + "\n", "", "use every capacity"},
		"cache size unknown": {`gb: "118"`, `gb: "119"`, "use every capacity"},
		"not charged": {"      item: KMS requests\n", "      item: KMS requests\n      charged: false\n", "keyRequests has " +
			"charged: false, which appClients alone may have"},
		"date":            {"read: 2026-11-22", "read: yesterday", `read "yesterday" is not a date`},
		"second document": {"read: 2026-11-22", "---\nread: 2026-11-22", "second YAML document"},
		"not YAML":        {"read: 2026-11-22", "read: [", "prices.yaml:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			content := strings.Replace(pricing.Source(), test.old, test.new, 1)
			if content == pricing.Source() {
				t.Fatalf("%q is not in the file", test.old)
			}
			if name == "second document" {
				content = "read: 2026-11-22\n" + content
			}
			_, err := pricing.Parse("my/prices.yaml", []byte(content))
			if err == nil || !strings.HasPrefix(err.Error(), "my/prices.yaml:") || !strings.Contains(err.Error(), test.want) ||
				strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want my/prices.yaml: … %s", err, test.want)
			}
		})
	}
}

func TestParse_refusesIncompleteFiles(t *testing.T) {
	const key = "key: {item: a, unit: month, tiers: [{amount: 1}], confidence: H, source: b}"
	for content, want := range map[string]string{
		"":                   "is empty",
		"# prices\n":         "is empty",
		"- 1\n":              "p.yaml:1:1:",
		"read: 2026-11-22\n": "there is no Region",
		"read: 2026-11-22\nregions:\n  eu-west-1:\n":                             "regions.eu-west-1 is empty",
		"read: 2026-11-22\nregions:\n  eu-west-1:\n    " + key + "\n":            "p.yaml:4:5: has no price for tokenRequests, appClients, ",
		"read: 2026-11-22\nregions:\n  eu-west-1:\n    secret: null\n    " + key: "webAclRequests, secret, secretCalls, keyRequests",
	} {
		if _, err := pricing.Parse("p.yaml", []byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %s", content, err, want)
		}
	}
}

func TestPrice_of(t *testing.T) {
	tokens := pricing.Default().Regions[pricing.DefaultRegion].TokenRequests
	// By hand: 250,000 at 2.25, 4,750,000 at 1.50, the rest at 1.125 for a thousand.
	for units, want := range map[int64]pricing.USD{0: 0, 1: 2_250, 1000: 2_250_000, 250_000: 562_500_000, 250_001: 562_501_500,
		5_000_000: 7_687_500_000, 6_000_000: 8_812_500_000, 100_000_000_000: 112_500_000_000_000 + 2_062_500_000} {
		if got := tokens.Of(units); got != want {
			t.Errorf("%d tokens cost %v, want %v", units, got, want)
		}
	}
}
