// Package costreports makes visible what AWS bills for Cognito's machine-to-machine authorization: Athena queries over a Cost and Usage Report 2.0 and, if
// wanted, the data export that the report comes from.
package costreports

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsathena"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbcmdataexports"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// Defaults of CostReportsProps.
const (
	DefaultNamePrefix = "cognito-m2m-"
	DefaultDatabase   = "cognito_m2m_billing"
	DefaultTable      = "cur2"
)

// CostReports are saved queries and, with Export, a data export, its bucket, and a database and table over its files.
type CostReports struct {
	constructs.Construct
	database, table *string
	queries         []awsathena.CfnNamedQuery
	bucket          awss3.Bucket
	export          awsbcmdataexports.CfnExport
}

// NewCostReports creates, in this order, the export's bucket and the export, the database and the table over its files, and the saved queries.
//
// Mistakes in props become error annotations on the construct, all of them in one synth.
func NewCostReports(scope constructs.Construct, id *string, props *CostReportsProps) *CostReports {
	r := &CostReports{Construct: constructs.NewConstruct(scope, id)}
	if props == nil {
		props = &CostReportsProps{}
	}
	var errs report.Errors
	s := check(r.Construct, props, &errs)
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
	for _, query := range costreports.Queries(*s.database, *s.table, tag) {
		named := awsathena.NewCfnNamedQuery(r.Construct, jsii.String("Query-"+query.Name), &awsathena.CfnNamedQueryProps{
			Name:        jsii.String(*s.namePrefix + query.Name),
			Description: jsii.String(query.Description),
			Database:    s.database,
			QueryString: jsii.String(query.SQL),
			WorkGroup:   workGroup(s.workGroup),
		})
		r.queries = append(r.queries, named)
	}
	return r
}

// workGroup keeps a nil pointer from becoming a value.
func workGroup(name *string) any {
	if name == nil {
		return nil
	}
	return name
}

// Database is the database of the Glue Data Catalog that the queries are for.
func (r *CostReports) Database() *string { return r.database }

// Table is the table that the queries read.
func (r *CostReports) Table() *string { return r.table }

// Queries are the saved queries. CDK has no L2 for them.
func (r *CostReports) Queries() []awsathena.CfnNamedQuery { return r.queries }

// Bucket is where the export is delivered; nil without Export.
func (r *CostReports) Bucket() awss3.IBucket {
	if r.bucket == nil {
		return nil
	}
	return r.bucket
}

// Export is the data export; nil without Export. CDK has no L2 for it.
func (r *CostReports) Export() awsbcmdataexports.CfnExport { return r.export }
