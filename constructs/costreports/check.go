package costreports

import (
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// exportRegion is where Data Exports has its control plane.
const exportRegion = "us-east-1"

const day = 24 * time.Hour

var (
	namePrefix = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	exportName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	prefix     = regexp.MustCompile(`^[A-Za-z0-9_-](?:[A-Za-z0-9_/-]{0,126}[A-Za-z0-9_-])?$`)
)

// settings are props with the defaults filled in.
type settings struct {
	database, table, workGroup, namePrefix, tag *string
	// catalog is whether a database and a table of its own are created.
	catalog bool
	export  *exportSettings
}

type exportSettings struct {
	name, prefix string
	bucketName   *string
	retention    awscdk.Duration
	removal      awscdk.RemovalPolicy
}

// check fills in the defaults and reports every mistake. What is known at deploy time only is not checked, but for names that are written into a query.
func check(scope constructs.Construct, props *CostReportsProps, errs *report.Errors) *settings {
	s := &settings{database: props.Database, table: props.Table, workGroup: props.WorkGroup, namePrefix: props.NamePrefix, tag: props.Tag}
	switch {
	case props.Database == nil && props.Table == nil && props.Export != nil:
		s.catalog, s.database, s.table = true, jsii.String(DefaultDatabase), jsii.String(DefaultTable)
	case props.Database == nil || props.Table == nil:
		errs.Addf("Database, Table", "both are required: name the table of a Cost and Usage Report 2.0, or set Export and neither of them to create one")
		s.database, s.table = jsii.String(DefaultDatabase), jsii.String(DefaultTable)
	}
	checkText(errs, "Database", s.database, costreports.Identifier)
	checkText(errs, "Table", s.table, costreports.Identifier)
	checkText(errs, "Tag", props.Tag, costreports.TagKey)
	if !report.IsToken(props.WorkGroup) && props.WorkGroup != nil {
		errs.Add("WorkGroup", awslimits.WorkGroup(*props.WorkGroup))
	}
	if s.namePrefix == nil {
		s.namePrefix = jsii.String(DefaultNamePrefix)
	}
	checkText(errs, "NamePrefix", s.namePrefix, func(name string) error {
		return match(namePrefix, "name prefix", name, "1 to 64 letters, digits, '-' and '_'")
	})
	if props.Export != nil {
		s.export = checkExport(scope, props.Export, errs)
	}
	return s
}

func checkExport(scope constructs.Construct, props *Export, errs *report.Errors) *exportSettings {
	if region := awscdk.Stack_Of(scope).Region(); !report.IsToken(region) && *region != exportRegion {
		errs.Addf("Export", "the stack is in %s: AWS Data Exports is in %s only, so put this construct into a stack there, "+
			"or leave Export out and name the Database and Table of an export that exists", *region, exportRegion)
	}
	e := &exportSettings{name: "cognito-m2m", prefix: "cur2", bucketName: props.BucketName, retention: awscdk.Duration_Days(jsii.Number(730)), removal: awscdk.RemovalPolicy_RETAIN}
	if props.Name != nil {
		e.name = *props.Name
	}
	checkText(errs, "Export.Name", &e.name, func(name string) error {
		return match(exportName, "export name", name, "1 to 128 letters, digits, '-' and '_'")
	})
	if props.Prefix != nil {
		e.prefix = *props.Prefix
	}
	checkText(errs, "Export.Prefix", &e.prefix, func(text string) error {
		return match(prefix, "prefix", text, "1 to 128 letters, digits, '-' and '_', with '/' between them")
	})
	if props.Retention != nil {
		e.retention = props.Retention
		if d, err := report.Duration(props.Retention); err != nil || d < 32*day || d%day != 0 {
			errs.Addf("Export.Retention", "%s is not allowed: use whole days, 32 at least", *props.Retention.ToHumanString())
		}
	}
	if props.RemovalPolicy != "" {
		e.removal = props.RemovalPolicy
	}
	return e
}

func match(pattern *regexp.Regexp, what, got, allowed string) error {
	if !pattern.MatchString(got) {
		return fmt.Errorf("%s %q is not allowed: use %s", what, got, allowed)
	}
	return nil
}

// checkText checks a text that is written into names or queries, so that it must be known at synth.
func checkText(errs *report.Errors, prop string, text *string, check func(string) error) {
	switch {
	case text == nil:
	case report.IsToken(text):
		errs.Addf(prop, "must be known at synth: it becomes a part of names and queries")
	default:
		errs.Add(prop, check(*text))
	}
}
