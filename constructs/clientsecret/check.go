package clientsecret

import (
	"math"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// settings are the props with defaults filled in, after the check.
type settings struct {
	SecretRotationProps
	sweepInterval time.Duration
	bounds        rotation.Config
}

const defaultSweepInterval = time.Hour

// check notes every mistake in props and returns settings that can be built in spite of it.
func (props SecretRotationProps) check(errs *report.Errors) settings {
	s := settings{SecretRotationProps: props, sweepInterval: defaultSweepInterval, bounds: rotation.DefaultConfig()}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	if s.Cadence == "" {
		s.Cadence = awslimits.DefaultCadence
	}
	errs.Text("SecretPrefix", s.SecretPrefix, awslimits.SecretPrefix)
	if s.OrganizationID != nil {
		errs.Text("OrganizationID", s.OrganizationID, awslimits.OrganizationID)
	}
	s.checkReaders(errs)
	if n := s.ReservedConcurrency; n != nil {
		if *n == 0 || *n != math.Trunc(*n) {
			errs.Addf("ReservedConcurrency", "%v is not allowed: use a whole number from 2, or leave it out to reserve none", *n)
		} else {
			errs.Add("ReservedConcurrency", awslimits.ReservedConcurrency(int(*n)))
		}
	}
	s.checkTimes(errs)
	return s
}

func (s *settings) checkTimes(errs *report.Errors) {
	if err := awslimits.Cadence(string(s.Cadence)); err != nil {
		errs.Add("Cadence", err)
		s.Cadence = awslimits.DefaultCadence
	}
	b := &s.bounds
	b.Interval = cadences[s.Cadence].longest + awslimits.RotationWindow
	b.Grace = min(awslimits.DefaultClientSecretGrace, cadences[s.Cadence].shortest/2)
	errs.Duration("Grace", s.Grace, &b.Grace, nil)
	errs.Duration("StuckLimit", s.StuckLimit, &b.StuckLimit, nil)
	errs.Duration("SweepInterval", s.SweepInterval, &s.sweepInterval, awslimits.SweepInterval)
	if most := cadences[s.Cadence].shortest - awslimits.RotationWindow; b.StuckLimit >= most {
		errs.Addf("StuckLimit", "%v is not allowed with %s rotation: use less than %v, the shortest time between two rotations: a stuck one "+
			"would stop the next", b.StuckLimit, s.Cadence, most)
	}
	if err := awslimits.ClientSecretGrace(b.Grace, string(s.Cadence)); err != nil {
		errs.Add("Grace", err)
		return
	}
	errs.Add("StuckLimit", b.Validate())
}

// checkReaders keeps the accounts that are right, each once.
func (s *settings) checkReaders(errs *report.Errors) {
	if n := len(s.ReaderAccounts); n > awslimits.MaxReaderAccounts {
		errs.Addf("ReaderAccounts", "%d accounts are too many: use up to %d, or OrganizationID", n, awslimits.MaxReaderAccounts)
	}
	s.ReaderAccounts = *jsii.Strings(errs.Texts("ReaderAccounts", s.ReaderAccounts, awslimits.AccountID)...)
}
