"""Roles, policies, keys, and who may call a function: in every stack."""

PROPERTIES = {
    "AWS::IAM::OIDCProvider": "ClientIdList:list Tags?:list Url:text",
    "AWS::IAM::Policy": "PolicyDocument:object PolicyName:text Roles:list",
    "AWS::IAM::Role": """
        AssumeRolePolicyDocument:object Description?:text MaxSessionDuration?:number Path?:text
        PermissionsBoundary?:text Policies?:list RoleName?:text Tags?:list""",
    "AWS::IAM::Role.Policies": "PolicyDocument:object PolicyName:text",
    "AWS::KMS::Key": "Description?:text EnableKeyRotation:switch KeyPolicy:object Tags?:list",
    "AWS::Lambda::Permission": "Action:text FunctionName:text Principal:text SourceAccount?:text SourceArn:text",
}
