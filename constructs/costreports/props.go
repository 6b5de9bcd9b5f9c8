package costreports

import "github.com/aws/aws-cdk-go/awscdk/v2"

// CostReportsProps configure CostReports.
type CostReportsProps struct {
	// Database and Table hold a Cost and Usage Report 2.0 with resource ids, such as cid_data_export and cur2 of AWS's Cloud Intelligence Dashboards.
	// Required, both of them, without Export. Default with Export: a database and a table over the exported files.
	Database, Table *string
	// WorkGroup is the Athena workgroup that has the queries, and so an encrypted place for results. Default: primary.
	WorkGroup *string
	// NamePrefix begins the names of the queries: 1 to 64 letters, digits, '-' and '_'. Default: cognito-m2m-.
	NamePrefix *string
	// Tag is the key of a cost allocation tag as CUR 2.0 names it, such as user_environment: adds a query of cost by its values. The tag must be activated
	// in the payer's billing console. Default: no such query.
	Tag *string
	// Export creates a data export of its own. Default: none, an account or organization that has CUDOS has one.
	Export *Export
}

// Export configures a data export: a Cost and Usage Report 2.0 by day, in Parquet, of what the queries need. It covers the account, or the organization
// when it is deployed in its management account. AWS offers Data Exports in us-east-1 only.
type Export struct {
	// Name is the export's name: 1 to 128 letters, digits, '-' and '_'. Default: cognito-m2m.
	Name *string
	// BucketName is the name of the bucket to create. Default: one that CloudFormation makes up.
	BucketName *string
	// Prefix is where in the bucket the export is: letters, digits, '-', '_' and '/' inside, up to 128 of them. Default: cur2.
	Prefix *string
	// Retention is how long files are kept after AWS last wrote them, which it does until a few days after the end of their month. Whole days, 32 at
	// least. Default: 730 days.
	Retention awscdk.Duration
	// RemovalPolicy says what happens to the bucket when its stack is deleted. Default: RETAIN. The bucket is never emptied, so DESTROY fails once
	// files were delivered.
	RemovalPolicy awscdk.RemovalPolicy
}
