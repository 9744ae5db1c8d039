"""What `-c key=value` may choose. Unknown values are refused with those that exist."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from constructs import Node

from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform, host
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.database import AuroraSettings
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from stacks.environments import ENVIRONMENTS, environment_named
from stacks.error import UsageError

_SPEC = Path(__file__).parents[1] / "config" / "access.yaml"
T = TypeVar("T")


def environments(node: Node) -> Iterator[Environment]:
    """The chosen one, or each of them by `all`; `pattern` and `database` try it out in another way.

    Raises:
        UsageError: with what exists.
        SettingsError: when another database can't stand in for the environment's.
    """
    name = node.try_get_context("environment")
    for chosen in ENVIRONMENTS if name == "all" else [name]:
        yield _tried_out(environment_named(chosen), node)


def _tried_out(chosen: Environment, node: Node) -> Environment:
    if name := node.try_get_context("database"):
        chosen = _one_of("database", name, {"aurora": _on_aurora, "instance": Environment.with_instance})(chosen)
    if name := node.try_get_context("pattern"):
        chosen = chosen.with_pattern(_one_of("pattern", name, {pattern.value: pattern for pattern in Pattern}))
    return chosen


def _on_aurora(chosen: Environment) -> Environment:
    if not isinstance(chosen.database, AuroraSettings):
        raise SettingsError(
            chosen.name,
            ["database: it isn't Aurora, and has no settings of one; allowed: no -c database=aurora"],
            at=made_at(chosen),
        )
    return chosen


def spec_file(node: Node) -> Path:
    return Path(node.try_get_context("access") or _SPEC)


def platform(node: Node) -> LambdaPlatform:
    """Raises UsageError."""
    return _one_of("bundle_for", node.try_get_context("bundle_for") or "lambda", {"lambda": LAMBDA, "host": host()})


def _one_of(key: str, name: str, values: Mapping[str, T]) -> T:
    if name not in values:
        raise UsageError(f"{key}={name} is unknown; use -c {key}=NAME with one of: {', '.join(values)}")
    return values[name]
