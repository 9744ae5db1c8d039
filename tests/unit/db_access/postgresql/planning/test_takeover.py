"""Which roles of another manager become the spec's: those that it declares, and names the manager of."""

from dataclasses import replace

import pytest

from db_access.postgresql.planning.takeover import taken_over
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import OURS, with_role

ASKED = replace(asked_for(spec(user("u"))), take_over=frozenset({"former"}))


@pytest.mark.parametrize(
    ("name", "manager", "ours"),
    [("u", "former", True), ("u", "another", False), ("u", None, False), ("undeclared", "former", False)],
)
def test_a_role_is_taken_over_where_the_spec_declares_it_and_names_its_manager(
    name: str, manager: str | None, ours: bool
) -> None:
    found = taken_over(with_role(as_current(ASKED), name, managed_by=manager), ASKED, OURS).roles[name]
    assert (found.managed_by, found.taken_from) == ((OURS, "former") if ours else (manager, None))
