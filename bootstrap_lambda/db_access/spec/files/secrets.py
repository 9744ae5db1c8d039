"""Secrets of password users that the spec names none for: the stacks create them, `keyless --secret` names them.

Reads no secret.
"""

from collections.abc import Mapping
from typing import Any

from db_access.errors import SpecError
from db_access.spec.files.user_files import completed
from db_access.spec.raw_document import RawDocument


def with_secrets(raw: object, secrets: Mapping[str, str]) -> object:
    """`raw`, a spec or a user file, in which each user of `secrets` (username to ARN) has its `password_secret`.

    Raises:
        SpecError: for every name that isn't a password user of the spec, or whose user already has a secret, and for
            every secret that the spec names for another user.
    """
    if not secrets:
        return raw
    root = completed(raw)
    users = {str(user.get("username")): user for _, user in RawDocument(root).users}
    without = [name for name, user in users.items() if _lacks_secret(user)]
    problems = [_problem(name, users.get(name), without) for name in secrets if name not in without]
    named = {user["password_secret"]: name for name, user in users.items() if user.get("password_secret") is not None}
    problems += [_taken(name, arn, named[arn]) for name, arn in secrets.items() if arn in named]
    if problems:
        raise SpecError(problems)
    return (
        {**root, "users": [_with_secret(user, secrets) for user in root["users"]]}
        if isinstance(root, Mapping)
        else root
    )


def _lacks_secret(user: Mapping[str, Any]) -> bool:
    return user.get("auth_method") == "password" and user.get("password_secret") is None


def _with_secret(user: object, secrets: Mapping[str, str]) -> object:
    if isinstance(user, Mapping) and str(user.get("username")) in secrets:
        return {**user, "password_secret": secrets[str(user["username"])]}
    return user


def _taken(name: str, arn: str, other: str) -> str:
    return f"secret for user {name!r}: {arn} is the secret of user {other!r} in the spec; allowed: one of its own"


def _problem(name: str, user: Mapping[str, Any] | None, without: list[str]) -> str:
    if user is None:
        reason = "the spec has no user of that name"
    elif user.get("password_secret") is not None:
        reason = "the spec already names a secret for it"
    else:
        reason = f"its auth_method is {user.get('auth_method', 'iam')}"
    allowed = ", ".join(without) or "none"
    return f"secret for user {name!r}: {reason}; allowed: {allowed} (auth_method password, no password_secret)"
