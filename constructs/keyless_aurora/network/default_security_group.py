"""Close the default security group of a VPC.

CloudFormation has no property for it and can't remove the rules EC2 creates it with, so this uses the CDK's own
custom resource, cut down to four actions on that one group and its own log group. It isn't deployed code of ours.
"""

from typing import cast

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_ec2 as ec2

from keyless_aurora.logs import LogGroups

_PROVIDER = "Custom::VpcRestrictDefaultSGCustomResourceProvider"


def keep_provider_narrow(vpc: ec2.Vpc, logs: LogGroups) -> None:
    """Give the provider that `restrict_default_security_group` added to the stack of `vpc` a log group of its
    own instead of the managed policy that lets it write to every log group of the account."""
    provider = Stack.of(vpc).node.find_child(_PROVIDER)
    group = logs.group(vpc, "RestrictDefaultSecurityGroupLogs")
    role, handler = (cast(CfnResource, provider.node.find_child(id)) for id in ("Role", "Handler"))
    role.add_property_deletion_override("ManagedPolicyArns")
    role.add_property_override(
        "Policies.1",
        {
            "PolicyName": "Logs",
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": group.log_group_arn,
                    }
                ],
            },
        },
    )
    handler.add_property_override("LoggingConfig", {"LogGroup": group.log_group_name})
