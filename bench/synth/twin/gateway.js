const { Duration, Stack } = require('aws-cdk-lib');
const apigateway = require('aws-cdk-lib/aws-apigateway');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const actions = require('aws-cdk-lib/aws-cloudwatch-actions');
const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const logs = require('aws-cdk-lib/aws-logs');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const sns = require('aws-cdk-lib/aws-sns');
const wafv2 = require('aws-cdk-lib/aws-wafv2');
const { newFunction } = require('./function');

class GatewayStack extends Stack {
  constructor(scope, id, { pool, domain, ...props }) {
    super(scope, id, props);
    const logKey = new kms.Key(this, 'LogKey', { enableKeyRotation: true });
    logKey.grantEncryptDecrypt(new iam.ServicePrincipal(`logs.${this.region}.amazonaws.com`));
    this.header = new secretsmanager.Secret(this, 'OriginHeader', {
      encryptionKey: new kms.Key(this, 'HeaderKey', { enableKeyRotation: true }),
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    this.topic = new sns.Topic(this, 'Alarms', { masterKey: new kms.Key(this, 'TopicKey', { enableKeyRotation: true }), enforceSSL: true });
    this.addWebACL(pool);
    this.addAPI(domain, logKey);
    this.addRotation(logKey);
  }

  addWebACL(pool) {
    const set = new wafv2.CfnRegexPatternSet(this, 'AcceptedValues', {
      scope: 'REGIONAL',
      regularExpressionList: [`^${this.header.secretValue.unsafeUnwrap()}$`],
    });
    const visibility = (metricName) => ({ metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false });
    const fieldToMatch = (name) => ({ singleHeader: { Name: name } });
    const acl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { block: {} },
      visibilityConfig: visibility('pool'),
      rules: [
        {
          name: 'allow-origin-header', priority: 0, action: { allow: {} }, visibilityConfig: visibility('allow'),
          statement: { regexPatternSetReferenceStatement: { arn: set.attrArn, fieldToMatch: fieldToMatch('x-origin'), textTransformations: [{ priority: 0, type: 'NONE' }] } },
        },
        {
          name: 'block-all', priority: 1, action: { block: {} }, visibilityConfig: visibility('block'),
          statement: { byteMatchStatement: { fieldToMatch: { uriPath: {} }, positionalConstraint: 'STARTS_WITH', searchString: '/', textTransformations: [{ priority: 0, type: 'NONE' }] } },
        },
      ],
    });
    new wafv2.CfnWebACLAssociation(this, 'Association', { webAclArn: acl.attrArn, resourceArn: pool.userPoolArn });
  }

  addAPI(domain, logKey) {
    const accessLog = new logs.LogGroup(this, 'AccessLog', { encryptionKey: logKey, retention: logs.RetentionDays.THREE_MONTHS });
    this.api = new apigateway.RestApi(this, 'Api', {
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      deployOptions: {
        stageName: 'v1',
        cacheClusterEnabled: true,
        cacheClusterSize: '0.5',
        accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        variables: { originHeader: this.header.secretValue.unsafeUnwrap() },
        methodOptions: { '/oauth2/token/POST': { cachingEnabled: true, cacheTtl: Duration.minutes(45), cacheDataEncrypted: true } },
      },
    });
    const parameters = { 'method.request.header.Authorization': true, 'method.request.querystring.scope': true, 'method.request.querystring.client_id': true };
    this.api.root.addResource('oauth2').addResource('token').addMethod('POST', new apigateway.HttpIntegration(`${domain.baseUrl()}/oauth2/token`, {
      proxy: false,
      httpMethod: 'POST',
      options: {
        cacheKeyParameters: Object.keys(parameters),
        requestParameters: { 'integration.request.header.x-origin': 'stageVariables.originHeader' },
        integrationResponses: ['200', '400', '401', '429', '502'].map((statusCode) => ({ statusCode, selectionPattern: statusCode })),
      },
    }), {
      requestParameters: parameters,
      requestValidatorOptions: { validateRequestParameters: true },
      methodResponses: ['200', '400', '401', '429', '502'].map((statusCode) => ({ statusCode })),
    });
    for (const type of ['BAD_REQUEST_PARAMETERS', 'THROTTLED', 'WAF_FILTERED', 'UNSUPPORTED_MEDIA_TYPE', 'MISSING_AUTHENTICATION_TOKEN', 'REQUEST_TOO_LARGE', 'INTEGRATION_FAILURE', 'DEFAULT_4XX', 'DEFAULT_5XX']) {
      this.api.addGatewayResponse(type, { type: apigateway.ResponseType.of(type), templates: { 'application/json': '{"error":"invalid_request"}' } });
    }
  }

  addRotation(logKey) {
    const rotation = newFunction(this, 'Rotation', logKey, Duration.minutes(10), { REST_API_ID: this.api.restApiId, SECRET_ARN: this.header.secretArn });
    this.header.addRotationSchedule('Schedule', { rotationLambda: rotation, automaticallyAfter: Duration.days(30), rotateImmediatelyOnUpdate: false });
    new events.Rule(this, 'Reconcile', { schedule: events.Schedule.rate(Duration.minutes(15)), targets: [new targets.LambdaFunction(rotation)] });
    for (const detail of ['Secret Label Updated', 'AWS Service Event via CloudTrail']) {
      new events.Rule(this, detail.replaceAll(' ', ''), {
        eventPattern: { source: ['aws.secretsmanager'], detailType: [detail], resources: [this.header.secretArn] },
        targets: [new targets.LambdaFunction(rotation)],
      });
    }
    for (const metric of [rotation.metricErrors(), rotation.metricThrottles(), rotation.metricDuration(), rotation.metricInvocations()]) {
      new cloudwatch.Alarm(this, `${metric.metricName}Alarm`, { metric, threshold: 1, evaluationPeriods: 1 }).addAlarmAction(new actions.SnsAction(this.topic));
    }
  }
}

module.exports = { GatewayStack };
