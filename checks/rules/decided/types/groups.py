"""Security groups and the paths between them."""

from checks.rules.decided.forms import Each, Either, Form, Number
from checks.rules.decided.types.words import GROUP, LABEL, TAGS, VPC

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
