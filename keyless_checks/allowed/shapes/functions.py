"""Functions of the project's own stacks, and their logs."""

PROPERTIES = {
    "AWS::Lambda::EventInvokeConfig": """
        DestinationConfig:object FunctionName:text MaximumEventAgeInSeconds:number MaximumRetryAttempts:number
        Qualifier:text""",
    "AWS::Lambda::EventInvokeConfig.DestinationConfig": "OnFailure:object OnSuccess:object",
    "AWS::Lambda::Function": """
        Architectures?:list Code:object Description?:text Environment?:object Handler:text Layers?:list
        LoggingConfig:object MemorySize?:number ReservedConcurrentExecutions?:number Role:text Runtime:text Tags?:list
        Timeout:number VpcConfig?:object""",
    "AWS::Lambda::Function.Code": "S3Bucket:text S3Key:text",
    "AWS::Lambda::Function.Environment": "Variables:object",
    "AWS::Lambda::Function.LoggingConfig": """
        ApplicationLogLevel?:text LogFormat?:text LogGroup:text SystemLogLevel?:text""",
    "AWS::Lambda::Function.VpcConfig": "SecurityGroupIds:list SubnetIds:list",
    "AWS::Lambda::LayerVersion": "CompatibleArchitectures:list CompatibleRuntimes:list Content:object Description:text",
    "AWS::Lambda::LayerVersion.Content": "S3Bucket:text S3Key:text",
    "AWS::Logs::LogGroup": "KmsKeyId:text LogGroupName?:text RetentionInDays:number Tags?:list",
    "Custom::VpcRestrictDefaultSG": "Account:text DefaultSecurityGroupId:text ServiceToken:text",
}
