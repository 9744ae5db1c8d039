"""What `-c key=value` may choose. Unknown values are refused with those that exist."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import TypeVar

from constructs import Node

from db_access.spec import AccessSpec
from keyless_aurora.app.error import UnknownEnvironmentError, UsageError
from keyless_aurora.engines.matrix import (
    AURORA_MYSQL,
    AURORA_POSTGRESQL,
    DB2,
    MARIADB,
    MYSQL,
    ORACLE,
    SQLSERVER,
    Pattern,
)
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform, host
from keyless_aurora.settings.checked import tried_out
from keyless_aurora.settings.environment import Environment

T = TypeVar("T")


def chosen(environments: Mapping[str, Environment], node: Node) -> Iterator[Environment]:
    """The one that `environment` names, or each by `all`; `pattern` and `database` try it out in another way.

    Raises:
        UsageError: with what exists.
        SettingsError: when another database can't stand in for the environment's.
    """
    name = node.try_get_context("environment")
    for each in environments if name == "all" else [name]:
        yield _tried_out(named(environments, each), node)


def named(environments: Mapping[str, Environment], name: str | None) -> Environment:
    """The environment of that name. Raises UnknownEnvironmentError, which lists the valid ones."""
    if name is None or name not in environments:
        raise UnknownEnvironmentError(name, environments)
    return environments[name]


def _tried_out(chosen: Environment, node: Node) -> Environment:
    if name := node.try_get_context("database"):
        chosen = _one_of("database", name, DATABASES)(tried_out(chosen, f"-c database={name}"))
    if name := node.try_get_context("pattern"):
        pattern = _one_of("pattern", name, {pattern.value: pattern for pattern in Pattern})
        chosen = tried_out(chosen, f"-c pattern={name}").with_pattern(pattern)
    return chosen


DATABASES: dict[str, Callable[[Environment], Environment]] = {
    "aurora": lambda chosen: chosen.with_cluster(AURORA_POSTGRESQL),
    "instance": Environment.with_instance,
    AURORA_MYSQL.id: lambda chosen: chosen.with_cluster(AURORA_MYSQL),
    MYSQL.id: lambda chosen: chosen.with_instance(MYSQL),
    MARIADB.id: lambda chosen: chosen.with_instance(MARIADB),
    SQLSERVER.id: lambda chosen: chosen.with_secret_instance(SQLSERVER),
    ORACLE.id: lambda chosen: chosen.with_secret_instance(ORACLE),
    DB2.id: lambda chosen: chosen.with_secret_instance(DB2),
}
"""What `-c database` takes."""


def users(node: Node, spec: AccessSpec, environments: Iterable[Environment]) -> AccessSpec:
    """The spec; by `users=password` with a password for each user that has a token, but for the drift watch's.

    Raises:
        UsageError, SpecError: when it can't be.
    """
    if not (name := node.try_get_context("users")):
        return spec
    watches = {environment.monitoring.watch_user for environment in environments}
    return _one_of("users", name, {"password": _with_passwords})(spec, watches)


def _with_passwords(spec: AccessSpec, kept: Container[str]) -> AccessSpec:
    document = spec.as_properties()
    changed = {user.username for user in spec.users if user.auth_method == "iam" and user.username not in kept}
    listed = [
        {**user, "auth_method": "password"} if user["username"] in changed else user
        for user in document.get("users", [])
    ]
    return AccessSpec.parse({**document, "users": listed})


def platform(node: Node) -> LambdaPlatform:
    """Raises UsageError."""
    return _one_of("bundle_for", node.try_get_context("bundle_for") or "lambda", {"lambda": LAMBDA, "host": host()})


def _one_of(key: str, name: str, values: Mapping[str, T]) -> T:
    if name not in values:
        raise UsageError(f"{key}={name} is unknown; use -c {key}=NAME with one of: {', '.join(values)}")
    return values[name]
