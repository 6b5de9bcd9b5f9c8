const { RemovalPolicy, Stack } = require('aws-cdk-lib');
const cognito = require('aws-cdk-lib/aws-cognito');

const servers = ['orders', 'shipments', 'inventory', 'pricing', 'billing'];
const operations = ['read', 'write', 'cancel'];

class IdentityStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.pool = new cognito.UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      accountRecovery: cognito.AccountRecovery.NONE,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix: 'parcelworks-m2m-bench' } });
    for (const identifier of servers) {
      this.pool.addResourceServer(identifier, {
        identifier,
        scopes: operations.map((operation) => new cognito.ResourceServerScope({ scopeName: operation, scopeDescription: `${operation} ${identifier}` })),
      });
    }
  }
}

module.exports = { IdentityStack };
