package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/jsii-runtime-go"
)

// cognito is the service's name in Cost Explorer, by which budgets filter.
const cognito = "Amazon Cognito"

// addBudget creates the budget. It compares what AWS has billed, with tiers and discounts but hours late; the alarm Cost compares an
// estimate.
func (m *Monitoring) addBudget(b *Budget) {
	filters := map[string][]*string{"Service": {jsii.String(cognito)}}
	if b.Tag != nil {
		// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
		filters["TagKeyValue"] = []*string{jsii.String("user:" + *b.Tag.Key + "$" + *b.Tag.Value)}
	}
	m.budget = awsbudgets.NewCfnBudget(m.Construct, jsii.String("Budget"), &awsbudgets.CfnBudgetProps{
		Budget: &awsbudgets.CfnBudget_BudgetDataProperty{
			BudgetType:  jsii.String("COST"),
			TimeUnit:    jsii.String("MONTHLY"),
			BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{Amount: b.USD, Unit: jsii.String("USD")},
			CostFilters: filters,
		},
		NotificationsWithSubscribers: []any{
			m.notification("ACTUAL", b.ActualAt, b.Emails),
			m.notification("FORECASTED", b.ForecastAt, b.Emails),
		},
	})
	// AWS Budgets tests whether the topic's policy lets it publish when the budget is created.
	m.budget.Node().AddDependency(m.topic)
}

func (m *Monitoring) notification(kind string, percent *float64, emails []*string) any {
	subscribers := []any{&awsbudgets.CfnBudget_SubscriberProperty{SubscriptionType: jsii.String("SNS"), Address: m.topic.TopicArn()}}
	for _, email := range emails {
		subscribers = append(subscribers, &awsbudgets.CfnBudget_SubscriberProperty{SubscriptionType: jsii.String("EMAIL"), Address: email})
	}
	return &awsbudgets.CfnBudget_NotificationWithSubscribersProperty{
		Notification: &awsbudgets.CfnBudget_NotificationProperty{
			NotificationType:   jsii.String(kind),
			ComparisonOperator: jsii.String("GREATER_THAN"),
			Threshold:          percent,
			ThresholdType:      jsii.String("PERCENTAGE"),
		},
		Subscribers: subscribers,
	}
}
