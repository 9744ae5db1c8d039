"""Is there room in the account's quotas for what the stacks add?

The codes are those of the AWS General Reference ("Amazon RDS endpoints and quotas") and of the VPC User Guide ("Amazon
VPC quotas").
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from keyless.preflight.account.account import Account
from keyless.preflight.checks.increase import increase
from keyless.preflight.finding import Problem, attempt
from keyless.preflight.planned.target import Target

Limits = Callable[[str], Mapping[str, int]]
"""The quotas of a service, by their codes."""


@dataclass(frozen=True)
class _Quota:
    """A quota for a region, and how to count what is there of it."""

    type: str
    what: str
    service: str
    """As Service Quotas names it."""
    code: str
    count: tuple[str, str, str]
    """Service, operation, and the key of the list in its answer."""


_QUOTAS: Final = (
    _Quota("AWS::EC2::VPC", "VPCs", "vpc", "L-F678F1CE", ("ec2", "DescribeVpcs", "Vpcs")),
    _Quota("AWS::EC2::EIP", "Elastic IP addresses", "ec2", "L-0263D0A3", ("ec2", "DescribeAddresses", "Addresses")),
    _Quota("AWS::RDS::DBCluster", "DB clusters", "rds", "L-952B80B8", ("rds", "DescribeDBClusters", "DBClusters")),
    _Quota("AWS::RDS::DBInstance", "DB instances", "rds", "L-7B6409FD", ("rds", "DescribeDBInstances", "DBInstances")),
    _Quota("AWS::RDS::DBProxy", "RDS proxies", "rds", "L-D94C7EA3", ("rds", "DescribeDBProxies", "DBProxies")),
    _Quota(
        "AWS::RDS::DBClusterParameterGroup",
        "DB cluster parameter groups",
        "rds",
        "L-E4C808A8",
        ("rds", "DescribeDBClusterParameterGroups", "DBClusterParameterGroups"),
    ),
    _Quota(
        "AWS::RDS::DBParameterGroup",
        "DB parameter groups",
        "rds",
        "L-DE55804A",
        ("rds", "DescribeDBParameterGroups", "DBParameterGroups"),
    ),
    _Quota(
        "AWS::RDS::DBSubnetGroup",
        "DB subnet groups",
        "rds",
        "L-48C6BF61",
        ("rds", "DescribeDBSubnetGroups", "DBSubnetGroups"),
    ),
)


def quotas(target: Target, account: Account) -> Iterator[Problem]:
    limits = cache(lambda service: _limits(service, account))
    for quota in _QUOTAS:
        yield from attempt(_room(quota, target, account, limits))


def _room(quota: _Quota, target: Target, account: Account, limits: Limits) -> Iterator[Problem]:
    added = sum(account.physical_id(resource) is None for resource in target.resources(quota.type))
    if not added:
        return
    limit, there = limits(quota.service).get(quota.code), len(account.reader.items(*quota.count))
    if limit is None:
        yield Problem.unknown(f"Service Quotas doesn't know {quota.what} ({quota.service} {quota.code})")
    elif there + added > limit:
        yield Problem(
            f"{account.region} has {there} of at most {limit} {quota.what}, and the stacks add {added}",
            (increase(quota.service, quota.code, there + added, account.region),),
        )


def _limits(service: str, account: Account) -> Mapping[str, int]:
    """Code -> value. ListServiceQuotas leaves out those that are AWS's default (Service Quotas API Reference)."""
    return {
        each["QuotaCode"]: int(each["Value"])
        for operation in ("ListAWSDefaultServiceQuotas", "ListServiceQuotas")
        for each in account.reader.items("service-quotas", operation, "Quotas", ServiceCode=service)
    }
