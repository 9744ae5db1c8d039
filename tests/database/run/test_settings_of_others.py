"""What sessions of a role of ours start with, and only others can change: it is left, named with the statement and never
the value, and drift until it is gone. It stops no run."""

import re
from contextlib import suppress
from typing import Any

import pytest
from psycopg import Connection, DataError
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.engine import SAMPLE, connect_as_master, converge, major, remove, run, spec
from tests.database.watched import looked

BY_HAND = {
    "made up": ("rdsadmin", "ALTER ROLE lambda_writer SET app.key = 'SECRET'"),
    "made up, and known to the master's session": (
        "rdsadmin",
        "ALTER DATABASE app SET app.key = 'x'; ALTER ROLE lambda_writer SET app.key = 'SECRET'",
    ),
    "a hostile name": ("rdsadmin", "ALTER ROLE lambda_writer SET \"App$.Clé.user\" = 'SECRET'"),
    "a superuser's": ("rdsadmin", "ALTER ROLE lambda_writer SET log_min_duration_statement = 12321"),
    "hidden from the master": ("rdsadmin", "ALTER ROLE lambda_writer SET session_preload_libraries = 'SECRET'"),
    "in this database": ("rdsadmin", "ALTER ROLE lambda_writer IN DATABASE app SET app.key = 'SECRET'"),
    "an extension's that the master hasn't loaded": (
        "lambda_writer",
        "DO 'BEGIN END'; ALTER ROLE lambda_writer SET plpgsql.extra_warnings = 'shadowed_variables'",
    ),
}
VALUES = ("SECRET", "12321", "shadowed_variables")


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    return database


def settings(database: Database, user: str = "lambda_writer") -> list[tuple[str, ...]]:
    return run(
        database,
        "rdsadmin",
        f"SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = '{user}'::regrole ORDER BY 1",
    )


def by_hand(database: Database, what: str) -> None:
    user, statements = BY_HAND[what]
    run(database, user, *statements.split("; "))


@pytest.mark.parametrize("what", BY_HAND)
def test_it_stops_no_run_and_is_drift_until_what_is_said_is_done(ready: Database, what: str) -> None:
    by_hand(ready, what)
    run(ready, "rdsadmin", "ALTER ROLE lambda_writer SET work_mem = '1MB'")
    before = settings(ready)
    done = converge(ready)
    assert settings(ready) == [each for each in before if each != ("work_mem=1MB",)]
    (left,) = done.left
    assert left in done.warnings and left in reconcile.preview(connect_as_master(ready), SAMPLE, "app").warnings
    found = reconcile.prove(connect_as_master(ready), SAMPLE, "app")
    assert not found.holds and found.left == (left,) and not found.plan
    seen = looked(connect_as_master(ready), SAMPLE, "app", MASTER)
    assert seen.drift == 1 and seen.left == (left,)
    assert not any(value in repr((done, found, seen)) for value in VALUES)
    advice = re.search(r"; as a superuser run (ALTER ROLE .*)$", left)
    assert advice is not None
    run(ready, "rdsadmin", advice[1])
    assert settings(ready) == [] and converge(ready).left == ()
    assert reconcile.prove(connect_as_master(ready), SAMPLE, "app").holds


@pytest.mark.parametrize("what", BY_HAND)
def test_nobody_keeps_its_login_by_it(ready: Database, what: str) -> None:
    by_hand(ready, what)
    gone = spec(users=[user for user in SAMPLE.as_properties()["users"] if user["username"] != "lambda_writer"])
    assert len(converge(ready, gone).left) == 1
    assert run(ready, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'lambda_writer'") == [(False,)]
    remove(ready)


def test_a_role_that_is_dropped_takes_it_along(ready: Database) -> None:
    by_hand(ready, "made up")
    run(ready, "lambda_writer", "ALTER ROLE lambda_writer SET seed = 0")
    gone = [user for user in SAMPLE.as_properties()["users"] if user["username"] != "lambda_writer"]
    converge(ready, spec(users=gone, retired=[{"username": "lambda_writer", "drop": True}]))
    assert run(ready, "rdsadmin", "SELECT FROM pg_roles WHERE rolname = 'lambda_writer'") == []


def test_the_master_takes_an_extensions_away_once_its_session_has_loaded_it(ready: Database) -> None:
    by_hand(ready, "an extension's that the master hasn't loaded")
    (left,) = converge(ready).left
    run(ready, MASTER, f"DO 'BEGIN END'; {left.partition('; as a superuser run ')[2]}")
    assert settings(ready) == [] and converge(ready).left == ()


def test_who_may_change_it_takes_it_away(ready: Database) -> None:
    by_hand(ready, "made up")
    by_hand(ready, "a superuser's")
    run(ready, "rdsadmin", f"GRANT SET ON PARAMETER app.key, log_min_duration_statement TO {MASTER}")
    try:
        assert converge(ready).left == ()
    finally:
        run(ready, "rdsadmin", f"REVOKE ALL ON PARAMETER app.key, log_min_duration_statement FROM {MASTER}")
    assert settings(ready) == []


@pytest.mark.parametrize("whose", ["migrator", "migrator IN DATABASE app"])
@pytest.mark.parametrize("setting", ["seed = 0", "transaction_read_only = on"])
def test_one_that_goes_only_with_all_others_is_a_superusers_to_take(ready: Database, setting: str, whose: str) -> None:
    """From PostgreSQL 16 on. By what is said the others go, too, and the next run brings back what the spec says."""
    asked = _with_setting("migrator", "work_mem", "2MB")
    converge(ready, asked)
    before = settings(ready, "migrator")
    run(ready, "migrator", f"SET ROLE NONE; ALTER ROLE {whose} SET {setting}")
    done = converge(ready, asked)
    assert bool(done.left) is (major(ready) >= 16)
    for left in done.left:
        assert f": {setting.split()[0]}, which goes only with all others, and" in left
        assert reconcile.prove(connect_as_master(ready), asked, "app").left == (left,)
        run(ready, "rdsadmin", left.partition("; as a superuser run ")[2])
        converge(ready, asked)
    assert settings(ready, "migrator") == before and converge(ready, asked).changes == 0


def test_one_in_letters_of_another_case_is_the_masters_all_the_same(ready: Database) -> None:
    run(ready, "rdsadmin", f"GRANT SET ON PARAMETER app.key TO {MASTER}", 'ALTER ROLE lambda_writer SET "App.Key" = 1')
    try:
        assert converge(ready).changes == 1
        run(ready, "rdsadmin", 'ALTER ROLE lambda_writer SET "App.Key" = 1')
        asked = _with_setting("lambda_writer", "app.key", "2")
        converge(ready, asked)
        assert settings(ready) == [("App.Key=2",)] and converge(ready, asked).changes == 0
    finally:
        run(ready, "rdsadmin", f"REVOKE ALL ON PARAMETER app.key FROM {MASTER}")


def _with_setting(user: str, name: str, value: str) -> AccessSpec:
    users = SAMPLE.as_properties()["users"]
    return spec(users=[{**u, "settings": {name: value}} if u["username"] == user else u for u in users])


def test_which_are_the_masters_is_what_postgresql_lets_it_reset(ready: Database) -> None:
    """Of every setting that PostgreSQL lets a superuser give to a role, and of `role` and its like, which it hides."""
    with ready.superuser() as connection:
        shown = connection.execute(
            "SELECT name, reset_val FROM pg_settings WHERE context IN ('user', 'superuser') AND name NOT LIKE 'transaction\\_%'"
        ).fetchall()
        for name, value in (*shown, ("role", "none"), ("session_authorization", "default")):
            _give(connection, name, value)
    given = {setting.partition("=")[0] for (setting,) in settings(ready)}
    assert len(given) > 150 and {"role", "log_statement", "work_mem"} <= given
    look = reconcile.prove(connect_as_master(ready), SAMPLE, "app")
    left = {name for name in given if any(f"setting {name.lower()} of " in sentence for sentence in look.left)}
    assert left == {name for name in given if not _may_reset(ready, name)}
    converge(ready)
    assert {setting.partition("=")[0] for (setting,) in settings(ready)} == left


def _give(connection: "Connection[tuple[Any, ...]]", name: str, value: str) -> None:
    """Where PostgreSQL takes the value: for some, no empty one."""
    with suppress(DataError):
        connection.execute(SQL("ALTER ROLE lambda_writer SET {} = {}").format(Identifier(name), value))


def _may_reset(database: Database, name: str) -> bool:
    with database.connect() as connection, connection.transaction(force_rollback=True):
        try:
            connection.execute(SQL("ALTER ROLE lambda_writer RESET {}").format(Identifier(name)))
        except InsufficientPrivilege:
            return False
    return True
