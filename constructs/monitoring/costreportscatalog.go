package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsglue"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// addCatalog creates a database and a table over the exported files. Data Exports writes a month's files to
// PREFIX/NAME/data/BILLING_PERIOD=2026-11/. Athena derives these partitions from the table's properties, without a crawler.
// https://docs.aws.amazon.com/cur/latest/userguide/dataexports-export-delivery.html
// https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
func (r *CostReports) addCatalog(s *costReportSettings) {
	account := awscdk.Stack_Of(r.Construct).Account()
	database := awsglue.NewCfnDatabase(r.Construct, jsii.String("Database"), &awsglue.CfnDatabaseProps{
		CatalogId: account,
		DatabaseInput: &awsglue.CfnDatabase_DatabaseInputProperty{
			Name:        s.database,
			Description: jsii.String("Cost and Usage Report 2.0 of the data export " + s.export.name),
		},
	})
	var columns []*awsglue.CfnTable_ColumnProperty
	for _, column := range costreports.Columns() {
		columns = append(columns, &awsglue.CfnTable_ColumnProperty{Name: jsii.String(column[0]), Type: jsii.String(column[1])})
	}
	location := *r.bucket.S3UrlForObject(jsii.String(s.export.prefix + "/" + s.export.name + "/data"))
	table := awsglue.NewCfnTable(r.Construct, jsii.String("Table"), &awsglue.CfnTableProps{
		CatalogId:    account,
		DatabaseName: s.database,
		TableInput: &awsglue.CfnTable_TableInputProperty{
			Name:          s.table,
			TableType:     jsii.String("EXTERNAL_TABLE"),
			PartitionKeys: []*awsglue.CfnTable_ColumnProperty{{Name: jsii.String("billing_period"), Type: jsii.String("string")}},
			Parameters: map[string]string{
				"classification":                          "parquet",
				"projection.enabled":                      "true",
				"projection.billing_period.type":          "date",
				"projection.billing_period.format":        "yyyy-MM",
				"projection.billing_period.range":         "2024-01,NOW",
				"projection.billing_period.interval":      "1",
				"projection.billing_period.interval.unit": "MONTHS",
				"storage.location.template":               location + "/BILLING_PERIOD=${billing_period}",
			},
			StorageDescriptor: &awsglue.CfnTable_StorageDescriptorProperty{
				Location:     jsii.String(location + "/"),
				Columns:      columns,
				InputFormat:  jsii.String("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"),
				OutputFormat: jsii.String("org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"),
				SerdeInfo: &awsglue.CfnTable_SerdeInfoProperty{
					SerializationLibrary: jsii.String("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"),
				},
			},
		},
	})
	table.Node().AddDependency(database)
}
