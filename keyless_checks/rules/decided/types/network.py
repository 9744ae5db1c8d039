"""The network's resources."""

from keyless_checks.engines import PORTS
from keyless_checks.rules.decided.forms import Each, Either, Form, Number
from keyless_checks.rules.decided.types.words import (
    ACCOUNT,
    AFTER_OTHERS,
    ANY_CIDR,
    CIDR,
    GROUP,
    LOG_GROUP,
    NAMED,
    OF_A_USER,
    OF_THE_MASTER,
    POLICY_VERSION,
    REGION,
    ROLE,
    SUBNETS,
    TAGS,
    VPC,
    tags,
    waits_for,
)

_PATH_PORT = Either((443, *sorted(PORTS)))
_TARGET_PORT = Number(1024, 65_535)
_OF_BALANCERS: tuple[Form, ...] = ({"From": 80, "To": 80}, {"From": _TARGET_PORT, "To": _TARGET_PORT})
"""Where they listen, and where their targets do: `network.narrow_entries` knows which."""
_EPHEMERAL: Form = {"From": 1024, "To": 65_535}


def _passing(actions: str, resource: str, *, single: bool = False) -> Form:
    """`single`: whether the CDK writes its one action as a text."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": r"\*"},
        "Action": Each(actions, single=single),
        "Resource": Each(resource, single=True),
        "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    }


def _endpoint(type_: str, service: str, *statements: Form, **others: Form) -> Form:
    return {
        "Properties": {
            "PolicyDocument": {
                "Version": POLICY_VERSION,
                "Statement": Each(Either(statements), most=len(statements)),
            },
            "ServiceName": service,
            "VpcEndpointType": type_,
            "VpcId": VPC,
            "Tags": TAGS,
            **others,
        }
    }


TYPES: dict[str, Form] = {
    "AWS::EC2::VPC": {
        "Properties": {
            "CidrBlock": CIDR,
            "EnableDnsHostnames": True,
            "EnableDnsSupport": True,
            "InstanceTenancy": "default",
            "Tags": NAMED,
        }
    },
    "AWS::EC2::Subnet": {
        "Properties": {
            "AvailabilityZone": rf"{REGION}[a-z]",
            "CidrBlock": CIDR,
            "MapPublicIpOnLaunch": False,
            "VpcId": VPC,
            "Tags": tags("Name", "aws-cdk:subnet-name", "aws-cdk:subnet-type"),
        }
    },
    "AWS::EC2::RouteTable": {"Properties": {"VpcId": VPC, "Tags": NAMED}},
    "AWS::EC2::SubnetRouteTableAssociation": {
        "Properties": {"RouteTableId": "<AWS::EC2::RouteTable>", "SubnetId": "<AWS::EC2::Subnet>"}
    },
    "AWS::EC2::Route": Either(
        (
            {
                "DependsOn": waits_for("AWS::EC2::VPCGatewayAttachment"),
                "Properties": {
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "GatewayId": "<AWS::EC2::InternetGateway>",
                    "RouteTableId": "<AWS::EC2::RouteTable>",
                },
            },
            {
                "Properties": {
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "NatGatewayId": "<AWS::EC2::NatGateway>",
                    "RouteTableId": "<AWS::EC2::RouteTable>",
                }
            },
        )
    ),
    "AWS::EC2::EIP": {"Properties": {"Domain": "vpc", "Tags": NAMED}},
    "AWS::EC2::InternetGateway": {"Properties": {"Tags": NAMED}},
    "AWS::EC2::VPCGatewayAttachment": {
        "Properties": {"InternetGatewayId": "<AWS::EC2::InternetGateway>", "VpcId": VPC}
    },
    "AWS::EC2::NatGateway": {
        "DependsOn": waits_for("AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"),
        "Properties": {
            "AllocationId": r"<AWS::EC2::EIP>\.AllocationId",
            "SubnetId": "<AWS::EC2::Subnet>",
            "Tags": NAMED,
        },
    },
    "AWS::EC2::NetworkAcl": {"Properties": {"VpcId": VPC, "Tags": NAMED}},
    "AWS::EC2::NetworkAclEntry": {
        "Properties": {
            "CidrBlock": ANY_CIDR,
            "Egress": Either((True, False)),
            "NetworkAclId": "<AWS::EC2::NetworkAcl>",
            "PortRange": Either((_EPHEMERAL, {"From": _PATH_PORT, "To": _PATH_PORT}, *_OF_BALANCERS)),
            "Protocol": 6,
            "RuleAction": "allow",
            "RuleNumber": Number(1, 32_766),
        }
    },
    "AWS::EC2::SubnetNetworkAclAssociation": {
        "Properties": {"NetworkAclId": "<AWS::EC2::NetworkAcl>", "SubnetId": "<AWS::EC2::Subnet>"}
    },
    "AWS::EC2::VPCEndpoint": Either(
        (
            _endpoint(
                "Interface",
                rf"com\.amazonaws\.{REGION}\.secretsmanager",
                _passing(
                    r"secretsmanager:(DescribeSecret|GetSecretValue|PutSecretValue|UpdateSecretVersionStage)", OF_A_USER
                ),
                _passing("secretsmanager:GetSecretValue", f"{OF_A_USER}|{OF_THE_MASTER}", single=True),
                PrivateDnsEnabled=True,
                SecurityGroupIds=Each(GROUP, most=1),
                SubnetIds=SUBNETS,
            ),
            _endpoint(
                "Interface",
                rf"com\.amazonaws\.{REGION}\.ssm(messages)?",
                _passing(
                    "ssm:UpdateInstanceInformation|ssmmessages:(Create|Open)(Control|Data)Channel", r"\*", single=True
                ),
                PrivateDnsEnabled=True,
                SecurityGroupIds=Each(GROUP, most=1),
                SubnetIds=SUBNETS,
            ),
            _endpoint(
                "Gateway",
                rf"com\.amazonaws\.({REGION}|<AWS::Region>)\.s3",
                _passing("s3:(DeleteObject|GetObject|ListBucket|PutObject)", r"arn:aws:s3:::[a-z0-9.-]+(/\*)?"),
                RouteTableIds=Each("<AWS::EC2::RouteTable>"),
            ),
        )
    ),
    "AWS::EC2::FlowLog": {
        "DependsOn?": AFTER_OTHERS,
        "Properties": {
            "DeliverLogsPermissionArn": ROLE,
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": LOG_GROUP,
            "ResourceId": VPC,
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "Tags": NAMED,
        },
    },
    "Custom::VpcRestrictDefaultSG": {
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "Account": ACCOUNT,
            "DefaultSecurityGroupId": r"<AWS::EC2::VPC>\.DefaultSecurityGroup",
            "ServiceToken": r"<AWS::Lambda::Function>\.Arn",
        },
    },
}
