"""Looks for each fixed name of the templates outside of the stack that will make it."""

from collections.abc import Iterator

from keyless.preflight.account.account import Account
from keyless.preflight.checks.leftovers.kinds import KINDS, Kind
from keyless.preflight.finding import Problem, attempt
from keyless.preflight.planned.stack import Resource, literal
from keyless.preflight.planned.target import Target


def leftovers(target: Target, account: Account) -> Iterator[Problem]:
    for kind in KINDS:
        for resource in target.resources(kind.type):
            if name := literal(resource.properties.get(kind.property), account.pseudo):
                yield from attempt(_in_the_way(kind, name, resource, target, account))


def _in_the_way(kind: Kind, name: str, resource: Resource, target: Target, account: Account) -> Iterator[Problem]:
    if _is(account.physical_id(resource), name):
        return
    if state := kind.find(account, name):
        yield Problem(
            f"{kind.what} {name} {state}, and {resource.stack} wants to make it",
            tuple(
                remedy.format(name=name, region=account.region, environment=target.environment)
                for remedy in kind.remedies
            ),
        )


def _is(physical_id: str | None, name: str) -> bool:
    """A physical id is the name, in lower case for RDS, or an ARN that has it in it."""
    return physical_id is not None and name.lower() in physical_id.lower()
