const { Duration, Stack } = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const actions = require('aws-cdk-lib/aws-cloudwatch-actions');
const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const sources = require('aws-cdk-lib/aws-lambda-event-sources');
const sqs = require('aws-cdk-lib/aws-sqs');
const { newFunction } = require('./function');

const prefix = 'm2m/bench/tenants/';

class CredentialsStack extends Stack {
  constructor(scope, id, { pool, api, header, topic, ...props }) {
    super(scope, id, props);
    this.prefix = prefix;
    this.key = new kms.Key(this, 'Key', { enableKeyRotation: true });
    const logKey = new kms.Key(this, 'LogKey', { enableKeyRotation: true });
    logKey.grantEncryptDecrypt(new iam.ServicePrincipal(`logs.${this.region}.amazonaws.com`));

    const secrets = `arn:aws:secretsmanager:${this.region}:${this.account}:secret:${prefix}*`;
    this.rotation = newFunction(this, 'Rotation', logKey, Duration.minutes(15), { SECRET_PREFIX: prefix, USER_POOL_ID: pool.userPoolId, HEADER_SECRET_ARN: header.secretArn });
    this.rotation.addPermission('SecretsManager', { principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: this.account, sourceArn: secrets });
    const allow = (actions, ...resources) => this.rotation.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
    allow(['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage', 'secretsmanager:RotateSecret', 'secretsmanager:TagResource'], secrets);
    allow(['secretsmanager:ListSecrets'], '*');
    allow(['cognito-idp:DescribeUserPoolClient', 'cognito-idp:ListUserPoolClientSecrets', 'cognito-idp:AddUserPoolClientSecret', 'cognito-idp:DeleteUserPoolClientSecret'], pool.userPoolArn);
    new events.Rule(this, 'Sweep', { schedule: events.Schedule.rate(Duration.hours(1)), targets: [new targets.LambdaFunction(this.rotation)] });
    new events.Rule(this, 'TenantsDeployed', {
      eventPattern: { source: ['aws.cloudformation'], detailType: ['CloudFormation Stack Status Change'] },
      targets: [new targets.LambdaFunction(this.rotation)],
    });

    const queue = new sqs.Queue(this, 'Changes', {
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: { queue: new sqs.Queue(this, 'DeadLetters', { enforceSSL: true }), maxReceiveCount: 3 },
    });
    new events.Rule(this, 'Revoked', {
      eventPattern: { source: ['aws.cognito-idp'], detailType: ['AWS API Call via CloudTrail'] },
      targets: [new targets.SqsQueue(queue)],
    });
    const flush = newFunction(this, 'Flush', logKey, Duration.minutes(1), { REST_API_ID: api.restApiId });
    flush.addEventSource(new sources.SqsEventSource(queue, { maxBatchingWindow: Duration.minutes(5), batchSize: 1000 }));
    for (const [name, metric] of Object.entries({
      RotationErrors: this.rotation.metricErrors(), RotationThrottles: this.rotation.metricThrottles(), RotationDuration: this.rotation.metricDuration(),
      RotationInvocations: this.rotation.metricInvocations(), FlushErrors: flush.metricErrors(), FlushThrottles: flush.metricThrottles(),
      OldestChange: queue.metricApproximateAgeOfOldestMessage(), ChangesLeft: queue.metricApproximateNumberOfMessagesVisible(),
    })) {
      new cloudwatch.Alarm(this, `${name}Alarm`, { metric, threshold: 1, evaluationPeriods: 1 }).addAlarmAction(new actions.SnsAction(topic));
    }
  }
}

module.exports = { CredentialsStack };
