package config

import "time"

// The settings of monitoring, as they are written.

type rawMonitoring struct {
	place
	Enabled        value[bool]    `yaml:"enabled"`
	Trail          rawTrail       `yaml:"trail"`
	Usage          rawUsage       `yaml:"usage"`
	SavedQueries   value[bool]    `yaml:"savedQueries"`
	UnusedDays     value[int]     `yaml:"unusedDays"`
	Dashboard      value[bool]    `yaml:"dashboard"`
	RunbookURL     value[string]  `yaml:"runbookUrl"`
	Alarms         value[bool]    `yaml:"alarms"`
	PagingTopicARN value[string]  `yaml:"pagingTopicArn"`
	Thresholds     rawThresholds  `yaml:"thresholds"`
	Budget         rawBudget      `yaml:"budget"`
	CostReports    rawCostReports `yaml:"costReports"`
}

type rawTrail struct {
	place
	Enabled             value[bool]   `yaml:"enabled"`
	LogGroup            value[string] `yaml:"logGroup"`
	ManagementEvents    value[string] `yaml:"managementEvents"`
	MultiRegion         value[bool]   `yaml:"multiRegion"`
	BucketRetentionDays value[int]    `yaml:"bucketRetentionDays"`
}

type rawUsage struct {
	place
	Enabled      value[bool]         `yaml:"enabled"`
	NamedTenants list[value[string]] `yaml:"namedTenants"`
	MaxTenants   value[int]          `yaml:"maxTenants"`
}

type rawThresholds struct {
	place
	ServerErrorRate    value[float64]       `yaml:"serverErrorRate"`
	MinRequests        value[int]           `yaml:"minRequests"`
	HitRatio           value[float64]       `yaml:"hitRatio"`
	LatencyP99         value[time.Duration] `yaml:"latencyP99"`
	DirectAccessBlocks value[int]           `yaml:"directAccessBlocks"`
	EdgeBlocks         value[int]           `yaml:"edgeBlocks"`
	AnomalyBand        value[float64]       `yaml:"anomalyBand"`
}

type rawBudget struct {
	place
	MonthlyUSD      value[float64]      `yaml:"monthlyUsd"`
	ActualPercent   value[float64]      `yaml:"actualPercent"`
	ForecastPercent value[float64]      `yaml:"forecastPercent"`
	Emails          list[value[string]] `yaml:"emails"`
}

type rawCostReports struct {
	place
	Database  value[string] `yaml:"database"`
	Table     value[string] `yaml:"table"`
	WorkGroup value[string] `yaml:"workGroup"`
	Tag       value[string] `yaml:"tag"`
	Export    value[bool]   `yaml:"export"`
}
