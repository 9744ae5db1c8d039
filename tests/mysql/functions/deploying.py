"""The engine's functions of a deployment of the MySQL family: their variables, the master's secret, and the server.

The way to the server is the functions' own, over TLS that is verified; only the server's name and root differ from
AWS, and the text of a secret comes from here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless_client import endpoint_login, secret
from tests.deployed import deploy
from tests.mysql.servers import Instance, rows

CLUSTER = "db-ABCDEFGHIJKL"
MASTER_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-master-AbCdEf"
ROOTS = "MYSQL_SSL_CA"


@dataclass
class Function:
    """What a function of the deployment has around it."""

    instance: Instance
    patch: pytest.MonkeyPatch
    secrets: dict[str, str] = field(default_factory=dict)
    """The texts in Secrets Manager, by ARN."""

    def __post_init__(self) -> None:
        self.secrets[MASTER_SECRET] = as_text(self.instance.master, self.instance.password)
        self.patch.setattr(secret, "_text", lambda arn: self.secrets[arn])
        self.patch.setattr(secret, "_passwords", {})
        server = self.instance.server
        self.set(
            DB_ENGINE_FAMILY="mysql",
            MYSQL_HOST="localhost",
            MYSQL_TCP_PORT=str(server.port),
            MYSQL_USER=self.instance.master,
            MYSQL_SSL_CA=str(server.root_certificate),
            DB_MASTER_SECRET_ARN=MASTER_SECRET,
            DB_CLUSTER_RESOURCE_ID=CLUSTER,
            AWS_REGION="us-east-1",
            CONNECT_SECONDS="0.5",
            LOCK_SECONDS="1",
        )

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self.patch.setenv(name, value)

    def deploy(self, spec: AccessSpec, *, protected: bool = False) -> None:
        deploy(self.patch, spec.as_properties(), protected=protected)

    def by_token_as(self, user: str) -> None:
        """The function logs in as this user, with a token, which the server takes without the gate."""
        self.patch.delenv("DB_MASTER_SECRET_ARN", raising=False)
        self.patch.setattr(endpoint_login, "auth_token", lambda **_: self.instance.server.key)
        self.set(MYSQL_USER=user, MASTER=self.instance.master)


def as_text(user: str, password: str) -> str:
    return json.dumps({"username": user, "password": password})


def event(kind: str, spec: AccessSpec, **more: Any) -> dict[str, Any]:
    """As CloudFormation sends it for a whole server."""
    sent = {
        "RequestType": kind,
        "ResourceProperties": {
            "Databases": [database.name for database in spec.databases],
            "Cluster": CLUSTER,
            "Spec": spec.as_properties(),
        },
    }
    return {**sent, **({} if kind == "Create" else {"PhysicalResourceId": f"{CLUSTER}:server"}), **more}


def dumped(instance: Instance) -> list[Any]:
    """All that a server has about accounts and rights, and its schemas."""
    own = "global_priv" if instance.is_mariadb else "user"
    edges = "roles_mapping" if instance.is_mariadb else "role_edges"
    tables = (own, edges, "db", "tables_priv", "columns_priv", "procs_priv", "proxies_priv")
    with instance.superuser() as root:
        found = [sorted(map(repr, rows(root, f"SELECT * FROM mysql.{table}"))) for table in tables]
        return [*found, sorted(rows(root, "SHOW DATABASES"))]


Refusal = Callable[[Mapping[str, Any]], Any]
