"""What is wrong with an environment's settings, all of it, before anything is made: a sentence each, with its place and
what is allowed.

Pure: what only the access spec can tell (users, the connection budget) is found later.
"""

import re
from collections.abc import Collection, Iterator

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.engines.matrix import engine_problems
from keyless_aurora.functions.egress import egress_problem
from keyless_aurora.logs import LogKeeping
from keyless_aurora.network.security_group import DATABASE_PORT
from keyless_aurora.settings.allowed import within, written_as
from keyless_aurora.settings.database import ExistingDatabase
from keyless_aurora.settings.database_problems import database_problems
from keyless_aurora.settings.monitoring import monitoring_problems
from keyless_aurora.settings.network import NewNetwork
from keyless_aurora.settings.network_problems import network_problems
from keyless_aurora.settings.proxy import proxy_problems
from stacks.environments import Environment

_LONGEST_NAME = 40
"""The database is named after it, which may have 63 characters."""
_ROTATION_DAYS = 1, 1000
"""AWS::SecretsManager::RotationSchedule, AutomaticallyAfterDays."""
_REGION = r"(?!cn-|us-gov-|us-iso|eu-isoe-)[a-z]{2}(-[a-z]+)+-[0-9]"


def settings_problems(environment: Environment, functions: Collection[str]) -> Iterator[str]:
    """`functions`: the names that the workload stack knows."""
    through_proxy, database = environment.through_proxy, environment.database
    yield from _where(environment)
    yield from engine_problems(database.engine, environment.patterns)
    yield from network_problems(environment.network, environment.region)
    yield from database_problems(database, region=environment.region, through_proxy=through_proxy)
    yield from proxy_problems(environment.proxy, database, through_proxy=through_proxy)
    yield from _together(environment)
    yield from _workloads(environment, functions)
    yield from _logs(environment.logs)
    yield from within("rotation_days", environment.rotation_days, *_ROTATION_DAYS)
    yield from monitoring_problems(environment.monitoring)
    yield from environment.repository.problems() if environment.repository else ()


def _where(environment: Environment) -> Iterator[str]:
    yield from written_as(
        "name",
        environment.name,
        rf"(?=.{{1,{_LONGEST_NAME}}}$)[a-z](-?[a-z0-9])*",
        f"an environment's name, of small letters, digits and single hyphens, at most {_LONGEST_NAME}",
    )
    yield from written_as("region", environment.region, _REGION, "a region of the partition aws, such as eu-west-1")
    if environment.account and not re.fullmatch("[0-9]{12}", environment.account):
        yield (
            f"account: {environment.account!r} is no account; allowed: its 12 digits, or empty for the account of "
            f"whoever deploys"
        )


def _together(environment: Environment) -> Iterator[str]:
    database = environment.database
    if (
        isinstance(database, ExistingDatabase)
        and isinstance(environment.network, NewNetwork)
        and database.port != DATABASE_PORT
    ):
        yield (
            f"database.port: the ACLs of a new network let {DATABASE_PORT} through, and {database.port} not; "
            f"allowed: {DATABASE_PORT}, "
            "or an ExistingNetwork"
        )


def _workloads(environment: Environment, functions: Collection[str]) -> Iterator[str]:
    for name, workload in environment.workloads.items():
        if name not in functions:
            yield f"workloads.{name}: the workload stack has no such function; allowed: {', '.join(sorted(functions))}"
        if workload.max_concurrency is not None and workload.max_concurrency < 1:
            yield (
                f"workloads.{name}.max_concurrency: {workload.max_concurrency} would never let it run; allowed: 1 "
                f"or more, or None"
            )
        if workload.reader and not environment.proxy.reader_endpoint:
            yield f"workloads.{name}.reader: there is no endpoint for readers; allowed: False, or proxy.reader_endpoint"
        if problem := egress_problem(workload.egress, environment.network):
            yield f"workloads.{name}.egress: {problem}"


def _logs(keeping: LogKeeping) -> Iterator[str]:
    if keeping.retention == logs.RetentionDays.INFINITE:
        yield "logs.retention: INFINITE keeps logs for ever; allowed: a number of days, months or years"
    if keeping.removal_policy not in (cdk.RemovalPolicy.DESTROY, cdk.RemovalPolicy.RETAIN):
        yield (
            f"logs.removal_policy: {keeping.removal_policy.name} is none that a log group has; allowed: DESTROY, RETAIN"
        )
