"""The servers of the family, and where Debian has each. A fact about a server stands here, once."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """One product in one series."""

    name: str
    series: str
    """The first numbers of its version. A suite has one version at a time; which one of the series doesn't matter."""
    suite: str
    """Debian's."""
    packages: tuple[str, ...]
    daemon: str
    """The server's program, below the folder that the packages are unpacked to."""
    plugin_macro: str
    """What the plugin's source is compiled with."""
    name_characters: int
    """A longer user name is cut by the server."""


_COMPILER: Final = "tcc"
"""Of the same suite, so that no compiler of this machine's counts. It compiles one file without headers."""

MARIADB: Final = Kind(
    name="MariaDB",
    series="10.11",
    suite="bookworm",
    packages=("mariadb-server-core", "mariadb-client-core", _COMPILER),
    daemon="usr/sbin/mariadbd",
    plugin_macro="MARIADB",
    name_characters=128,
)
MYSQL: Final = Kind(
    name="MySQL",
    series="9.7",
    suite="sid",
    packages=("mysql-server-core", _COMPILER),
    daemon="usr/sbin/mysqld",
    plugin_macro="MYSQL",
    name_characters=32,
)
KINDS: Final = (MARIADB, MYSQL)
