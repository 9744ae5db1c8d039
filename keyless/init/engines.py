"""The databases that an app can begin with, by the names that `-c database=` takes, too."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Engine:
    constant: str
    """Of `keyless_aurora.engines.matrix`."""
    settings: str
    """The folder of the template with the environments, as a cluster or an instance has them."""
    family: str
    """The folder of the template with the functions' code."""
    server: str
    """As people call it."""
    checked: str
    """As `keyless check --engine` calls it."""


ENGINES: Final = {
    "aurora": Engine("AURORA_POSTGRESQL", "aurora", "postgresql", "PostgreSQL", "aurora-postgresql"),
    "instance": Engine("POSTGRESQL", "instance", "postgresql", "PostgreSQL", "postgresql"),
    "aurora-mysql": Engine("AURORA_MYSQL", "aurora", "mysql", "MySQL", "aurora-mysql"),
    "mysql": Engine("MYSQL", "instance", "mysql", "MySQL", "mysql"),
    "mariadb": Engine("MARIADB", "instance", "mysql", "MariaDB", "mariadb"),
}
