"""Security groups that let nothing through but the paths opened here, one by one, on the database port."""

from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

DATABASE_PORT = 5432


class ClosedSecurityGroup(Construct):
    """A group whose template says that nothing leaves: its one inline rule leads nowhere.

    Without an inline egress rule EC2 adds one that allows everything, and separate rules don't remove it
    (AWS::EC2::SecurityGroupEgress). `group` is a view that no other construct can add rules to.
    """

    def __init__(self, scope: Construct, id: str, *, vpc: ec2.IVpc, description: str) -> None:
        super().__init__(scope, id)
        nowhere = ec2.CfnSecurityGroup.EgressProperty(
            cidr_ip="127.0.0.1/32", ip_protocol="-1", description="Replaces the default rule that allows everything")
        resource = ec2.CfnSecurityGroup(
            self, "Resource", vpc_id=vpc.vpc_id, group_description=description, security_group_egress=[nowhere])
        self.group_id = resource.attr_group_id
        self.group = ec2.SecurityGroup.from_security_group_id(self, "View", self.group_id, mutable=False)


def open_path(scope: Construct, id: str, *, source: ClosedSecurityGroup, target: ClosedSecurityGroup, description: str) -> None:
    """Let `source` reach `target` on the database port: one rule at each end, both in the stack of `scope`."""
    path = Construct(scope, id)
    port: dict[str, Any] = {
        "ip_protocol": "tcp", "from_port": DATABASE_PORT, "to_port": DATABASE_PORT, "description": description}
    ec2.CfnSecurityGroupEgress(path, "Egress", group_id=source.group_id, destination_security_group_id=target.group_id, **port)
    ec2.CfnSecurityGroupIngress(path, "Ingress", group_id=target.group_id, source_security_group_id=source.group_id, **port)
