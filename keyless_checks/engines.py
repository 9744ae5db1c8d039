"""What RDS knows of the engines that this project deploys. Facts, nothing else."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Names:
    """The variables that tell a client of a family's own where to log in, and as whom."""

    host: str
    port: str
    user: str
    database: str


@dataclass(frozen=True)
class Family:
    """Engines that speak one protocol."""

    name: str
    """That of a proxy's EngineFamily, in small letters; what the engine's functions are told (DB_ENGINE_FAMILY)."""
    port: int
    names: Names
    master: re.Pattern[str]
    """How RDS lets the master be called."""
    iam_master: bool
    """Whether RDS takes a master that logs in with IAM."""
    whole_server: bool
    """Whether one access is for all databases of the spec."""

    @property
    def proxy(self) -> str:
        return self.name.upper()


POSTGRESQL: Final = Family(
    "postgresql",
    5432,
    Names("PGHOST", "PGPORT", "PGUSER", "PGDATABASE"),
    re.compile(r"[a-z_][a-z0-9_]{0,62}"),
    iam_master=True,
    whole_server=False,
)
MYSQL: Final = Family(
    "mysql",
    3306,
    Names("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_DATABASE"),
    re.compile(r"[a-z][a-z0-9_]{0,15}"),
    iam_master=False,
    whole_server=True,
)
FAMILIES: Final = (POSTGRESQL, MYSQL)
PORTS: Final = frozenset(family.port for family in FAMILIES)


@dataclass(frozen=True)
class EngineFacts:
    """Of one value of the property `Engine`. `id`: that, and what its parameter groups' families begin with."""

    id: str
    family: Family
    log_exports: frozenset[str]
    """Aurora and RDS User Guide, "Publishing … logs to Amazon CloudWatch Logs"."""
    needed_exports: frozenset[str]
    """The server's log, and refused IAM logins."""
    password: str
    """How a client says its password to a proxy (ClientPasswordAuthType): the strongest that the engine has."""

    @property
    def aurora(self) -> bool:
        return self.id.startswith("aurora-")

    def major(self, version: str) -> str:
        """17 of 17.9; 8.4 of 8.4.10 and of 8.4.mysql_aurora.8.4.7."""
        return ".".join(version.split(".")[: 1 if self.family is POSTGRESQL else 2])

    def parameter_family(self, version: str) -> str:
        return f"{self.id}{self.major(version)}"


_SCRAM, _SHA2 = "POSTGRES_SCRAM_SHA_256", "MYSQL_CACHING_SHA2_PASSWORD"
_REFUSED: Final = "iam-db-auth-error"
_PG: Final = frozenset({"postgresql", _REFUSED})
_MY: Final = frozenset({"error", "slowquery", _REFUSED})
ENGINES: Final = {
    facts.id: facts
    for facts in (
        EngineFacts("aurora-postgresql", POSTGRESQL, _PG | {"instance"}, _PG, _SCRAM),
        EngineFacts("postgres", POSTGRESQL, _PG | {"upgrade"}, _PG | {"upgrade"}, _SCRAM),
        EngineFacts("aurora-mysql", MYSQL, _MY | {"audit", "general", "instance"}, _MY, _SHA2),
        EngineFacts("mysql", MYSQL, _MY | {"audit", "general"}, _MY, _SHA2),
        EngineFacts("mariadb", MYSQL, _MY | {"audit", "general"}, _MY, "MYSQL_NATIVE_PASSWORD"),
    )
}
