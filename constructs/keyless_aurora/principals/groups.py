"""Security groups of principals that somebody else made, and the VPC that they are in."""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct

from keyless_aurora.network.vpc import Network


@dataclass(frozen=True)
class ForeignGroup:
    """A security group of somebody else, as one end of a path."""

    group: ec2.ISecurityGroup

    @property
    def group_id(self) -> str:
        return self.group.security_group_id


def elsewhere(principal: IConstruct, groups: list[IConstruct], network: Network) -> Iterator[str]:
    """Whether it is in another VPC, as far as its security groups tell: one that is imported doesn't."""
    stack, there = Stack.of(principal), network.vpc.vpc_id
    own = next((group.vpc_id for group in _made(groups) if group.vpc_id), there)
    found, wanted = stack.resolve(own), stack.resolve(there)
    if own != there and type(found) is type(wanted) and found != wanted:
        yield (
            f"it is in VPC {found}, from which nothing leads to the database in {wanted}; allowed: `vpc` and "
            "`vpc_subnets` of the network"
        )


def _made(groups: list[IConstruct]) -> Iterator[ec2.CfnSecurityGroup]:
    for group in groups:
        child = group.node.try_find_child("Resource")
        if isinstance(child, ec2.CfnSecurityGroup):
            yield child
