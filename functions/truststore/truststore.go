package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/cfnresponse"
)

type truststore struct {
	s3 *s3.Client
}

type object struct {
	bucket, key string
}

func (o object) uri() string { return "s3://" + o.bucket + "/" + o.key }

func (t truststore) handle(ctx context.Context, event cfn.Event) (id string, data map[string]any, err error) {
	if event.RequestType == cfn.RequestDelete {
		return event.PhysicalResourceID, nil, t.delete(ctx, event)
	}
	var source, target object
	var digest string
	if err := cfnresponse.Texts(event, map[string]*string{
		"AssetBucket": &source.bucket, "AssetKey": &source.key, "Bucket": &target.bucket, "Key": &target.key, "SHA256": &digest,
	}); err != nil {
		return event.PhysicalResourceID, nil, err
	}
	version, err := t.copy(ctx, source, target, digest)
	if err != nil {
		return target.uri(), nil, fmt.Errorf("copying the truststore %s to %s: %w", source.uri(), target.uri(), err)
	}
	return target.uri(), map[string]any{"VersionId": version}, nil
}

// maxSize is much larger than a truststore of a thousand certificates, the most that API Gateway allows.
const maxSize = 16 << 20

// copy writes the content that it has verified. S3's own CopyObject could copy a file that was replaced meanwhile.
func (t truststore) copy(ctx context.Context, source, target object, digest string) (version string, err error) {
	content, err := t.read(ctx, source)
	if err != nil {
		return "", err
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != digest {
		return "", fmt.Errorf("its SHA-256 is %x, but that of the file at synth was %s: the file was replaced after the synth; "+
			"find out why, and publish the assets again", sum, digest)
	}
	answer, err := t.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &target.bucket, Key: &target.key, Body: bytes.NewReader(content), ContentType: aws.String("application/x-pem-file"),
	})
	if err != nil {
		return "", err
	}
	// The version ID "null" means that versioning is suspended.
	if version = aws.ToString(answer.VersionId); version == "" || version == "null" {
		return "", errors.New("the bucket keeps no versions: turn its versioning on, because the domain name is pinned to a version")
	}
	return version, nil
}

func (t truststore) read(ctx context.Context, o object) ([]byte, error) {
	answer, err := t.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.bucket, Key: &o.key})
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	return io.ReadAll(io.LimitReader(answer.Body, maxSize))
}

func (t truststore) delete(ctx context.Context, event cfn.Event) error {
	if event.ResourceProperties["DeleteVersions"] != "true" {
		return nil
	}
	var o object
	if err := cfnresponse.Texts(event, map[string]*string{"Bucket": &o.bucket, "Key": &o.key}); err != nil {
		return err
	}
	pages := s3.NewListObjectVersionsPaginator(t.s3, &s3.ListObjectVersionsInput{Bucket: &o.bucket, Prefix: &o.key})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if gone := smithy.APIError(nil); errors.As(err, &gone) && gone.ErrorCode() == "NoSuchBucket" {
			return nil
		}
		if err == nil {
			err = t.deleteVersions(ctx, o, page)
		}
		if err != nil {
			return fmt.Errorf("deleting the versions of the truststore %s: %w", o.uri(), err)
		}
	}
	return nil
}

// deleteVersions keeps objects with a longer key that begins with this object's key.
func (t truststore) deleteVersions(ctx context.Context, o object, page *s3.ListObjectVersionsOutput) error {
	var own []types.ObjectIdentifier
	for _, v := range page.Versions {
		if *v.Key == o.key {
			own = append(own, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
	}
	for _, m := range page.DeleteMarkers {
		if *m.Key == o.key {
			own = append(own, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
	}
	if len(own) == 0 {
		return nil
	}
	answer, err := t.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &o.bucket, Delete: &types.Delete{Objects: own, Quiet: aws.Bool(true)},
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range answer.Errors {
		errs = append(errs, fmt.Errorf("version %s: %s: %s", aws.ToString(e.VersionId), aws.ToString(e.Code), aws.ToString(e.Message)))
	}
	return errors.Join(errs...)
}
