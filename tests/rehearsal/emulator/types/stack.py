"""A stack with every type that ministack lacks, and what the APIs say of it. For tests."""

import copy
import json
from typing import Any

from keyless.rehearsal.cdk.stack_events import failures
from keyless.rehearsal.emulator.cloud import Cloud

ROLE = "arn:aws:iam::000000000000:role/proxy-of-nobody"
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "A": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"},
        },
        "B": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1b"},
        },
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "of the cluster",
                "VpcId": {"Ref": "Vpc"},
                "SecurityGroupEgress": [{"CidrIp": "127.0.0.1/32", "IpProtocol": "-1"}],
            },
        },
        "Peer": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "of the proxy", "VpcId": {"Ref": "Vpc"}},
        },
        "In": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                "GroupId": {"Ref": "Group"},
                "SourceSecurityGroupId": {"Ref": "Peer"},
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "Description": "proxy to cluster",
            },
        },
        "Out": {
            "Type": "AWS::EC2::SecurityGroupEgress",
            "Properties": {
                "GroupId": {"Ref": "Group"},
                "CidrIp": "10.0.0.0/16",
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
            },
        },
        "Closed": {
            "Type": "Custom::VpcRestrictDefaultSG",
            "Properties": {
                "ServiceToken": "unused",
                "DefaultSecurityGroupId": {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]},
                "Account": "000000000000",
            },
        },
        "Acl": {
            "Type": "AWS::EC2::NetworkAcl",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "Tags": [{"Key": "owner", "Value": "us"}]},
        },
        "Entry": {
            "Type": "AWS::EC2::NetworkAclEntry",
            "Properties": {
                "NetworkAclId": {"Ref": "Acl"},
                "RuleNumber": 100,
                "Protocol": 6,
                "RuleAction": "allow",
                "Egress": True,
                "CidrBlock": "10.0.0.0/16",
                "PortRange": {"From": 5432, "To": 5432},
            },
        },
        "OfA": {
            "Type": "AWS::EC2::SubnetNetworkAclAssociation",
            "Properties": {"NetworkAclId": {"Ref": "Acl"}, "SubnetId": {"Ref": "A"}},
        },
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "Description": "of a user",
                "Tags": [{"Key": "owner", "Value": "us"}],
                "GenerateSecretString": {
                    "SecretStringTemplate": '{"username": "writer"}',
                    "GenerateStringKey": "password",
                    "PasswordLength": 40,
                    "ExcludePunctuation": True,
                },
            },
        },
        "Policy": {
            "Type": "AWS::SecretsManager::ResourcePolicy",
            "Properties": {
                "SecretId": {"Ref": "Secret"},
                "ResourcePolicy": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "secretsmanager:DeleteSecret",
                        "Resource": "*",
                    },
                },
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    },
                }
            },
        },
        "Rotate": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": "def handler(event, context):\n    return None\n"},
            },
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Rotate"},
                "Principal": "secretsmanager.amazonaws.com",
                "SourceArn": {"Ref": "Secret"},
            },
        },
        "Schedule": {
            "Type": "AWS::SecretsManager::RotationSchedule",
            "DependsOn": "Permission",
            "Properties": {
                "SecretId": {"Ref": "Secret"},
                "RotationLambdaARN": {"Fn::GetAtt": ["Rotate", "Arn"]},
                "RotateImmediatelyOnUpdate": False,
                "RotationRules": {"AutomaticallyAfterDays": 30},
            },
        },
        "Flow": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {
                "ResourceId": {"Ref": "Vpc"},
                "ResourceType": "VPC",
                "TrafficType": "ALL",
                "LogGroupName": "flows",
                "DeliverLogsPermissionArn": ROLE,
                "Tags": [{"Key": "owner", "Value": "us"}],
            },
        },
        "Cluster": {
            "Type": "AWS::RDS::DBCluster",
            "Properties": {
                "Engine": "aurora-postgresql",
                "MasterUsername": "master",
                "MasterUserAuthenticationType": "iam-db-auth",
                "EnableIAMDatabaseAuthentication": True,
            },
        },
        "Proxy": {
            "Type": "AWS::RDS::DBProxy",
            "Properties": {
                "DBProxyName": "app",
                "EngineFamily": "POSTGRESQL",
                "DefaultAuthScheme": "IAM_AUTH",
                "RequireTLS": True,
                "RoleArn": ROLE,
                "VpcSubnetIds": [{"Ref": "A"}, {"Ref": "B"}],
                "VpcSecurityGroupIds": [{"Ref": "Peer"}],
                "Tags": [{"Key": "owner", "Value": "us"}],
            },
        },
        "Targets": {
            "Type": "AWS::RDS::DBProxyTargetGroup",
            "Properties": {
                "DBProxyName": {"Ref": "Proxy"},
                "TargetGroupName": "default",
                "DBClusterIdentifiers": [{"Ref": "Cluster"}],
                "ConnectionPoolConfigurationInfo": {"MaxConnectionsPercent": 90, "ConnectionBorrowTimeout": 30},
            },
        },
        "Reader": {
            "Type": "AWS::RDS::DBProxyEndpoint",
            "Properties": {
                "DBProxyName": {"Ref": "Proxy"},
                "DBProxyEndpointName": "app-reader",
                "TargetRole": "READ_ONLY",
                "VpcSubnetIds": [{"Ref": "A"}, {"Ref": "B"}],
                "VpcSecurityGroupIds": [{"Ref": "Peer"}],
            },
        },
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "KeyPolicy": {
                    "Version": "2012-10-17",
                    "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"},
                }
            },
        },
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "TopicName": "notices",
                "DisplayName": "notices",
                "KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                "Tags": [{"Key": "owner", "Value": "us"}],
            },
        },
        "Address": {
            "Type": "AWS::EC2::EIP",
            "Properties": {"Domain": "vpc", "Tags": [{"Key": "owner", "Value": "us"}]},
        },
        "Nat": {
            "Type": "AWS::EC2::NatGateway",
            "Properties": {"SubnetId": {"Ref": "A"}, "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]}},
        },
    },
    "Outputs": {
        **{
            name: {"Value": {"Ref": name}}
            for name in (
                "Vpc",
                "Group",
                "Peer",
                "In",
                "Out",
                "Flow",
                "Proxy",
                "Targets",
                "A",
                "Acl",
                "Secret",
                "Rotate",
                "Reader",
                "Address",
                "Nat",
                "Key",
                "Topic",
            )
        },
        "ReaderEndpoint": {"Value": {"Fn::GetAtt": ["Reader", "Endpoint"]}},
        **{name: {"Value": {"Fn::GetAtt": ["Proxy", name]}} for name in ("DBProxyArn", "Endpoint", "VpcId")},
        "TargetGroupArn": {"Value": {"Fn::GetAtt": ["Targets", "TargetGroupArn"]}},
        "InId": {"Value": {"Fn::GetAtt": ["In", "Id"]}},
        "FlowId": {"Value": {"Fn::GetAtt": ["Flow", "Id"]}},
    },
}


class Stack:
    """The template above as a stack, and what the APIs say of it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloudformation = cloud.client("cloudformation")
        self.ec2, self.rds, self.secrets = cloud.client("ec2"), cloud.client("rds"), cloud.client("secretsmanager")
        self.topics = cloud.client("sns")
        self.template = copy.deepcopy(TEMPLATE)

    def create(self) -> None:
        self._finish("create", self.cloudformation.create_stack)

    def update(self, resource: str, **properties: Any) -> None:
        self.template["Resources"][resource]["Properties"].update(properties)
        self._finish("update", self.cloudformation.update_stack)

    def delete(self) -> None:
        self.cloudformation.delete_stack(StackName="types")
        waiter = self.cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName="types", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def _finish(self, kind: str, call: Any) -> None:
        call(StackName="types", TemplateBody=json.dumps(self.template), Capabilities=["CAPABILITY_IAM"])
        waiter = self.cloudformation.get_waiter(f"stack_{kind}_complete")
        waiter.wait(StackName="types", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    @property
    def outputs(self) -> dict[str, str]:
        stack = self.cloudformation.describe_stacks(StackName="types")["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def rules(self, group: str) -> set[tuple[bool, str, int, str]]:
        found = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])[
            "SecurityGroupRules"
        ]
        return {
            (r["IsEgress"], r["IpProtocol"], r["FromPort"], r.get("CidrIpv4") or r["ReferencedGroupInfo"]["GroupId"])
            for r in found
        }

    @property
    def proxy(self) -> dict[str, Any]:
        found: dict[str, Any] = self.rds.describe_db_proxies(DBProxyName="app")["DBProxies"][0]
        return found

    @property
    def acl(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ec2.describe_network_acls(NetworkAclIds=[self.outputs["Acl"]])["NetworkAcls"][0]
        return found

    def secret(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(
            self.secrets.get_secret_value(SecretId=self.outputs["Secret"])["SecretString"]
        )
        return found

    def topic_key(self, topic: str) -> str:
        """Of the topic with this ARN; empty when it has none."""
        return str(self.topics.get_topic_attributes(TopicArn=topic)["Attributes"].get("KmsMasterKeyId", ""))

    def reasons(self) -> str:
        return " ".join(failure.reason for failure in failures(self.cloudformation, "types"))
