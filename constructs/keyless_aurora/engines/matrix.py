"""Which access patterns each RDS engine allows, as data. Knows no CDK.

Sources: AuroraUserGuide and RDS User Guide, "IAM database authentication" and "Limitations for RDS Proxy", as of 2026.
"""

from dataclasses import dataclass
from enum import StrEnum


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
    spec out on it, in the major versions `majors`, each of which the engine is tested on."""

    id: str
    label: str
    iam: bool
    proxy: bool
    deployed: bool = False
    majors: tuple[int, ...] = ()
    note: str = ""

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """What it allows, best first. D is what remains without both; with one of them, a secret without the proxy is
        C."""
        possible = {
            Pattern.A: self.iam and self.proxy,
            Pattern.B: self.proxy,
            Pattern.C: self.iam or self.proxy,
            Pattern.D: not (self.iam or self.proxy),
        }
        return tuple(pattern for pattern, allowed in possible.items() if allowed)

    @property
    def features(self) -> str:
        """Why it allows these patterns."""
        iam, proxy = ("has" if self.iam else "has no"), ("works" if self.proxy else "doesn't work")
        return f"it {iam} IAM authentication, and RDS Proxy {proxy} with it" + (f" ({self.note})" if self.note else "")


_MAJORS = (15, 16, 17, 18)
DATABASE_PORT = 5432
"""PostgreSQL's, which every database that this app makes listens on."""
AURORA_POSTGRESQL = Engine(
    "aurora-postgresql", "Aurora PostgreSQL", iam=True, proxy=True, deployed=True, majors=_MAJORS
)
POSTGRESQL = Engine("postgres", "RDS for PostgreSQL", iam=True, proxy=True, deployed=True, majors=_MAJORS)
ENGINES = {
    engine.id: engine
    for engine in (
        AURORA_POSTGRESQL,
        POSTGRESQL,
        Engine("aurora-mysql", "Aurora MySQL", iam=True, proxy=True),
        Engine("mysql", "RDS for MySQL", iam=True, proxy=True),
        Engine(
            "mariadb",
            "RDS for MariaDB",
            iam=True,
            proxy=True,
            note="IAM from 10.11, 11.4 and 11.8 on, the proxy from 10.5 on",
        ),
        Engine("sqlserver", "RDS for SQL Server", iam=False, proxy=True),
        Engine("oracle", "RDS for Oracle", iam=False, proxy=False),
        Engine("db2", "RDS for Db2", iam=False, proxy=False),
        Engine("custom", "RDS Custom", iam=False, proxy=False),
    )
}
