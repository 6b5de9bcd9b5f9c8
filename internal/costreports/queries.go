// Package costreports holds Athena queries over a Cost and Usage Report 2.0 that say what Cognito bills for machine-to-machine
// authorization.
//
// The usage types are those that AWS's CUDOS dashboard tells apart on its Security tab: …CUPM2MTokenRequestsFull and …CUPM2MAppClientsFull,
// with a Region's prefix such as USE1-, and the same with Free at the end for accounts that were exempt for a year after the prices of
// 2024.
// (dashboards/cudos/CUDOS-v5-definition.yaml in https://github.com/aws-solutions-library-samples/cloud-intelligence-dashboards-framework)
package costreports

import (
	"fmt"
	"regexp"
	"strings"
)

// Query is a query in Athena's SQL.
type Query struct {
	Name, Description string
	// Columns are what it returns, in this order.
	Columns []string
	SQL     string
}

// Columns are the columns of CUR 2.0 that the queries read, with their types in Athena.
// https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
func Columns() [][2]string {
	return [][2]string{
		{"bill_payer_account_id", "string"},
		{"line_item_usage_account_id", "string"},
		{"line_item_line_item_type", "string"},
		{"line_item_product_code", "string"},
		{"line_item_usage_type", "string"},
		{"line_item_operation", "string"},
		{"line_item_resource_id", "string"},
		{"line_item_usage_start_date", "timestamp"},
		{"line_item_usage_amount", "double"},
		{"line_item_unblended_cost", "double"},
		{"line_item_currency_code", "string"},
		{"pricing_unit", "string"},
		{"product_region_code", "string"},
		{"resource_tags", "map<string,string>"},
	}
}

// usage is the part that all queries share: M2M lines of Cognito, without credits, refunds and taxes.
const usage = `FROM {table}
WHERE line_item_product_code = 'AmazonCognito'
  AND line_item_line_item_type = 'Usage'
  AND line_item_usage_type LIKE '%CUPM2M%'`

// kind names what is billed. Free usage is within an exemption: CUDOS shows what it would cost after that.
const kind = `CASE
    WHEN line_item_usage_type LIKE '%CUPM2MTokenRequests%' THEN 'token requests'
    WHEN line_item_usage_type LIKE '%CUPM2MAppClients%' THEN 'app clients'
    ELSE 'other'
  END`

// Queries returns the queries over a table of a database. tag is the key of a cost allocation tag as CUR 2.0 names it, such as
// user_environment; the query by tag is left out when it is empty. The names are those that Identifier and TagKey accept.
func Queries(database, table, tag string) []Query {
	queries := []Query{
		{
			Name:        "by-day",
			Description: "Cost and usage of Cognito M2M by day and usage type, newest day first",
			Columns:     []string{"usage_day", "billed", "line_item_usage_type", "quantity", "cost_usd"},
			SQL: `SELECT
  date_trunc('day', line_item_usage_start_date) AS usage_day,
  {kind} AS billed,
  line_item_usage_type,
  SUM(line_item_usage_amount) AS quantity,
  SUM(line_item_unblended_cost) AS cost_usd
{usage}
GROUP BY 1, 2, 3
ORDER BY 1 DESC, 5 DESC, 3`,
		},
		{
			Name: "by-resource",
			Description: "Cost and usage of Cognito M2M by month and resource (the user pool or app client that AWS bills), " +
				"most expensive first in each month",
			Columns: []string{"usage_month", "line_item_resource_id", "billed", "quantity", "cost_usd"},
			SQL: `SELECT
  date_trunc('month', line_item_usage_start_date) AS usage_month,
  line_item_resource_id,
  {kind} AS billed,
  SUM(line_item_usage_amount) AS quantity,
  SUM(line_item_unblended_cost) AS cost_usd
{usage}
GROUP BY 1, 2, 3
ORDER BY 1 DESC, 5 DESC, 2, 3`,
		},
		{
			Name:        "by-account",
			Description: "Cost and usage of Cognito M2M by month, account and Region",
			Columns:     []string{"usage_month", "line_item_usage_account_id", "product_region_code", "billed", "quantity", "cost_usd"},
			SQL: `SELECT
  date_trunc('month', line_item_usage_start_date) AS usage_month,
  line_item_usage_account_id,
  product_region_code,
  {kind} AS billed,
  SUM(line_item_usage_amount) AS quantity,
  SUM(line_item_unblended_cost) AS cost_usd
{usage}
GROUP BY 1, 2, 3, 4
ORDER BY 1 DESC, 6 DESC, 2, 3, 4`,
		},
		{
			Name: "projected-month",
			Description: "Cost of Cognito M2M in the newest month, and in the whole of it if the days to come are like those that are over. " +
				"The newest day is left out, since its lines are not all there yet. Cheaper tiers that the month has not reached are not foreseen",
			Columns: []string{"usage_month", "days_over", "cost_usd", "projected_usd"},
			SQL: `WITH days AS (
  SELECT
    date_trunc('day', line_item_usage_start_date) AS usage_day,
    SUM(line_item_unblended_cost) AS cost_usd
  {usage}
  GROUP BY 1
),
newest AS (
  SELECT MAX(usage_day) AS last_day FROM days
)
SELECT
  date_trunc('month', last_day) AS usage_month,
  day(last_day) - 1 AS days_over,
  SUM(cost_usd) AS cost_usd,
  SUM(cost_usd) / (day(last_day) - 1) * day(last_day_of_month(last_day)) AS projected_usd
FROM days CROSS JOIN newest
WHERE usage_day >= date_trunc('month', last_day)
  AND usage_day < last_day
GROUP BY last_day`,
		},
		{
			Name: "price-billed",
			Description: "What AWS really charges for one token request and for one app client a month, " +
				"to compare with the prices that are reckoned with",
			Columns: []string{"usage_month", "line_item_usage_type", "pricing_unit", "quantity", "usd_each"},
			SQL: `SELECT
  date_trunc('month', line_item_usage_start_date) AS usage_month,
  line_item_usage_type,
  pricing_unit,
  SUM(line_item_usage_amount) AS quantity,
  SUM(line_item_unblended_cost) / NULLIF(SUM(line_item_usage_amount), 0) AS usd_each
{usage}
GROUP BY 1, 2, 3
ORDER BY 1 DESC, 2, 3`,
		},
	}
	if tag != "" {
		queries = append(queries, Query{
			Name:        "by-tag",
			Description: "Cost and usage of Cognito M2M by month and the cost allocation tag " + tag,
			Columns:     []string{"usage_month", "tag", "billed", "quantity", "cost_usd"},
			SQL: `SELECT
  date_trunc('month', line_item_usage_start_date) AS usage_month,
  COALESCE(NULLIF(element_at(resource_tags, '{tag}'), ''), '(untagged)') AS tag,
  {kind} AS billed,
  SUM(line_item_usage_amount) AS quantity,
  SUM(line_item_unblended_cost) AS cost_usd
{usage}
GROUP BY 1, 2, 3
ORDER BY 1 DESC, 5 DESC, 2, 3`,
		})
	}
	// The text of a placeholder may contain another one, and Replacer replaces once.
	parts := strings.NewReplacer("{usage}", usage, "{kind}", kind)
	names := strings.NewReplacer("{table}", fmt.Sprintf(`"%s"."%s"`, database, table), "{tag}", tag)
	for i := range queries {
		queries[i].SQL = names.Replace(parts.Replace(queries[i].SQL)) + "\n"
	}
	return queries
}

var (
	identifier = regexp.MustCompile(`^[a-z0-9_]{1,255}$`)
	tagKey     = regexp.MustCompile(`^[A-Za-z0-9_:./=+@-]{1,128}$`)
)

// Identifier checks the name of a database or table of the Glue Data Catalog, as Athena can query it.
// https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
func Identifier(name string) error {
	if !identifier.MatchString(name) {
		return fmt.Errorf("name %q is not allowed: use 1 to 255 of a-z, 0-9 and '_'", name)
	}
	return nil
}

// TagKey checks the key of a cost allocation tag as CUR 2.0 names it.
func TagKey(key string) error {
	if !tagKey.MatchString(key) {
		return fmt.Errorf("tag key %q is not allowed: use the key as it is in resource_tags of the report, with its prefix, "+
			"for example user_environment", key)
	}
	return nil
}
