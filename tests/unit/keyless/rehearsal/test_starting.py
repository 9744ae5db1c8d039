"""How a user's sessions start and what limits them, beside what the spec says."""

from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.starting import beyond, of_everybody

LIMITED: dict[str, Any] = {
    "settings": {"search_path": ["foo", "Bar"], "statement_timeout": "5s"},
    "connection_limit": 3,
    "auth_method": "password",
    "valid_until": "2030-01-01T01:00:00+01:00",
}
OWNER = {"grants": [{"database": "app", "schemas": ["foo"], "access": "owner"}]}
FREE = [True, -1, None]
SET = [["user", 'search_path=foo, "Bar"'], ["user", "statement_timeout=5s"]]
UNTIL = "2030-01-01T00:00:00.000000"


def told(user: dict[str, Any], limits: list[Any], *settings: list[str]) -> list[str]:
    spec = AccessSpec.parse(
        {
            "managed_by": "orders",
            "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
            "users": [{"username": "u", **user}],
        }
    )
    return list(beyond(Meaning(spec, "app"), spec.users[0], settings, [limits]))


@pytest.mark.parametrize(
    ("user", "limits", "settings"),
    [
        ({}, FREE, []),
        ({}, [True, 242, None], []),  # what leaves the master room
        (LIMITED, [True, 3, UNTIL], SET),
        (OWNER, [False, -1, None], [["user here", "role=app_owner"]]),
        ({}, FREE, [["everybody", "search_path=evil"]]),
    ],
)
def test_what_the_spec_says_is_nothing_beyond_it(user: dict[str, Any], limits: list[Any], settings: list[Any]) -> None:
    assert told(user, limits, *settings) == []


@pytest.mark.parametrize(
    ("user", "limits", "settings", "said"),
    [
        ({}, FREE, [["user", "search_path=evil"]], "search_path is set, which the spec lacks"),
        ({}, FREE, [["user", "app.key=secret"]], "app.key is set, which the spec lacks"),
        ({}, FREE, [["user here", "role=x"]], "role is set in database app, which the spec lacks"),
        (LIMITED, [True, 3, UNTIL], SET[:1], "statement_timeout is not set"),
        (
            LIMITED,
            [True, 3, UNTIL],
            [["user", "search_path=bar"], SET[1]],
            "search_path is set otherwise than by the spec",
        ),
        (OWNER, [False, -1, None], [], "role is not set in database app"),
        (OWNER, [True, -1, None], [["user here", "role=app_owner"]], "INHERIT is on, and off by the spec"),
        ({}, [False, -1, None], [], "INHERIT is off, and on by the spec"),
        ({"auth_method": "none"}, [True, 1, None], [], "the connection limit is 1, and -1 by the spec"),
        (LIMITED, [True, 4, UNTIL], SET, "the connection limit is 4, and 3 by the spec"),
        ({}, [True, -1, UNTIL], [], f"VALID UNTIL is {UNTIL}, and infinity by the spec"),
        (LIMITED, [True, 3, None], SET, f"VALID UNTIL is infinity, and {UNTIL} by the spec"),
    ],
)
def test_what_differs_is_told_without_its_value(
    user: dict[str, Any], limits: list[Any], settings: list[Any], said: str
) -> None:
    assert told(user, limits, *settings) == [said]


def test_everybodys_settings_are_listed_by_name() -> None:
    assert of_everybody([["everybody", "timezone=UTC"], ["user", "role=x"]]) == ["timezone"]
