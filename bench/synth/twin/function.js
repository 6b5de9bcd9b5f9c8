const lambda = require('aws-cdk-lib/aws-lambda');
const logs = require('aws-cdk-lib/aws-logs');

// newFunction has its code inline: what compiles or bundles it is no part of the comparison.
function newFunction(scope, id, key, timeout, environment) {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    timeout,
    environment,
    logGroup: new logs.LogGroup(scope, `${id}Log`, { encryptionKey: key, retention: logs.RetentionDays.THREE_MONTHS }),
  });
}

module.exports = { newFunction };
