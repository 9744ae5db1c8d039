"""The CloudFormation resource types that ministack lacks, and what stands in for each.

Data only, so that the rehearsal can print it; `ministack_host` installs the handlers. Templates stay as synthesized.
"""

STAND_INS: dict[str, str] = {
    "AWS::RDS::DBProxy": "ministack's own CreateDBProxy/ModifyDBProxy/DeleteDBProxy, called by its CloudFormation",
    "AWS::RDS::DBProxyTargetGroup": "ministack's own RegisterDBProxyTargets/ModifyDBProxyTargetGroup, called by its CloudFormation",
    "AWS::EC2::SecurityGroupIngress": "ministack's own AuthorizeSecurityGroupIngress: a record, no packet is filtered by it",
    "AWS::EC2::SecurityGroupEgress": "ministack's own AuthorizeSecurityGroupEgress: a record, no packet is filtered by it",
    "AWS::EC2::FlowLog": "ministack's own CreateFlowLogs: a record, no traffic is logged",
    "Custom::VpcRestrictDefaultSG": "ministack's own RevokeSecurityGroupIngress/Egress: CDK's function for it needs the AWS SDK "
    "for JavaScript, which Lambda has and this machine lacks",
}
"""Resource type -> what handles it in the rehearsal."""
