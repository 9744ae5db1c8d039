"""What a client is told of the server that it logs in to: by the variables of one family of engines, or by none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keyless_checks.engines import EVERY_FAMILY, POSTGRESQL, Family

READERS = "DB_READER_HOST"


@dataclass(frozen=True)
class Told:
    """Values as they stand in the template; None: not said."""

    family: Family
    host: Any = None
    port: Any = None
    user: Any = None
    database: Any = None


def told(variables: Mapping[str, Any]) -> Told:
    """By the first family whose host is named, or else any of whose variables is."""
    family = next((one for one in EVERY_FAMILY if one.names.host in variables), None)
    family = family or next((one for one in EVERY_FAMILY if _any(one, variables)), POSTGRESQL)
    names = family.names
    return Told(
        family,
        variables.get(names.host),
        variables.get(names.port),
        variables.get(names.user),
        variables.get(names.database),
    )


def _any(family: Family, variables: Mapping[str, Any]) -> bool:
    names = family.names
    return any(name in variables for name in (names.port, names.user, names.database))
