"""Where somebody is told to log in and as whom, by the variables of the engine's own clients; and what leads them to a
stand-in there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from keyless.rehearsal.emulator.services.functions.resolving import RESOLVED
from keyless_client.environment import MYSQL, POSTGRESQL, Variables

_SECRETS: Final = ("DB_SECRET_ARN", "DB_MASTER_SECRET_ARN")
"""Of the user, and of the master that RDS made one for."""


def is_told(settings: Mapping[str, Any]) -> bool:
    """Whether they name a database user."""
    return POSTGRESQL.user in settings or MYSQL.user in settings


def user(settings: Mapping[str, str]) -> str:
    return settings[_names(settings).user]


def host(settings: Mapping[str, str]) -> str:
    return settings[_names(settings).host]


def database(settings: Mapping[str, str]) -> str:
    """Empty where they name none."""
    return settings.get(_names(settings).dbname, "")


def secret(settings: Mapping[str, str]) -> str:
    """The ARN of the user's secret; empty for a user with tokens."""
    return next((settings[name] for name in _SECRETS if name in settings), "")


def led(settings: Mapping[str, str], address: str, roots: Path) -> dict[str, str]:
    """The variables that lead a process with these settings to the stand-in of its host.

    Args:
        address: where that listens.
        roots: PEM file to verify it with.
    """
    names = _names(settings)
    there = {RESOLVED: f"{settings[names.host]}={address}"} if names == MYSQL else {"PGHOSTADDR": address}
    return {**there, names.roots: str(roots)}


def _names(settings: Mapping[str, Any]) -> Variables:
    return MYSQL if MYSQL.user in settings else POSTGRESQL
