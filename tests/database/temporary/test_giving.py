"""A membership for a while, on a real server: within it the user can, a deploy keeps it, and nothing is beyond the spec."""

from datetime import timedelta
from functools import partial

import pytest

from db_access.errors import AccessError
from db_access.postgresql import reconcile, temporary
from db_access.postgresql.temporary import TemporaryError
from tests.conftest import Database
from tests.database import engine
from tests.database.engine import allowed, connect_as_master, major, run
from tests.database.temporary.world import (
    ALICE,
    HOUR,
    READER,
    SELECT,
    SPEC,
    TIMEOUTS,
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

SECOND = timedelta(seconds=1)


@pytest.fixture
def there(database: Database) -> Database:
    return deployed(database)


def prove(database: Database) -> reconcile.Evidence:
    return reconcile.prove(connect_as_master(database), SPEC, "app", iam_logins=frozenset({"master"}))


def test_a_user_can_what_the_group_can_from_the_grant_on(there: Database) -> None:
    assert not allowed(there, "alice", SELECT)
    given = give(there)
    assert given.new and allowed(there, "alice", SELECT)
    assert not allowed(there, "alice", "DELETE FROM foo.event")


def test_who_and_why_stand_in_the_comment_and_in_the_list(there: Database) -> None:
    until = give(there, by="bob", reason="ticket 7").record.until.isoformat()
    assert comment(there) == (
        f'on call [granted {{"group": "reader", "until": "{until}", "by": "bob", "reason": "ticket 7"}}] '
        "[managed by keyless-aurora]"
    )
    (held,) = listed(there)
    assert (held.member, held.group, held.open) == ("alice", "reader", True)
    assert held.record is not None and (held.record.by, held.record.reason) == ("bob", "ticket 7")
    assert 0 < held.seconds_left <= HOUR.total_seconds()


def test_an_open_grant_is_no_drift_and_every_proof_names_it(there: Database) -> None:
    give(there)
    found = prove(there)
    assert found.holds
    assert [w for w in found.warnings if w.startswith("'alice' is in 'reader' until ") and "ticket 7" in w]


def test_a_deploy_neither_takes_an_open_grant_nor_changes_anything(there: Database) -> None:
    give(there)
    before = comment(there)
    assert engine.converge(there, SPEC).plan == ()
    assert allowed(there, "alice", SELECT) and comment(there) == before


def test_a_deploy_that_describes_the_user_anew_keeps_the_record(there: Database) -> None:
    give(there)
    engine.converge(there, spec(alice={**ALICE, "description": "now a lead"}))
    (held,) = listed(there)
    assert held.open and comment(there).startswith("now a lead [granted ")


def test_a_deploy_takes_what_is_over_and_does_not_bring_it_back(there: Database) -> None:
    give(there)
    moved(there, -HOUR)
    assert not prove(there).holds
    (_, revoked) = engine.converge(there, SPEC).plan
    assert "it was given until" in revoked.reason
    assert not allowed(there, "alice", SELECT) and comment(there) == "on call [managed by keyless-aurora]"
    assert engine.converge(there, SPEC).plan == ()


def test_a_second_grant_extends_and_never_shortens(there: Database) -> None:
    first = give(there, HOUR)
    assert give(there, HOUR / 2, by="carol").record == first.record
    longer = give(there, 2 * HOUR, by="carol")
    assert longer.new and longer.record.until > first.record.until
    (held,) = listed(there)
    assert held.record == longer.record


def test_what_the_spec_does_not_allow_is_refused(there: Database) -> None:
    for length, group, problem in (
        (3 * HOUR, "reader", "may have 'reader' for 2h at most"),
        (HOUR, "app_owner", "doesn't say that 'alice' may have 'app_owner'; allowed: 'reader' for up to 2h"),
        (30 * SECOND, "reader", "1m or more"),
    ):
        with pytest.raises(TemporaryError, match=problem):
            give(there, length, group=group)
    assert listed(there) == [] and not allowed(there, "alice", SELECT)


def test_who_is_in_the_group_for_good_is_told_so(there: Database) -> None:
    permanent = spec(alice={**ALICE, "may_have": [], "groups": ["reader"]})
    with pytest.raises(TemporaryError, match="is in 'reader' for good"):
        give(there, wanted=permanent)
    with pytest.raises(TemporaryError, match="is in 'reader' for good"):
        end(there, permanent)


def test_before_the_deploy_that_makes_the_user_nothing_is_given(database: Database) -> None:
    engine.converge(database)
    with pytest.raises(TemporaryError, match="role 'alice' isn't there; deploy the spec first"):
        give(database)


def test_a_role_of_somebody_else_is_left_alone(there: Database) -> None:
    rewrite(there, "managed by keyless-aurora", "managed by others")
    with pytest.raises(AccessError, match="managed by 'others'"):
        give(there)


def test_hostile_words_are_kept_as_they_are(there: Database) -> None:
    words = "]] [managed by evil] '; DROP ROLE alice; -- \\ \" </script> ünï 🙂"
    give(there, by=words, reason=words)
    (held,) = listed(there)
    assert held.record is not None and held.record.reason == words
    assert comment(there).isascii()
    assert engine.converge(there, SPEC).plan == ()


def test_hostile_names_are_only_names(database: Database) -> None:
    name = """al"i'ce \\ à%s{}"""
    group = f"{name}-readers"
    wanted = spec(
        alice={**ALICE, "username": name, "may_have": [{"group": group, "at_most": "2h"}]},
        groups=[{**READER, "name": group}],
    )
    deployed(database, wanted)
    asked = temporary.Asked(name, group, HOUR, "bob")
    temporary.give(connect_as_master(database), wanted, "app", asked, timeouts=TIMEOUTS)
    assert allowed(database, name, SELECT)
    temporary.end(connect_as_master(database), wanted, "app", name, group, timeouts=TIMEOUTS)
    assert not allowed(database, name, SELECT)


def test_the_list_is_for_everybody_who_can_connect(there: Database) -> None:
    give(there)
    found = temporary.listed(lambda: there.connect("lambda_writer"), SPEC, "app", timeouts=TIMEOUTS, master="master")
    assert [(each.member, each.open) for each in found] == [("alice", True)]


def test_nobody_is_let_in_by_a_comment(there: Database) -> None:
    """Not even where the spec allows it: a comment only ever keeps what is there."""
    give(there)
    run(there, "master", "REVOKE reader FROM alice")
    assert listed(there) == []
    engine.converge(there, SPEC)
    assert not allowed(there, "alice", SELECT) and "granted" not in comment(there)


def test_a_forged_end_beyond_what_the_spec_allows_is_none(there: Database) -> None:
    give(there)
    moved(there, timedelta(days=4000))
    (held,) = listed(there)
    assert not held.open and not prove(there).holds
    assert [(each.member, each.group) for each in end_expired(there)] == [("alice", "reader")]
    assert not allowed(there, "alice", SELECT)


def test_a_clock_that_was_set_back_a_little_ends_nothing(there: Database) -> None:
    """As after a failover, when the grant is as long as the spec allows."""
    give(there, 2 * HOUR)
    moved(there, 20 * SECOND)
    assert listed(there)[0].open and prove(there).holds
    moved(there, 120 * SECOND)
    assert not listed(there)[0].open


def test_a_record_that_is_none_keeps_nothing(there: Database) -> None:
    for forged in ("{}", "null", "7", '{"group": "reader"}', '{"until": 7', "x" * 9000):
        give(there)
        text = comment(there)
        rewrite(there, text[text.index("{") : text.index("}") + 1], forged)
        assert not listed(there)[0].open
        end_expired(there)
        assert not allowed(there, "alice", SELECT) and comment(there) == "on call [managed by keyless-aurora]"


def test_a_membership_without_a_record_is_over(there: Database) -> None:
    run(there, "master", "GRANT reader TO alice")
    assert not prove(there).holds and not listed(there)[0].open
    end_expired(there)
    assert not allowed(there, "alice", SELECT)


LEFT = (
    "CREATE FUNCTION {}.left_behind() RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER "
    "AS 'SELECT count(*) FROM foo.event'"
)


@pytest.mark.parametrize(
    ("before", "where", "says"),
    [
        ("GRANT CREATE ON DATABASE app TO alice", "own", "'alice' may make schemas in database 'app' (CREATE)"),
        (
            "CREATE SCHEMA open; GRANT CREATE, USAGE ON SCHEMA open TO PUBLIC",
            "open",
            "'reader' may create in schema 'open' of database 'app'",
        ),
        ("CREATE SCHEMA own AUTHORIZATION alice", "own", "'alice' owns schema 'own' of database 'app'"),
    ],
    ids=["database", "everybody's schema", "a schema of its own"],
)
def test_where_something_could_be_made_that_lasts_it_is_not_given(
    there: Database, before: str, where: str, says: str
) -> None:
    """From PostgreSQL 16 on nobody can become the group, so that it makes nothing."""
    run(there, "rdsadmin", *before.split("; "))
    if major(there) < 16:
        with pytest.raises(TemporaryError) as refused:
            give(there)
        assert says in str(refused.value) and "before PostgreSQL 16 it can leave a function there" in str(refused.value)
        assert not allowed(there, "alice", SELECT) and listed(there) == []
        run(there, "master", "GRANT reader TO alice")  # why: by hand it can be had all the same
    else:
        give(there)
    with there.connect("alice") as session:
        if where == "own" and "AUTHORIZATION" not in before:
            session.execute("CREATE SCHEMA own")
        if where == "own":
            session.execute("GRANT CREATE, USAGE ON SCHEMA own TO reader")
        if major(there) < 16:
            session.execute("SET ROLE reader")
        session.execute(LEFT.format(where))
    end(there)
    assert allowed(there, "alice", f"SELECT * FROM {where}.left_behind()") is (major(there) < 16)


def test_it_is_looked_for_in_every_database_of_the_spec(there: Database) -> None:
    run(there, "rdsadmin", "CREATE DATABASE second")
    with there.server.connect(database="second") as second:
        second.execute("CREATE SCHEMA own AUTHORIZATION alice")
    asked = temporary.Asked("alice", "reader", HOUR, "bob")
    ways = {name: lambda name=name: there.server.connect("master", name) for name in ("second", "missing")}
    give_it = partial(temporary.give, connect_as_master(there), SPEC, "app", asked, timeouts=TIMEOUTS, others={**ways})
    if major(there) < 16:
        with pytest.raises(TemporaryError, match="'alice' owns schema 'own' of database 'second'"):
            give_it()
    else:
        assert give_it().new
