"""What a spec may say of memberships for a while, and what it is refused for."""

from datetime import timedelta
from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from tests.spec_problems import bare

READER = {"name": "reader"}
DATABASE = {"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}


def parsed(may_have: object, *, groups: Any = (READER,), **alice: Any) -> AccessSpec:
    user = {"username": "alice", "may_have": may_have, **alice}
    return AccessSpec.parse({"version": 1, "databases": [DATABASE], "groups": list(groups), "users": [user]})


def problems(may_have: object, **more: Any) -> tuple[str, ...]:
    with pytest.raises(SpecError) as refused:
        parsed(may_have, **more)
    return bare(refused.value)


def test_minutes_and_hours_are_what_they_say() -> None:
    (user,) = parsed([{"group": "reader", "at_most": "90m"}]).users
    assert user.may_have[0].longest == timedelta(minutes=90)
    (user,) = parsed([{"group": "reader", "at_most": "24h"}]).users
    assert user.may_have[0].longest == timedelta(days=1)


@pytest.mark.parametrize("wrong", ["0h", "1d", "-1h", "1.5h", "h", "00001h", "1 h", 1])
def test_other_lengths_are_refused(wrong: object) -> None:
    (problem,) = problems([{"group": "reader", "at_most": wrong}])
    assert problem.startswith("users[0].may_have[0].at_most: ")


@pytest.mark.parametrize(
    ("may_have", "more", "problem"),
    [
        (
            [{"group": "reader", "at_most": "25h"}],
            {},
            "users[0].may_have[0].at_most: '25h' is longer than a day; allowed: up to 24h. Who needs more is to be in "
            "`groups`",
        ),
        (
            [{"group": "raeder", "at_most": "1h"}],
            {},
            "users[0].may_have[0].group: no group is named 'raeder'; did you mean 'reader'? allowed: reader",
        ),
        (
            [{"group": "reader", "at_most": "1h"}] * 2,
            {},
            "users[0].may_have[1].group: 'reader' is listed twice; allowed: once",
        ),
        (
            [{"group": "reader", "at_most": "1h"}],
            {"groups": [READER, {"name": "other"}], "more": ["reader"]},
            "users[0].may_have[0].group: the user is in 'reader' for good; allowed: one of `groups` and `may_have`",
        ),
        (
            [{"group": "reader", "at_most": "1h"}],
            {"grants": [{"database": "app", "schemas": ["foo"], "access": "owner"}]},
            "users[0].may_have: a user with `access: owner` inherits from no group; allowed: another user for it",
        ),
        (
            [{"group": "reader", "at_most": "1h"}],
            {
                "groups": [
                    {"name": "reader", "groups": ["middle"]},
                    {"name": "middle", "groups": [{"name": "top", "admin": True}]},
                    {"name": "top"},
                ]
            },
            "users[0].may_have[0].group: members of 'reader' may pass memberships on (`admin: true`), which would "
            "outlast this one; allowed: groups without `admin`",
        ),
        *(
            (
                [{"group": "reader", "at_most": "1h"}],
                {
                    "groups": [
                        {"name": "reader", "groups": ["maker"]},
                        {"name": "maker", "grants": [{"database": "app", "schemas": ["foo"], **grant}]},
                    ]
                },
                "users[0].may_have[0].group: members of 'reader' may make what would outlast this one: objects (CREATE), "
                "triggers and foreign keys (TRIGGER, REFERENCES); allowed: groups without these",
            )
            for grant in (
                {"schema_privileges": ["USAGE", "CREATE"]},
                {"access": "read_only", "database_privileges": ["CREATE"]},
                {"tables": ["SELECT", "TRIGGER"]},
                {"tables": ["REFERENCES"]},
            )
        ),
    ],
)
def test_what_would_not_work_or_not_end_is_refused(may_have: object, more: dict[str, Any], problem: str) -> None:
    permanent = more.pop("more", [])
    user = {"username": "alice", "may_have": may_have, "groups": permanent, "grants": more.get("grants", [])}
    raw = {"version": 1, "databases": [DATABASE], "groups": more.get("groups", [READER]), "users": [user]}
    with pytest.raises(SpecError) as refused:
        AccessSpec.parse(raw)
    assert bare(refused.value) == (problem,)


def test_predefined_roles_are_given_for_good_or_not_at_all() -> None:
    (problem,) = problems([{"group": "pg_read_all_data", "at_most": "1h"}])
    assert "users[0].may_have[0].group" in problem


def test_a_spec_without_any_is_sent_as_before() -> None:
    raw = {"version": 1, "databases": [DATABASE], "groups": [READER], "users": [{"username": "alice"}]}
    assert "may_have" not in str(AccessSpec.parse(raw).as_properties())
