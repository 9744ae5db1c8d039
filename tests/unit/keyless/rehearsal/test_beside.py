"""What a user has beside its rights on things, beside what the spec gives. Rows as PostgreSQL 16 and later answers them."""

from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.rights.beside import Beside
from keyless.rehearsal.lines.rights.meaning import Meaning

SPEC = AccessSpec.parse(
    {
        "managed_by": "orders",
        "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner", "creators": ["maker"]}]}],
        "owners": [{"name": "maker", "grants": [{"database": "app", "schemas": ["foo"], "schema_privileges": ["CREATE"], "tables": []}]}],
        "groups": [{"name": "quiet"}, {"name": "readers", "groups": ["pg_monitor"]}],
        "users": [
            {"username": "u", "groups": ["readers", {"name": "quiet", "inherit": False, "set": False}]},
            {"username": "m", "grants": [{"database": "app", "schemas": ["foo"], "access": "owner"}]},
        ],
        "acknowledged": [{"username": "dba", "reason": "on call"}],
    }
)  # fmt: skip
NOTHING: dict[str, list[list[Any]]] = {
    "memberships": [],
    "attributes": [],
    "schemas": [],
    "databases": [],
    "owners": [],
    "outsiders": [],
    "rulers": [],
    "logins": [],
    "strangers": [],
    "powers": [],
    "settings": [],
    "limits": [[True, -1, None]],
    "entrance": [],
}
ACTING: dict[str, list[list[Any]]] = {"settings": [["user here", "role=app_owner"]], "limits": [[False, -1, None]]}
"""Of m, which starts as the owner."""
GIVEN = [
    ["u", "readers", False, True, True],
    ["u", "quiet", False, False, False],
    ["u", "rds_iam", False, True, True],
    ["readers", "pg_monitor", False, True, True],
    ["pg_monitor", "pg_read_all_settings", False, True, True],
]


def told(what: str, *rows: list[Any], user: int = 0) -> str:
    """Of the lines that a user has, and those of the database, those that don't hold."""
    beside = Beside(
        Meaning(SPEC, "app"), {**NOTHING, **(ACTING if user else {}), what: list(rows)}, managing=frozenset({"master"})
    )
    lines = [*beside.of_user(SPEC.users[user]), *beside.of_database()]
    return "; ".join(line.measured.reason for line in lines if not line.holds)


def test_what_the_spec_gives_is_nothing_beyond_it() -> None:
    assert told("memberships", *GIVEN) == ""
    assert (
        told("memberships", ["m", "app_owner", False, False, True], ["m", "rds_iam", False, False, True], user=1) == ""
    )
    assert told("memberships", ["u", "readers", False, None, None]) == ""  # before PostgreSQL 16
    assert (
        told("owners", ["foo", "table", "maker", False, 3, "a"], ["foo", "schema", "app_owner", False, 1, "foo"]) == ""
    )
    assert (
        told("owners", ["foo", "table", "master", False, 1, "a"], ["foo", "function", "rdsadmin", True, 9, "f"]) == ""
    )
    assert told("outsiders", ["master", "app_owner"], ["dba", "app_owner"]) == ""
    assert told("rulers", ["app", "master", True]) == told("logins", ["u"], ["m"]) == ""
    assert told("strangers", ["dba", "SELECT", "table", "foo.a", 1]) == ""
    assert told("strangers", ["rdsproxyadmin", "CONNECT", "database", "app", 1]) == ""
    assert told("powers", ["master", "is a member of rds_superuser"], ["rdsx", "has CREATEROLE"]) == ""


@pytest.mark.parametrize(
    ("what", "row", "said"),
    [
        ("memberships", ["u", "app_owner", False, False, True], "u is a member of app_owner"),
        ("memberships", ["u", "pg_read_all_data", False, False, False], "u is a member of pg_read_all_data"),
        ("memberships", ["u", "quiet", False, True, False], "u is a member of quiet WITH INHERIT"),
        ("memberships", ["u", "quiet", False, False, True], "u is a member of quiet WITH SET"),
        ("memberships", ["u", "readers", True, True, True], "u is a member of readers WITH ADMIN"),
        ("memberships", ["readers", "app_owner", False, False, True], "readers is a member of app_owner"),
        ("memberships", ["u", "orders/app/foo/read_only", False, True, True], "u is a member of orders/app/foo/read_only"),
        ("attributes", ["u", ["CREATEROLE", "BYPASSRLS"]], "u has CREATEROLE; u has BYPASSRLS"),
        ("attributes", ["readers", ["CREATEDB"]], "readers has CREATEDB"),
        ("schemas", ["other", "USAGE", False], "USAGE on schema other"),
        ("schemas", ["public", "CREATE", True], "CREATE on schema public"),
        ("databases", ["elsewhere", "CONNECT", False], "CONNECT on database elsewhere"),
        ("owners", ["foo", "table", "u", False, 1, "a"], "table foo.a belongs to u"),
        ("owners", ["foo", "type", "mallory", False, 2, "a"], "type foo.a and 1 more belong to mallory"),
        ("rulers", ["app", "mallory", True], "database app belongs to mallory"),
        ("logins", ["app_owner"], "app_owner may log in"),
        ("logins", ["readers"], "readers may log in"),
        ("strangers", ["mallory", "SELECT", "table", "foo.a", 2], "mallory has SELECT on table foo.a and 1 more"),
        ("strangers", ["rdsx", "CREATE", "database", "app", 1], "rdsx has CREATE on database app"),
        ("powers", ["mallory", "has BYPASSRLS"], "mallory has BYPASSRLS"),
        ("owners", ["foo", "schema", "maker", False, 1, "foo"], "schema foo belongs to maker"),
        ("outsiders", ["rogue", "app_owner"], "rogue is a member of app_owner"),
    ],
)  # fmt: skip
def test_what_is_beyond_the_spec_is_told(what: str, row: list[Any], said: str) -> None:
    assert told(what, row) == said


def test_what_public_has_elsewhere_is_listed_as_not_measured() -> None:
    rows = {**NOTHING, "schemas": [["other", "USAGE", True]], "databases": [["postgres", "CONNECT", True]]}
    beside = Beside(Meaning(SPEC, "app"), rows)
    assert all(line.holds for line in beside.of_user(SPEC.users[0]))
    assert list(beside.notes) == [
        "schema other of app, on which PUBLIC has USAGE: the spec lacks it",
        "databases that the spec lacks, and what PUBLIC has on them: postgres (CONNECT)",
    ]
