package usageplan

import (
	"crypto/rand"
	"fmt"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/throttle"
)

// AddKey adds an AWS::ApiGateway::ApiKey; id is what Ref gives for it, and path names the resource in errors, which never show a value.
func (k *Keys) AddKey(path, id string, props map[string]any) error {
	o := properties.Read(path, props)
	o.Accept(map[string]string{"Description": "a comment", "Tags": "for billing and access control",
		"GenerateDistinctId": "no key's id is its value here"})
	o.Refuse(map[string]string{"StageKeys": "usage plans came in their place", "CustomerId": "it is for AWS Marketplace"})
	added := &key{Key: Key{ID: id, Name: o.Text("Name"), Value: o.Text("Value")}, enabled: o.Bool("Enabled"), members: map[string]*member{}}
	if !o.Has("Value") {
		added.Value = rand.Text() + rand.Text()
	}
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
	if n := len(added.Value); n < 20 || n > 128 {
		o.Errorf("Value", "has %d characters, want 20 to 128", n)
	}
	if other, taken := k.byValue[added.Value]; taken {
		o.Errorf("Value", "is the value of key %s, too", other.ID)
	}
	k.keys[id], k.byValue[added.Value] = added, added
	return o.Err()
}

// AddPlan adds an AWS::ApiGateway::UsagePlan.
func (k *Keys) AddPlan(path, id string, props map[string]any) error {
	o := properties.Read(path, props)
	o.Accept(map[string]string{"Description": "a comment", "Tags": "for billing and access control"})
	added := &plan{name: o.Text("UsagePlanName")}
	for _, s := range o.Objects("ApiStages") {
		s.Require("ApiId", "Stage")
		if t := s.Object("Throttle"); t != nil && len(t.Keys()) > 0 {
			s.Errorf("Throttle", "is not simulated: give the plan one throttle for all methods")
			continue
		}
		added.stages = append(added.stages, stageKey(s.Text("ApiId"), s.Text("Stage")))
	}
	if t := o.Object("Throttle"); t != nil {
		t.Require("RateLimit", "BurstLimit")
		added.throttles, added.rate, added.burst = true, t.Number("RateLimit", 0), t.Number("BurstLimit", 0)
	}
	if q := o.Object("Quota"); q != nil {
		q.Require("Limit", "Period")
		added.quota, added.period = q.Int("Limit", 1, 1<<40, 1), q.OneOf("Period", "DAY", "WEEK", "MONTH")
		q.Int("Offset", 0, 0, 0)
	}
	k.plans[id] = added
	return o.Err()
}

// AddToPlan adds an AWS::ApiGateway::UsagePlanKey. Its plan and its key must be there.
func (k *Keys) AddToPlan(path string, props map[string]any) error {
	o := properties.Read(path, props)
	o.Require("KeyId", "KeyType", "UsagePlanId")
	o.OneOf("KeyType", "API_KEY")
	added, of := k.keys[o.Text("KeyId")], k.plans[o.Text("UsagePlanId")]
	if added == nil {
		o.Errorf("KeyId", "got %q, which is no API key of the assembly", o.Text("KeyId"))
	}
	if of == nil {
		o.Errorf("UsagePlanId", "got %q, which is no usage plan of the assembly", o.Text("UsagePlanId"))
	}
	if err := o.Err(); err != nil {
		return err
	}
	for _, stage := range of.stages {
		if other, taken := added.members[stage]; taken {
			return fmt.Errorf("%s: the key is in the plans %q and %q for the same stage: AWS allows one", path, other.plan.name, of.name)
		}
		m := &member{plan: of}
		if of.throttles {
			m.bucket = throttle.New(of.rate, of.burst, k.clock)
		}
		added.members[stage] = m
	}
	return nil
}
