"""What differs between the networks of environments."""

from dataclasses import dataclass
from enum import StrEnum

TIER_PREFIX, PUBLIC_PREFIX = 24, 28
"""Of a new network's subnets: for functions and databases, and for the NAT gateways."""


class Egress(StrEnum):
    """Where a function may go beside the database."""

    NOWHERE = "nowhere"
    S3 = "S3"
    INTERNET = "internet"


@dataclass(frozen=True)
class S3Gateway:
    """A gateway endpoint for exactly these buckets, which costs nothing.

    `prefix_list`: `pl-…` of com.amazonaws.REGION.s3 (`aws ec2 describe-managed-prefix-lists`), which security groups
    name S3 by.
    """

    buckets: tuple[str, ...]
    prefix_list: str


@dataclass(frozen=True)
class NewNetwork:
    """A VPC that this app makes: isolated tiers for functions and databases, /24 each in every zone."""

    cidr: str
    availability_zones: tuple[str, ...]
    nat: bool = False
    """A NAT gateway in each zone, for workloads that need the internet. Nothing else gets a route to it."""
    s3: S3Gateway | None = None


@dataclass(frozen=True)
class ExistingNetwork:
    """A VPC that exists already, by its ids. Nothing is looked up, nothing of it is changed."""

    vpc_id: str
    cidr: str
    availability_zones: tuple[str, ...]
    workload_subnets: tuple[str, ...]
    """One in each of the zones, in their order; likewise `database_subnets`."""
    database_subnets: tuple[str, ...]
    nat: bool = False
    """Whether `workload_subnets` have a route to the internet."""
    s3: S3Gateway | None = None
    """What its S3 gateway endpoint lets through; the endpoint is its owner's."""
    secrets_endpoint_group: str = ""
    """`sg-…` of its own endpoint for Secrets Manager. A VPC can have one only: empty makes one when a pattern needs
    it."""


NetworkSettings = NewNetwork | ExistingNetwork
