"""Every number and text among the settings, found by looking, has values that are refused by its name, and none that makes a
check fail instead of saying what is wrong."""

import dataclasses
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.load_balancer import ExistingLoadBalancerTier, LoadBalancerTier
from keyless_aurora.settings.network import ExistingNetwork, NewNetwork
from keyless_aurora.settings.problems import environment_problems
from keyless_aurora.settings.repository import Repository
from tests.app.environments import PROD
from tests.infrastructure.variants import VARIANTS

FULL = dataclasses.replace(PROD, repository=Repository("acme@1/aurora@2"))
_NETWORK, _THERE = FULL.network, VARIANTS["existing-cluster"][0]
assert isinstance(_NETWORK, NewNetwork) and isinstance(_THERE.network, ExistingNetwork)
_BALANCED = dataclasses.replace(
    FULL,
    network=dataclasses.replace(
        _NETWORK, nat=True, load_balancer=LoadBalancerTier(("192.0.2.0/24",), (8080,), internet_facing=True)
    ),
)
_BALANCED_THERE = dataclasses.replace(
    _THERE,
    network=dataclasses.replace(
        _THERE.network,
        load_balancer=ExistingLoadBalancerTier(("192.0.2.0/24",), ("subnet-2000000a", "subnet-2000000b")),
    ),
)
ENVIRONMENTS = [
    FULL,
    _BALANCED,
    _BALANCED_THERE,
    *(VARIANTS[name][0] for name in ("instance-A-prod", "provisioned", "egress", "existing-cluster")),
]
Put = Callable[[Any], Environment]


def _into(put: Put, old: Mapping[str, Any], key: str) -> Put:
    return lambda other: put({**old, key: other})


def _leaves(one: Any, put: Put) -> Iterator[tuple[str, Any, Any, Put]]:
    """Each field below `one`: its class and name, what it takes and has, and the environment with another value for it."""
    for field in dataclasses.fields(one):
        value = getattr(one, field.name)

        def replaced(other: Any, name: str = field.name) -> Environment:
            return put(dataclasses.replace(one, **{name: other}))

        if dataclasses.is_dataclass(value) and type(value).__module__.startswith("keyless_aurora.settings"):
            yield from _leaves(value, replaced)
        elif isinstance(value, Mapping):
            for key, item in value.items():
                yield from _leaves(item, _into(replaced, value, key))
        else:
            yield f"{type(one).__name__}.{field.name}", typing.get_type_hints(type(one))[field.name], value, replaced


LEAVES = {
    name: (kind, value, put)
    for environment in ENVIRONMENTS
    for name, kind, value, put in _leaves(environment, lambda e: e)
}
NUMBERS = [name for name, (kind, _, _) in LEAVES.items() if {int, float} & {kind, *typing.get_args(kind)}]
TEXTS = [name for name, (kind, _, _) in LEAVES.items() if kind is str or typing.get_args(kind)[:1] == (str,)]


def _problems(name: str, value: object) -> list[str]:
    """What is said of the environment with `value` for the setting, where it is made or before it is used."""
    try:
        return list(environment_problems(LEAVES[name][2](value)))
    except SettingsError as error:
        return list(error.problems)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_range_is_refused_by_its_name(name: str) -> None:
    for value in (-1, -(10**400), 10**400):
        assert any(name.partition(".")[2] in problem.partition(":")[0] for problem in _problems(name, value)), value


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_means_nothing_is_refused_by_its_name(name: str) -> None:
    kind, *_ = LEAVES[name]
    for text in ("?", "a b\n", "\0", "{}" * 200):
        value = (text,) if typing.get_origin(kind) is tuple else text
        assert any(name.partition(".")[2] in problem.partition(":")[0] for problem in _problems(name, value)), value


@pytest.mark.parametrize("name", LEAVES)
def test_no_value_makes_a_check_fail(name: str) -> None:
    for value in (0, 1, 10**9, 10**15 - 1, 0.1, "", "0", "é", "*", False, True, None, (), ("",), object()):
        assert all("; " in problem for problem in _problems(name, value)), value
