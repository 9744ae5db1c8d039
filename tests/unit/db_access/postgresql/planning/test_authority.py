"""What the master lacks the authority for is a conflict, once for each role or object; what it needn't do is none."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.postgresql.planning.encoding import unencodable
from db_access.postgresql.state import Current, Desired, Limits, Membership
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned, refused
from tests.unit.db_access.postgresql.specs import asked_for, group, spec, user
from tests.unit.db_access.postgresql.states import with_memberships, with_role

ASKED = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none"), groups=[group("g")]))


def limited(current: Current, **limits: Any) -> Current:
    found: dict[str, Any] = {name: frozenset(names) for name, names in limits.items()}
    return replace(current, limits=Limits(**found))


def test_what_is_as_asked_needs_no_authority() -> None:
    current = limited(as_current(ASKED), roles={"u", "g", "owner"}, owners={"boss"}, attributes={"SUPERUSER"})
    assert planned(ASKED, current) == ()


def test_a_role_that_is_not_the_masters_is_named_once_whatever_is_to_do_with_it() -> None:
    current = with_role(as_current(ASKED), "u", connection_limit=9, description="other")
    (problem,) = refused(ASKED, limited(current, roles={"u"}))
    assert 'GRANT "u" TO "master" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE' in problem


@pytest.mark.parametrize("attribute", ["SUPERUSER", "REPLICATION", "BYPASSRLS"])
def test_an_attribute_is_named_where_the_master_cannot_take_it(attribute: str) -> None:
    current = with_role(as_current(ASKED), "u", elevated=frozenset({attribute}))
    assert refused(ASKED, limited(current, attributes={"CREATEDB"})) == ()
    (problem,) = refused(ASKED, limited(current, attributes={attribute}))
    assert f'ALTER ROLE "u" NO{attribute}, then run again' in problem


def test_a_name_in_a_statement_is_quoted_as_sql_has_it() -> None:
    current = with_memberships(as_current(ASKED), Membership('the "Boss"', "u"))
    (problem,) = refused(ASKED, limited(current, roles={'the "Boss"'}))
    assert 'REVOKE "the ""Boss""" FROM "u", then run again' in problem


@pytest.mark.parametrize("encoding", ["UTF8", "LATIN1", "SQL_ASCII"])
@pytest.mark.parametrize(
    ("asked", "refusing"),
    [
        (ASKED, ()),
        (asked_for(spec(user("Zoë"))), ("LATIN1", "SQL_ASCII")),
        (asked_for(spec(user("u", description="é"))), ("LATIN1", "SQL_ASCII")),
        (asked_for(spec(user("u", {"tables": ["SELECT"], "only": ["foo.é"]}))), ("SQL_ASCII",)),
        (asked_for(spec(user("u", {"access": "write_only", "key_columns": ["clé"]}))), ("SQL_ASCII",)),
    ],
)
def test_what_an_encoding_cannot_hold_is_named(asked: Desired, refusing: tuple[str, ...], encoding: str) -> None:
    problems = list(unencodable(asked, encoding=encoding, database="app"))
    assert len(problems) == (encoding in refusing)
