// Writes types.json, the table of what CloudFormation replaces, from AWS's own model of its resource types. From the root of the repository:
//
//   npm ci --prefix internal/lifecycle/generate
//   node internal/lifecycle/generate/generate.js
//
// A line is a resource type:
//
//   replaces  properties whose change makes CloudFormation create a new resource and delete the old one
//   id        properties that together identify the resource, if all of its identifier is up to the template
//   ref       the property that Ref returns, if it is one
//   stateful  true if the resource holds data
import {writeFileSync} from 'node:fs';
import {loadAwsServiceSpecSync} from '@aws-cdk/aws-service-spec';

// Services of the app, of its examples, and of what an app with them is likely to have.
const services = new Set(('ApiGateway ApiGatewayV2 Athena BCMDataExports Budgets CertificateManager CloudFront CloudTrail CloudWatch Cognito DynamoDB ' +
  'Events Glue IAM KMS Lambda Logs Pipes ResourceGroups Route53 S3 SNS SQS SSM Scheduler SecretsManager StepFunctions Synthetics VerifiedPermissions ' +
  'WAFv2 XRay').split(' '));

const db = loadAwsServiceSpecSync();

// nested returns the type definitions of a property's type.
function nested(type) {
  switch (type.type) {
    case 'ref': return [type.reference.$ref];
    case 'array': case 'map': return nested(type.element);
    case 'union': return type.types.flatMap(nested);
    default: return [];
  }
}

// replacing returns the paths of properties whose change replaces the resource, or may. Definitions that contain themselves end at the second.
function replacing(properties, prefix, seen) {
  return Object.entries(properties).flatMap(([name, property]) => {
    if ((property.causesReplacement ?? 'no') !== 'no') return [prefix + name];
    return nested(property.type).filter(d => !seen.includes(d))
      .flatMap(d => replacing(db.get('typeDefinition', d).properties, prefix + name + '.', [...seen, d]));
  });
}

function describe(resource) {
  const own = name => name in resource.properties;
  const id = resource.primaryIdentifier ?? [], ref = resource.cfnRefIdentifier ?? id;
  const extra = (resource.additionalReplacementProperties ?? []).map(path => path.join('.'));
  const replaces = [...new Set([...replacing(resource.properties, '', []), ...extra])].sort();
  return {
    ...(replaces.length && {replaces}),
    ...(id.length && id.every(own) && {id}),
    ...(ref.length === 1 && own(ref[0]) && {ref: ref[0]}),
    ...(resource.isStateful && {stateful: true}),
  };
}

const lines = [...db.all('resource')]
  .filter(resource => services.has(resource.cloudFormationType.split('::')[1]))
  .sort((a, b) => a.cloudFormationType < b.cloudFormationType ? -1 : 1)
  .map(resource => `${JSON.stringify(resource.cloudFormationType)}:${JSON.stringify(describe(resource))}`);
writeFileSync(new URL('../types.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
