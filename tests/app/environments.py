"""The environments of the app that the tests are about: the product's own, so that nothing in stacks/ and config/, which
are the user's, turns a test red."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.settings.database import AuroraSettings, Protection, Serverless
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.logs import LogRetention
from keyless_aurora.settings.monitoring import MonitoringSettings
from keyless_aurora.settings.network import NewNetwork
from keyless_aurora.settings.workload import Workload

_ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")

DEV = Environment(
    name="dev",
    region="eu-west-1",
    network=NewNetwork("10.10.0.0/20", _ZONES[:2]),
    database=AuroraSettings(
        Protection(backup_days=1, deletion_protection=False, removal_policy=cdk.RemovalPolicy.DESTROY),
        capacity=Serverless(min_acu=0.5, max_acu=2),
    ),
    logs=LogRetention(logs.RetentionDays.ONE_MONTH, cdk.RemovalPolicy.DESTROY),
    maintenance_reserved=False,  # nor anything for the workloads: a new account has nothing to reserve
    monitoring=MonitoringSettings(watch_hours=6, load=False),
    protected=False,
)

STAGING = Environment(
    name="staging",
    region="eu-west-1",
    network=NewNetwork("10.20.0.0/20", _ZONES),
    database=AuroraSettings(
        Protection(backup_days=7, deletion_protection=True, removal_policy=cdk.RemovalPolicy.SNAPSHOT),
        capacity=Serverless(min_acu=0.5, max_acu=8),
    ),
    logs=LogRetention(logs.RetentionDays.THREE_MONTHS, cdk.RemovalPolicy.DESTROY),
    workloads={"Migrator": Workload(max_concurrency=1), "Writer": Workload(max_concurrency=50)},
)

PROD = Environment(
    name="prod",
    region="eu-west-1",
    network=NewNetwork("10.30.0.0/20", _ZONES),
    database=AuroraSettings(
        Protection(
            backup_days=35,
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
            advanced_insights=True,
            audit=True,
        ),
        capacity=Serverless(min_acu=1, max_acu=32),
    ),
    logs=LogRetention(logs.RetentionDays.ONE_YEAR, cdk.RemovalPolicy.RETAIN),
    workloads={"Migrator": Workload(max_concurrency=1), "Writer": Workload(max_concurrency=100)},
)

ENVIRONMENTS = {environment.name: environment for environment in (DEV, STAGING, PROD)}
