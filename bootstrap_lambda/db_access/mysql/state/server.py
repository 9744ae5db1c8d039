"""The server at hand: what it is, and the settings that change what a grant means there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

ANY_HOST: Final = "%"


class Flavor(StrEnum):
    MYSQL = "MySQL"
    MARIADB = "MariaDB"

    @property
    def longest_name(self) -> int:
        """Characters of an account's or role's name (MySQL: "Identifier Length Limits"; MariaDB: "CREATE USER")."""
        return 32 if self is Flavor.MYSQL else 80


class Who(NamedTuple):
    """An account or a role: a name, and from where it may log in. A role's host is `%` on MySQL, empty on MariaDB."""

    name: str
    host: str

    def __str__(self) -> str:
        return f"{self.name!r}@{self.host!r}" if self.host else repr(self.name)


@dataclass(frozen=True)
class Server:
    flavor: Flavor
    master: Who
    """The account that the run's connection is, as the server found it."""
    version: str = ""
    literal_schemas: bool = False
    """partial_revokes: `_` and `%` in a grant on a schema stand for themselves."""
    folds_case: bool = False
    """lower_case_table_names: names of schemas and tables are compared in lower case."""
    max_connections: int = 151
    mandatory: frozenset[str] = frozenset()
    """Names of roles that everybody has (mandatory_roles)."""

    def user(self, name: str) -> Who:
        return Who(name, ANY_HOST)

    def role(self, name: str) -> Who:
        return Who(name, "" if self.flavor is Flavor.MARIADB else ANY_HOST)

    def folded(self, name: str) -> str:
        """A schema's or table's name as this server compares it."""
        return name.lower() if self.folds_case else name
