"""The names of an environment's stacks, read back. `keyless_aurora.settings.naming` makes them."""

import re
from collections.abc import Iterable
from typing import Final

_NETWORK: Final = re.compile("(?P<prefix>([a-z0-9-]+-)?KeylessAurora-(?P<environment>.+))-network")
"""The stack that each environment has, once."""


def prefixes(stacks: Iterable[str]) -> dict[str, str]:
    """What the names of an environment's stacks begin with, by its name."""
    found = (match for stack in stacks if (match := _NETWORK.fullmatch(stack)))
    return {match["environment"]: match["prefix"] for match in found}


def prefixes_of(stacks: Iterable[str], name: str | None = None) -> list[str]:
    """Those of the environments of that name, one for each app that has one, or the one prefix that `name` is; without
    a name all."""
    found = (match for stack in stacks if (match := _NETWORK.fullmatch(stack)))
    return sorted(match["prefix"] for match in found if name in (None, match["environment"], match["prefix"]))


def belongs(stack: str, prefix: str) -> bool:
    """Whether it is one of the environment whose stacks' names are `prefix`, a hyphen and one word. Another one's may
    begin like them, as dev-eu's do like dev's."""
    begin, _, part = stack.rpartition("-")
    return begin == prefix and part != ""
