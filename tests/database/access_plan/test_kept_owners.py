"""Schemas that keep their owners, `owner: keep`, on the throwaway server: it has them, and what they mean is said."""

from typing import Any

from db_access.spec import AccessSpec
from tests.database.access_plan.conftest import Compare
from tests.database.access_plan.test_documents import NOBODYS, said

_MASTER = [{"username": "master", "reason": "the login of the tests' server, which no stage of its own has"}]


def spec(owner: str, access: str = "read_only", database: str = "app", **more: Any) -> AccessSpec:
    schemas = [
        {"name": "own", "owner": "app_owner"},
        {"name": "legacy", "owner": owner},
        {"name": "public", "owner": owner},
    ]
    grants = [{"database": database, "schemas": ["own", "legacy", "public"], "access": access}]
    users = [{"username": "reader", "grants": grants}]
    return AccessSpec.parse(
        {"databases": [{"name": database, "schemas": schemas}], "users": users, "acknowledged": _MASTER, **more}
    )


def test_what_a_grant_gives_there_is_shown(compared: Compare) -> None:
    comment = compared(spec("keep"), spec("keep", "read_write"))
    assert not comment.refused, comment.text
    for schema in ("own", "legacy", "public"):
        assert f"DELETE, INSERT, UPDATE on table {schema}.each_existing_table" in comment.whole, comment.whole


def test_a_schema_that_keeps_its_owner_from_now_on_is_said_whatever_else_names_it(compared: Compare) -> None:
    for before, after in (("app_owner", "keep"), ("keep", "app_owner")):
        comment = compared(spec(before), spec(after, "read_write"))
        assert not comment.refused and "databases[app].schemas[legacy].owner" in said(comment), comment.text


def test_a_new_one_is_shown_with_its_grants(compared: Compare) -> None:
    without: dict[str, Any] = {
        "databases": [{"name": "app", "schemas": [{"name": "own", "owner": "app_owner"}]}],
        "users": [],
    }
    comment = compared(spec("keep", **without), spec("keep"))
    assert not comment.refused and NOBODYS not in comment.text
    assert "databases[app].schemas[legacy].owner: keep" in said(comment), comment.text
    assert "SELECT on future tables of" in comment.whole, comment.whole
    assert not compared(None, spec("keep", database="new")).refused
