package awslimits_test

import (
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func TestRules_gatewayDomains(t *testing.T) {
	const certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c"
	for _, test := range []struct {
		rule             string
		check            func(string) error
		allowed, refused []string
	}{
		{"RegionalCertificate", func(arn string) error { return awslimits.RegionalCertificate(arn, "eu-west-1") },
			[]string{certificate, "arn:aws-us-gov:acm:eu-west-1:111122223333:certificate/0f1e"},
			[]string{"", "arn:aws:acm:us-east-1:111122223333:certificate/0f1e", "arn:aws:iam::111122223333:server-certificate/a",
				certificate + "/x"}},
		{"RegionalCertificate of a Region not known", func(arn string) error { return awslimits.RegionalCertificate(arn, "") },
			[]string{certificate, "arn:aws:acm:us-east-1:111122223333:certificate/0f1e"}, []string{"certificate"}},
		{"HostedZone id", func(id string) error { return awslimits.HostedZone(id, "example.com", "token.example.com") },
			[]string{"Z2FDTNDATAQYW2", "Z1"}, []string{"", "Z", "z1", "/hostedzone/Z1", times("Z", 33)}},
		{"HostedZone name", func(name string) error { return awslimits.HostedZone("Z1", name, "token.example.com") },
			[]string{"example.com", "token.example.com", "com"}, []string{"", "ken.example.com", "example.org", "a.token.example.com",
				"example.com."}},
	} {
		t.Run(test.rule, func(t *testing.T) { expect(t, test.check, test.allowed, test.refused) })
	}
}
