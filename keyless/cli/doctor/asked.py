"""What the command line asks for."""

import os
from dataclasses import dataclass
from pathlib import Path

from db_access.errors import AccessError
from db_access.spec import AccessSpec
from keyless.cli.environment.chosen import Via


class UnknownLoginError(AccessError):
    """Whose login is meant, or where it goes, isn't said."""


@dataclass(frozen=True)
class Asked:
    env: str | None
    user: str | None
    function: str | None
    via: Via | None
    database: str | None
    config: Path | None

    def named_database(self, function: str, spec: AccessSpec | None, user: str) -> str:
        """Raises UnknownLoginError where nobody says which.

        Args:
            function: the function's own; empty where it has none.
        """
        name = self.database or function or os.environ.get("PGDATABASE") or _first(spec, user)
        if not name:
            raise UnknownLoginError("no database is named; allowed: --database NAME, PGDATABASE, or a spec by --config")
        return name


def _first(spec: AccessSpec | None, user: str) -> str:
    """Of the spec the first that the user may connect to, or simply the first."""
    if spec is None:
        return ""
    may = (name for one in spec.users if one.username == user for name in _of(one))
    return next(may, spec.databases[0].name if spec.databases else "")


def _of(user: object) -> list[str]:
    return [*getattr(user, "databases", ()), *(grant.database for grant in getattr(user, "grants", ()))]
