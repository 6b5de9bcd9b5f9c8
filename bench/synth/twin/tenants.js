const { createHash } = require('node:crypto');
const { CfnOutput, Duration, SecretValue, Stack, Tags } = require('aws-cdk-lib');
const cognito = require('aws-cdk-lib/aws-cognito');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const { Construct } = require('constructs');

// With TWIN_KEY=construct, secrets get the key's construct in the place of an import of it: each then adds its grants to the key's policy.
const importKey = process.env.TWIN_KEY !== 'construct';

class TenantsStack extends Stack {
  constructor(scope, id, { pool, credentials, tenants, ...props }) {
    super(scope, id, props);
    const key = importKey ? kms.Key.fromKeyArn(this, 'Key', credentials.key.keyArn) : credentials.key;
    for (const tenant of tenants) {
      new Tenant(this, tenant.id, { pool, credentials, key, tenant });
    }
  }
}

class Tenant extends Construct {
  constructor(scope, id, { pool, credentials, key, tenant }) {
    super(scope, id);
    const scopes = tenant.scopes.map((name) => cognito.OAuthScope.custom(name));
    if (tenant.ownScopes) {
      const own = tenant.ownScopes.map((name) => new cognito.ResourceServerScope({ scopeName: name, scopeDescription: `${name} of ${id}` }));
      const server = new cognito.UserPoolResourceServer(this, 'ResourceServer', { userPool: pool, identifier: `tenant-${id}`, scopes: own });
      scopes.push(...own.map((s) => cognito.OAuthScope.resourceServer(server, s)));
    }
    const client = new cognito.UserPoolClient(this, 'Client', {
      userPool: pool,
      userPoolClientName: id,
      generateSecret: true,
      oAuth: { flows: { clientCredentials: true }, scopes },
      accessTokenValidity: Duration.minutes(tenant.validityMinutes),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
    const secret = new secretsmanager.Secret(this, 'Secret', {
      secretName: credentials.prefix + id,
      description: `Credentials of tenant ${id}, written by their rotation only`,
      encryptionKey: key,
      secretStringValue: SecretValue.unsafePlainText('{"placeholder":true}'),
    });
    Tags.of(secret).add('m2m:tenant', id);
    Tags.of(secret).add('m2m:client-id', client.userPoolClientId);
    Tags.of(secret).add('m2m:scopes', digest(tenant.scopes.join(' ')).toString('hex').slice(0, 32));
    // The L2 has no cron expression.
    const hash = digest(id);
    new secretsmanager.CfnRotationSchedule(this, 'RotationSchedule', {
      secretId: secret.secretArn,
      rotationLambdaArn: credentials.rotation.functionArn,
      rotateImmediatelyOnUpdate: false,
      rotationRules: { scheduleExpression: `cron(0 ${hash[0] % 24} ${1 + (hash[1] % 28)} * ? *)`, duration: '1h' },
    });
    if (tenant.readers) {
      secret.addToResourcePolicy(new iam.PolicyStatement({
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        principals: tenant.readers.map((reader) => (reader.startsWith('arn:') ? new iam.ArnPrincipal(reader) : new iam.AccountPrincipal(reader))),
        resources: ['*'],
      }));
    }
    new CfnOutput(this, 'ClientId', { description: `client_id of tenant ${id}`, value: client.userPoolClientId });
  }
}

function digest(text) {
  return createHash('sha256').update(text).digest();
}

module.exports = { TenantsStack };
