"""Other ways to set the app up, each of which a team could choose: every gate must hold for them as for the shipped
environments."""

from dataclasses import replace

from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import (
    AURORA_MYSQL,
    AURORA_POSTGRESQL,
    DB2,
    MARIADB,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQLSERVER,
    Pattern,
)
from keyless_aurora.settings.database import (
    AuroraSettings,
    ExistingDatabase,
    InstanceSettings,
    License,
    Provisioned,
    SecretInstanceSettings,
    Serverless,
)
from keyless_aurora.settings.egress import Egress
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.network import ExistingNetwork, NewNetwork, S3Gateway
from keyless_aurora.settings.proxy import ProxySettings
from keyless_aurora.settings.repository import Repository
from keyless_aurora.settings.workload import Workload
from tests.app import app
from tests.app.environments import DEV, PROD, STAGING
from tests.infrastructure.support import SPEC

PASSWORDS = AccessSpec.load(app.PASSWORDS)
MIXED = AccessSpec.parse(
    {
        **SPEC.as_properties(),
        "users": [
            {**user, "auth_method": "password" if user["username"] == "lambda_writer" else "iam"}
            for user in SPEC.as_properties()["users"]
        ],
    }
)
"""The migrator with IAM, the writer with a secret."""
TEMPORARY = AccessSpec.parse(
    {
        **SPEC.as_properties(),
        "groups": [{"name": "on_call", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}],
        "users": [
            *SPEC.as_properties()["users"],
            {"username": "alice", "databases": ["app"], "may_have": [{"group": "on_call", "at_most": "2h"}]},
        ],
    }
)
"""Somebody may have something for a while."""

FINDINGS_BUS = "arn:aws:events:eu-central-1:999988887777:event-bus/security"
_S3 = S3Gateway(("exports",), prefix_list="pl-6da54004")
_ZONES = ("eu-west-1a", "eu-west-1b")
_THERE = ExistingDatabase(
    AURORA_POSTGRESQL,
    identifier="legacy",
    resource_id="cluster-ABCDEFGHIJKL",
    endpoint="legacy.cluster-abc.eu-west-1.rds.amazonaws.com",
    security_group_id="sg-0123456789abcdef0",
    master="admin_iam",
    max_connections=1000,
)
_NETWORK = ExistingNetwork(
    "vpc-0123456789abcdef0",
    "10.99.0.0/16",
    _ZONES,
    workload_subnets=("subnet-0000000a", "subnet-0000000b"),
    database_subnets=("subnet-1000000a", "subnet-1000000b"),
)


def _aurora(environment: Environment, **changes: object) -> Environment:
    assert isinstance(environment.database, AuroraSettings)
    return replace(environment, database=replace(environment.database, **changes))  # type: ignore[arg-type]


def _on(environment: Environment, **changes: object) -> Environment:
    assert isinstance(environment.database, InstanceSettings)
    return replace(environment, database=replace(environment.database, **changes))  # type: ignore[arg-type]


def _with_secrets(environment: Environment, **changes: object) -> Environment:
    assert isinstance(environment.database, SecretInstanceSettings)
    return replace(environment, database=replace(environment.database, **changes))  # type: ignore[arg-type]


_DEV_NETWORK, _INSTANCE = DEV.network, DEV.with_instance().database
assert isinstance(_DEV_NETWORK, NewNetwork)
assert isinstance(_INSTANCE, InstanceSettings)
assert isinstance(PROD.database, AuroraSettings)
_PROTECTION, _BARE = PROD.database.protection, replace(_INSTANCE.protection, monitoring_seconds=0, minor_upgrades=False)
_ON_B = {**DEV.workloads, "Writer": Workload(max_concurrency=10, pattern=Pattern.B)}
_READS = {**DEV.workloads, "Writer": Workload(10, reader=True)}
_OUT = {"Migrator": Workload(1, egress=Egress.S3), "Writer": Workload(10, egress=Egress.INTERNET)}

VARIANTS: dict[str, tuple[Environment, AccessSpec]] = {
    "instance-A": (DEV.with_instance(), SPEC),
    "instance-A-prod": (PROD.with_instance(), SPEC),
    "instance-B": (DEV.with_instance().with_pattern(Pattern.B), PASSWORDS),
    "instance-C": (DEV.with_instance().with_pattern(Pattern.C), SPEC),
    "aurora-B": (DEV.with_pattern(Pattern.B), PASSWORDS),
    "aurora-B-prod": (PROD.with_pattern(Pattern.B), PASSWORDS),
    "aurora-C": (DEV.with_pattern(Pattern.C), SPEC),
    "aurora-C-passwords": (DEV.with_pattern(Pattern.C), PASSWORDS),
    "aurora-A-and-B": (replace(DEV, workloads=_ON_B), MIXED),
    "temporary-grants-prod": (PROD, TEMPORARY),
    "provisioned": (
        replace(_aurora(PROD, capacity=Provisioned("r8g.large"), readers=2), proxy=ProxySettings(reader_endpoint=True)),
        SPEC,
    ),
    "readers": (replace(DEV, proxy=ProxySettings(reader_endpoint=True), workloads=_READS), SPEC),
    "aurora-bare": (
        replace(_aurora(DEV, capacity=Serverless(0, 2), readers=0, protection=_BARE), pattern=Pattern.C),
        SPEC,
    ),
    "instance-bare": (replace(DEV, database=replace(_INSTANCE, protection=_BARE, multi_az=False)), SPEC),
    "before-its-end": (_aurora(PROD, protection=replace(_PROTECTION, deletion_protection=False)), SPEC),
    "aurora-16": (_aurora(DEV, engine_version="16.8"), SPEC),
    "instance-18": (replace(DEV, database=replace(_INSTANCE, engine_version="18.3")), SPEC),
    "max-connections": (_aurora(DEV, max_connections=200), SPEC),
    "egress": (replace(DEV, network=replace(_DEV_NETWORK, nat=True, s3=_S3), workloads=_OUT), SPEC),
    "account-and-workflows": (
        replace(
            PROD,
            account="111122223333",
            repository=Repository("acme@123456/aurora@456789"),
            monitoring=replace(PROD.monitoring, emails=("team@example.com",), watch_hours=24),
        ),
        SPEC,
    ),
    "findings-bus": (
        replace(PROD, monitoring=replace(PROD.monitoring, findings_bus=FINDINGS_BUS)),
        SPEC,
    ),
    "existing-cluster": (replace(DEV, database=_THERE, network=_NETWORK), SPEC),
    "existing-instance": (
        replace(
            DEV,
            database=replace(
                _THERE,
                engine=POSTGRESQL,
                resource_id="db-ABCDEFGHIJKL",
                endpoint="legacy.abc.eu-west-1.rds.amazonaws.com",
            ),
        ),
        SPEC,
    ),
    "aurora-mysql-A": (DEV.with_cluster(AURORA_MYSQL), SPEC),
    "aurora-mysql-A-prod": (PROD.with_cluster(AURORA_MYSQL), SPEC),
    "aurora-mysql-B": (DEV.with_cluster(AURORA_MYSQL).with_pattern(Pattern.B), PASSWORDS),
    "aurora-mysql-C": (DEV.with_cluster(AURORA_MYSQL).with_pattern(Pattern.C), SPEC),
    "aurora-mysql-A-and-B": (replace(DEV.with_cluster(AURORA_MYSQL), workloads=_ON_B), MIXED),
    "aurora-mysql-readers": (
        replace(DEV.with_cluster(AURORA_MYSQL), proxy=ProxySettings(reader_endpoint=True), workloads=_READS),
        SPEC,
    ),
    "mysql-A-prod": (PROD.with_instance(MYSQL), SPEC),
    "mysql-B": (DEV.with_instance(MYSQL).with_pattern(Pattern.B), PASSWORDS),
    "mysql-C-passwords": (DEV.with_instance(MYSQL).with_pattern(Pattern.C), PASSWORDS),
    "mysql-9": (_on(DEV.with_instance(MYSQL), engine_version="9.7.1"), SPEC),
    "mariadb-A": (DEV.with_instance(MARIADB), SPEC),
    "mariadb-B-prod": (PROD.with_instance(MARIADB).with_pattern(Pattern.B), PASSWORDS),
    "mariadb-C": (_on(DEV.with_instance(MARIADB).with_pattern(Pattern.C), engine_version="11.4.10"), SPEC),
    "mysql-iam-master": (_on(DEV.with_instance(MYSQL), iam_master=True), SPEC),
    "existing-mysql": (
        replace(
            DEV,
            database=replace(
                _THERE,
                engine=MYSQL,
                resource_id="db-ABCDEFGHIJKL",
                endpoint="legacy.abc.eu-west-1.rds.amazonaws.com",
            ),
        ),
        SPEC,
    ),
    "sqlserver-D": (DEV.with_secret_instance(SQLSERVER), PASSWORDS),
    "sqlserver-D-staging": (STAGING.with_secret_instance(SQLSERVER), PASSWORDS),
    "sqlserver-15": (
        _with_secrets(DEV.with_secret_instance(SQLSERVER), edition="ee", engine_version="15.00.4430.1.v1"),
        PASSWORDS,
    ),
    "oracle-D": (_with_secrets(DEV.with_secret_instance(ORACLE), initial_database="app"), PASSWORDS),
    "oracle-D-staging": (STAGING.with_secret_instance(ORACLE), PASSWORDS),
    "oracle-own-license": (
        _with_secrets(DEV.with_secret_instance(ORACLE), edition="ee", license=License.OWN, multi_az=False),
        PASSWORDS,
    ),
    "db2-D": (DEV.with_secret_instance(DB2), PASSWORDS),
    "db2-D-staging": (STAGING.with_secret_instance(DB2), PASSWORDS),
    "db2-own-license": (
        _with_secrets(
            DEV.with_secret_instance(DB2), license=License.OWN, ibm_customer_id="1234567", ibm_site_id="7654321"
        ),
        PASSWORDS,
    ),
    "existing-endpoint": (
        replace(DEV.with_pattern(Pattern.B), network=replace(_NETWORK, secrets_endpoint_group="sg-0fedcba9876543210")),
        PASSWORDS,
    ),
}
