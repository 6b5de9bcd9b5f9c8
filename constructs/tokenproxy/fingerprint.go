package tokenproxy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
)

// fingerprint is another text whenever the stage's properties are others. One of them refers to the deployment, whose logical ID is another
// one whenever the API has changed. It is made when the app is synthesized, after all code and all aspects that may change the stage.
//
// A hash, since the properties hold a dynamic reference to a secret, which has no place in a custom resource.
func fingerprint(stage awsapigateway.CfnStage) *string {
	return awscdk.Lazy_UncachedString(&producer{stage}, nil)
}

// producer is called by jsii, which takes pointers only.
type producer struct {
	stage awsapigateway.CfnStage
}

var _ awscdk.IStringProducer = (*producer)(nil)

func (p *producer) Produce(awscdk.IResolveContext) *string {
	rendered, err := json.Marshal(p.stage.Stack().Resolve(p.stage.CfnProperties()))
	if err != nil {
		panic("tokenproxy: " + err.Error()) // What CDK resolved came from JSON.
	}
	sum := sha256.Sum256(rendered)
	text := hex.EncodeToString(sum[:16])
	return &text
}
