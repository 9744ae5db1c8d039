"""Every field of a spec, found by looking: a change of it is said among what is never cut, or shown by a statement."""

import re
from typing import Any

import pytest

from db_access.spec import AccessSpec
from db_access.spec.places import Place, place_text
from keyless.access_plan.comment import Comment
from tests.database.access_plan.conftest import Compare
from tests.database.engine import SAMPLE, spec, with_user
from tests.unit.keyless.test_documents import BY_STATEMENTS, CHANGED, IAM_ROLE, SECRET, changed, key

NOBODYS = "nobody's access changes"
MEMBERSHIPS = ("inherit", "set")
"""Options that memberships have from PostgreSQL 16 on."""
IN_USERS = [
    (place, field)
    for place, field in CHANGED
    if field != "password" and (len(place) < 4 or place[0] not in ("owners", "groups"))
]
"""What grants and memberships have is the same model wherever it is. No password is written to a file here."""


def said(comment: Comment) -> str:
    """What is never cut, of what the documents alone show."""
    found = re.search(r"#### To look at first, in the spec[^\n]*\n\n```diff\n(.*?)\n```\n", comment.text, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize(("place", "field"), IN_USERS, ids=[place_text(place, field) for place, field in IN_USERS])
def test_no_field_changes_in_silence(compared: Compare, place: Place, field: str) -> None:
    comment = compared(*changed(place, field))
    if comment.refused:
        assert field == "managed_by" or (field in MEMBERSHIPS and "before PostgreSQL 16" in comment.text), comment.text
    elif field == "reason":
        assert NOBODYS in comment.text and "```" not in comment.text
    elif field == "description" or key(place, field) in BY_STATEMENTS:
        assert NOBODYS not in comment.text and "```diff" in comment.text
    else:
        assert NOBODYS not in comment.text and (place_text(place[:1]) if field == "username" else field) in said(
            comment
        ), comment.text


ATTACKS: list[tuple[dict[str, Any], str]] = [
    ({"acknowledged": [{"username": "backdoor", "reason": "reporting tool"}]}, "+ acknowledged[backdoor]"),
    ({"additive": True}, "+ additive: true"),
    ({"additive": True, "users": SAMPLE.as_properties()["users"][:1]}, "- users[lambda_writer]"),
    ({"take_over": ["other-spec"]}, '+ take_over: ["other-spec"]'),
    ({"retired": [{"username": "legacy_dba", "drop": True}]}, "+ retired[legacy_dba].drop: true"),
    ({"databases": [{**SAMPLE.as_properties()["databases"][0], "public": "open"}]}, "+ databases[app].public: open"),
]


@pytest.mark.parametrize(("change", "line"), ATTACKS, ids=[line for _, line in ATTACKS])
def test_what_a_throwaway_server_cant_show_is_said(compared: Compare, change: dict[str, Any], line: str) -> None:
    comment = compared(SAMPLE, spec(**change))
    assert line in [entry.partition("  -- ")[0] for entry in said(comment).splitlines()], comment.text
    assert NOBODYS not in comment.text and line[2:] in comment.whole


def test_what_a_new_user_brings_is_said(compared: Compare) -> None:
    dba = {"username": "dba", "adopt": True, "connection_limit": -1, "iam_role": IAM_ROLE, "databases": ["app"]}
    found = said(compared(SAMPLE, with_user(**dba)))
    assert all(f"users[dba].{field}" in found for field in ("adopt: true", "connection_limit: -1", "iam_role"))


def test_a_password_in_place_of_a_token_is_said_with_its_secret(compared: Compare) -> None:
    user = {"username": "reader", "databases": ["app"]}
    found = said(compared(with_user(**user), with_user(**user, auth_method="password", password_secret=SECRET)))
    assert "users[reader].auth_method: password" in found and SECRET in found


def test_what_only_names_and_nobody_has_made_is_said(compared: Compare) -> None:
    grant = {"database": "app", "schemas": ["ops"], "functions": ["EXECUTE"], "only": ["ops.dump()"]}
    comment = compared(SAMPLE, with_user(username="narrow", databases=["app"], grants=[grant]))
    assert "ops.dump()" in said(comment)


def test_what_does_not_fit_fails_the_check(compared: Compare) -> None:
    many = [{"username": f"role_with_quite_a_long_name_{n:04}", "reason": "reports"} for n in range(600)]
    comment = compared(SAMPLE, AccessSpec.parse({**SAMPLE.as_properties(), "acknowledged": many}))
    assert comment.refused and "more changes of these kinds don't fit here" in comment.text
    assert all(entry["username"] in comment.whole for entry in many) and len(comment.text) < 65_536


def test_an_order_alone_is_not_prose(compared: Compare) -> None:
    user = {"username": "reader", "databases": ["app"]}
    comment = compared(
        with_user(**user, privileges=["CONNECT", "TEMPORARY"]), with_user(**user, privileges=["TEMPORARY", "CONNECT"])
    )
    assert "privileges" in said(comment)
