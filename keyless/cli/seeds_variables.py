"""The variables of the user manager that this command replaces, POSTGRES_*, for libpq, which reads PG*."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from db_access.errors import UnreachableError
from db_access.wording import is_text, visible
from keyless.cli import family

IAM: Final = "POSTGRES_IAM_AUTH"
_READ: Final = {
    "POSTGRES_HOST": "PGHOST",
    "POSTGRES_PORT": "PGPORT",
    "POSTGRES_USER": "PGUSER",
    "POSTGRES_PASSWORD": "PGPASSWORD",
    "POSTGRES_DB": "PGDATABASE",
}
_SSLMODE: Final = "POSTGRES_SSLMODE"
_YES_NO: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@contextmanager
def for_libpq() -> Iterator[None]:
    """While it lasts each of them stands for libpq's, where that one isn't set. POSTGRES_SSLMODE doesn't: what it says
    in the user manager's examples, `require`, verifies nobody.

    Raises:
        UnreachableError: when one of them or of libpq's isn't text, or they say nothing and a MySQL server is said.
    """
    family.refuse_mysql()
    for name, value in os.environ.items():
        if name.startswith(("PG", "POSTGRES_")) and not is_text(value):
            raise UnreachableError(f"{name} is not UTF-8; allowed: text")
    made = {
        theirs: os.environ[ours] for ours, theirs in _READ.items() if ours in os.environ and theirs not in os.environ
    }
    os.environ.update(made)
    try:
        yield
    finally:
        for name in made:
            os.environ.pop(name, None)


@cache
def told() -> None:
    """Say, once, what isn't taken over."""
    mode = os.environ.get(_SSLMODE, "verify-full")
    if mode != "verify-full" and "PGSSLMODE" not in os.environ:
        said = f"{_SSLMODE}={mode}: the server is verified all the same; PGSSLMODE says how much less is enough"
        print(visible(said), file=sys.stderr)


def iam() -> bool | None:
    """Whether the user logs in with IAM; None where they don't say.

    Raises:
        UnreachableError: when they say something else.
    """
    text = os.environ.get(IAM)
    if text is None or not text.strip():
        return None
    if text.strip().lower() not in _YES_NO:
        raise UnreachableError(f"{IAM}={text!r} is neither yes nor no; allowed: true or false")
    return _YES_NO[text.strip().lower()]
