package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// patternSet is the regional WAFv2 regex pattern set of accepted values.
type patternSet struct {
	client   *wafv2.Client
	id, name string
}

var _ header.PatternSet = patternSet{}

func (p patternSet) Get(ctx context.Context) (header.AcceptedSet, error) {
	out, err := p.client.GetRegexPatternSet(ctx, &wafv2.GetRegexPatternSetInput{Id: &p.id, Name: &p.name, Scope: types.ScopeRegional})
	if err != nil {
		return header.AcceptedSet{}, redact.Error(err)
	}
	if out.RegexPatternSet == nil {
		return header.AcceptedSet{}, fmt.Errorf("the answer has no regex pattern set %s", p.name)
	}
	set := header.AcceptedSet{LockToken: aws.ToString(out.LockToken), Description: aws.ToString(out.RegexPatternSet.Description)}
	for _, regex := range out.RegexPatternSet.RegularExpressionList {
		if v, ok := header.FromPattern(aws.ToString(regex.RegexString)); ok {
			set.Values = append(set.Values, v)
		} else {
			set.Foreign = append(set.Foreign, header.ValueOf(aws.ToString(regex.RegexString)))
		}
	}
	return set, nil
}

func (p patternSet) Update(ctx context.Context, set header.AcceptedSet) error {
	in := &wafv2.UpdateRegexPatternSetInput{
		Id: &p.id, Name: &p.name, Scope: types.ScopeRegional, LockToken: &set.LockToken, RegularExpressionList: []types.Regex{},
	}
	if set.Description != "" {
		in.Description = &set.Description
	}
	for _, v := range set.Values {
		in.RegularExpressionList = append(in.RegularExpressionList, types.Regex{RegexString: aws.String(v.Pattern())})
	}
	for _, pattern := range set.Foreign {
		in.RegularExpressionList = append(in.RegularExpressionList, types.Regex{RegexString: aws.String(pattern.Plaintext())})
	}
	_, err := p.client.UpdateRegexPatternSet(ctx, in)
	if stale := (*types.WAFOptimisticLockException)(nil); errors.As(err, &stale) {
		return errors.Join(header.ErrStaleLock, redact.Error(err))
	}
	return redact.Error(err)
}
