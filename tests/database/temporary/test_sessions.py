"""No session outlasts a membership for a while, whatever comes between the two ends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from typing import Any, ClassVar

import psycopg
import pytest

from db_access.postgresql import reconcile, temporary
from db_access.postgresql.temporary import TemporaryError
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database import engine
from tests.database.engine import allowed, major, run
from tests.database.temporary.test_ending import is_open
from tests.database.temporary.world import (
    ALICE,
    HOUR,
    READER,
    SELECT,
    TIMEOUTS,
    comment,
    deployed,
    end,
    end_expired,
    give,
    listed,
    moved,
    spec,
)

DESCRIBED = "on call [managed by keyless-aurora]"


@pytest.fixture
def there(database: Database) -> Database:
    return deployed(database)


Become = Callable[[str], "psycopg.Connection[object]"]


@pytest.fixture
def as_the_group(there: Database) -> Iterator[Become]:
    """A session of a user that has become the group, where PostgreSQL lets it."""
    with ExitStack() as stack:

        def become(user: str) -> "psycopg.Connection[object]":
            session = stack.enter_context(closing(there.connect(user)))
            if major(there) < 16:
                session.execute("SET ROLE reader")
            return session

        yield become


@pytest.mark.parametrize("by_hand", [False, True])
def test_sessions_that_cannot_be_ended_are_an_error_until_they_are(
    there: Database, as_the_group: Become, by_hand: bool
) -> None:
    if by_hand:
        run(there, "master", "GRANT reader TO alice")
    else:
        give(there)
        moved(there, -HOUR)
    session = as_the_group("alice")
    run(there, "rdsadmin", "REVOKE pg_signal_backend FROM rds_superuser")
    try:
        for _ in range(2):
            with pytest.raises(temporary.ExpiredError, match=r"(?s)'alice' is in 'reader' no more.*open sessions of"):
                end_expired(there)
            assert is_open(session) and not allowed(there, "alice", "SELECT FROM foo.event")
    finally:
        run(there, "rdsadmin", "GRANT pg_signal_backend TO rds_superuser WITH ADMIN OPTION")
    assert [each.group for each in end_expired(there)] == ["reader"]
    assert not is_open(session) and comment(there) == DESCRIBED and end_expired(there) == []


@pytest.mark.parametrize("how", ["look", "deploy", "command"])
def test_who_was_stopped_after_the_membership_has_left_the_sessions_to_the_next(
    there: Database, as_the_group: Become, how: str
) -> None:
    give(there)
    session = as_the_group("alice")
    run(there, "master", "REVOKE reader FROM alice")
    assert is_open(session) and listed(there) == []
    ways: dict[str, Callable[[Database], object]] = {
        "look": end_expired,
        "deploy": lambda of: engine.converge(of, spec()),
        "command": end,
    }
    ways[how](there)
    assert not is_open(session) and comment(there) == DESCRIBED


def test_a_session_of_a_member_of_the_member_ends_where_it_may_be_the_group(
    there: Database, as_the_group: Become
) -> None:
    give(there)
    run(
        there,
        "rdsadmin",
        "CREATE ROLE mallory LOGIN",
        "GRANT alice TO mallory",
        "GRANT CONNECT ON DATABASE app TO mallory",
    )
    session = as_the_group("mallory")
    moved(there, -HOUR)
    assert len(end_expired(there)) == 1
    assert is_open(session) is (major(there) >= 16)
    with pytest.raises(psycopg.errors.Error):
        session.execute(SELECT)


def test_a_deploy_ends_such_a_session_too(there: Database, as_the_group: Become) -> None:
    give(there)
    run(
        there,
        "rdsadmin",
        "CREATE ROLE mallory LOGIN",
        "GRANT alice TO mallory",
        "GRANT CONNECT ON DATABASE app TO mallory",
    )
    run(there, "rdsadmin", "GRANT rds_iam TO mallory")
    session = as_the_group("mallory")
    moved(there, -HOUR)
    engine.converge(there, spec())
    assert is_open(session) is (major(there) >= 16)


def test_a_group_of_another_spec_is_nobodys_to_take(there: Database) -> None:
    """The same names under another `managed_by`: a mistyped one, or another app of the cluster."""
    for_good = {**ALICE, "groups": ["reader"]}
    del for_good["may_have"]
    engine.converge(there, spec(alice=for_good))
    other = spec(managed_by="other")
    for asked in (listed, end_expired, end):
        with pytest.raises(TemporaryError, match="role 'reader' is managed by 'keyless-aurora'"):
            asked(there, other)
    assert allowed(there, "alice", SELECT)


@pytest.mark.parametrize(
    "wanted",
    [
        spec(alice={name: value for name, value in ALICE.items() if name != "may_have"}),
        spec(
            alice={**ALICE, "may_have": [{"group": "lesende", "at_most": "1h"}]}, groups=[{**READER, "name": "lesende"}]
        ),
    ],
    ids=["taken out", "renamed"],
)
def test_what_is_open_is_listed_whatever_the_file_has_become(
    there: Database, as_the_group: Become, wanted: AccessSpec
) -> None:
    give(there)
    (held,) = listed(there, wanted)
    assert (held.member, held.group, held.open) == ("alice", "reader", False)
    session = as_the_group("alice")
    assert [each.group for each in end_expired(there, wanted)] == ["reader"]
    assert not is_open(session) and comment(there) == DESCRIBED


def test_what_the_spec_gives_for_good_meanwhile_is_not_over(there: Database) -> None:
    give(there)
    for_good = {**ALICE, "groups": ["reader"]}
    del for_good["may_have"]
    wanted = spec(alice=for_good)
    with there.connect("alice") as session:
        assert listed(there, wanted) == [] and end_expired(there, wanted) == []
        engine.converge(there, wanted)
        assert is_open(session)
    assert allowed(there, "alice", SELECT) and comment(there) == DESCRIBED


def test_a_session_that_began_after_the_end_stays(there: Database) -> None:
    give(there, timedelta(hours=1))
    end(there)
    with there.connect("alice") as session:
        assert end(there) == [] and is_open(session)


class Dying(psycopg.Connection[Any]):
    """A connection that the server ends right after its first COMMIT."""

    server: ClassVar[list[Database]] = []

    def commit(self) -> None:
        super().commit()
        if self.server:
            with self.server.pop().superuser() as killer:
                killer.execute("SELECT pg_terminate_backend(%s, 5000)", [self.info.backend_pid])


@pytest.mark.parametrize("how", ["deploy", "command"])
def test_a_connection_that_is_lost_in_between_is_not_the_end_of_it(
    there: Database, as_the_group: Become, how: str
) -> None:
    give(there)
    moved(there, -HOUR)
    session = as_the_group("alice")

    def connect() -> "psycopg.Connection[Any]":
        return Dying.connect(there.master_conninfo)

    Dying.server.append(there)
    if how == "deploy":
        summary = reconcile.converge(connect, spec(), "app", iam_logins=frozenset({"master"}))
        assert not [warning for warning in summary.warnings if "could not be ended" in warning]
    else:
        assert len(temporary.end_expired(connect, spec(), "app", timeouts=TIMEOUTS)) == 1
    assert not Dying.server and not is_open(session) and comment(there) == DESCRIBED
