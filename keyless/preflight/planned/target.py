"""The stacks of one account and region, which are checked together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keyless.preflight.planned.stack import Resource, Stack


@dataclass(frozen=True)
class Target:
    environment: str
    """As `ENV` names it to make."""
    account: str | None
    region: str
    stacks: tuple[Stack, ...]

    def resources(self, *types: str) -> Iterator[Resource]:
        """The resources of these types in all its stacks."""
        for stack in self.stacks:
            yield from stack.resources(*types)


def targets(environment: str, stacks: Iterable[Stack], default_region: str) -> tuple[Target, ...]:
    """The stacks by account and region, in the order of each one's first. `default_region` is for stacks without."""
    grouped: dict[tuple[str | None, str], list[Stack]] = {}
    for stack in stacks:
        grouped.setdefault((stack.account, stack.region or default_region), []).append(stack)
    return tuple(Target(environment, account, region, tuple(own)) for (account, region), own in grouped.items())
