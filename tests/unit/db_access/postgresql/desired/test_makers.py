"""Who owns schemas and whose future objects are covered, as docs/access-spec.md ("Future objects") says."""

import pytest

from db_access.postgresql.desired import NOTHING
from db_access.postgresql.state import Desired
from tests.unit.db_access.postgresql.specs import all_rights, asked_for, future_rights, memberships, spec, user

SCHEMAS = [
    {"name": "foo", "owner": "owner", "creators": ["builder", "owner"]},
    {"name": "bar", "owner": "other"},
]


@pytest.fixture
def state() -> Desired:
    return asked_for(spec(user("u", {"access": "read_only", "schemas": ["foo", "bar"]}), schemas=SCHEMAS))


@pytest.mark.parametrize(
    ("creator", "covered"),
    [
        ("owner", {"table foo.*": "SELECT"}),
        ("builder", {"table foo.*": "SELECT"}),
        ("other", {"table bar.*": "SELECT"}),
        ("master", {"table foo.*": "SELECT", "table bar.*": "SELECT"}),
        ("u", {}),
    ],
)
def test_future_objects_are_covered_for_whoever_makes_them_in_that_schema(
    state: Desired, creator: str, covered: dict[str, str]
) -> None:
    assert future_rights(state, "u", creator) == covered


def test_every_schema_has_the_owner_that_the_spec_says(state: Desired) -> None:
    assert state.schemas == {"foo": "owner", "bar": "other"}


@pytest.mark.parametrize("maker", ["owner", "builder", "other"])
def test_owners_and_creators_are_roles_without_login_and_grants_of_which_the_master_is_a_member(
    state: Desired, maker: str
) -> None:
    role = state.roles[maker]
    assert (role.login, role.inherit, role.managed_by, role.adopt) == (False, True, "keyless-aurora", False)
    assert all_rights(state, maker) == {}
    assert memberships(state, "master")[maker] == "inherit set"


def test_the_master_is_a_member_of_nobody_else_and_no_role_of_the_spec(state: Desired) -> None:
    assert memberships(state, "master").keys() == {"owner", "builder", "other"}
    assert "master" not in state.roles


def test_makers_of_every_database_are_roles_in_every_one_of_them() -> None:
    two = spec(others=[{"name": "two", "schemas": [{"name": "baz", "owner": "theirs", "creators": ["maker"]}]}])
    for database, schemas in (("app", {"foo": "owner", "bar": "owner"}), ("two", {"baz": "theirs"})):
        state = asked_for(two, database)
        assert state.roles.keys() == {"owner", "theirs", "maker"}
        assert memberships(state, "master").keys() == {"owner", "theirs", "maker"}
        assert state.schemas == schemas
        assert {key.schema for key in state.defaults} - {None} == set(schemas)


def test_nothing_is_asked_for_when_the_access_is_removed() -> None:
    assert not any(getattr(NOTHING, field) for field in NOTHING.__dataclass_fields__)
