"""What a status found, as values. None stands for what AWS didn't answer; `Region.unanswered` says why."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    CLUSTER = "cluster"
    INSTANCE = "instance"


class MasterLogin(StrEnum):
    IAM = "IAM"
    SECRET = "managed secret"  # noqa: S105  (not a password)
    OWN = "password or IAM"
    """RDS doesn't tell which (the answers to DescribeDBClusters and DescribeDBInstances have no field for it)."""


@dataclass(frozen=True)
class Version:
    """Of the engine, as the region offers it."""

    offered: bool
    minor_upgrades: tuple[str, ...]


@dataclass(frozen=True)
class Database:
    kind: Kind
    name: str
    endpoint: str
    engine: str
    engine_version: str
    state: str
    iam: bool
    """IAM database authentication is on."""
    tls: bool | None
    """It refuses connections without TLS."""
    version: Version | None
    master: str
    master_login: MasterLogin
    members: int = 1
    environment: str | None = None
    """The prefix of the environment whose database it is."""


@dataclass(frozen=True)
class Target:
    database: str
    state: str
    reason: str


@dataclass(frozen=True)
class Proxy:
    name: str
    endpoint: str
    state: str
    tls: bool
    """It refuses connections without TLS."""
    iam: bool
    """It takes tokens only: by default, and of every user that it has a secret for."""
    targets: tuple[Target, ...] | None

    def targets_any(self, databases: frozenset[str]) -> bool:
        return any(target.database in databases for target in self.targets or ())


class Drift(StrEnum):
    """The drift watch's last verdict, as its alarm has it."""

    NONE = "as the spec says"
    SOME = "differs from the spec"
    UNKNOWN = "not looked at yet"
    UNWATCHED = "not watched"


@dataclass(frozen=True)
class Environment:
    prefix: str
    users: tuple[str, ...] | None
    """Those of the deployed spec; None also where the spec is a file of a layer."""
    user_count: int | None
    drift: Drift | None
    alarms: tuple[str, ...] | None
    """Names of the environment's alarms that are on, the drift's aside."""


@dataclass(frozen=True)
class Region:
    name: str
    databases: tuple[Database, ...] = ()
    proxies: tuple[Proxy, ...] = ()
    environments: tuple[Environment, ...] = ()
    unanswered: tuple[str, ...] = field(default=())
