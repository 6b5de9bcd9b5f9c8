package awslimits_test

import (
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func TestRules_arns(t *testing.T) {
	const function = "arn:aws:lambda:eu-west-1:111122223333:function:authorizer"
	bind := func(rule func(arn, of string) error, of string) func(string) error {
		return func(arn string) error { return rule(arn, of) }
	}
	for _, test := range []struct {
		rule             string
		check            func(string) error
		allowed, refused []string
	}{
		{"FunctionARN", awslimits.FunctionARN,
			[]string{function, function + ":live", function + ":7", function + ":$LATEST",
				"arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:A-z_0"},
			[]string{"", "authorizer", function + ":", function + ":a:b", function + ":$OLDEST",
				"arn:aws:lambda:eu-west-1:111122223333:layer:authorizer",
				"arn:aws:lambda:eu-west-1:1111:function:authorizer", "arn:aws:lambda:eu-west-1:111122223333:function:a b"}},
		{"InAccount", bind(awslimits.InAccount, "111122223333"), []string{function},
			[]string{"arn:aws:lambda:eu-west-1:444455556666:function:authorizer"}},
		{"InAccount of one not known", bind(awslimits.InAccount, ""), []string{function}, nil},
		{"InRegion", bind(awslimits.InRegion, "eu-west-1"), []string{function},
			[]string{"arn:aws:lambda:us-east-1:111122223333:function:authorizer"}},
		{"InRegion of one not known", bind(awslimits.InRegion, ""), []string{function}, nil},
		{"InPartition", bind(awslimits.InPartition, "cn-north-1"), []string{"arn:aws-cn:iam::111122223333:role/a"},
			[]string{"arn:aws:iam::111122223333:role/a"}},
		{"InPartition of one not known", bind(awslimits.InPartition, ""), []string{"arn:aws-cn:iam::111122223333:role/a"}, nil},
		{"TruststoreName", awslimits.TruststoreName,
			[]string{"a.pem", "truststore.pem", "_Clients-2026.pem", "a..pem"},
			[]string{"", ".pem", "..", "pem", "a.PEM", "a.pem ", "a/b.pem", `a\b.pem`, "../a.pem", "/a.pem", ".a.pem", "-a.pem", "a\n.pem"}},
	} {
		t.Run(test.rule, func(t *testing.T) { expect(t, test.check, test.allowed, test.refused) })
	}
}
