"""What a change of settings takes away is still imported by other stacks: the orders of docs/changes.md get by, by
CloudFormation's rules.

An export that another stack imports can't be removed, and one that isn't there can't be imported.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import pytest

from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.network import NewNetwork
from tests.app.environments import DEV
from tests.infrastructure.support import ROOT, SPEC, synthesize
from tests.infrastructure.variants import PASSWORDS, VARIANTS

ALL = ("network", "database", "access", "workload", "monitoring")
TOP_DOWN = ("monitoring", "access", "workload", *ALL)
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
Stacks = dict[str, dict[str, object]]

_NETWORK = DEV.network
assert isinstance(_NETWORK, NewNetwork)
_USERS = PASSWORDS.as_properties()
_ONE_MORE = AccessSpec.parse(
    {**_USERS, "users": [*_USERS["users"], {"username": "report", "auth_method": "password", "databases": ["app"]}]}
)
STATES: dict[str, tuple[Environment, AccessSpec]] = {
    "A": (DEV, SPEC),
    "B": (DEV.with_pattern(Pattern.B), PASSWORDS),
    "C": (DEV.with_pattern(Pattern.C), SPEC),
    "C with passwords": (DEV.with_pattern(Pattern.C), PASSWORDS),
    "B with one more user": (DEV.with_pattern(Pattern.B), _ONE_MORE),
    "a reader": VARIANTS["readers"],
    "NAT": (replace(DEV, network=replace(_NETWORK, nat=True)), SPEC),
    "an instance": (DEV.with_instance(), SPEC),
    "an existing cluster": (replace(DEV, database=VARIANTS["existing-cluster"][0].database), SPEC),
    "a zone more": (replace(DEV, network=replace(_NETWORK, availability_zones=ZONES)), SPEC),
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stacks]:
    return cache(
        lambda name: synthesize(STATES[name][0], tmp_path_factory.mktemp("state"), STATES[name][1]).templates.by_stack
    )


def _exports(template: dict[str, object]) -> set[str]:
    outputs: dict[str, dict[str, dict[str, str]]] = template.get("Outputs", {})  # type: ignore[assignment]
    return {output["Export"]["Name"] for output in outputs.values() if "Export" in output}


def _imports(template: dict[str, object]) -> set[str]:
    return set(re.findall(r'"Fn::ImportValue": "([^"]+)"', json.dumps(template)))


def refusals(before: Stacks, after: Stacks, order: Sequence[str]) -> Iterator[str]:
    """What CloudFormation refuses when the stacks are updated one after the other."""
    now = dict(before)
    for stack in order:
        others = [template for name, template in now.items() if name != stack]
        there, in_use = (set[str]().union(*map(names, others)) for names in (_exports, _imports))
        yield from (f"{stack}: there is no export {name}" for name in _imports(after[stack]) - there)
        yield from (
            f"{stack}: export {name} is in use" for name in (_exports(now[stack]) - _exports(after[stack])) & in_use
        )
        now[stack] = after[stack]


ADDING = [
    ("A", "B"),
    ("C", "A"),
    ("C", "C with passwords"),
    ("C with passwords", "B"),
    ("B", "B with one more user"),
    ("A", "a reader"),
    ("A", "NAT"),
    ("NAT", "A"),
]
REMOVING = [
    ("A", "C"),
    ("B", "A"),
    ("B", "C with passwords"),
    ("B", "C"),
    ("C with passwords", "C"),
    ("B with one more user", "B"),
    ("a reader", "A"),
    ("A", "an existing cluster"),
]
NEITHER = [("A", "C with passwords"), ("A", "an instance"), ("a zone more", "A")]


@pytest.mark.parametrize(("before", "after"), ADDING)
def test_a_change_that_adds_is_a_deploy(state: Callable[[str], Stacks], before: str, after: str) -> None:
    assert list(refusals(state(before), state(after), ALL)) == []


@pytest.mark.parametrize(("before", "after"), REMOVING)
def test_a_change_that_takes_away_is_refused_from_below_and_not_from_the_top_down(
    state: Callable[[str], Stacks], before: str, after: str
) -> None:
    first = next(refusals(state(before), state(after), ALL))
    assert first.startswith("database: export ") and first.endswith(" is in use")
    assert list(refusals(state(before), state(after), TOP_DOWN)) == []


@pytest.mark.parametrize(("before", "after"), NEITHER)
def test_a_change_that_does_both_is_refused_either_way(state: Callable[[str], Stacks], before: str, after: str) -> None:
    assert list(refusals(state(before), state(after), ALL))
    assert list(refusals(state(before), state(after), TOP_DOWN))


def test_a_to_c_with_passwords_goes_by_way_of_b(state: Callable[[str], Stacks]) -> None:
    assert not [*refusals(state("A"), state("B"), ALL), *refusals(state("B"), state("C with passwords"), TOP_DOWN)]


def test_the_order_is_the_one_that_the_docs_say() -> None:
    commands = re.findall(r"cdk deploy -e (.+?) --no", (ROOT / "docs" / "changes.md").read_text())
    documented = [name.rpartition("-")[2] for command in commands for name in command.split()]
    assert (*documented, *ALL) == TOP_DOWN
