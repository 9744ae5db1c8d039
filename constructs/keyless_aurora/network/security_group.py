"""Security groups that let nothing through but the paths opened here, one by one, each on one port."""

from typing import Any, Protocol

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

HTTPS_PORT = 443
HTTP_PORT = 80


class Peer(Protocol):
    """An end of a path."""

    @property
    def group_id(self) -> str: ...

    @property
    def group(self) -> ec2.ISecurityGroup:
        """A view that no other construct can add rules to."""


class ClosedSecurityGroup(Construct):
    """A group whose template says that nothing leaves: its one inline rule leads nowhere.

    Without an inline egress rule EC2 adds one that allows everything, and separate rules don't remove it
    (AWS::EC2::SecurityGroupEgress). `group` is a view that no other construct can add rules to.
    """

    def __init__(self, scope: Construct, id: str, *, vpc: ec2.IVpc, description: str) -> None:
        super().__init__(scope, id)
        nowhere = ec2.CfnSecurityGroup.EgressProperty(
            cidr_ip="127.0.0.1/32", ip_protocol="-1", description="Replaces the default rule that allows everything"
        )
        resource = ec2.CfnSecurityGroup(
            self, "Resource", vpc_id=vpc.vpc_id, group_description=description, security_group_egress=[nowhere]
        )
        self.group_id = resource.attr_group_id
        self.group = ec2.SecurityGroup.from_security_group_id(self, "View", self.group_id, mutable=False)


class ExistingSecurityGroup(Construct):
    """A group that somebody else made and keeps; its own rules stay, paths are added."""

    def __init__(self, scope: Construct, id: str, group_id: str) -> None:
        super().__init__(scope, id)
        self.group_id = group_id
        self.group = ec2.SecurityGroup.from_security_group_id(self, "View", group_id, mutable=False)


def open_path(scope: Construct, id: str, *, source: Peer, target: Peer, port: int, description: str) -> Construct:
    """Let `source` reach `target` on `port`: one rule at each end, both in the stack of `scope`.

    Returns both rules, for what connects as soon as it is made to wait for.
    """
    path = Construct(scope, id)
    rule: dict[str, Any] = {"ip_protocol": "tcp", "from_port": port, "to_port": port, "description": description}
    ec2.CfnSecurityGroupEgress(
        path, "Egress", group_id=source.group_id, destination_security_group_id=target.group_id, **rule
    )
    ec2.CfnSecurityGroupIngress(
        path, "Ingress", group_id=target.group_id, source_security_group_id=source.group_id, **rule
    )
    return path
