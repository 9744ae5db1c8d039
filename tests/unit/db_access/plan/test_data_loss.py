"""Nothing that may lose data gets past the filter, and nothing else is held up by it."""

import re
from dataclasses import dataclass

import pytest

from db_access.errors import PlanError
from db_access.plan import data_loss
from db_access.plan.changes import Change, CreateSchema, Scope, Step
from db_access.postgresql.ddl import statement
from tests.unit.db_access.plan.test_render import PLAIN


@dataclass(frozen=True)
class DropSchema(Step, scope=Scope.DATABASE, keeps_data=False):
    name: str


def test_every_kind_of_change_that_the_planner_has_passes() -> None:
    data_loss.refuse(PLAIN, database="app")


@pytest.mark.parametrize("change", PLAIN, ids=lambda change: type(change).__name__)
def test_the_statement_of_a_kind_that_passes_destroys_nothing(change: Change) -> None:
    words = re.sub(r'"[^"]*"|\'[^\']*\'', "", statement(change).as_string(None)).split()
    if words[:2] == ["DROP", "ROLE"]:  # of a role that owns nothing: PostgreSQL refuses any other
        words = ["ALTER"]
    assert not {"DROP", "TRUNCATE", "DELETE", "REASSIGN", "CASCADE"} & set(words)
    assert words[0] in {"CREATE", "ALTER", "GRANT", "REVOKE", "COMMENT"}


def test_every_change_that_may_destroy_is_refused_by_name() -> None:
    plan = (
        CreateSchema("a", "o", reason="missing"),
        DropSchema("b", reason="not declared"),
        DropSchema("c", reason="old"),
    )
    with pytest.raises(PlanError) as refused:
        data_loss.refuse(plan, database="app")
    assert [problem.partition(";")[0] for problem in refused.value.problems] == [
        "DropSchema is planned (not declared), which may lose data",
        "DropSchema is planned (old), which may lose data",
    ]


def test_what_is_no_kind_of_change_is_refused() -> None:
    with pytest.raises(PlanError, match="str is planned"):
        data_loss.refuse(["DROP SCHEMA foo"], database="app")


def test_a_kind_says_whether_it_keeps_data_or_is_none() -> None:
    with pytest.raises(TypeError, match="keeps_data"):
        type("CreateSchemaAnew", (CreateSchema,), {})
