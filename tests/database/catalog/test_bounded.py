"""What anybody may write as long as they like is read no further than it can matter: or one user's setting would be more
than the function's memory, and nobody's access would be looked at or ended."""

import re

from db_access.postgresql.attempt import Attempt
from db_access.postgresql.session import settle
from db_access.postgresql.state import Current
from tests.conftest import Database
from tests.database.engine import connect_as_master, converge, run, with_user

WANTED = with_user(username="u", databases=["app"], description="reads", settings={"search_path": ["foo"]})
LONG = 3_000_000
CATALOG = "pg_catalog."
"""Where functions are meant: a hostile database has others of these names."""


def read(database: Database) -> Current:
    connect = connect_as_master(database)
    with connect() as connection:
        settle(connection)
        look = Attempt.converging(connect, connection, WANTED, "app", frozenset(), {})
        with connection.pipeline():
            asked = look.snapshot.ask()
        return asked.read()


def test_what_a_user_sets_for_itself(database: Database) -> None:
    converge(database, WANTED)
    for where in ("", "IN DATABASE app "):
        set_ = f"EXECUTE {CATALOG}format('ALTER ROLE u {where}SET search_path TO %L', {CATALOG}repeat('x', {LONG}));"
        run(database, "u", f"DO $$ BEGIN {set_} END $$")
    role = read(database).roles["u"]
    assert len(str(role.settings)) + len(str(role.settings_here)) < LONG / 10
    converge(database, WANTED)
    role = read(database).roles["u"]
    assert (dict(role.settings), role.settings_here) == ({"search_path": ("foo",)}, frozenset())


def test_what_is_written_about_a_role_keeps_its_mark(database: Database) -> None:
    converge(database, WANTED)
    run(database, "rdsadmin", "CREATE ROLE other")
    marked = re.escape("[managed by keyless-aurora]")
    for role, end in (("u", "[managed by keyless-aurora]"), ("other", "[managed by another]")):
        text = f"{CATALOG}concat({CATALOG}repeat('x', {LONG}), ' {end}')"
        comment = f"EXECUTE {CATALOG}format('COMMENT ON ROLE {role} IS %L', {text});"
        run(database, "rdsadmin", f"DO $$ BEGIN {comment} END $$")
    current = read(database)
    assert current.roles["u"].managed_by == "keyless-aurora"
    assert len(current.roles["u"].description) < LONG / 10
    assert current.strangers["other"].managed_by == "another"
    converge(database, WANTED)
    text = "SELECT shobj_description('u'::regrole, 'pg_authid')"
    ((comment,),) = run(database, "rdsadmin", text)
    assert re.fullmatch(f"reads {marked}", comment)
