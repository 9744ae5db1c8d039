"""Which changes a plan makes to what sessions start with: the role that they act as, and settings."""

from typing import Any

import pytest

from db_access.plan.changes import ActAs, Change, Configure
from db_access.postgresql.state import Desired
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned
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
