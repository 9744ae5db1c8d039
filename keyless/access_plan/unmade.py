"""Environments in which no engine of this project makes the users, and what that means for each user. Pure.

On SQL Server, Oracle and Db2 (pattern D) a deploy makes secrets and touches no database: what the plan measures is a
list there, for whoever administers it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from db_access.spec import AccessSpec, User
from db_access.wording import one_line

_NOBODY: Final = (
    "environment {name}, {engine}: no engine of this project makes these users, and none converges or proves their "
    "rights. A deploy makes and removes their secrets; whoever administers the database does the rest."
)


@dataclass(frozen=True)
class Unmade:
    """An environment whose users nobody makes."""

    name: str
    engine: str
    """As people say it, such as RDS for Oracle."""
    prefix: str
    """Of the names of its stacks."""


def unmade(listed: str) -> list[Unmade]:
    """Of the environments that `python app.py environments` prints.

    Raises:
        ValueError: when it isn't such a list.
    """
    found = json.loads(listed)
    if not isinstance(found, list) or any(not isinstance(one, dict) for one in found):
        raise ValueError("not a list of environments")
    return [
        Unmade(str(one["name"]), str(one["engine"]), str(one["prefix"]))
        for one in found
        if one.get("converged", True) is False
    ]


def said(environments: Sequence[Unmade], spec: AccessSpec) -> list[str]:
    """A line for each environment, and under it one for each user."""
    lines: list[str] = []
    for environment in environments:
        lines.append(_NOBODY.format(name=environment.name, engine=environment.engine))
        lines += [f"  {_of(user, environment)}" for user in spec.users]
    return lines


def _of(user: User, environment: Unmade) -> str:
    name = one_line(user.username)
    if user.auth_method != "password":
        return f"{name} reads no secret: auth_method is {user.auth_method}, and no function can be granted it here"
    return (
        f"{name} reads the secret that stack {environment.prefix}-database describes as 'Password of database user "
        f"{name}'; no engine converges its rights"
    )
