"""What is wrong with an environment's settings: those of each subject, and what only holds of them together."""

import re
from collections.abc import Iterator

from aws_cdk.region_info import RegionInfo

from keyless_aurora.settings import naming
from keyless_aurora.settings.allowed import within, written_as
from keyless_aurora.settings.bootstrap import bootstrap_problems
from keyless_aurora.settings.database import DatabaseSettings, ExistingDatabase, database_problems
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.logs import log_problems
from keyless_aurora.settings.monitoring import monitoring_problems
from keyless_aurora.settings.network import NetworkSettings, NewNetwork, network_problems
from keyless_aurora.settings.pattern import pattern_problems
from keyless_aurora.settings.proxy import proxy_problems
from keyless_aurora.settings.repository import repository_problems
from keyless_aurora.settings.workload import workload_problems

_ROTATION_DAYS = 1, 1000
"""AWS::SecretsManager::RotationSchedule, AutomaticallyAfterDays."""
_REGION = r"(?!cn-|us-gov-|us-iso|eu-isoe-)[a-z]{2}(-[a-z]+)+-[0-9]"


def environment_problems(environment: Environment) -> Iterator[str]:
    """What is wrong with its settings, all of it, before anything is made: a sentence each, with its place and what is
    allowed. What only the access spec and the app's own stacks can tell is found later: users, functions, the
    connection budget."""
    through_proxy, database, proxy = environment.through_proxy, environment.database, environment.proxy
    yield from _where(environment)
    yield from bootstrap_problems(environment.bootstrap_qualifier)
    yield from pattern_problems(database.engine, environment.patterns)
    yield from network_problems(environment.network, environment.region)
    yield from database_problems(database, region=environment.region, through_proxy=through_proxy)
    yield from proxy_problems(proxy, database, through_proxy=through_proxy)
    yield from _port(database, environment.network)
    yield from _unwatched(environment)
    yield from workload_problems(environment.workloads, environment.network, reader_endpoint=proxy.reader_endpoint)
    yield from log_problems(environment.logs)
    yield from within("rotation_days", environment.rotation_days, *_ROTATION_DAYS)
    yield from monitoring_problems(environment.monitoring)
    yield from repository_problems(environment.repository) if environment.repository else ()


def _unwatched(environment: Environment) -> Iterator[str]:
    """What only the drift watch gives a meaning to."""
    if environment.database.engine.by_secret and environment.monitoring.findings_bus is not None:
        yield (
            f"monitoring.findings_bus: no drift watch looks at {environment.database.engine.label}, so it would get "
            "nothing; allowed: None"
        )


def _where(environment: Environment) -> Iterator[str]:
    yield from naming.naming_problems(environment.app, environment.name)
    yield from _region(environment.region)
    if environment.account and not re.fullmatch("[0-9]{12}", environment.account):
        yield (
            f"account: {environment.account!r} is not a valid account; allowed: its 12 digits, or empty for the "
            "account of whoever deploys"
        )


def _region(name: str) -> Iterator[str]:
    wrong = [*written_as("region", name, _REGION, "a region of the partition aws, such as eu-west-1")]
    yield from wrong
    if not wrong and name not in {region.name for region in RegionInfo.regions}:
        yield f"region: aws-cdk-lib knows no region {name!r}; allowed: one that AWS has, such as eu-west-1"


def _port(database: DatabaseSettings, network: NetworkSettings) -> Iterator[str]:
    usual = database.engine.family.port
    if isinstance(database, ExistingDatabase) and isinstance(network, NewNetwork) and database.listens_on != usual:
        yield (
            f"database.port: the ACLs of a new network let {usual} through, and {database.listens_on} not; allowed: "
            f"{usual}, or an ExistingNetwork"
        )
