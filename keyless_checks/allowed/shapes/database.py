"""Clusters, instances, proxies, secrets, and access."""

PROPERTIES = {
    "AWS::RDS::DBCluster": """
        BackupRetentionPeriod:number CopyTagsToSnapshot:switch DBClusterIdentifier:text DBClusterParameterGroupName:text
        DBSubnetGroupName:text DatabaseInsightsMode:text DatabaseName:text DeletionProtection:switch
        EnableCloudwatchLogsExports:list EnableIAMDatabaseAuthentication:switch Engine:text EngineVersion:text
        KmsKeyId:text ManageMasterUserPassword?:switch MasterUserAuthenticationType?:text MasterUserSecret?:object
        MasterUsername:text MonitoringInterval?:number MonitoringRoleArn?:text PerformanceInsightsEnabled:switch
        PerformanceInsightsKmsKeyId:text PerformanceInsightsRetentionPeriod:number Port:number
        PreferredBackupWindow:text PreferredMaintenanceWindow:text
        ServerlessV2ScalingConfiguration?:object StorageEncrypted:switch Tags?:list VpcSecurityGroupIds:list""",
    "AWS::RDS::DBCluster.ServerlessV2ScalingConfiguration": """
        MaxCapacity:number MinCapacity:number SecondsUntilAutoPause?:number""",
    "AWS::RDS::DBCluster.MasterUserSecret": "KmsKeyId:text",
    "AWS::RDS::DBClusterParameterGroup": "Description:text Family:text Parameters:object Tags?:list",
    "AWS::RDS::DBInstance": """
        AllocatedStorage?:number AutoMinorVersionUpgrade:switch BackupRetentionPeriod?:number CopyTagsToSnapshot?:switch
        DBClusterIdentifier?:text DBInstanceClass:text DBInstanceIdentifier?:text DBName?:text
        DBParameterGroupName?:text DBSubnetGroupName?:text DatabaseInsightsMode?:text DeleteAutomatedBackups?:switch
        DeletionProtection?:switch EnableCloudwatchLogsExports?:list EnableIAMDatabaseAuthentication?:switch
        EnablePerformanceInsights?:switch Engine:text EngineVersion?:text KmsKeyId?:text LicenseModel?:text
        ManageMasterUserPassword?:switch MasterUserAuthenticationType?:text MasterUserSecret?:object
        MasterUsername?:text MaxAllocatedStorage?:number MonitoringInterval?:number MonitoringRoleArn?:text
        MultiAZ?:switch OptionGroupName?:text PerformanceInsightsKMSKeyId?:text
        PerformanceInsightsRetentionPeriod?:number Port?:number PreferredBackupWindow?:text
        PreferredMaintenanceWindow?:text PromotionTier?:number PubliclyAccessible:switch StorageEncrypted?:switch
        StorageType?:text Tags?:list VPCSecurityGroups?:list""",
    "AWS::RDS::DBInstance.MasterUserSecret": "KmsKeyId:text",
    "AWS::RDS::DBParameterGroup": "Description:text Family:text Parameters:object Tags?:list",
    "AWS::RDS::DBProxy": """
        Auth?:list DBProxyName:text DebugLogging:switch DefaultAuthScheme:text EngineFamily:text
        IdleClientTimeout:number RequireTLS:switch RoleArn:text Tags?:list VpcSecurityGroupIds:list
        VpcSubnetIds:list""",
    "AWS::RDS::DBProxy.Auth": "AuthScheme:text ClientPasswordAuthType?:text IAMAuth:text SecretArn:text",
    "AWS::RDS::DBProxyEndpoint": """
        DBProxyEndpointName:text DBProxyName:text Tags?:list TargetRole:text VpcSecurityGroupIds:list
        VpcSubnetIds:list""",
    "AWS::RDS::DBProxyTargetGroup": """
        ConnectionPoolConfigurationInfo:object DBClusterIdentifiers?:list DBInstanceIdentifiers?:list DBProxyName:text
        TargetGroupName:text""",
    "AWS::RDS::DBProxyTargetGroup.ConnectionPoolConfigurationInfo": """
        ConnectionBorrowTimeout:number MaxConnectionsPercent:number MaxIdleConnectionsPercent:number""",
    "AWS::RDS::OptionGroup": """
        EngineName:text MajorEngineVersion:text OptionConfigurations:list OptionGroupDescription:text Tags?:list""",
    "AWS::RDS::OptionGroup.OptionConfigurations": """
        OptionName:text OptionSettings:list Port?:number VpcSecurityGroupMemberships?:list""",
    "AWS::RDS::OptionGroup.OptionConfigurations.OptionSettings": "Name:text Value:text",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupDescription:text SubnetIds:list Tags?:list",
    "AWS::SecretsManager::RotationSchedule": """
        RotateImmediatelyOnUpdate:switch RotationLambdaARN:text RotationRules:object SecretId:text""",
    "AWS::SecretsManager::RotationSchedule.RotationRules": "AutomaticallyAfterDays:number",
    "AWS::SecretsManager::Secret": "Description?:text GenerateSecretString:object KmsKeyId:text Tags?:list",
    "AWS::SecretsManager::Secret.GenerateSecretString": """
        ExcludePunctuation:switch GenerateStringKey:text PasswordLength:number SecretStringTemplate:text""",
    "Custom::DatabaseAccess": """
        Approved?:object Cluster:text Database?:text Databases?:list ManagedBy?:text Secrets?:object
        ServiceTimeout:number ServiceToken:text Spec?:object SpecDigest?:text SpecSchemas?:number SpecUsers?:number
        TakeOver?:list""",
    "Custom::DatabaseAccess.Approved": "Digest:text Made:text",
}
