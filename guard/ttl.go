package guard

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// cacheTTLs checks the TTL of every cached method against the access-token validity of every app client, in whichever stacks they are.
func cacheTTLs(templates map[string]Template) []error {
	var errs []error
	clients := validities(templates)
	if len(clients) == 0 {
		return nil
	}
	for _, stack := range slices.Sorted(maps.Keys(templates)) {
		for _, id := range slices.Sorted(maps.Keys(templates[stack].Resources)) {
			r := templates[stack].Resources[id]
			if r.Type != "AWS::ApiGateway::Stage" {
				continue
			}
			for _, item := range list(r.Properties, "MethodSettings") {
				setting, _ := item.(map[string]any)
				ttl, ok := setting["CacheTtlInSeconds"].(float64)
				if setting["CachingEnabled"] != true || !ok || ttl < 1 {
					continue
				}
				if _, err := awslimits.CacheTTL(time.Duration(ttl)*time.Second, clients); err != nil {
					errs = append(errs, fmt.Errorf("stack %s: %s %s: %w", stack, r.Type, id, err))
				}
			}
		}
	}
	return errs
}

func validities(templates map[string]Template) []awslimits.ClientValidity {
	units := map[any]time.Duration{"seconds": time.Second, "minutes": time.Minute, nil: time.Hour, "hours": time.Hour, "days": 24 * time.Hour}
	var all []awslimits.ClientValidity
	for _, stack := range slices.Sorted(maps.Keys(templates)) {
		for _, id := range slices.Sorted(maps.Keys(templates[stack].Resources)) {
			r := templates[stack].Resources[id]
			if r.Type != "AWS::Cognito::UserPoolClient" {
				continue
			}
			validity := awslimits.DefaultAccessTokenValidity
			if n, ok := r.Properties["AccessTokenValidity"].(float64); ok {
				validity = time.Duration(n * float64(units[section(r.Properties, "TokenValidityUnits")["AccessToken"]]))
			}
			all = append(all, awslimits.ClientValidity{Client: fmt.Sprint(r.Properties["ClientName"]), Validity: validity})
		}
	}
	return all
}
