"""An approval, and what happens to what its statements are about before they are carried out."""

from dataclasses import dataclass
from typing import Any

import pytest

from db_access.errors import UnapprovedError
from db_access.spec import AccessSpec
from tests.database.approval.deploying import Function
from tests.database.approval.facts import facts
from tests.database.approval.worlds import BASE
from tests.database.engine import run

_USERS: list[Any] = BASE.as_properties()["users"]
SALARY = ("CREATE TABLE ops.salary (id int, name text)",)
SUPERUSER = "rdsadmin"


def auditor(*grants: Any, **more: Any) -> AccessSpec:
    return AccessSpec.parse(
        {**BASE.as_properties(), "users": [*_USERS, {"username": "auditor", "grants": list(grants), **more}]}
    )


READS = {"database": "app", "schemas": ["foo"], "access": "read_only"}
READER, MEMBER = auditor(READS), auditor(groups=["team"], databases=["app"])
WRITER, OWNER = auditor({**READS, "access": "read_write"}), auditor({**READS, "access": "owner"})
CALLER = auditor({"database": "app", "schemas": ["foo"], "functions": ["EXECUTE"], "only": ["foo.answer()"]})
BY_KEY = auditor({"database": "app", "schemas": ["foo"], "access": "write_only", "key_columns": ["id"]})
TYPES = auditor({"database": "app", "schemas": ["foo"], "types": ["USAGE"]})


@dataclass(frozen=True)
class Case:
    spec: AccessSpec
    meanwhile: tuple[str, ...]
    difference: str
    before: tuple[str, ...] = ()
    by: str = "migrator"


def happen(function: Function, user: str, statements: tuple[str, ...]) -> None:
    for statement in statements:
        run(function.database, user, statement)


def assert_refused(case: Case, function: Function) -> None:
    """Though the statements stay the same, and nothing is changed."""
    happen(function, case.by, case.before)
    function.deploy(BASE, None)
    approved, fresh = function.approve(case.spec), function.approve(case.spec)
    assert approved.databases == fresh.databases
    happen(function, case.by, case.meanwhile)
    now = function.approve(case.spec).databases[0]
    assert (now.shared, now.effects) == (approved.databases[0].shared, approved.databases[0].effects)
    with function.database.superuser() as connection:
        before = facts(connection)
        with pytest.raises(UnapprovedError, match=f"(?m){case.difference}"):
            function.deploy(case.spec, approved)
        assert facts(connection) == before


def assert_done(case: Case, function: Function) -> None:
    """By an approval of what is there after it has happened."""
    happen(function, case.by, case.before)
    function.deploy(BASE, None)
    happen(function, case.by, case.meanwhile)
    assert function.deploy(case.spec, function.approve(case.spec))["Changes"] > 0
