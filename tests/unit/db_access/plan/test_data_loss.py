"""Nothing that may lose data gets past the filter, and nothing else is held up by it."""

import re
from dataclasses import dataclass
from typing import get_args

import pytest

from db_access.errors import PlanError
from db_access.plan import data_loss
from db_access.plan.changes import Change, CreateSchema
from db_access.postgresql.ddl import statement
from tests.unit.db_access.plan.test_render import PLAIN


@dataclass(frozen=True)
class DropSchema:
    name: str
    reason: str


def test_every_kind_of_change_that_the_planner_has_passes() -> None:
    data_loss.refuse(PLAIN, database="app")
    assert frozenset(get_args(Change)) == data_loss.KEEPS_DATA, (
        "a new kind of change: judge it in db_access/plan/data_loss.py"
    )


@pytest.mark.parametrize("change", PLAIN, ids=lambda change: type(change).__name__)
def test_the_statement_of_a_kind_that_passes_destroys_nothing(change: Change) -> None:
    words = re.sub(r'"[^"]*"|\'[^\']*\'', "", statement(change).as_string(None)).split()
    if words[:2] == ["DROP", "ROLE"]:  # of a role that owns nothing: PostgreSQL refuses any other
        words = ["ALTER"]
    assert not {"DROP", "TRUNCATE", "DELETE", "REASSIGN", "CASCADE"} & set(words)
    assert words[0] in {"CREATE", "ALTER", "GRANT", "REVOKE", "COMMENT"}


def test_every_change_that_may_destroy_is_refused_by_name() -> None:
    plan = (CreateSchema("a", "o", reason="missing"), DropSchema("b", "not declared"), DropSchema("c", "old"))
    with pytest.raises(PlanError) as refused:
        data_loss.refuse(plan, database="app")
    assert len(refused.value.problems) == 2
    assert refused.value.problems[0].startswith(
        "DropSchema is planned (not declared), which may lose data; allowed: ActAs, AlterRole, "
    )


def test_a_kind_derived_from_one_that_passes_does_not_pass() -> None:
    class CreateSchemaAnew(CreateSchema):
        pass

    with pytest.raises(PlanError, match="CreateSchemaAnew"):
        data_loss.refuse([CreateSchemaAnew("a", "o", reason="")], database="app")
