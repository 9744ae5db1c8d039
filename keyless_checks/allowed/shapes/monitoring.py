"""Alarms, notices, and where they go."""

PROPERTIES = {
    "AWS::CloudWatch::Alarm": """
        AlarmActions:list AlarmDescription:text AlarmName:text ComparisonOperator:text Dimensions?:list
        EvaluationPeriods:number MetricName:text Namespace:text Period:number Statistic:text Tags?:list
        Threshold:number TreatMissingData:text""",
    "AWS::CloudWatch::Alarm.Dimensions": "Name:text Value:text",
    "AWS::CloudWatch::Dashboard": "DashboardBody:text DashboardName?:text Tags?:list",
    "AWS::Events::Rule": """
        Description?:text EventPattern?:object ScheduleExpression?:text State?:text Tags?:list Targets:list""",
    "AWS::Events::Rule.Targets": """
        Arn:text Id:text Input?:text InputTransformer?:object RetryPolicy?:object RoleArn?:text""",
    "AWS::Events::Rule.Targets.RetryPolicy": "MaximumEventAgeInSeconds:number MaximumRetryAttempts:number",
    "AWS::Logs::MetricFilter": "FilterPattern:text LogGroupName:text MetricTransformations:list",
    "AWS::Logs::MetricFilter.MetricTransformations": "MetricName:text MetricNamespace:text MetricValue:text Unit?:text",
    "AWS::SNS::Subscription": "Endpoint:text Protocol:text TopicArn:text",
    "AWS::SNS::Topic": "DisplayName:text KmsMasterKeyId:text Tags?:list TopicName:text",
    "AWS::SNS::TopicPolicy": "PolicyDocument:object Topics:list",
}
