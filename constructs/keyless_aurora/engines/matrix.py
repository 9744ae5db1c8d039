"""Which access patterns each RDS engine allows, as data. Knows no CDK.

Sources: AuroraUserGuide and RDS User Guide, "IAM database authentication" and "Limitations for RDS Proxy", as of 2026.
"""

from dataclasses import dataclass
from enum import StrEnum

from keyless_aurora.engines.family import Family


class Pattern(StrEnum):
    """A way from a function to the database."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]

    @property
    def through_proxy(self) -> bool:
        return self in (Pattern.A, Pattern.B)

    @property
    def auth_methods(self) -> tuple[str, ...]:
        """What a user of it may have as `auth_method`."""
        return _AUTH_METHODS[self]


_MEANINGS = {
    Pattern.A: "IAM through RDS Proxy",
    Pattern.B: "a secret through RDS Proxy",
    Pattern.C: "direct, with IAM or a secret",
    Pattern.D: "a secret, direct",
}
_AUTH_METHODS: dict[Pattern, tuple[str, ...]] = {
    Pattern.A: ("iam",),
    Pattern.B: ("password",),
    Pattern.C: ("iam", "password"),
    Pattern.D: ("password",),
}


@dataclass(frozen=True)
class Engine:
    """`iam`: has IAM database authentication. `proxy`: RDS Proxy supports it. `deployed`: this app can carry an access
    spec out on it, in the `majors`, each as versions and parameter groups begin. `by_secret`: this app makes its
    database and the secrets of users, whom somebody else makes. `version` is what a database that this app makes has
    unless its settings say another."""

    id: str
    label: str
    family: Family
    iam: bool
    proxy: bool
    deployed: bool = False
    by_secret: bool = False
    majors: tuple[str, ...] = ()
    version: str = ""
    note: str = ""

    @property
    def aurora(self) -> bool:
        """Whether its databases are clusters."""
        return self.id.startswith("aurora-")

    @property
    def iam_master(self) -> bool:
        """Whether RDS takes a master that logs in with IAM. CloudFormation's page for it names MySQL and MariaDB, too;
        RDS's own model (botocore, CreateDBInstance) and a try of it say PostgreSQL alone
        (hashicorp/terraform-provider-aws#49670)."""
        return self.family is Family.POSTGRESQL

    def major(self, version: str) -> str:
        """What its parameter groups call that version: 17 of 17.9, 8.4 of 8.4.10 and of 8.4.mysql_aurora.8.4.7."""
        parts = version.split(".")
        return ".".join(parts[:1] if self.family in (Family.POSTGRESQL, Family.ORACLE) else parts[:2])

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """What it allows, best first. D is C without IAM: the database knows passwords alone."""
        possible = {
            Pattern.A: self.iam and self.proxy,
            Pattern.B: self.proxy,
            Pattern.C: self.iam,
            Pattern.D: not self.iam,
        }
        return tuple(pattern for pattern, allowed in possible.items() if allowed)

    @property
    def made(self) -> tuple[Pattern, ...]:
        """Those of them that this app makes. A proxy needs its users in the database, and no engine makes those of an
        engine `by_secret`."""
        return (Pattern.D,) if self.by_secret else self.patterns

    @property
    def features(self) -> str:
        """Why it allows these patterns."""
        iam, proxy = ("has" if self.iam else "has no"), ("works" if self.proxy else "doesn't work")
        return f"it {iam} IAM authentication, and RDS Proxy {proxy} with it" + (f" ({self.note})" if self.note else "")


_MAJORS = ("15", "16", "17", "18")
AURORA_POSTGRESQL = Engine(
    "aurora-postgresql",
    "Aurora PostgreSQL",
    Family.POSTGRESQL,
    iam=True,
    proxy=True,
    deployed=True,
    majors=_MAJORS,
    version="17.9",
)
POSTGRESQL = Engine(
    "postgres",
    "RDS for PostgreSQL",
    Family.POSTGRESQL,
    iam=True,
    proxy=True,
    deployed=True,
    majors=_MAJORS,
    version="17.9",
)
AURORA_MYSQL = Engine(
    "aurora-mysql",
    "Aurora MySQL",
    Family.MYSQL,
    iam=True,
    proxy=True,
    deployed=True,
    majors=("8.4",),
    version="8.4.mysql_aurora.8.4.7",
)
MYSQL = Engine(
    "mysql",
    "RDS for MySQL",
    Family.MYSQL,
    iam=True,
    proxy=True,
    deployed=True,
    majors=("8.4", "9.7"),
    version="8.4.10",
)
MARIADB = Engine(
    "mariadb",
    "RDS for MariaDB",
    Family.MYSQL,
    iam=True,
    proxy=True,
    deployed=True,
    majors=("11.4", "11.8"),
    version="11.8.6",
    note="IAM from 10.11, 11.4 and 11.8 on, the proxy from 10.5 on",
)
SQLSERVER = Engine(
    "sqlserver",
    "RDS for SQL Server",
    Family.SQLSERVER,
    iam=False,
    proxy=True,
    by_secret=True,
    majors=("15.00", "16.00"),
    version="16.00.4265.3.v1",
)
ORACLE = Engine(
    "oracle",
    "RDS for Oracle",
    Family.ORACLE,
    iam=False,
    proxy=False,
    by_secret=True,
    majors=("19",),
    version="19.0.0.0.ru-2025-10.rur-2025-10.r1",
)
DB2 = Engine(
    "db2",
    "RDS for Db2",
    Family.DB2,
    iam=False,
    proxy=False,
    by_secret=True,
    majors=("11.5",),
    version="11.5.9.0.sb00090009.r1",
)
ENGINES = {
    engine.id: engine
    for engine in (
        AURORA_POSTGRESQL,
        POSTGRESQL,
        AURORA_MYSQL,
        MYSQL,
        MARIADB,
        SQLSERVER,
        ORACLE,
        DB2,
        Engine("custom", "RDS Custom", Family.ORACLE, iam=False, proxy=False),
    )
}
