"""Who a spec says manages its roles, and how it gets a name where it says nobody."""

from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec, transport
from db_access.spec.transport import SpecFile

BARE: dict[str, Any] = {
    "version": 1,
    "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
}
DEFAULT = "keyless-aurora"


def parsed(**more: Any) -> AccessSpec:
    return AccessSpec.parse({**BARE, **more})


def test_a_spec_that_says_nobody_is_named_and_one_that_says_somebody_keeps_it() -> None:
    assert (parsed().managed_by, parsed().named("stack").managed_by) == (DEFAULT, "stack")
    assert parsed(managed_by="mine").named("stack").managed_by == "mine"
    assert parsed().named("first").named("second").managed_by == "first"


@pytest.mark.parametrize("said", [DEFAULT, "mine"])
def test_a_name_that_is_said_is_kept_on_the_way_to_the_function_even_if_it_is_the_default(said: str) -> None:
    properties = parsed(managed_by=said).as_properties()
    assert properties["managed_by"] == said
    assert AccessSpec.parse(properties).named("stack").managed_by == said
    assert "managed_by" not in parsed().as_properties()


@pytest.mark.parametrize("name", ["", "a b", "-a", "a" * 64])
def test_a_name_that_is_not_allowed_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match="managed_by"):
        parsed().named(name)
    with pytest.raises(SpecError, match=r"take_over\[0\]"):
        parsed(take_over=[name])


def test_a_role_that_the_name_reserves_is_refused_once_it_has_it() -> None:
    with pytest.raises(SpecError, match="reserved for the groups"):
        parsed(users=[{"username": "stack/x"}]).named("stack")


@pytest.mark.parametrize("by_file", [False, True], ids=["inline", "file"])
@pytest.mark.parametrize(
    ("former", "taken"),
    [
        ({"managed_by": "new", "take_over": [DEFAULT]}, ("new",)),
        ({"managed_by": "new", "take_over": ["another"]}, ()),
        ({"managed_by": "new"}, ()),
        ({}, ()),
    ],
)
def test_what_an_update_took_over_its_rollback_takes_back(
    former: dict[str, Any], taken: tuple[str, ...], by_file: bool
) -> None:
    spec = parsed(**former)
    old = SpecFile.of(spec).announcement(spec) if by_file else {"Spec": spec.as_properties()}
    spec = transport.giving_back(parsed(), old)
    assert (spec.take_back, spec.take_over) == (frozenset(taken), ())


@pytest.mark.parametrize("old", [{}, {"Spec": None}, {"Spec": {"take_over": 7}}, {"Spec": {"take_over": [7]}}])
def test_nothing_is_taken_back_from_properties_that_say_nothing_of_it(old: dict[str, Any]) -> None:
    assert transport.giving_back(parsed(), old) == parsed()
