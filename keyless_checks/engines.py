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
    """For TLS."""
    names: Names
    master: re.Pattern[str]
    """How RDS lets the master be called."""
    iam_master: bool
    """Whether RDS takes a master that logs in with IAM."""
    whole_server: bool
    """Whether one access is for all databases of the spec."""
    converged: bool
    """Whether an engine of this project makes its users. Otherwise functions have secrets, and nothing else is made."""
    listener: int
    """What RDS calls the port of its databases: the one for TLS, or one that nobody is let to."""

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
    converged=True,
    listener=5432,
)
MYSQL: Final = Family(
    "mysql",
    3306,
    Names("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_DATABASE"),
    re.compile(r"[a-z][a-z0-9_]{0,15}"),
    iam_master=False,
    whole_server=True,
    converged=True,
    listener=3306,
)


def _by_secret(name: str, port: int, listener: int, longest_master: int) -> Family:
    """A family whose users nobody makes here. RDS User Guide: Appendix.Oracle.Options.SSL, Db2.Concepts.SSL."""
    master = re.compile(rf"[a-z][a-z0-9_]{{0,{longest_master - 1}}}")
    return Family(
        name,
        port,
        Names("DB_HOST", "DB_PORT", "DB_USER", "DB_NAME"),
        master,
        iam_master=False,
        whole_server=False,
        converged=False,
        listener=listener,
    )


SQLSERVER: Final = _by_secret("sqlserver", 1433, 1433, 128)
ORACLE: Final = _by_secret("oracle", 2484, 1521, 30)
DB2: Final = _by_secret("db2", 50_443, 50_000, 16)
FAMILIES: Final = (POSTGRESQL, MYSQL)
"""Those whose users an engine of this project makes."""
EVERY_FAMILY: Final = (*FAMILIES, SQLSERVER, ORACLE, DB2)
PORTS: Final = frozenset(family.port for family in EVERY_FAMILY)


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
    """How a client says its password to a proxy (ClientPasswordAuthType): the strongest that the engine has. Empty: it
    has no proxy here."""
    insights: bool = True
    """Whether it has Database Insights."""
    licenses: tuple[str, ...] = ()
    """What its LicenseModel may be; none: it has none to choose."""

    @property
    def aurora(self) -> bool:
        return self.id.startswith("aurora-")

    def major(self, version: str) -> str:
        """17 of 17.9; 8.4 of 8.4.10 and of 8.4.mysql_aurora.8.4.7; 19 of 19.0.0.0.ru-2025-10.rur-2025-10.r1."""
        return ".".join(version.split(".")[: 1 if self.family in (POSTGRESQL, ORACLE) else 2])

    def parameter_family(self, version: str) -> str:
        """postgres17, mysql8.4; oracle-se2-19, db2-se-11.5, sqlserver-se-16.0 of 16.00."""
        between, major = "" if self.family.converged else "-", self.major(version)
        return f"{self.id}{between}{major.replace('.00', '.0')}"


_SCRAM, _SHA2 = "POSTGRES_SCRAM_SHA_256", "MYSQL_CACHING_SHA2_PASSWORD"
_REFUSED: Final = "iam-db-auth-error"
_PG: Final = frozenset({"postgresql", _REFUSED})
_MY: Final = frozenset({"error", "slowquery", _REFUSED})
_SQLSERVER_LOGS: Final = frozenset({"agent", "error"})
_ORACLE_LOGS: Final = frozenset({"alert", "audit", "listener", "oemagent", "trace"})
_DB2_LOGS: Final = frozenset({"diag.log", "notify.log"})
_INCLUDED, _OWN, _MARKETPLACE = "license-included", "bring-your-own-license", "marketplace-license"
ENGINES: Final = {
    facts.id: facts
    for facts in (
        EngineFacts("aurora-postgresql", POSTGRESQL, _PG | {"instance"}, _PG, _SCRAM),
        EngineFacts("postgres", POSTGRESQL, _PG | {"upgrade"}, _PG | {"upgrade"}, _SCRAM),
        EngineFacts("aurora-mysql", MYSQL, _MY | {"audit", "general", "instance"}, _MY, _SHA2),
        EngineFacts("mysql", MYSQL, _MY | {"audit", "general"}, _MY, _SHA2),
        EngineFacts("mariadb", MYSQL, _MY | {"audit", "general"}, _MY, "MYSQL_NATIVE_PASSWORD"),
        *(
            EngineFacts(id_, SQLSERVER, _SQLSERVER_LOGS, _SQLSERVER_LOGS, "", licenses=(_INCLUDED,))
            for id_ in ("sqlserver-se", "sqlserver-ee")
        ),
        EngineFacts("oracle-se2", ORACLE, _ORACLE_LOGS, _ORACLE_LOGS, "", licenses=(_INCLUDED, _OWN)),
        EngineFacts("oracle-ee", ORACLE, _ORACLE_LOGS, _ORACLE_LOGS, "", licenses=(_OWN,)),
        *(
            EngineFacts(id_, DB2, _DB2_LOGS, _DB2_LOGS, "", insights=False, licenses=(_MARKETPLACE, _OWN))
            for id_ in ("db2-se", "db2-ae")
        ),
    )
}
