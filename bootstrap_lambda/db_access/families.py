"""Which engine family a function is for: the one place that chooses, by DB_ENGINE_FAMILY, and loads that one's driver
and no other's."""

import os
from collections.abc import Mapping
from typing import Final

from db_access.errors import AccessError
from db_access.family import Family

SETTING: Final = "DB_ENGINE_FAMILY"
"""The environment variable; absent, it is PostgreSQL."""


class FamilyError(AccessError):
    """No engine family of that name. Nothing was done."""


def family(environment: Mapping[str, str]) -> Family:
    """Raises FamilyError for one that the engine doesn't know."""
    match environment.get(SETTING, "postgresql"):
        case "postgresql":
            from db_access.postgresql.family import PostgreSQL

            return PostgreSQL()
        case "mysql":
            from db_access.mysql.family import MySQL

            return MySQL()
        case other:
            raise FamilyError(f"{SETTING} is {other!r}, so nothing was done; allowed: postgresql, mysql, or absent")


def load() -> None:
    """The one of this process, while Lambda gives a cold start a whole processor. What is wrong is said by the call."""
    if os.environ.get(SETTING, "postgresql") in ("postgresql", "mysql"):
        family(os.environ)
