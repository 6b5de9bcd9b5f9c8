package cognito

import (
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// poolWithoutEffect are a user pool's properties that do not bear on the client-credentials grant.
var poolWithoutEffect = map[string]string{
	"AccountRecoverySetting":      "users recover accounts",
	"AdminCreateUserConfig":       "about creating users",
	"AliasAttributes":             "users sign in by them",
	"AutoVerifiedAttributes":      "about users' attributes",
	"DeletionProtection":          "nothing is deleted here",
	"DeviceConfiguration":         "about users' devices",
	"EmailAuthenticationMessage":  "a message to users",
	"EmailAuthenticationSubject":  "a message to users",
	"EmailConfiguration":          "messages to users",
	"EmailVerificationMessage":    "a message to users",
	"EmailVerificationSubject":    "a message to users",
	"EnabledMfas":                 "users have second factors",
	"MfaConfiguration":            "users have second factors",
	"Policies":                    "about users' passwords and sign-in",
	"Schema":                      "about users' attributes",
	"SmsAuthenticationMessage":    "a message to users",
	"SmsConfiguration":            "messages to users",
	"SmsVerificationMessage":      "a message to users",
	"UserAttributeUpdateSettings": "about users' attributes",
	"UserPoolAddOns":              "threat protection rates users",
	"UserPoolName":                "shown in the console only",
	"UserPoolTags":                "for billing and access control",
	"UserPoolTier":                "all tiers have the grant",
	"UsernameAttributes":          "users sign in by them",
	"UsernameConfiguration":       "users sign in by them",
	"VerificationMessageTemplate": "a message to users",
	"WebAuthnFactorConfiguration": "users have passkeys",
	"WebAuthnRelyingPartyID":      "users have passkeys",
	"WebAuthnUserVerification":    "users have passkeys",
}

// CheckUserPool checks the properties of an AWS::Cognito::UserPool, free of intrinsic functions; path names the resource in errors. None of
// those that are accepted bears on the tokens of machine-to-machine clients.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpool.html
func CheckUserPool(path string, props map[string]any) error {
	o := properties.Read(path, props)
	o.Accept(poolWithoutEffect)
	o.Refuse(map[string]string{
		"LambdaConfig":        "a pre token generation trigger can change every token",
		"IssuerConfiguration": "it is not documented how it changes the iss claim",
		"KeyConfiguration":    "it is not documented which keys it means",
	})
	return o.Err()
}
