package monitoring

import (
	"fmt"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// CostReportsProps configure CostReports.
type CostReportsProps struct {
	// Database and Table are those of a Cost and Usage Report 2.0 with resource IDs, such as cid_data_export and cur2 of AWS's Cloud
	// Intelligence Dashboards. Both are required without Export. Default with Export: a new table cur2 in a new database cognito_m2m_billing
	// over the exported files.
	Database, Table *string
	// WorkGroup is the Athena workgroup of the queries. The workgroup says where results are stored and how they are encrypted. Default:
	// primary.
	WorkGroup *string
	// NamePrefix begins the names of the queries: 1 to 64 letters, digits, '-' and '_'. Default: cognito-m2m-.
	NamePrefix *string
	// Tag is the key of a cost allocation tag as CUR 2.0 names it, such as user_environment. It adds a query of cost by the values of the tag.
	// The tag must be activated in the payer's billing console. Default: none; there is no such query.
	Tag *string
	// Export creates a data export. Accounts and organizations with CUDOS have one already. Default: none.
	Export *CostExport
}

// CostExport configures a data export: a daily Cost and Usage Report 2.0, in Parquet, with the columns that the queries need. It covers the
// account, or the organization if it is deployed in the management account. AWS offers Data Exports in us-east-1 only.
type CostExport struct {
	// Name is the export's name: 1 to 128 letters, digits, '-' and '_'. Default: cognito-m2m.
	Name *string
	// BucketName is the name of the new bucket. Default: CloudFormation generates one.
	BucketName *string
	// Prefix is the folder of the export in the bucket: up to 128 letters, digits, '-', '_' and, between them, '/'. Default: cur2.
	Prefix *string
	// Retention is how long files are kept after AWS last wrote them. AWS writes a month's files until a few days after its end. Whole days,
	// at least 32. Default: 730 days.
	Retention awscdk.Duration
	// RemovalPolicy says what happens to the bucket when its stack is deleted. With DESTROY the deletion fails once files were delivered,
	// because nothing empties the bucket. Default: RETAIN.
	RemovalPolicy awscdk.RemovalPolicy
}

// exportRegion is the Region of the control plane of AWS Data Exports.
const exportRegion = "us-east-1"

var (
	queryPrefix  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	exportName   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	exportPrefix = regexp.MustCompile(`^[A-Za-z0-9_-](?:[A-Za-z0-9_/-]{0,126}[A-Za-z0-9_-])?$`)
)

// costReportSettings are checked props with their defaults.
type costReportSettings struct {
	database, table, workGroup, namePrefix, tag *string
	// catalog says whether to create the database and the table.
	catalog bool
	export  *costExportSettings
}

type costExportSettings struct {
	name, prefix string
	bucketName   *string
	retention    awscdk.Duration
	removal      awscdk.RemovalPolicy
}

// check reports invalid props and fills in defaults. Values that are known only at deploy time are not checked, and refused if they are
// parts of names or queries.
func (props *CostReportsProps) check(scope constructs.Construct, errs *report.Errors) *costReportSettings {
	const database, table = "cognito_m2m_billing", "cur2"
	s := &costReportSettings{
		database: props.Database, table: props.Table, workGroup: props.WorkGroup, namePrefix: props.NamePrefix, tag: props.Tag,
	}
	switch {
	case props.Database == nil && props.Table == nil && props.Export != nil:
		s.catalog, s.database, s.table = true, jsii.String(database), jsii.String(table)
	case props.Database == nil || props.Table == nil:
		errs.Addf("Database, Table", "both are required: name the table of a Cost and Usage Report 2.0, "+
			"or set Export and neither of them to create one")
		s.database, s.table = jsii.String(database), jsii.String(table)
	}
	checkText(errs, "Database", s.database, costreports.Identifier)
	checkText(errs, "Table", s.table, costreports.Identifier)
	checkText(errs, "Tag", props.Tag, costreports.TagKey)
	if !report.IsToken(props.WorkGroup) && props.WorkGroup != nil {
		errs.Add("WorkGroup", awslimits.WorkGroup(*props.WorkGroup))
	}
	if s.namePrefix == nil {
		s.namePrefix = jsii.String("cognito-m2m-")
	}
	checkText(errs, "NamePrefix", s.namePrefix, matching(queryPrefix, "name prefix", "1 to 64 letters, digits, '-' and '_'"))
	if props.Export != nil {
		s.export = props.Export.check(scope, errs)
	}
	return s
}

func (props *CostExport) check(scope constructs.Construct, errs *report.Errors) *costExportSettings {
	if region := awscdk.Stack_Of(scope).Region(); !report.IsToken(region) && *region != exportRegion {
		errs.Addf("Export", "the stack is in %s: AWS Data Exports is in %s only, so put this construct into a stack there, "+
			"or leave Export out and name the Database and Table of an export that exists", *region, exportRegion)
	}
	e := &costExportSettings{
		name: "cognito-m2m", prefix: "cur2", bucketName: props.BucketName,
		retention: awscdk.Duration_Days(jsii.Number(730)), removal: awscdk.RemovalPolicy_RETAIN,
	}
	if props.Name != nil {
		e.name = *props.Name
	}
	checkText(errs, "Export.Name", &e.name, matching(exportName, "export name", "1 to 128 letters, digits, '-' and '_'"))
	if props.Prefix != nil {
		e.prefix = *props.Prefix
	}
	prefixAllowed := "1 to 128 letters, digits, '-' and '_', with '/' between them"
	checkText(errs, "Export.Prefix", &e.prefix, matching(exportPrefix, "prefix", prefixAllowed))
	if props.Retention != nil {
		e.retention = props.Retention
		if d, err := report.Duration(props.Retention); err != nil || d < 32*oneDay || d%oneDay != 0 {
			errs.Addf("Export.Retention", "%s is not allowed: use whole days, at least 32", *props.Retention.ToHumanString())
		}
	}
	if props.RemovalPolicy != "" {
		e.removal = props.RemovalPolicy
	}
	return e
}

func matching(pattern *regexp.Regexp, what, allowed string) func(string) error {
	return func(got string) error {
		if !pattern.MatchString(got) {
			return fmt.Errorf("%s %q is not allowed: use %s", what, got, allowed)
		}
		return nil
	}
}

// checkText checks a text that becomes a part of names or queries, so that it must be known at synth.
func checkText(errs *report.Errors, prop string, text *string, check func(string) error) {
	switch {
	case text == nil:
	case report.IsToken(text):
		errs.Addf(prop, "must be known at synth: it becomes a part of names and queries")
	default:
		errs.Add(prop, check(*text))
	}
}
