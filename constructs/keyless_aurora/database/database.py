"""What the proxy, the bootstrap function, workloads and alarms need of a database, whoever made it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds

from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import Engine
from keyless_aurora.network.security_group import Peer

MASTER = "keyless_master"
"""The master user of the databases that this app makes."""


@dataclass(frozen=True)
class MasterSecret:
    """A secret that RDS made and rotates: its value is in no template."""

    arn: str
    key: kms.IKey
    """For it and nothing else, so that who may use the key is who may read the secret."""


class Database(Protocol):
    """A cluster or instance with IAM authentication on and TLS required."""

    @property
    def engine(self) -> Engine: ...

    @property
    def identifier(self) -> str:
        """The name that CloudWatch's metrics have as their dimension."""

    @property
    def is_cluster(self) -> bool: ...

    @property
    def resource_id(self) -> str:
        """`cluster-…` or `db-…`, which IAM policies name it by."""

    @property
    def endpoint(self) -> str:
        """The writer's host name."""

    @property
    def port(self) -> int: ...

    @property
    def master(self) -> str: ...

    @property
    def master_secret(self) -> MasterSecret | None:
        """None: it logs in with IAM."""

    @property
    def security_group(self) -> Peer: ...

    def proxy_target(self) -> rds.ProxyTarget: ...


def unfit_names(spec: AccessSpec, master: str) -> Iterator[str]:
    """Names that no role of a database with that master may have, each with its place in the spec."""
    schemas = {
        f"databases[{i}].schemas[{j}]": schema
        for i, database in enumerate(spec.databases)
        for j, schema in enumerate(database.schemas)
    }
    owners = {f"{place}.owner": name for place, schema in schemas.items() if (name := schema.named_owner) is not None}
    owners |= {
        f"{place}.creators[{k}]": name for place, schema in schemas.items() for k, name in enumerate(schema.creators)
    }
    users = {f"users[{i}].username": user.username for i, user in enumerate(spec.users)}
    for place, name in {**owners, **users}.items():
        if name.lower() == master.lower():
            yield f"{place}: {name!r} is the database's master user; allowed: any other name"


def undeclared(spec: AccessSpec, initial_database: str) -> Iterator[str]:
    """Why a database can't be created with `initial_database`, if it can't."""
    declared = [database.name for database in spec.databases]
    if initial_database not in declared:
        yield (
            f"databases: none is named {initial_database!r}, which the database server is created with "
            f"(`initial_database` of its settings); declared: {', '.join(declared)}"
        )
