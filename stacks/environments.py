"""The environments that can be deployed, and what differs between them."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.cluster import ClusterSettings
from keyless_aurora.log_keeping import LogKeeping


class UnknownEnvironmentError(Exception):
    """No environment has that name. Lists those that exist."""

    def __init__(self, name: str | None) -> None:
        said = f"no environment is named {name!r}" if name else "no environment is chosen"
        super().__init__(f"{said}; use -c environment=NAME with one of: {', '.join(ENVIRONMENTS)}")


@dataclass(frozen=True)
class Environment:
    """One deployment of the whole app."""

    name: str
    region: str
    availability_zones: tuple[str, ...]
    cidr: str
    cluster: ClusterSettings
    logs: LogKeeping
    account: str = ""
    """Empty: the account of whoever deploys."""

    @property
    def target(self) -> cdk.Environment:
        return cdk.Environment(account=self.account or None, region=self.region)

    @property
    def prefix(self) -> str:
        """What the stacks' names begin with."""
        return f"KeylessAurora-{self.name}"


_ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")

DEV = Environment(
    name="dev", region="eu-west-1", availability_zones=_ZONES[:2], cidr="10.10.0.0/20",
    cluster=ClusterSettings(
        min_acu=0.5, max_acu=2, backup_days=1, deletion_protection=False, removal_policy=cdk.RemovalPolicy.DESTROY),
    logs=LogKeeping(logs.RetentionDays.ONE_MONTH, cdk.RemovalPolicy.DESTROY))

STAGING = Environment(
    name="staging", region="eu-west-1", availability_zones=_ZONES, cidr="10.20.0.0/20",
    cluster=ClusterSettings(
        min_acu=0.5, max_acu=8, backup_days=7, deletion_protection=True, removal_policy=cdk.RemovalPolicy.SNAPSHOT),
    logs=LogKeeping(logs.RetentionDays.THREE_MONTHS, cdk.RemovalPolicy.DESTROY))

PROD = Environment(
    name="prod", region="eu-west-1", availability_zones=_ZONES, cidr="10.30.0.0/20",
    cluster=ClusterSettings(
        min_acu=1, max_acu=32, backup_days=35, deletion_protection=True, removal_policy=cdk.RemovalPolicy.SNAPSHOT),
    logs=LogKeeping(logs.RetentionDays.ONE_YEAR, cdk.RemovalPolicy.RETAIN))

ENVIRONMENTS = {environment.name: environment for environment in (DEV, STAGING, PROD)}


def environment_named(name: str | None) -> Environment:
    """The environment of that name. Raises UnknownEnvironmentError, which lists the valid ones."""
    if name not in ENVIRONMENTS:
        raise UnknownEnvironmentError(name)
    return ENVIRONMENTS[name]
