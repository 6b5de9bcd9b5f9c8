package usage

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"time"
)

// write writes the counts, or nothing when they cannot be written. Each line has the values of one set of dimensions and three metrics at
// most; the format takes a hundred.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func (c counts) write(out io.Writer, pool string) error {
	var lines bytes.Buffer
	for _, at := range slices.SortedFunc(maps.Keys(c), time.Time.Compare) {
		m := c[at]
		line(&lines, at, map[string]string{DimensionUserPool: pool}, map[string]int{
			TokensIssued: m.issued, TokenRequestsFailed: m.failed, RequestsWithoutClientID: m.withoutClientID,
		})
		for _, tenant := range slices.Sorted(maps.Keys(m.tenants)) {
			line(&lines, at, map[string]string{DimensionUserPool: pool, DimensionTenant: tenant}, map[string]int{TokensIssued: m.tenants[tenant]})
		}
		for _, name := range slices.Sorted(maps.Keys(m.errors)) {
			line(&lines, at, map[string]string{DimensionUserPool: pool, DimensionError: name}, map[string]int{TokenRequestsFailed: m.errors[name]})
		}
	}
	_, err := out.Write(lines.Bytes())
	return err
}

func line(out io.Writer, at time.Time, dimensions map[string]string, values map[string]int) {
	type metric struct{ Name, Unit string }
	var metrics []metric
	fields := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		metrics = append(metrics, metric{name, "Count"})
		fields[name] = values[name]
	}
	for name, value := range dimensions {
		fields[name] = value
	}
	fields["_aws"] = map[string]any{
		"Timestamp": at.UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": Namespace, "Dimensions": [][]string{slices.Sorted(maps.Keys(dimensions))}, "Metrics": metrics,
		}},
	}
	_ = json.NewEncoder(out).Encode(fields) // Texts and numbers can always be encoded, and a buffer written.
}
