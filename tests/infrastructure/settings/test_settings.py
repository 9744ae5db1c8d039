"""Settings that AWS would refuse, or that could never work, are refused before anything is made: all of them, each in a
sentence."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs

from keyless_aurora.engines.matrix import AURORA_MYSQL, ENGINES, MARIADB, MYSQL, POSTGRESQL, Pattern
from keyless_aurora.settings.database import (
    AuroraSettings,
    ExistingDatabase,
    InstanceSettings,
    Provisioned,
    Serverless,
)
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.network import ExistingNetwork, NewNetwork, S3Gateway
from keyless_aurora.settings.problems import environment_problems
from keyless_aurora.settings.proxy import ProxySettings
from keyless_aurora.settings.repository import Repository
from keyless_aurora.settings.workload import Workload
from tests.app.environments import DEV, ENVIRONMENTS, PROD
from tests.infrastructure.support import synthesize
from tests.infrastructure.variants import VARIANTS

INSTANCE, THERE = DEV.with_instance(), VARIANTS["existing-cluster"][0]
ON_AURORA_MYSQL, ON_MYSQL, ON_MARIADB = (
    DEV.with_cluster(AURORA_MYSQL),
    DEV.with_instance(MYSQL),
    DEV.with_instance(MARIADB),
)
_MYSQL_THERE: dict[str, Any] = {
    "engine": MYSQL,
    "resource_id": "db-ABCDEFGHIJKL",
    "endpoint": "legacy.abc.eu-west-1.rds.amazonaws.com",
}
DIRECT = DEV.with_pattern(Pattern.C)


def problems(environment: Environment) -> list[str]:
    return list(environment_problems(environment))


def database(environment: Environment = DEV, **changes: Any) -> Environment:
    assert isinstance(environment.database, AuroraSettings | InstanceSettings | ExistingDatabase)
    return replace(environment, database=replace(environment.database, **changes))


def protection(environment: Environment = DEV, **changes: Any) -> Environment:
    assert isinstance(environment.database, AuroraSettings | InstanceSettings)
    return database(environment, protection=replace(environment.database.protection, **changes))


def network(environment: Environment = DEV, **changes: Any) -> Environment:
    assert isinstance(environment.network, NewNetwork | ExistingNetwork)
    return replace(environment, network=replace(environment.network, **changes))


def proxy(environment: Environment = DEV, **changes: Any) -> Environment:
    return replace(environment, proxy=ProxySettings(**changes))


def s3(*buckets: str, prefix_list: str = "pl-6da54004") -> Environment:
    return network(s3=S3Gateway(buckets, prefix_list))


WRONG: dict[str, tuple[Environment, str]] = {
    "a negative number of readers": (database(readers=-1), "database.readers: -1 is out of range; allowed: 0 to 15"),
    "more readers than Aurora has": (database(readers=16), "database.readers: 16 is out of range; allowed: 0 to 15"),
    "no backups": (protection(backup_days=0), "database.protection.backup_days: 0 is out of range; allowed: 1 to 35"),
    "backups for too long": (
        protection(INSTANCE, backup_days=36),
        "database.protection.backup_days: 36 is out of range; allowed: 1 to 35",
    ),
    "an interval that RDS hasn't": (
        protection(monitoring_seconds=7),
        "database.protection.monitoring_seconds: 7 is unknown; allowed: 0, 1, 5, 10,",
    ),
    "kept data that nobody watches": (
        protection(PROD, monitoring_seconds=0),
        "database.protection.monitoring_seconds: 0 leaves a database unwatched",
    ),
    "protected data that is lost": (
        protection(PROD, removal_policy=cdk.RemovalPolicy.DESTROY),
        "database.protection.removal_policy: DESTROY loses the data",
    ),
    "no window": (
        protection(backup_window="1-2"),
        "database.protection.backup_window: '1-2' is not a valid daily window; allowed: hh:mm-hh:mm in UTC",
    ),
    "a window of ten minutes": (
        protection(backup_window="01:00-01:10"),
        "database.protection.backup_window: '01:00-01:10' is not a valid daily window",
    ),
    "an hour that no day has": (
        protection(maintenance_window="sun:24:00-sun:25:00"),
        "database.protection.maintenance_window: 'sun:24:00-sun:25:00' is not a valid weekly window",
    ),
    "a day that no week has": (
        protection(maintenance_window="day:03:00-day:04:00"),
        "database.protection.maintenance_window: 'day:03:00-day:04:00' is not a valid weekly window",
    ),
    "a window of a week": (
        protection(maintenance_window="sun:03:00-sat:04:00"),
        "database.protection.maintenance_window: 'sun:03:00-sat:04:00' is not a valid weekly window",
    ),
    "windows that meet": (
        protection(backup_window="03:30-04:00"),
        "database.protection.maintenance_window: sun:03:00-sun:04:00 meets backup_window 03:30-04:00;",
    ),
    "windows that meet at midnight": (
        protection(backup_window="23:30-00:30", maintenance_window="mon:00:00-mon:01:00"),
        "database.protection.maintenance_window: mon:00:00-mon:01:00 meets backup_window 23:30-00:30;",
    ),
    "less than nothing": (
        database(capacity=Serverless(-1, 2)),
        "database.capacity.min_acu: -1 is not a valid capacity of Aurora Serverless v2;",
    ),
    "a quarter of an ACU": (
        database(capacity=Serverless(0.75, 2)),
        "database.capacity.min_acu: 0.75 is not a valid capacity of",
    ),
    "300 ACU": (
        database(capacity=Serverless(1, 300)),
        "database.capacity.max_acu: 300 is not a valid capacity of Aurora Serverless v2; allowed: 1 to 256",
    ),
    "half an ACU at most": (
        database(capacity=Serverless(0.5, 0.5)),
        "database.capacity.max_acu: 0.5 is less than Aurora Serverless v2 can have; allowed: 1 to 256",
    ),
    "minimum above maximum": (
        database(capacity=Serverless(4, 2)),
        "database.capacity.min_acu: 4 is more than max_acu 2; allowed: at most",
    ),
    "a pause that a proxy prevents": (
        database(capacity=Serverless(0, 2)),
        "database.capacity.min_acu: 0 is for a database that pauses, and RDS Proxy holds connections",
    ),
    "a class that doesn't exist": (
        database(capacity=Provisioned("r99.large")),
        "database.capacity.instance_class: 'r99.large' is not a known class of Aurora",
    ),
    "a size that doesn't exist": (
        database(INSTANCE, capacity=Provisioned("t4g.8xlarge")),
        "database.capacity.instance_class: 't4g.8xlarge' doesn't exist for RDS for",
    ),
    "a class with its prefix": (
        database(capacity=Provisioned("db.r8g.large")),
        "database.capacity.instance_class: 'db.r8g.large' is not an instance class; allowed: an instance class, "
        "without db. before it",
    ),
    "more connections than can be set": (
        database(max_connections=300_000),
        "database.max_connections: 300,000 is out of range; allowed: 6 to 262,143",
    ),
    "too little storage": (
        database(INSTANCE, storage_gib=5),
        "database.storage_gib: 5 GiB is out of range; allowed: 20 to 65536 GiB",
    ),
    "no room to grow": (
        database(INSTANCE, storage_gib=100, max_storage_gib=105),
        "database.max_storage_gib: 105 GiB is out of range; allowed: 110 to",
    ),
    "kept data in one zone": (
        database(PROD.with_instance(), multi_az=False),
        "database.multi_az: False takes a database whose data is kept",
    ),
    "no range": (
        network(cidr="10.0.0.0"),
        "network.cidr: '10.0.0.0' is not a valid range of a VPC; allowed: such as 10.10.0.0/20",
    ),
    "a range from its middle": (
        network(cidr="10.0.0.1/20"),
        "network.cidr: '10.0.0.1/20' is not a valid range of a VPC",
    ),
    "a range larger than a VPC": (
        network(cidr="10.0.0.0/8"),
        "network.cidr: '10.0.0.0/8' is not a valid range of a VPC",
    ),
    "a range too small for the tiers": (
        network(cidr="10.0.0.0/23"),
        "network.cidr: 10.0.0.0/23 has 512 addresses and the tiers take 1,024 (two /24 in each zone); allowed: "
        "at least /22",
    ),
    "no room for NAT": (
        network(cidr="10.0.0.0/22", nat=True),
        "network.cidr: 10.0.0.0/22 has 1,024 addresses and the tiers take 1,056 (two /24 and a /28 in each "
        "zone); allowed: at least /21",
    ),
    "one zone": (
        network(availability_zones=("eu-west-1a",)),
        "network.availability_zones: 1 of them are too few for a database",
    ),
    "a zone twice": (
        network(availability_zones=("eu-west-1a", "eu-west-1a")),
        "network.availability_zones: 'eu-west-1a' is named twice; allowed: each once",
    ),
    "a zone elsewhere": (
        network(availability_zones=("eu-west-1a", "us-east-1b")),
        "network.availability_zones: 'us-east-1b' is not a zone of eu-west-1; allowed: a zone of eu-west-1, "
        "such as eu-west-1a",
    ),
    "no bucket": (s3(), "network.s3.buckets: none is named, so nothing could pass; allowed: at least one, or no s3"),
    "every bucket": (s3("*"), "network.s3.buckets: '*' is not a bucket's name; allowed: a bucket's name, without"),
    "no prefix list": (
        s3("exports", prefix_list="s3"),
        "network.s3.prefix_list: 's3' is not a valid id; allowed: pl- and 8 or 17",
    ),
    "a VPC's name": (
        network(THERE, vpc_id="main"),
        "network.vpc_id: 'main' is not a valid id; allowed: vpc- and 8 or 17 hexadecimal digits",
    ),
    "too few subnets": (
        network(THERE, workload_subnets=("subnet-0000000a",)),
        "network.workload_subnets: 1 for 2 availability_zones; allowed: one in each, in their order",
    ),
    "a subnet twice": (
        network(THERE, database_subnets=("subnet-0000000a",) * 2),
        "network.database_subnets: 'subnet-0000000a' is named twice",
    ),
    "no subnet": (
        network(THERE, database_subnets=("subnet-0000000a", "b")),
        "network.database_subnets: 'b' is not a valid id; allowed: subnet-",
    ),
    "a group's name": (
        network(THERE, secrets_endpoint_group="endpoints"),
        "network.secrets_endpoint_group: 'endpoints' is not a valid id; allowed: sg-",
    ),
    "a group's name for sessions": (
        network(THERE, sessions_endpoint_group="endpoints"),
        "network.sessions_endpoint_group: 'endpoints' is not a valid id; allowed: sg-",
    ),
    "SQL Server": (
        replace(database(THERE, engine=ENGINES["sqlserver"]), pattern=Pattern.D),
        "database.engine: this app can't create users in RDS for SQL Server yet; allowed: Aurora PostgreSQL, RDS for "
        "PostgreSQL, Aurora MySQL, RDS for MySQL, RDS for MariaDB",
    ),
    "an instance's engine for a cluster": (
        database(engine=MYSQL, engine_version="8.4.10"),
        "database.engine: RDS for MySQL is no engine of Aurora; allowed: Aurora PostgreSQL, Aurora MySQL",
    ),
    "Aurora for an instance": (
        database(INSTANCE, engine=AURORA_MYSQL, engine_version=""),
        "database.engine: Aurora MySQL is no engine of an instance; allowed: RDS for PostgreSQL, RDS for MySQL, RDS for "
        "MariaDB",
    ),
    "a version of PostgreSQL for MySQL": (
        database(ON_MYSQL, engine_version="17.9"),
        "database.engine_version: '17.9' is not a version of RDS for MySQL; allowed: a version of RDS for MySQL, with a "
        "major version of 8.4, 9.7 and a minor one, such as 8.4.10",
    ),
    "MySQL's version for Aurora MySQL": (
        database(ON_AURORA_MYSQL, engine_version="8.4.7"),
        "database.engine_version: '8.4.7' is not a version of Aurora MySQL; allowed: a version of Aurora MySQL, with a "
        "major version of 8.4 and a minor one, such as 8.4.mysql_aurora.8.4.7",
    ),
    "a MariaDB that is too old": (
        database(ON_MARIADB, engine_version="10.6.20"),
        "database.engine_version: '10.6.20' is not a version of RDS for MariaDB; allowed: a version of",
    ),
    "a master with a password where IAM would do": (
        database(iam_master=False),
        "database.iam_master: the master of Aurora PostgreSQL can log in with IAM, and a password would be the one that "
        "is stored; allowed: None or True",
    ),
    "a first database that MySQL has already": (
        database(ON_MYSQL, initial_database="sys"),
        "database.initial_database: 'sys' is not a name that RDS creates a database with; allowed: ",
    ),
    "a master's name that MySQL hasn't room for": (
        database(THERE, **_MYSQL_THERE, master="m" * 33),
        "database.master: it has 33 bytes; allowed: the name of the master user, of 1 to 32",
    ),
    "more connections than Aurora MySQL takes": (
        database(ON_AURORA_MYSQL, max_connections=16_001),
        "database.max_connections: 16,001 is out of range; allowed: 1 to 16,000",
    ),
    "a class that Aurora MySQL doesn't have": (
        database(ON_AURORA_MYSQL, capacity=Provisioned("r8gd.large")),
        "database.capacity.instance_class: 'r8gd.large' is not a known class of Aurora MySQL; allowed: r5, ",
    ),
    "an instance's id for a cluster": (
        database(THERE, resource_id="db-ABC"),
        "database.resource_id: 'db-ABC' is not a resource id of Aurora PostgreSQL; allowed: a resource id of "
        "Aurora PostgreSQL, cluster- and",
    ),
    "a cluster's id for an instance": (
        database(THERE, engine=POSTGRESQL, endpoint="legacy.abc.eu-west-1.rds.amazonaws.com"),
        "database.resource_id: 'cluster-ABCDEFGHIJKL' is not a resource id of RDS for PostgreSQL; allowed: a "
        "resource id of RDS for PostgreSQL, db-",
    ),
    "an identifier that is none": (
        database(THERE, identifier="a--b"),
        "database.identifier: 'a--b' is not an identifier; allowed: ",
    ),
    "an identifier as RDS doesn't store it": (
        database(THERE, identifier="Legacy"),
        "database.identifier: 'Legacy' is not an identifier; allowed: an identifier, of small letters, as RDS stores it,",
    ),
    "an alias": (
        database(THERE, endpoint="db.example.com"),
        "database.endpoint: 'db.example.com' is not the writer's own host name in eu-west-1; allowed: "
        "NAME.cluster-ID.eu-west-1.rds.amazonaws.com",
    ),
    "the readers' host": (
        database(THERE, endpoint="legacy.cluster-ro-abc.eu-west-1.rds.amazonaws.com"),
        "database.endpoint: 'legacy.cluster-ro-abc.eu-west-1",
    ),
    "another region's host": (
        database(THERE, endpoint="legacy.cluster-abc.us-east-1.rds.amazonaws.com"),
        "database.endpoint: 'legacy.cluster-abc.us-east-1",
    ),
    "a group that is none": (
        database(THERE, security_group_id="db"),
        "database.security_group_id: 'db' is not a valid id; allowed: sg- and 8 or 17",
    ),
    "a port that is none": (
        database(THERE, port=70_000),
        "database.port: 70000 is out of range; allowed: 1150 to 65535",
    ),
    "a port that the ACLs close": (
        replace(database(THERE, port=5433), network=DEV.network),
        "database.port: the ACLs of a new network let 5432 through, and 5433 not; allowed: 5432, or an ExistingNetwork",
    ),
    "everybody as the master": (
        database(THERE, master="*"),
        "database.master: '*' would stand for other users too, because an IAM policy",
    ),
    "nobody as the master": (
        database(THERE, master=""),
        "database.master: it has 0 bytes; allowed: the name of the master user, of 1 to 63",
    ),
    "no connections": (
        database(THERE, max_connections=0),
        "database.max_connections: 0 is out of range; allowed: 6 to 262,143",
    ),
    "an empty pool": (
        proxy(max_connections_percent=0),
        "proxy.max_connections_percent: 0 is out of range; allowed: 1 to 100",
    ),
    "more idle than there are": (
        proxy(max_connections_percent=20),
        "proxy.max_idle_connections_percent: 50 is out of range; allowed: 0 to 20",
    ),
    "a borrow timeout of 17 minutes": (
        proxy(borrow_timeout_seconds=1000),
        "proxy.borrow_timeout_seconds: 1000 s is out of range; allowed: 0 to 300 s",
    ),
    "idle for a day": (
        proxy(idle_client_timeout_seconds=86_400),
        "proxy.idle_client_timeout_seconds: 86400 s is out of range; allowed: 1 to 28800 s",
    ),
    "readers of an instance": (
        proxy(INSTANCE, reader_endpoint=True),
        "proxy.reader_endpoint: RDS for PostgreSQL has no readers behind RDS Proxy, only Aurora has",
    ),
    "readers that aren't there": (
        proxy(database(readers=0), reader_endpoint=True),
        "proxy.reader_endpoint: the cluster has no readers; allowed: False, or database.readers",
    ),
    "readers without a proxy": (
        proxy(DIRECT, reader_endpoint=True),
        "proxy.reader_endpoint: no pattern in use goes through RDS Proxy; allowed: False, or pattern A or B",
    ),
    "a function that never runs": (
        replace(DEV, workloads={"Writer": Workload(0)}),
        "workloads.Writer.max_concurrency: 0 would never let it run; allowed: 1 or more",
    ),
    "a reader without an endpoint": (
        replace(DEV, workloads={"Writer": Workload(5, reader=True)}),
        "workloads.Writer.reader: there is no endpoint for readers; allowed: False, or proxy.reader_endpoint",
    ),
    "a version that the engine isn't tested on": (
        database(engine_version="14.9"),
        "database.engine_version: '14.9' is not a version of Aurora PostgreSQL; allowed: a version of Aurora PostgreSQL, "
        "with a major version of 15, 16, 17, 18 and a minor one, such as 17.9",
    ),
    "a major version alone, of an instance": (
        database(INSTANCE, engine_version="17"),
        "database.engine_version: '17' is not a version of RDS for PostgreSQL; allowed: a version of",
    ),
    "no rotation": (replace(DEV, rotation_days=0), "rotation_days: 0 is out of range; allowed: 1 to 1000"),
    "a name that a stack can't have": (
        replace(DEV, name="Dev_1"),
        "name: 'Dev_1' is not an environment's name; allowed: ",
    ),
    "a name too long for a database": (
        replace(DEV, name="d" * 41),
        "name: 'ddddddddddddddddddddddddddddddddddddddddd' is not an",
    ),
    "another partition": (
        network(replace(DEV, region="cn-north-1"), availability_zones=("cn-north-1a", "cn-north-1b")),
        "region: 'cn-north-1' is not a region of the partition aws; allowed: a region of the partition aws, "
        "such as eu-west-1",
    ),
    "a region that AWS hasn't": (
        network(replace(DEV, region="eu-wesst-1"), availability_zones=("eu-wesst-1a", "eu-wesst-1b")),
        "region: aws-cdk-lib knows no region 'eu-wesst-1'; allowed: one that AWS has, such as eu-west-1",
    ),
    "no account": (
        replace(DEV, account="12"),
        "account: '12' is not a valid account; allowed: its 12 digits, or empty",
    ),
    "logs for ever": (
        replace(DEV, logs=replace(DEV.logs, retention=logs.RetentionDays.INFINITE)),
        "logs.retention: INFINITE keeps logs for ever; allowed: ",
    ),
    "a snapshot of logs": (
        replace(DEV, logs=replace(DEV.logs, removal_policy=cdk.RemovalPolicy.SNAPSHOT)),
        "logs.removal_policy: SNAPSHOT is not a valid policy of a log group; allowed: DESTROY, RETAIN",
    ),
    "no repository": (
        replace(DEV, repository=Repository("acme/aurora")),
        "repository.name: 'acme/aurora' is not one repository; allowed: ",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_setting_that_cannot_be_kept_is_named_with_what_is_allowed(case: str) -> None:
    environment, message = WRONG[case]
    (problem,) = problems(environment)
    assert problem.startswith(message) and "allowed: " in problem and "\n" not in problem


def test_all_of_them_are_reported_at_once_and_nothing_is_made(out: Path) -> None:
    wrong = network(
        proxy(protection(replace(DEV, rotation_days=0), backup_days=0), borrow_timeout_seconds=1000), cidr="10.0.0.0"
    )
    with pytest.raises(SettingsError) as refused:
        synthesize(wrong, out)
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "network.cidr",
        "database.protection.backup_days",
        "proxy.borrow_timeout_seconds",
        "rotation_days",
    ]
    head = (
        r"tests/infrastructure/settings/test_settings\.py:[0-9]+: environment dev has 4 problems:\n  - network.cidr: "
    )
    assert re.match(head, str(refused.value))
    assert not out.exists() or not list(out.glob("*.json"))


@pytest.mark.parametrize(
    "environment", [*ENVIRONMENTS.values(), *(environment for environment, _ in VARIANTS.values())]
)
def test_what_can_be_deployed_has_no_problem(environment: Environment) -> None:
    assert problems(environment) == []


@pytest.mark.parametrize(
    "environment",
    [
        database(readers=15),
        database(DIRECT, capacity=Serverless(0, 1)),
        database(capacity=Serverless(256, 256)),
        protection(backup_days=35),
        protection(backup_window="23:30-00:00", maintenance_window="mon:00:00-mon:00:30"),
        protection(maintenance_window="Sat:23:30-Sun:00:30"),
        database(INSTANCE, storage_gib=20, max_storage_gib=22),
        network(cidr="10.0.0.0/22"),
        network(cidr="10.0.0.0/21", nat=True),
        proxy(
            borrow_timeout_seconds=300,
            idle_client_timeout_seconds=28_800,
            max_connections_percent=100,
            max_idle_connections_percent=0,
        ),
        replace(DEV, rotation_days=1000, name="d" * 40, account="111122223333"),
    ],
)
def test_the_values_at_the_edge_are_allowed(environment: Environment) -> None:
    assert problems(environment) == []


def test_a_function_that_no_stack_has_is_named_with_those_there_are(out: Path) -> None:
    environment = replace(DEV, workloads={**DEV.workloads, "Wirter": Workload(max_concurrency=5)})
    with pytest.raises(
        SettingsError, match=r"workloads\.Wirter: no stack has such a function; allowed: Migrator, Writer"
    ):
        synthesize(environment, out)


@pytest.mark.parametrize(
    "name", ["Reports", "KeylessAurora-prod-reports", "KeylessAurora-dev-re-ports", "KeylessAurora-dev-verify"]
)
def test_a_stack_of_ones_own_that_no_gate_would_find_is_refused(out: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=rf"stack '{name}': .* allowed: KeylessAurora-dev- and one word"):
        synthesize(DEV, out, own=[lambda scope, *_: cdk.Stack(scope, name)])
