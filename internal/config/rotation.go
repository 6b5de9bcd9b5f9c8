package config

import (
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func rotation(raw rawRotation, problems *Problems) Rotation {
	r := Rotation{
		Interval:            optional(raw.Interval, awslimits.DefaultRotationInterval, awslimits.RotationInterval, problems),
		WAFBound:            optional(raw.WAFBound, 2*time.Minute, awslimits.PropagationBound, problems),
		StageBound:          optional(raw.StageBound, 2*time.Minute, awslimits.PropagationBound, problems),
		Grace:               orDefault(raw.Grace, time.Hour),
		ReservedConcurrency: orDefault(raw.ReservedConcurrency, true),
		Trail:               orDefault(raw.Trail, false),
		AlarmTopicARN:       optional(raw.AlarmTopicARN, "", awslimits.TopicARN, problems),
	}
	if raw.Grace.state != broken && raw.Interval.state != broken && raw.WAFBound.state != broken && raw.StageBound.state != broken {
		if err := awslimits.RotationGrace(r.Grace, r.Interval, r.WAFBound, r.StageBound); err != nil {
			problems.at(raw.Grace.place, "%v", err)
		}
	}
	return r
}

// trailed makes use of monitoring's trail: the rotations' failure events come through it.
func trailed(raw *rawEnvironment, env *Environment, problems *Problems) {
	if env.Monitoring == nil || env.Monitoring.Trail == nil {
		return
	}
	if setting := raw.OriginHeader.Rotation.Trail; setting.state == given && !setting.got {
		problems.at(setting.place, "false, but monitoring has a trail: remove one of the two")
	}
	env.Rotation.Trail = true
}
