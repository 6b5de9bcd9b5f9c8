package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// costing holds the flags of cost.
type costing struct {
	usage               pricing.Usage
	deployment, watched pricing.Deployment
	validity            time.Duration
	region, prices      string
	printPrices         bool
}

const costHelp = `cost estimates the cost of a month of token requests with the proxy and without it, the number of requests from which the
proxy saves money, and the cache size that is enough.

It assumes that requests are independent of each other and spread evenly over all clients and scope sets, the worst case of independent use:
each cache entry then has one miss in TTL + 1/λ, where λ is its rate of requests. Clients that ask at intervals just longer than the TTL
always miss. A flush costs one token for each live entry. The third column is for clients that keep their tokens for as long as the cache.

The prices have no free tiers and no discounts. For another Region, print the price file with --print-prices, change its prices, and use it
with --prices. The estimate excludes data transfer, logs, functions, and Cognito's other charges.`

func newCostCommand() *cobra.Command {
	var c costing
	command := &cobra.Command{
		Use:   "cost --requests-per-day N --clients N",
		Short: "Estimate what a month costs with the proxy and without it",
		Long:  costHelp,
		Example: `  m2m cost --requests-per-day 100000 --clients 50
  m2m cost --requests-per-day 100000 --clients 50 --scope-sets 3 --token-validity 12h --edge --tenant-secrets --monitoring
  m2m cost --print-prices > my-prices.yaml
  m2m cost --requests-per-day 100000 --clients 50 --prices my-prices.yaml --region eu-west-1`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if c.printPrices {
				_, err := io.WriteString(command.OutOrStdout(), pricing.Source())
				return err
			}
			return c.run(command)
		},
	}
	flags := command.Flags()
	flags.SortFlags = false
	flags.Int64Var(&c.usage.RequestsPerDay, "requests-per-day", 0, "token `requests` a day of all clients together (required)")
	flags.Int64Var(&c.usage.Clients, "clients", 0, "`number` of app clients (required)")
	flags.Int64Var(&c.usage.ScopeSets, "scope-sets", 1, "`number` of different scope values that each client asks for")
	flags.DurationVar(&c.validity, "token-validity", awslimits.DefaultAccessTokenValidity, "shortest access-token validity of any client")
	flags.DurationVar(&c.usage.TTL, "ttl", 0, "cache TTL (default: 75 % of the validity, at least 5 minutes less than it, at most 1h)")
	flags.StringVar(&c.deployment.CacheGB, "cache-size", "", "cache capacity in `GB` (default: the recommended one)")
	flags.Int64Var(&c.usage.FlushesPerMonth, "flushes-per-month", 4, "`number` of cache flushes a month")
	flags.BoolVar(&c.deployment.Edge, "edge", false, "include a web ACL in front of the gateway")
	flags.BoolVar(&c.deployment.TenantSecrets, "tenant-secrets", false, "include a secret in Secrets Manager for each client")
	flags.BoolVar(&c.deployment.Monitoring, "monitoring", false, "include a monitoring stack with metrics of up to 100 clients")
	const deployed = " (default: that of the deployment)"
	flags.Int64Var(&c.watched.Alarms, "alarms", 0, "`number` of metrics in alarms; an anomaly alarm counts as three"+deployed)
	flags.Int64Var(&c.watched.CompositeAlarms, "composite-alarms", 0, "`number` of composite alarms"+deployed)
	flags.Int64Var(&c.watched.Metrics, "metrics", 0, "`number` of custom metrics, such as one for each tenant"+deployed)
	flags.Int64Var(&c.watched.Dashboards, "dashboards", 0, "`number` of CloudWatch dashboards"+deployed)
	flags.BoolVar(&c.deployment.ChargeClients, "charge-clients", false, "include Cognito's charge for app clients (default: as in the prices)")
	flags.StringVar(&c.region, "region", pricing.DefaultRegion, "AWS `Region` of the prices")
	flags.StringVar(&c.prices, "prices", "", "`file` of prices (default: the built-in prices)")
	flags.BoolVar(&c.printPrices, "print-prices", false, "print the built-in file of prices, and nothing else")
	return command
}

func (c *costing) run(command *cobra.Command) error {
	book, region, err := c.book()
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return usageError{err}
	}
	c.watch(command.Flags().Changed)
	if !command.Flags().Changed("charge-clients") {
		c.deployment.ChargeClients = region.AppClients.Charged
	}
	recommended, fits := region.Cache.Smallest(c.usage.Keys())
	if c.deployment.CacheGB == "" {
		if !fits {
			recommended = region.Cache.Sizes[len(region.Cache.Sizes)-1]
		}
		c.deployment.CacheGB = recommended.SizeGB
	}
	report, err := c.estimate(region)
	if err != nil {
		return usageError{fmt.Errorf("--cache-size: %w", err)}
	}
	report.read, report.region = book.Read, c.region
	report.print(command.OutOrStdout())
	return nil
}

// watch sets the numbers of CloudWatch resources: those of the flags, and the deployment's for flags that are not set.
func (c *costing) watch(changed func(flag string) bool) {
	c.deployment.Watch(c.usage.Clients)
	for flag, number := range map[string]struct{ of, is *int64 }{
		"alarms":           {&c.deployment.Alarms, &c.watched.Alarms},
		"composite-alarms": {&c.deployment.CompositeAlarms, &c.watched.CompositeAlarms},
		"metrics":          {&c.deployment.Metrics, &c.watched.Metrics},
		"dashboards":       {&c.deployment.Dashboards, &c.watched.Dashboards},
	} {
		if changed(flag) {
			*number.of = *number.is
		}
	}
}

// book returns the prices.
func (c *costing) book() (*pricing.Book, *pricing.Region, error) {
	book := pricing.Default()
	if c.prices != "" {
		var err error
		if book, err = pricing.Load(c.prices); err != nil {
			return nil, nil, usageError{fmt.Errorf("--prices: %w", err)}
		}
	}
	region, err := book.Region(c.region)
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("--region: %w", err)}
	}
	return book, region, nil
}

// check checks the flags and fills in the TTL.
func (c *costing) check() error {
	for _, number := range []struct {
		flag               string
		got, lowest, limit int64
	}{
		{"requests-per-day", c.usage.RequestsPerDay, 1, 1_000_000_000},
		{"clients", c.usage.Clients, 1, awslimits.MaxClientsPerPool},
		{"scope-sets", c.usage.ScopeSets, 1, 1000},
		{"flushes-per-month", c.usage.FlushesPerMonth, 0, 100_000},
		{"alarms", c.watched.Alarms, 0, 100_000},
		{"composite-alarms", c.watched.CompositeAlarms, 0, 100_000},
		{"metrics", c.watched.Metrics, 0, 10_000_000},
		{"dashboards", c.watched.Dashboards, 0, 1000},
	} {
		if number.got < number.lowest || number.got > number.limit {
			return fmt.Errorf("--%s is %d: use a whole number from %d to %d", number.flag, number.got, number.lowest, number.limit)
		}
	}
	if err := awslimits.CachedValidity(c.validity); err != nil {
		return fmt.Errorf("--token-validity: %w", err)
	}
	ttl, err := awslimits.CacheTTL(c.usage.TTL, []awslimits.ClientValidity{{Validity: c.validity}})
	if err != nil {
		return fmt.Errorf("--ttl: %w", err)
	}
	c.usage.TTL = ttl
	return nil
}
