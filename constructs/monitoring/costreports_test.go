package monitoring_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

const reportsBucketID = "ReportsBucket95FE29A2" // Pinned: a replaced bucket loses the reports so far.

// newStack is a stack in a Region.
func regionalStack(t *testing.T, region string) awscdk.Stack {
	t.Helper()
	app := cdktest.NewStack(t).Node().Root().(awscdk.App)
	app.Node().TryRemoveChild(jsii.String("Test"))
	return awscdk.NewStack(
		app, jsii.String("Billing"),
		&awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String(region)}},
	)
}

func synthReports(
	t *testing.T, region string, props *monitoring.CostReportsProps,
) (cdktest.Template, *monitoring.CostReports, awscdk.Stack) {
	t.Helper()
	stack := regionalStack(t, region)
	reports := monitoring.NewCostReports(stack, jsii.String("Reports"), props)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template, reports, stack
}

func existingReport() *monitoring.CostReportsProps {
	return &monitoring.CostReportsProps{Database: jsii.String("cid_data_export"), Table: jsii.String("cur2")}
}

// Over a report that exists there are queries and nothing else, in any Region.
func TestCostReports_queriesOverAnExistingReport(t *testing.T) {
	props := existingReport()
	props.Tag, props.WorkGroup, props.NamePrefix = jsii.String("user_environment"), jsii.String("finops"), jsii.String("m2m-prod-")
	template, reports, stack := synthReports(t, "eu-west-1", props)
	if n := len(template.Body["Resources"].(map[string]any)); n != len(reports.Queries()) {
		t.Errorf("%d resources, %d queries", n, len(reports.Queries()))
	}
	saved := map[string]map[string]any{}
	for _, id := range template.IDs("AWS::Athena::NamedQuery") {
		properties := template.Properties(id)
		saved[properties["Name"].(string)] = properties
	}
	for _, query := range costreports.Queries("cid_data_export", "cur2", "user_environment") {
		want := map[string]any{
			"Name": "m2m-prod-" + query.Name, "Database": "cid_data_export", "WorkGroup": "finops", "Description": query.Description,
			"QueryString": query.SQL,
		}
		if diff := cmp.Diff(want, saved["m2m-prod-"+query.Name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query.Name, diff)
		}
	}
	if reports.Bucket() != nil || reports.Export() != nil || *reports.Database() != "cid_data_export" || *reports.Table() != "cur2" {
		t.Errorf("bucket %v, export %v, %s.%s", reports.Bucket(), reports.Export(), *reports.Database(), *reports.Table())
	}
	if findings := cdktest.Nag(stack, "Reports"); len(findings) > 0 {
		t.Error(strings.Join(findings, "\n"))
	}
}

func TestCostReports_defaultNames(t *testing.T) {
	template, reports, _ := synthReports(t, "eu-west-1", existingReport())
	if n := len(reports.Queries()); n != 5 {
		t.Errorf("%d queries without a tag", n)
	}
	for _, id := range template.IDs("AWS::Athena::NamedQuery") {
		properties := template.Properties(id)
		if _, has := properties["WorkGroup"]; has || !strings.HasPrefix(properties["Name"].(string), "cognito-m2m-") {
			t.Errorf("got %v in %v", properties["Name"], properties["WorkGroup"])
		}
	}
}

func TestCostReports_export(t *testing.T) {
	template, reports, stack := synthReports(t, "us-east-1", &monitoring.CostReportsProps{Export: &monitoring.CostExport{}})
	if ids := template.IDs("AWS::S3::Bucket"); len(ids) != 1 || ids[0] != reportsBucketID {
		t.Fatalf("buckets: %v", ids)
	}
	export := template.Resource(template.ID("AWS::BCMDataExports::Export"))
	want := map[string]any{
		"Name":        "cognito-m2m",
		"Description": "Cost and Usage Report 2.0 for queries of what Cognito bills for machine-to-machine authorization",
		"DataQuery": map[string]any{
			"QueryStatement": "SELECT bill_payer_account_id, line_item_usage_account_id, line_item_line_item_type, line_item_product_code, " +
				"line_item_usage_type, line_item_operation, " +
				"line_item_resource_id, line_item_usage_start_date, line_item_usage_amount, line_item_unblended_cost, line_item_currency_code, " +
				"pricing_unit, " +
				"product_region_code, resource_tags FROM COST_AND_USAGE_REPORT",
			"TableConfigurations": map[string]any{"COST_AND_USAGE_REPORT": map[string]any{
				"TIME_GRANULARITY": "DAILY", "INCLUDE_RESOURCES": "TRUE", "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE",
				"INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE"}},
		},
		"DestinationConfigurations": map[string]any{"S3Destination": map[string]any{
			"S3Bucket": map[string]any{"Ref": reportsBucketID}, "S3Prefix": "cur2", "S3Region": "us-east-1",
			"S3OutputConfigurations": map[string]any{
				"Format": "PARQUET", "Compression": "PARQUET", "OutputType": "CUSTOM", "Overwrite": "OVERWRITE_REPORT",
			},
		}},
		"RefreshCadence": map[string]any{"Frequency": "SYNCHRONOUS"},
	}
	if diff := cmp.Diff(want, cdktest.At(t, export, "Properties", "Export")); diff != "" {
		t.Errorf("export (-want +got):\n%s", diff)
	}
	if got := cdktest.Text(export["DependsOn"]); !strings.Contains(got, template.ID("AWS::S3::BucketPolicy")) {
		t.Errorf("the export waits for %s", got)
	}
	if reports.Bucket() == nil || reports.Export() == nil || *reports.Database() != "cognito_m2m_billing" || *reports.Table() != "cur2" {
		t.Error("an accessor lacks what was created")
	}
	if findings := cdktest.Nag(stack, "Reports"); len(findings) > 0 {
		t.Error(strings.Join(findings, "\n"))
	}
}

// Only Data Exports on behalf of this account may write, nobody without TLS may do anything, and what is delivered is encrypted, not
// public, and expires.
func TestCostReports_bucket(t *testing.T) {
	template, _, _ := synthReports(
		t, "us-east-1",
		&monitoring.CostReportsProps{
			Export: &monitoring.CostExport{BucketName: jsii.String("acme-cur"), Retention: awscdk.Duration_Days(jsii.Number(400))},
		},
	)
	bucket := template.Resource(reportsBucketID)
	want := map[string]any{
		"BucketName":              "acme-cur",
		"VersioningConfiguration": map[string]any{"Status": "Enabled"},
		"BucketEncryption": map[string]any{
			"ServerSideEncryptionConfiguration": []any{map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}}},
		},
		"PublicAccessBlockConfiguration": map[string]any{
			"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
		},
		"OwnershipControls": map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}},
		"LifecycleConfiguration": map[string]any{"Rules": []any{map[string]any{
			"Id": "expire", "Status": "Enabled", "ExpirationInDays": 400.0, "NoncurrentVersionExpiration": map[string]any{"NoncurrentDays": 30.0},
			"AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": 7.0}}}},
	}
	if diff := cmp.Diff(want, bucket["Properties"]); diff != "" {
		t.Errorf("bucket (-want +got):\n%s", diff)
	}
	if bucket["DeletionPolicy"] != "Retain" || bucket["UpdateReplacePolicy"] != "Retain" {
		t.Errorf("the bucket goes with its stack: %v, %v", bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"])
	}
	arn := "{Fn::GetAtt [" + reportsBucketID + " Arn]}"
	statements := cdktest.At(t, template.One("AWS::S3::BucketPolicy"), "PolicyDocument", "Statement").([]any)
	var got []string
	for _, statement := range statements {
		got = append(got, cdktest.Text(statement))
	}
	wantStatements := []string{
		"{Action s3:*, Condition {Bool {aws:SecureTransport false}}, Effect Deny, Principal {AWS *}, Resource [" + arn + " " + arn + "/*]}",
		"{Action [s3:GetBucketPolicy s3:PutObject], Condition {StringLike {aws:SourceAccount 111122223333, aws:SourceArn " +
			"[arn:aws:cur:us-east-1:111122223333:definition/* " +
			"arn:aws:bcm-data-exports:us-east-1:111122223333:export/*]}}, Effect Allow, Principal {Service [bcm-data-exports.amazonaws.com " +
			"billingreports.amazonaws.com]}, " +
			"Resource [" + arn + " " + arn + "/*], Sid EnableAWSDataExportsToWriteToS3AndCheckPolicy}",
	}
	if diff := cmp.Diff(wantStatements, got); diff != "" {
		t.Errorf("bucket policy (-want +got):\n%s", diff)
	}
}

// The table is where the export delivers, and has its columns.
func TestCostReports_catalog(t *testing.T) {
	template, _, _ := synthReports(
		t, "us-east-1",
		&monitoring.CostReportsProps{Export: &monitoring.CostExport{Name: jsii.String("costs"), Prefix: jsii.String("team/cur")}},
	)
	database := template.One("AWS::Glue::Database")
	if cdktest.At(t, database, "DatabaseInput", "Name") != "cognito_m2m_billing" || database["CatalogId"] != "111122223333" {
		t.Errorf("database: %v", database)
	}
	table := template.Resource(template.ID("AWS::Glue::Table"))
	input := cdktest.At(t, table, "Properties", "TableInput")
	location := "s3://{Ref " + reportsBucketID + "}/team/cur/costs/data"
	for path, want := range map[string]string{
		"Name": "cur2", "TableType": "EXTERNAL_TABLE", "StorageDescriptor.Location": location + "/",
		"StorageDescriptor.SerdeInfo.SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
	} {
		var steps []any
		for _, step := range strings.Split(path, ".") {
			steps = append(steps, step)
		}
		if got := cdktest.Text(cdktest.At(t, input, steps...)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	parameters := cdktest.At(t, input, "Parameters").(map[string]any)
	if got := cdktest.Text(parameters["storage.location.template"]); got != location+"/BILLING_PERIOD=${billing_period}" ||
		parameters["projection.enabled"] != "true" {
		t.Errorf("partitions are at %s", got)
	}
	if diff := cmp.Diff([]any{map[string]any{"Name": "billing_period", "Type": "string"}}, cdktest.At(t, input, "PartitionKeys")); diff != "" {
		t.Errorf("partition keys (-want +got):\n%s", diff)
	}
	var columns []any
	for _, column := range costreports.Columns() {
		columns = append(columns, map[string]any{"Name": column[0], "Type": column[1]})
	}
	if diff := cmp.Diff(columns, cdktest.At(t, input, "StorageDescriptor", "Columns")); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if got := cdktest.Text(table["DependsOn"]); !strings.Contains(got, template.ID("AWS::Glue::Database")) {
		t.Errorf("the table waits for %s", got)
	}
	queries := template.IDs("AWS::Athena::NamedQuery")
	if got := template.Properties(queries[0])["QueryString"].(string); !strings.Contains(got, `FROM "cognito_m2m_billing"."cur2"`) {
		t.Errorf("the queries read another table:\n%s", got)
	}
}

// An export may be read by a catalog that exists.
func TestCostReports_exportWithAnExistingTable(t *testing.T) {
	props := existingReport()
	props.Export = &monitoring.CostExport{RemovalPolicy: awscdk.RemovalPolicy_DESTROY}
	template, _, _ := synthReports(t, "us-east-1", props)
	if tables := template.IDs("AWS::Glue::Table"); len(tables) != 0 {
		t.Errorf("tables: %v", tables)
	}
	if got := template.Resource(reportsBucketID)["DeletionPolicy"]; got != "Delete" {
		t.Errorf("the bucket's deletion policy is %v", got)
	}
}

func TestCostReports_invalidProps(t *testing.T) {
	token := func() *string { return awscdk.Fn_ImportValue(jsii.String("x")) }
	tests := map[string]struct {
		region string
		props  *monitoring.CostReportsProps
		want   []string
	}{
		"nothing": {"us-east-1", nil, []string{"Database, Table: both are required: name the table"}},
		"half a table": {"us-east-1", &monitoring.CostReportsProps{
			Database: jsii.String("a"), Export: &monitoring.CostExport{},
		}, []string{"Database, Table: both are required"}},
		"another place": {
			"eu-west-1", &monitoring.CostReportsProps{Export: &monitoring.CostExport{}},
			[]string{"Export: the stack is in eu-west-1: AWS Data Exports is in us-east-1 only"},
		},
		"names": {"us-east-1", &monitoring.CostReportsProps{
			Database: jsii.String(`a"b`), Table: jsii.String("CUR"), Tag: jsii.String("it's"), NamePrefix: jsii.String("a b"),
			WorkGroup: jsii.String("a b"),
		}, []string{
			`Database: name "a\"b" is not allowed`, `NamePrefix: name prefix "a b" is not allowed`, `Table: name "CUR" is not allowed`,
			`Tag: tag key "it's" is not allowed`, `WorkGroup: work group "a b" is not allowed`}},
		"export": {"us-east-1", &monitoring.CostReportsProps{
			Export: &monitoring.CostExport{Name: jsii.String("a/b"), Prefix: jsii.String("/cur"), Retention: awscdk.Duration_Days(jsii.Number(31))},
		}, []string{
			`Export.Name: export name "a/b" is not allowed`, `Export.Prefix: prefix "/cur" is not allowed`, "Export.Retention: 31 days is " +
				"not allowed: use whole days, at least 32"}},
		"tokens": {"us-east-1", &monitoring.CostReportsProps{Database: token(), Table: jsii.String("t"), Tag: token()}, []string{
			"Database: must be known at synth", "Tag: must be known at synth"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := regionalStack(t, test.region)
			monitoring.NewCostReports(stack, jsii.String("Reports"), test.props)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
	// A stack that gets its Region at deployment cannot be told to be in the wrong one.
	stack := cdktest.NewStack(t)
	monitoring.NewCostReports(stack, jsii.String("Reports"), &monitoring.CostReportsProps{Export: &monitoring.CostExport{}})
	cdktest.ExpectErrors(t, stack, nil)
}
