"""Secrets of password users that the spec doesn't name: the stacks make them, `keyless --secret` names them. Reads
none."""

from collections.abc import Mapping
from typing import Any

from db_access.errors import SpecError
from db_access.spec.files.user_files import completed
from db_access.spec.places import elements


def with_secrets(raw: object, secrets: Mapping[str, str]) -> object:
    """`raw`, a spec or a user file, in which each user of `secrets` (username to ARN) has its `password_secret`.

    Raises:
        SpecError: for every name that isn't a password user's of the spec, or whose user names a secret itself.
    """
    if not secrets:
        return raw
    root = completed(raw)
    users = (
        {str(user.get("username")): user for _, user in elements(root, "users")} if isinstance(root, Mapping) else {}
    )
    without = [name for name, user in users.items() if _waits(user)]
    if problems := [_refusal(name, users.get(name), without) for name in secrets if name not in without]:
        raise SpecError(problems)
    return {**root, "users": [_named(user, secrets) for user in root["users"]]} if isinstance(root, Mapping) else root


def _waits(user: Mapping[str, Any]) -> bool:
    return user.get("auth_method") == "password" and user.get("password_secret") is None


def _named(user: object, secrets: Mapping[str, str]) -> object:
    if isinstance(user, Mapping) and str(user.get("username")) in secrets:
        return {**user, "password_secret": secrets[str(user["username"])]}
    return user


def _refusal(name: str, user: Mapping[str, Any] | None, without: list[str]) -> str:
    if user is None:
        why = "the spec has no user of that name"
    elif user.get("password_secret") is not None:
        why = "the spec names a secret for it already"
    else:
        why = f"its auth_method is {user.get('auth_method', 'iam')}"
    return (
        f"secret for user {name!r}: {why}; allowed: {', '.join(without) or 'none'} (auth_method password, no "
        f"password_secret)"
    )
