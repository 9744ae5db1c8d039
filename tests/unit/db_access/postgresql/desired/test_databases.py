"""One spec over several databases: roles and memberships are the cluster's, rights each database's own."""

import pytest

from db_access.errors import SpecError
from db_access.postgresql.state import Desired
from tests.unit.db_access.postgresql.specs import all_rights, asked_for, future_rights, locked, spec, user

TWO = {"name": "two", "public": "open", "schemas": [{"name": "foo", "owner": "theirs"}]}
THREE = {"name": "three"}


def state_of(database: str) -> Desired:
    grants = [{"access": "read_only"}, {"database": "two", "access": "append_only"}]
    return asked_for(spec(user("u", *grants), user("v", databases=["three"]), others=[TWO, THREE]), database)


@pytest.mark.parametrize(
    ("database", "rights_of_u", "future", "rights_of_v"),
    [
        (
            "app",
            {"database app": "CONNECT", "schema foo": "USAGE", "table foo.*": "SELECT"},
            {"table foo.*": "SELECT"},
            {},
        ),
        (
            "two",
            {"database two": "CONNECT", "schema foo": "USAGE", "table foo.*": "INSERT", "sequence foo.*": "USAGE"},
            {"table foo.*": "INSERT", "sequence foo.*": "USAGE"},
            {},
        ),
        ("three", {}, {}, {"database three": "CONNECT"}),
    ],
)
def test_a_grant_gives_rights_in_its_own_database_only(
    database: str, rights_of_u: dict[str, str], future: dict[str, str], rights_of_v: dict[str, str]
) -> None:
    state = state_of(database)
    assert all_rights(state, "u") == rights_of_u
    assert future_rights(state, "u", "master") == future
    assert all_rights(state, "v") == rights_of_v


def test_roles_memberships_and_the_list_of_databases_are_the_same_in_every_database() -> None:
    states = [state_of(database) for database in ("app", "two", "three")]
    assert states[0].roles == states[1].roles == states[2].roles
    assert states[0].memberships == states[1].memberships == states[2].memberships
    assert [state.databases for state in states] == [{"app", "two", "three"}] * 3


def test_public_is_locked_database_by_database() -> None:
    assert locked(state_of("two")) == set()
    assert locked(state_of("three")) == {"database three", "schema public"}


def test_a_database_that_is_not_declared_is_refused() -> None:
    with pytest.raises(SpecError, match="database 'four' is not declared; allowed: app, two, three"):
        state_of("four")
