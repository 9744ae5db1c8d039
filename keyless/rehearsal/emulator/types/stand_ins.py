"""The CloudFormation resource types that ministack lacks or cuts short, and what stands in for each.

Data only, so that the rehearsal can print it without loading ministack; `registry` installs the handlers.
"""

STAND_INS: dict[str, str] = {
    "AWS::RDS::DBProxy": "ministack's own CreateDBProxy/ModifyDBProxy/DeleteDBProxy, called by its CloudFormation",
    "AWS::RDS::DBProxyTargetGroup": (
        "ministack's own RegisterDBProxyTargets/ModifyDBProxyTargetGroup, called by its CloudFormation"
    ),
    "AWS::RDS::DBProxyEndpoint": "ministack's own CreateDBProxyEndpoint: a record, nothing listens there",
    "AWS::EC2::EIP": "ministack's own AllocateAddress: a record",
    "AWS::EC2::NatGateway": "ministack's own CreateNatGateway: a record, no packet goes through it",
    "AWS::EC2::SecurityGroupIngress": (
        "ministack's own AuthorizeSecurityGroupIngress: a record, no packet is filtered by it"
    ),
    "AWS::EC2::SecurityGroupEgress": (
        "ministack's own AuthorizeSecurityGroupEgress: a record, no packet is filtered by it"
    ),
    "AWS::EC2::FlowLog": "ministack's own CreateFlowLogs: a record, no traffic is logged",
    "AWS::EC2::NetworkAcl": "ministack's own CreateNetworkAcl: a record, no packet is filtered by it",
    "AWS::EC2::NetworkAclEntry": "ministack's own CreateNetworkAclEntry: a record",
    "AWS::EC2::SubnetNetworkAclAssociation": "a record",
    "AWS::SecretsManager::Secret": "ministack's own, with the ARN for `Ref` and a value by its GetRandomPassword",
    "AWS::SecretsManager::ResourcePolicy": "ministack's own PutResourcePolicy, called by its CloudFormation",
    "AWS::SecretsManager::RotationSchedule": (
        "RotateSecret, which has the rotation function do the four steps as AWS does, at once and on request; no "
        "schedule runs"
    ),
    "AWS::Lambda::Function": "ministack's own, with its reserved concurrency, and its network: a record",
    "AWS::SNS::Topic": (
        "ministack's own, with its key; the policies of both decide about EventBridge's messages, and nothing is "
        "encrypted"
    ),
    "Custom::VpcRestrictDefaultSG": (
        "ministack's own RevokeSecurityGroupIngress/Egress: CDK's function for it needs the AWS SDK for "
        "JavaScript, which Lambda has and this machine lacks"
    ),
}
"""Resource type -> what handles it in the rehearsal."""
