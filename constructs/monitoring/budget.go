package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/jsii-runtime-go"
)

// cognito is the service's name in Cost Explorer, by which budgets filter.
const cognito = "Amazon Cognito"

// addBudget reports what AWS has billed and what it forecasts, in contrast to the alarm on the estimated cost: it knows tiers and discounts, hours late.
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
	// The topic's policy lets AWS Budgets publish, which it tries when the budget is created.
	m.budget.Node().AddDependency(m.topic)
}

func (m *Monitoring) notification(kind string, percent *float64, emails []*string) *awsbudgets.CfnBudget_NotificationWithSubscribersProperty {
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
