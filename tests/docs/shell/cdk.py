"""The `cdk` command, held against the list of options that it ships, and against the context that app.py takes."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from db_access.spec import AccessSpec
from keyless_aurora.app.context import DATABASES
from keyless_aurora.engines.matrix import Pattern
from stacks.environments import ENVIRONMENTS
from tests.docs.reading.pages import ROOT
from tests.docs.shell.commands import Command, placeholder
from tests.docs.shell.options import options

_REGISTRY = ROOT / "node_modules/aws-cdk/lib/cli/cli-type-registry.json"
_STACKS = ("network", "database", "access", "workload", "monitoring", "pipeline")
_ENVIRONMENTS = tuple(environment.name for environment in ENVIRONMENTS)
_CONTEXT: dict[str, frozenset[str]] = {
    "environment": frozenset({*_ENVIRONMENTS, "all"}),
    "pattern": frozenset(pattern.value for pattern in Pattern),
    "database": frozenset(DATABASES),
    "bundle_for": frozenset({"lambda", "host"}),
    "users": frozenset({"password"}),
}
_STACK = re.compile(rf"KeylessAurora-({'|'.join(_ENVIRONMENTS)})-({'|'.join(_STACKS)})")


def problems(command: Command) -> Iterator[str]:
    """A sentence for each thing that the cdk command line or the app would refuse."""
    name = command.words[1]
    if placeholder(name):
        return
    known = _options(name)
    if not known:
        yield f"cdk has no command {name!r}"
    for option, values in options(command.words[2:]):
        if option and option not in known:
            yield f"cdk {name} has no option {option}"
        elif option in ("-c", "--context"):
            yield from _of_context(values[0])
            values = values[1:]
        yield from (f"{value} is no stack" for value in values if value.startswith("Keyless") and not _stack(value))


def _stack(name: str) -> bool:
    return bool(_STACK.fullmatch(name))


def _of_context(setting: str) -> Iterator[str]:
    key, _, value = setting.partition("=")
    if key == "access":
        if not placeholder(value):
            AccessSpec.load(ROOT / value)
    elif key not in _CONTEXT:
        yield f"app.py takes no -c {key}; allowed: access, {', '.join(_CONTEXT)}"
    elif value not in _CONTEXT[key] and not placeholder(value):
        yield f"-c {key} takes no {value!r}; allowed: {', '.join(sorted(_CONTEXT[key]))}"


@cache
def _options(name: str) -> frozenset[str]:
    """Those of the command and the global ones, each switch also with `--no-`; none if there is no such command."""
    registry = json.loads(_REGISTRY.read_text())
    if name not in registry["commands"]:
        return frozenset()
    listed = {**registry["globalOptions"], **registry["commands"][name]["options"]}
    short = {letter for option in listed.values() for letter in _aliases(option)}
    switches = {option for option, what in listed.items() if what["type"] == "boolean"}
    return frozenset({*(f"--{option}" for option in listed), *(f"--no-{switch}" for switch in switches), *short})


def _aliases(option: dict[str, Any]) -> list[str]:
    """`-c`, or another long name."""
    alias = option.get("alias", [])
    names = [alias] if isinstance(alias, str) else alias
    return [f"-{name}" if len(name) == 1 else f"--{name}" for name in names]
