"""The end of a membership for a while, on a real server: the right is gone, and so is every session that might still
use it, whatever its user does to stay."""

import time
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from db_access.postgresql import rotation, temporary
from db_access.postgresql.temporary import TemporaryError
from db_access.secrets import Secret
from tests.conftest import Database
from tests.database import engine
from tests.database.engine import allowed, connect_as_master, major, run
from tests.database.temporary.world import (
    ALICE,
    HOUR,
    READER,
    SELECT,
    comment,
    deployed,
    end,
    end_expired,
    give,
    listed,
    moved,
    rewrite,
    spec,
)

PATIENCE_SECONDS = 30


@pytest.fixture
def there(database: Database) -> Database:
    return deployed(database)


@pytest.fixture
def given(there: Database) -> Database:
    give(there)
    return there


def is_open(session: "psycopg.Connection[object]") -> bool:
    try:
        session.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


def test_what_is_over_is_ended_with_the_session_that_uses_it(given: Database) -> None:
    session = given.connect("alice")
    session.execute(SELECT)
    assert end_expired(given) == [] and is_open(session)
    moved(given, -HOUR)
    (ended,) = end_expired(given)
    assert (ended.member, ended.group) == ("alice", "reader")
    assert ended.record is not None and (ended.record.by, ended.record.reason) == ("bob", "ticket 7")
    assert not is_open(session)
    assert not allowed(given, "alice", SELECT) and listed(given) == []
    assert comment(given) == "on call [managed by keyless-aurora]"
    assert end_expired(given) == []


def test_the_end_comes_by_the_clock_of_the_server(given: Database) -> None:
    """Nobody says that it is over but the time: the end is a moment away, and then it is past."""
    (held,) = listed(given)
    assert held.record is not None
    moved(given, timedelta(seconds=2 - held.seconds_left))
    until(lambda: end_expired(given) != [])
    assert not allowed(given, "alice", SELECT)


def test_a_deploy_ends_the_session_too(given: Database) -> None:
    session = given.connect("alice")
    moved(given, -HOUR)
    engine.converge(given, spec())
    assert not is_open(session)


def test_a_session_that_has_become_the_group_would_outlast_the_membership(there: Database) -> None:
    """Why sessions end: PostgreSQL asks at SET ROLE, and never again. From 16 on nobody can become it at all."""
    run(there, "rdsadmin", "GRANT reader TO alice")
    with there.connect("alice") as session:
        session.execute("SET ROLE reader")
        run(there, "rdsadmin", "REVOKE reader FROM alice")
        session.execute(SELECT)
    give(there)
    session = there.connect("alice")
    if major(there) < 16:
        session.execute("SET ROLE reader")
    else:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SET ROLE reader")
    end(there)
    assert not is_open(session)


def test_who_keeps_locks_keeps_no_membership(given: Database) -> None:
    """The engine's own, and those on all that a user may lock: itself, and what it reads."""
    session = psycopg.connect(given.conninfo("alice"))
    session.execute("ALTER ROLE alice SET work_mem = '1MB'")
    session.execute(f"LOCK TABLE foo.event IN ACCESS SHARE MODE; {SELECT}")
    session.execute("SELECT pg_advisory_lock(x'6B65796C657373'::bigint)")
    assert [each.group for each in end(given)] == ["reader"]
    assert not is_open(session) and not allowed(given, "alice", SELECT)


def test_to_end_it_early_is_idempotent(given: Database) -> None:
    assert [(each.member, each.group) for each in end(given)] == [("alice", "reader")]
    assert end(given) == [] and not allowed(given, "alice", SELECT)


def test_the_end_of_one_leaves_another(database: Database) -> None:
    may = [{"group": "reader", "at_most": "2h"}, {"group": "writer", "at_most": "1h"}]
    writer = {"name": "writer", "grants": [{"database": "app", "schemas": ["bar"], "access": "append_only"}]}
    wanted = spec(alice={**ALICE, "may_have": may}, groups=[READER, writer])
    deployed(database, wanted)
    give(database, wanted=wanted)
    give(database, wanted=wanted, group="writer", reason="ticket 8")
    assert [(each.group, each.open) for each in listed(database, wanted)] == [("reader", True), ("writer", True)]
    assert [each.group for each in end(database, wanted)] == ["reader"]
    (held,) = listed(database, wanted)
    assert held.open and held.record is not None and held.record.reason == "ticket 8"
    assert allowed(database, "alice", "INSERT INTO bar.audit (name) VALUES ('x')")
    assert not allowed(database, "alice", SELECT)
    assert engine.converge(database, wanted).plan == ()


def test_one_that_cannot_be_ended_keeps_no_other_and_is_an_error(database: Database) -> None:
    """Before PostgreSQL 16 there is none: whoever may grant a membership may revoke it."""
    bob = {**ALICE, "username": "bob"}
    wanted = spec(users=[*spec().as_properties()["users"], bob])
    deployed(database, wanted)
    run(database, "rdsadmin", "CREATE ROLE stranger NOLOGIN", "GRANT reader TO stranger WITH ADMIN OPTION")
    run(database, "rdsadmin", "GRANT reader TO alice GRANTED BY stranger")
    run(database, "master", "GRANT reader TO bob")
    if major(database) < 16:
        assert len(end_expired(database, wanted)) == 2
    else:
        with pytest.raises(temporary.ExpiredError, match=r"'alice' is still in 'reader'.*stranger") as refused:
            end_expired(database, wanted)
        assert [each.member for each in refused.value.done] == ["bob"]
    assert not allowed(database, "bob", SELECT)


def test_only_groups_of_the_spec_are_ended(there: Database) -> None:
    with pytest.raises(TemporaryError, match="no group 'rds_iam'"):
        end(there, group="rds_iam")


def test_of_two_records_the_later_allowed_one_counts(given: Database) -> None:
    text = comment(given)
    record = text[text.index("[granted") : text.index("}]") + 2]
    rewrite(given, record, f"{record} {record.replace('ticket 7', 'an older one').replace('+00:00', '+06:00')}")
    (held,) = listed(given)
    assert held.open and held.record is not None and held.record.reason == "ticket 7"
    engine.converge(given, spec())
    assert comment(given) == text


def test_a_rotation_keeps_the_record(there: Database) -> None:
    """It writes the comment anew, with the password's new version."""
    alice = {**ALICE, "auth_method": "password"}
    wanted = spec(alice=alice)
    engine.converge(there, wanted)
    give(there, wanted=wanted)
    rewrite(there, "[managed by", "[password arn:1] [managed by")
    rotation.give(
        connect_as_master(there),
        "alice",
        Secret("much longer than that", "arn:2"),
        managed_by="keyless-aurora",
        comes_from=lambda version: True,
        before_commit=lambda: None,
        lock=2,
        transient=10,
    )
    assert "[password arn:2]" in comment(there)
    assert [each.open for each in listed(there, wanted)] == [True]


def test_nothing_to_end_takes_no_lock(given: Database) -> None:
    """So that it never stands in a deploy's way, nor waits for one."""
    with given.connect("master") as deploy:
        deploy.execute("SELECT pg_advisory_lock(x'6B65796C657373'::bigint)")
        assert end_expired(given) == []


def test_another_name_keeps_nothing(given: Database) -> None:
    """Who administers the member can rename it; the record and the mark go with it."""
    session = given.connect("alice")
    run(given, "rdsadmin", "ALTER ROLE alice RENAME TO alicia")
    (holding,) = listed(given)
    assert (holding.member, holding.group, holding.open) == ("alicia", "reader", False)
    (ended,) = end_expired(given)
    assert (ended.member, ended.group, ended.record and ended.record.by) == ("alicia", "reader", "bob")
    assert not allowed(given, "alicia", SELECT) and not is_open(session)
    assert not listed(given) and not end_expired(given)
