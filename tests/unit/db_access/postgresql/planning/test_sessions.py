"""Which changes a plan makes to what sessions start with: the role that they act as, and settings."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.changes import ActAs, Change, Configure
from db_access.postgresql.planning import OutOfReach
from db_access.postgresql.planning.reach import SUPERUSER
from db_access.postgresql.state import UNREADABLE, Current, Desired, Limits
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import left, planned
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import with_role

SETTING, OTHER = ("work_mem", ("4MB",)), ("search_path", ("foo", "bar"))


def wanted(**fields: Any) -> Desired:
    return asked_for(spec(user("u", **{"auth_method": "none", **fields})))


def changes(asked: Desired, **found: Any) -> tuple[Change, ...]:
    """What is planned where role `u` is as `found` says, and as the spec says otherwise."""
    return planned(asked, with_role(as_current(asked), "u", **found))


@pytest.mark.parametrize(
    ("owns", "found", "becomes"), [(True, None, "owner"), (False, "owner", None), (True, "u", "owner")]
)
def test_sessions_start_as_the_role_that_the_spec_says(owns: bool, found: str | None, becomes: str | None) -> None:
    asked = asked_for(spec(user("u", {"access": "owner" if owns else "read_only"}, auth_method="none")))
    assert changes(asked, acts_as=found) == (ActAs("u", "app", becomes, reason=""),)


@pytest.mark.parametrize(
    ("says", "found", "planned_changes"),
    [
        ({SETTING}, {}, [("work_mem", ("4MB",), None)]),
        ({SETTING}, {"settings": {("work_mem", ("1MB",))}}, [("work_mem", ("4MB",), None)]),
        ({SETTING}, {"settings": {SETTING}}, []),
        (set(), {"settings": {SETTING}}, [("work_mem", None, None)]),
        (set(), {"settings_here": {SETTING}}, [("work_mem", None, "app")]),
        (
            {SETTING},
            {"settings": {SETTING}, "settings_here": {SETTING}},
            [("work_mem", None, "app")],
        ),
        (
            {OTHER},
            {"settings": {SETTING}, "settings_here": {OTHER}},
            [("search_path", None, "app"), ("work_mem", None, None), ("search_path", ("foo", "bar"), None)],
        ),
    ],
)
def test_settings_are_as_the_spec_says_everywhere_and_none_in_one_database_only(
    says: set[Any], found: dict[str, set[Any]], planned_changes: list[tuple[str, Any, Any]]
) -> None:
    asked = wanted(settings={name: list(values) for name, values in says})
    there = {"settings": frozenset(), **{name: frozenset(values) for name, values in found.items()}}
    assert changes(asked, **there) == tuple(
        Configure("u", name, values, database, reason="") for name, values, database in planned_changes
    )


MADE_UP, HIDDEN = ("App.key", ("x",)), (f"a{UNREADABLE}ff.b", ("x",))


def limited(asked: Desired, limits: Limits, **found: Any) -> Current:
    """Where role `u` is as `found` says."""
    return replace(with_role(as_current(asked), "u", **found), limits=limits)


@pytest.mark.parametrize("place", ["settings", "settings_here"])
@pytest.mark.parametrize(
    ("found", "limits", "own", "others"),
    [
        ({SETTING, MADE_UP}, Limits(settings=frozenset({"App.key"})), ["work_mem"], ["App.key"]),
        ({SETTING, HIDDEN}, Limits(settings=frozenset({HIDDEN[0]})), ["work_mem"], ["ALL"]),
        ({SETTING, MADE_UP, HIDDEN}, Limits(settings=frozenset({"App.key"})), ["ALL"], ["App.key"]),
        ({SETTING}, Limits(settings=frozenset({"work_mem"}), not_alone=frozenset({"work_mem"})), [], ["ALL"]),
        ({SETTING, MADE_UP}, Limits(not_alone=frozenset({"work_mem"})), ["ALL"], []),
    ],
)
def test_what_the_master_may_not_reset_is_left_and_the_rest_goes(
    place: str, found: set[Any], limits: Limits, own: list[str], others: list[str]
) -> None:
    asked, database = wanted(), "app" if place == "settings_here" else None
    there = {"settings": frozenset[Any](), place: frozenset(found)}
    current = limited(asked, limits, **there)
    assert planned(asked, current) == tuple(Configure("u", name, None, database, reason="") for name in own)
    assert left(asked, current) == tuple(
        OutOfReach(Configure("u", name, None, database, reason=""), SUPERUSER) for name in others
    )


def test_a_declared_setting_is_the_same_in_letters_of_another_case() -> None:
    asked = wanted(settings={"app.key": "y"})
    assert changes(asked, settings=frozenset({("App.Key", ("y",))})) == ()
    changed = Configure("u", "App.Key", ("y",), reason="")
    assert changes(asked, settings=frozenset({("App.Key", ("x",))})) == (changed,)
    both = frozenset({("App.Key", ("x",)), ("app.key", ("y",))})
    assert changes(asked, settings=both) == (Configure("u", "App.Key", None, reason=""),)


def test_what_stays_when_all_are_reset_is_not_set_again() -> None:
    asked = wanted(settings={"work_mem": "4MB", "app.key": "x"})
    found = frozenset({SETTING, ("app.key", ("x",)), HIDDEN})
    current = limited(asked, Limits(settings=frozenset({"app.key"})), settings=found)
    assert planned(asked, current) == (
        Configure("u", "ALL", None, reason=""),
        Configure("u", "work_mem", ("4MB",), reason=""),
    )
