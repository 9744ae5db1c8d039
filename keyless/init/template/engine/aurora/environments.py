"""The environments that can be deployed, and what differs between them."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.engines.matrix import @@{engine}, Pattern
from keyless_aurora.settings.database import AuroraSettings, Protection, Serverless
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.logs import LogRetention
from keyless_aurora.settings.monitoring import MonitoringSettings
from keyless_aurora.settings.network import NewNetwork
from keyless_aurora.settings.workload import Workload

_REGION = "@@{region}"
_ZONES = tuple(f"{_REGION}{letter}" for letter in "@@{zones}")  # `make preflight` says whether your account has them

DEV = Environment(
    name="dev",
    region=_REGION,
    network=NewNetwork("10.10.0.0/20", _ZONES[:2]),
    database=AuroraSettings(
        Protection(backup_days=1, deletion_protection=False, removal_policy=cdk.RemovalPolicy.DESTROY),
        engine=@@{engine},
        capacity=Serverless(min_acu=0.5, max_acu=2),
    ),
    logs=LogRetention(logs.RetentionDays.ONE_MONTH, cdk.RemovalPolicy.DESTROY),
    pattern=Pattern.@@{pattern},
    maintenance_reserved=False,  # nor anything for the workloads: a new account has nothing to reserve
    monitoring=MonitoringSettings(watch_hours=6, load=False),
    protected=False,
)

PROD = Environment(
    name="prod",
    region=_REGION,
    network=NewNetwork("10.30.0.0/20", _ZONES),
    database=AuroraSettings(
        Protection(backup_days=35, deletion_protection=True, removal_policy=cdk.RemovalPolicy.SNAPSHOT),
        engine=@@{engine},
        capacity=Serverless(min_acu=0.5, max_acu=8),
    ),
    logs=LogRetention(logs.RetentionDays.ONE_YEAR, cdk.RemovalPolicy.RETAIN),
    pattern=Pattern.@@{pattern},
    workloads={"Migrator": Workload(max_concurrency=1), "Writer": Workload(max_concurrency=20)},
)

ENVIRONMENTS = (DEV, PROD)
"""In the order in which they are deployed."""
