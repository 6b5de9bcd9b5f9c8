// The app's infrastructure in JavaScript, written as one does with CDK's L2 constructs: node twin/app.js TENANTS.JSON
const fs = require('node:fs');
const { App, Tags } = require('aws-cdk-lib');
const { CredentialsStack } = require('./credentials');
const { GatewayStack } = require('./gateway');
const { IdentityStack } = require('./identity');
const { TenantsStack } = require('./tenants');

const app = new App();
for (const [key, value] of Object.entries({ team: 'platform-identity', 'cost-center': '4410', 'data-classification': 'confidential' })) {
  Tags.of(app).add(key, value);
}
const props = { env: { account: '111122223333', region: 'eu-west-1' }, terminationProtection: true };
const { pool, domain } = new IdentityStack(app, 'm2m-bench-identity', props);
const { api, header, topic } = new GatewayStack(app, 'm2m-bench-gateway', { ...props, pool, domain });
const credentials = new CredentialsStack(app, 'm2m-bench-credentials', { ...props, pool, api, header, topic });
for (const file of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
  new TenantsStack(app, `m2m-bench-tenants-${file.name}`, { ...props, pool, credentials, tenants: file.tenants });
}
app.synth();
