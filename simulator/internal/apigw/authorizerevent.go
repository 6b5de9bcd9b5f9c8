package apigw

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// invoke runs the authorizer's function. One that panics fails, as on AWS.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
func (s *Stage) invoke(req *request, rt *route) (response events.APIGatewayCustomAuthorizerResponse, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the authorizer's function panicked: %v", cause)
		}
	}()
	a := rt.authorizer
	if a.token {
		return a.function.Token(req.http.Context(), events.APIGatewayCustomAuthorizerRequest{
			Type: "TOKEN", AuthorizationToken: a.sources[0].value(req), MethodArn: req.methodARN,
		})
	}
	return a.function.Request(req.http.Context(), s.requestEvent(req, rt))
}

// requestEvent has header names as net/http spells them. A function must not rely on their case.
func (s *Stage) requestEvent(req *request, rt *route) events.APIGatewayCustomAuthorizerRequestTypeRequest {
	event := events.APIGatewayCustomAuthorizerRequestTypeRequest{
		Type: "REQUEST", MethodArn: req.methodARN, Resource: rt.path, Path: req.arrival.BasePath + req.arrival.Path, HTTPMethod: req.http.Method,
		Headers: map[string]string{"Host": req.http.Host}, MultiValueHeaders: map[string][]string{"Host": {req.http.Host}},
		QueryStringParameters: map[string]string{}, MultiValueQueryStringParameters: map[string][]string{},
		PathParameters: req.parameters, StageVariables: req.variables,
		RequestContext: events.APIGatewayCustomAuthorizerRequestTypeRequestContext{
			Path: req.http.URL.Path, AccountID: s.config.AccountID, ResourceID: rt.resourceID, Stage: s.Name, RequestID: req.log.requestID,
			ResourcePath: rt.path, HTTPMethod: req.http.Method, APIID: s.APIID,
			Identity: events.APIGatewayCustomAuthorizerRequestTypeRequestIdentity{
				APIKey: req.http.Header.Get("X-Api-Key"), SourceIP: req.arrival.SourceIP.String(),
				ClientCert: clientCertificate(req.arrival.ClientCertificate),
			},
		},
	}
	for name, values := range req.http.Header {
		event.Headers[name], event.MultiValueHeaders[name] = last(values), values
	}
	for name, values := range req.query {
		event.QueryStringParameters[name], event.MultiValueQueryStringParameters[name] = last(values), values
	}
	return event
}

func clientCertificate(c *x509.Certificate) events.APIGatewayCustomAuthorizerRequestTypeRequestIdentityClientCert {
	if c == nil {
		return events.APIGatewayCustomAuthorizerRequestTypeRequestIdentityClientCert{}
	}
	const format = "Jan _2 15:04:05 2006 GMT"
	return events.APIGatewayCustomAuthorizerRequestTypeRequestIdentityClientCert{
		ClientCertPem: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
		IssuerDN:      c.Issuer.String(), SubjectDN: c.Subject.String(), SerialNumber: c.SerialNumber.String(),
		Validity: events.APIGatewayCustomAuthorizerRequestTypeRequestIdentityClientCertValidity{
			NotBefore: c.NotBefore.In(time.UTC).Format(format), NotAfter: c.NotAfter.In(time.UTC).Format(format),
		},
	}
}
