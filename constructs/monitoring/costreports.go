package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsathena"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbcmdataexports"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// CostReports are Athena queries over a Cost and Usage Report 2.0 that show what AWS bills for Cognito's machine-to-machine authorization.
// With CostReportsProps.Export they include the data export that writes the report, its bucket, and a database and a table over its files.
type CostReports struct {
	constructs.Construct
	database, table *string
	queries         []awsathena.CfnNamedQuery
	bucket          awss3.Bucket
	export          awsbcmdataexports.CfnExport
}

// NewCostReports creates, in this order, the bucket and the export, the database and the table over its files, and the saved queries.
//
// Invalid props become error annotations on the construct, all of them in one synth.
func NewCostReports(scope constructs.Construct, id *string, props *CostReportsProps) *CostReports {
	r := &CostReports{Construct: constructs.NewConstruct(scope, id)}
	if props == nil {
		props = &CostReportsProps{}
	}
	var errs report.Errors
	s := props.check(r.Construct, &errs)
	errs.Attach(r.Construct)
	r.database, r.table = s.database, s.table
	if s.export != nil {
		r.addExport(s.export)
	}
	if s.catalog {
		r.addCatalog(s)
	}
	tag := ""
	if s.tag != nil {
		tag = *s.tag
	}
	var workGroup any // A nil *string would be a value.
	if s.workGroup != nil {
		workGroup = s.workGroup
	}
	for _, query := range costreports.Queries(*s.database, *s.table, tag) {
		r.queries = append(r.queries, awsathena.NewCfnNamedQuery(r.Construct, jsii.String("Query-"+query.Name), &awsathena.CfnNamedQueryProps{
			Name:        jsii.String(*s.namePrefix + query.Name),
			Description: jsii.String(query.Description),
			Database:    s.database,
			QueryString: jsii.String(query.SQL),
			WorkGroup:   workGroup,
		}))
	}
	return r
}

// Database is the database of the Glue Data Catalog that the queries read.
func (r *CostReports) Database() *string { return r.database }

// Table is the table that the queries read.
func (r *CostReports) Table() *string { return r.table }

// Queries returns the saved queries. CDK has no L2 for them.
func (r *CostReports) Queries() []awsathena.CfnNamedQuery { return r.queries }

// Bucket is the bucket that receives the export; nil without CostReportsProps.Export.
func (r *CostReports) Bucket() awss3.IBucket {
	if r.bucket == nil {
		return nil
	}
	return r.bucket
}

// Export is the data export; nil without CostReportsProps.Export. CDK has no L2 for it.
func (r *CostReports) Export() awsbcmdataexports.CfnExport { return r.export }
