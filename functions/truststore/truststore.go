package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/customresource"
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
	if err := customresource.Texts(event, map[string]*string{
		"AssetBucket": &source.bucket, "AssetKey": &source.key, "Bucket": &target.bucket, "Key": &target.key,
	}); err != nil {
		return event.PhysicalResourceID, nil, err
	}
	version, err := t.copy(ctx, source, target)
	if err != nil {
		return target.uri(), nil, fmt.Errorf("copying the truststore %s to %s: %w", source.uri(), target.uri(), err)
	}
	return target.uri(), map[string]any{"VersionId": version}, nil
}

// copy lets S3 copy the object, so that nothing of it comes here.
func (t truststore) copy(ctx context.Context, source, target object) (version string, err error) {
	answer, err := t.s3.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: &target.bucket, Key: &target.key, CopySource: aws.String(source.bucket + "/" + url.PathEscape(source.key)),
		MetadataDirective: types.MetadataDirectiveReplace, ContentType: aws.String("application/x-pem-file"),
	})
	if err != nil {
		return "", err
	}
	// A bucket whose versioning was suspended calls its one version "null".
	if version = aws.ToString(answer.VersionId); version == "" || version == "null" {
		return "", errors.New("the bucket keeps no versions: turn its versioning on, since the domain name is pinned to one")
	}
	return version, nil
}

func (t truststore) delete(ctx context.Context, event cfn.Event) error {
	if event.ResourceProperties["DeleteVersions"] != "true" {
		return nil
	}
	var o object
	if err := customresource.Texts(event, map[string]*string{"Bucket": &o.bucket, "Key": &o.key}); err != nil {
		return err
	}
	for pages := s3.NewListObjectVersionsPaginator(t.s3, &s3.ListObjectVersionsInput{Bucket: &o.bucket, Prefix: &o.key}); pages.HasMorePages(); {
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

// deleteVersions leaves objects alone whose key merely begins with this one's.
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
	answer, err := t.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &o.bucket, Delete: &types.Delete{Objects: own, Quiet: aws.Bool(true)}})
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range answer.Errors {
		errs = append(errs, fmt.Errorf("version %s: %s: %s", aws.ToString(e.VersionId), aws.ToString(e.Code), aws.ToString(e.Message)))
	}
	return errors.Join(errs...)
}
