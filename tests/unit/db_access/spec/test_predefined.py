"""Which of PostgreSQL's and RDS's own roles a spec may give, and why not the others."""

from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.model.predefined import ALLOWED, REFUSED, reserved
from tests.spec_problems import bare

DATABASES = [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}]
KINDS = {
    "users": {"username": "u"},
    "groups": {"name": "g"},
    "owners": {"name": "app_owner"},
}


def parse(kind: str, *groups: Any, **fields: Any) -> AccessSpec:
    return AccessSpec.parse({"databases": DATABASES, kind: [{**KINDS[kind], "groups": list(groups), **fields}]})


def problems(kind: str, *groups: Any, **fields: Any) -> tuple[str, ...]:
    with pytest.raises(SpecError) as refused:
        parse(kind, *groups, **fields)
    return bare(refused.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ALLOWED)
def test_each_of_the_list_can_be_given_to_users_groups_and_owners(kind: str, role: str) -> None:
    who = next(iter(parse(kind, role).grantees))
    assert [m.name for m in who.groups] == [role]
    with_options = next(iter(parse(kind, {"name": role, "inherit": False, "set": False}).grantees))
    assert with_options.groups[0].name == role


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", REFUSED)
def test_each_other_is_refused_with_the_reason_and_what_is_allowed(kind: str, role: str) -> None:
    for entry, at in ((role, ""), ({"name": role}, ".name")):
        (problem,) = problems(kind, entry)
        assert problem.startswith(
            f"{kind}[0].groups[0]{at}: {role!r} can't be given: {REFUSED[role]}; allowed: pg_monitor"
        )


@pytest.mark.parametrize("role", ["pg_new", "rds_new", "PG_MONITOR", "rdsfoo"])
def test_what_nobody_knows_is_refused_too(role: str) -> None:
    (problem,) = problems("users", role)
    assert "it is none of the predefined roles that a spec can give" in problem


@pytest.mark.parametrize("admin", [True, "true", "yes"])
def test_nobody_may_pass_one_on(admin: object) -> None:
    (problem,) = problems("users", {"name": "pg_monitor", "admin": admin})
    assert problem == (
        "users[0].groups[0]: 'pg_monitor' is a predefined role, which nobody may pass on; allowed: without `admin`"
    )


def test_one_is_listed_once() -> None:
    (problem,) = problems("users", "pg_monitor", {"name": "pg_monitor"})
    assert problem == "users[0].groups[1].name: 'pg_monitor' is listed twice; allowed: once"


def test_sessions_may_start_as_one() -> None:
    parse("users", "pg_monitor", settings={"role": "pg_monitor"})


def test_a_user_file_that_names_one_declares_no_group() -> None:
    spec = AccessSpec.parse({"username": "u", "groups": ["pg_monitor", "staff"]})
    assert [group.name for group in spec.groups] == ["staff"]


@pytest.mark.parametrize("where", [("groups", "name"), ("users", "username")])
def test_none_can_be_declared(where: tuple[str, str]) -> None:
    kind, key = where
    for name in ("pg_monitor", "rds_replication"):
        with pytest.raises(SpecError):
            AccessSpec.parse({"databases": DATABASES, kind: [{key: name}]})


def test_the_two_lists_have_nothing_in_common_and_are_reserved_names() -> None:
    assert not ALLOWED.keys() & REFUSED.keys()
    assert all(map(reserved, (*ALLOWED, *REFUSED)))
