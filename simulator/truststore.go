package simulator

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
)

// truststoreVersion is the version of the S3 object that a Custom::Truststore puts in place.
func truststoreVersion(r *assembly.Resource) string { return token(r.Path()+" version", 32) }

// truststore gives the PEM of a custom domain's truststore: the Options', or what the custom resource puts in place whose version the
// domain pins.
func (s *System) truststore(uri, version string) ([]byte, error) {
	if s.options.Truststore != nil {
		return s.options.Truststore, nil
	}
	for _, r := range s.assembly.OfType(truststoreType) {
		if version == truststoreVersion(r) {
			return s.putTruststore(r, uri)
		}
	}
	return nil, fmt.Errorf("version %q is of no %s of the assembly: give the truststore to Options.Truststore", version, truststoreType)
}

// putTruststore reads what a Custom::Truststore puts in place. Of its properties one is the object key of an asset of the assembly, and one
// the bucket that the domain looks in; their names are the custom resource's own business.
func (s *System) putTruststore(r *assembly.Resource, uri string) ([]byte, error) {
	properties, err := s.assembly.Resolve(r, values{s})
	if err != nil {
		return nil, err
	}
	bucket, _, isS3 := strings.Cut(strings.TrimPrefix(uri, "s3://"), "/")
	var pem []byte
	hasBucket := false
	for _, value := range properties {
		text, isText := value.(string)
		if !isText {
			continue
		}
		hasBucket = hasBucket || text == bucket
		content, err := s.assembly.File(text)
		switch {
		case errors.Is(err, assembly.ErrNoAsset):
		case err != nil:
			return nil, fmt.Errorf("%s: %w", r.Path(), err)
		case pem != nil:
			return nil, fmt.Errorf("%s: two properties name assets, want one, the truststore", r.Path())
		default:
			pem = content
		}
	}
	switch {
	case pem == nil:
		return nil, fmt.Errorf("%s: no property is the object key of a file asset of the assembly", r.Path())
	case !isS3 || !hasBucket:
		return nil, fmt.Errorf("%s puts nothing into the bucket of %s", r.Path(), uri)
	}
	return pem, nil
}
