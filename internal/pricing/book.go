package pricing

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

//go:embed prices.yaml
var prices []byte

// DefaultRegion is the Region whose prices are shown when none is named.
const DefaultRegion = "us-east-1"

// Book holds prices by Region, all read from their sources on one day.
type Book struct {
	// Read is the day on which the sources were last read, as 2006-01-02.
	Read    string             `yaml:"read"`
	Regions map[string]*Region `yaml:"regions"`
}

// Default returns the prices that this project carries. They must not be changed.
var Default = sync.OnceValue(func() *Book {
	book, err := Parse("internal/pricing/prices.yaml", prices)
	if err != nil {
		panic("cost: " + err.Error())
	}
	return book
})

// Source is the file of Default as it is written, to be copied and adapted.
func Source() string { return string(prices) }

// Region returns the prices of a Region. The error names the Regions that there are prices for.
func (b *Book) Region(name string) (*Region, error) {
	region, ok := b.Regions[name]
	if !ok {
		return nil, fmt.Errorf("there are no prices for Region %q: use one of %s, or a price file of your own", name,
			strings.Join(slices.Sorted(maps.Keys(b.Regions)), ", "))
	}
	return region, nil
}

// Region holds the prices of one Region. Every one of them is there.
type Region struct {
	TokenRequests   Price  `yaml:"tokenRequests"`
	AppClients      Price  `yaml:"appClients"`
	GatewayRequests Price  `yaml:"gatewayRequests"`
	Cache           Caches `yaml:"cache"`
	WebACL          Price  `yaml:"webAcl"`
	WebACLRule      Price  `yaml:"webAclRule"`
	WebACLRequests  Price  `yaml:"webAclRequests"`
	Secret          Price  `yaml:"secret"`
	SecretCalls     Price  `yaml:"secretCalls"`
	Key             Price  `yaml:"key"`
	KeyRequests     Price  `yaml:"keyRequests"`
	Metric          Price  `yaml:"metric"`
	// Alarm is for each metric of an alarm; an anomaly detection alarm counts as three.
	Alarm          Price `yaml:"alarm"`
	CompositeAlarm Price `yaml:"compositeAlarm"`
	Dashboard      Price `yaml:"dashboard"`
	LogIngestion   Price `yaml:"logIngestion"`
}

// Price is what AWS charges for one thing, in tiers: as it is for income tax, a tier's amount holds for what is within it.
type Price struct {
	Item string `yaml:"item"`
	// Per is how many units the amounts are for; 1 by default.
	Per int64 `yaml:"per"`
	// Unit is what is counted, in the singular: a request, or the month for which one is kept.
	Unit  string `yaml:"unit"`
	Tiers []Tier `yaml:"tiers"`
	// Charged is false for what the price list had and, as far as the source tells, is not billed any more; true by default.
	Charged bool `yaml:"charged"`
	// Confidence is H for AWS's own price list read directly, M for AWS's text at second hand or several independent reports, L for less.
	Confidence string `yaml:"confidence"`
	// Source is where the number was read, with the source's own date if it has one.
	Source string `yaml:"source"`
}

// Tier is one tier of a price.
type Tier struct {
	// UpTo is how many units a month the tier and those before it hold; 0 in the last one, which has no end.
	UpTo   int64 `yaml:"upTo"`
	Amount USD   `yaml:"amount"`
}

// First is the amount of the first tier, for Per units.
func (p Price) First() USD { return p.Tiers[0].Amount }

// Of is what a month's quantity of units costs, to the nearest millionth of a dollar.
func (p Price) Of(units int64) USD {
	var sum, begin int64
	for _, tier := range p.Tiers {
		end := units
		if tier.UpTo > 0 {
			end = min(end, tier.UpTo)
		}
		if end > begin {
			sum += (end - begin) * int64(tier.Amount)
			begin = end
		}
	}
	return USD((sum + p.Per/2) / p.Per)
}

// For is what Per units are called, such as "1,000 requests" or "month".
func (p Price) For() string {
	if p.Per == 1 {
		return p.Unit
	}
	return Thousands(p.Per) + " " + p.Unit + "s"
}

// Caches are the prices of API Gateway's cache by capacity.
type Caches struct {
	Item       string  `yaml:"item"`
	Unit       string  `yaml:"unit"`
	Sizes      []Cache `yaml:"sizes"`
	Confidence string  `yaml:"confidence"`
	Source     string  `yaml:"source"`
}

// Cache is a capacity of API Gateway's cache, in GB as the stage is given it, and its price for an hour.
type Cache struct {
	SizeGB string `yaml:"gb"`
	Hour   USD    `yaml:"amount"`
}

// Of returns the price of a capacity in GB. The error names the capacities that there are.
func (c Caches) Of(sizeGB string) (Cache, error) {
	if err := awslimits.CacheSize(sizeGB); err != nil {
		return Cache{}, err
	}
	return c.Sizes[slices.IndexFunc(c.Sizes, func(of Cache) bool { return of.SizeGB == sizeGB })], nil
}
