package houserules

import (
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// trail wants what makes a trail tell of token requests, and tell the truth: management events that write, encrypted files with digests,
// and no values of the origin header in its log group.
func (w *watch) trail(r *templates.Resource) {
	for _, on := range []string{"IsLogging", "EnableLogFileValidation"} {
		if r.Properties[on] != true {
			w.addf("%s is %v: want true", on, r.Properties[on])
		}
	}
	if r.Properties["KMSKeyId"] == nil {
		w.addf("has no KMSKeyId: its files are not encrypted with a customer managed key")
	}
	if !slices.ContainsFunc(templates.List(r.Properties, "EventSelectors"), takesTokenRequests) {
		w.addf("EventSelectors take no management events that write: requests for tokens are among those")
	}
	for _, log := range r.Mentions(r.Properties["CloudWatchLogsLogGroupArn"]) {
		if templates.Section(log.Properties, "DataProtectionPolicy") == nil {
			w.addf("delivers to %s, which has no DataProtectionPolicy: "+
				"UpdateStage and UpdateRegexPatternSet are recorded with values of the origin header", log.ID)
		}
	}
}

func takesTokenRequests(selector any) bool {
	s := templates.Section(selector)
	readWrite, there := s["ReadWriteType"]
	return s["IncludeManagementEvents"] != false && (!there || readWrite == "All" || readWrite == "WriteOnly")
}
