"""Security groups and the paths between them."""

from keyless_checks.rules.decided.forms import Each, Either, Form, Number
from keyless_checks.rules.decided.types.words import ANY_CIDR, GROUP, LABEL, TAGS, VPC

_FOREIGN_GROUP = rf"{GROUP}|sg-[0-9a-f]+"
_PATH: dict[str, Form] = {
    "Description": LABEL,
    "FromPort": Number(443, 65_535),
    "ToPort": Number(443, 65_535),
    "GroupId": _FOREIGN_GROUP,
    "IpProtocol": "tcp",
}


GROUP_PROPERTIES: dict[str, Form] = {
    "GroupDescription": LABEL,
    "SecurityGroupEgress": Each({"CidrIp": "127.0.0.1/32", "Description": LABEL, "IpProtocol": "-1"}, most=1),
    "VpcId": VPC,
}


FROM_OUTSIDE: Form = {
    "Properties": {**_PATH, "CidrIp": ANY_CIDR, "FromPort": Either((80, 443)), "ToPort": Either((80, 443))}
}
"""To a load balancer, in your own stacks alone."""


TYPES: dict[str, Form] = {
    "AWS::EC2::SecurityGroup": {"Properties": {**GROUP_PROPERTIES, "Tags": TAGS}},
    "AWS::EC2::SecurityGroupIngress": {"Properties": {**_PATH, "SourceSecurityGroupId": _FOREIGN_GROUP}},
    "AWS::EC2::SecurityGroupEgress": Either(
        (
            {"Properties": {**_PATH, "DestinationSecurityGroupId": _FOREIGN_GROUP}},
            {"Properties": {**_PATH, "DestinationPrefixListId": "pl-[0-9a-f]+"}},
            {"Properties": {**_PATH, "CidrIp": "0.0.0.0/0", "FromPort": 443, "ToPort": 443}},
        )
    ),
}
