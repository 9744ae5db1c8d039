"""Who may own a schema that keeps its owner, `owner: keep`, and what becomes of it when that changes."""

from typing import Any

import pytest
from psycopg.sql import SQL, Identifier

from db_access.errors import PlanError
from db_access.postgresql import reconcile
from tests.conftest import Database
from tests.database.engine import allowed, connect_as_master, converge, major, run
from tests.database.keeping.kept import OWNERS, differs, keeping, made_by_hand, owner, prove

REFUSED = {
    "a role that nobody manages": ("stranger", "'stranger', as whom no run can act"),
    "a superuser": ("rdsadmin", "'rdsadmin', as whom no run can act"),
    "a role of PostgreSQL's own": ("pg_monitor", "'pg_monitor', as whom no run can act"),
}
ALLOWED = (
    "allowed: the master 'master', pg_database_owner in a database that belongs to the master, or a role of the spec"
)


@pytest.mark.parametrize("of", REFUSED)
def test_anybody_else_is_refused_and_nothing_is_changed(database: Database, of: str) -> None:
    name, says = REFUSED[of]
    run(database, "rdsadmin", "CREATE ROLE stranger")
    made_by_hand(database, "master")
    converge(database, keeping("kept"))
    run(database, "rdsadmin", f"ALTER SCHEMA kept OWNER TO {name}")
    with pytest.raises(PlanError) as refused:
        converge(database, keeping("kept", grants=[]))
    (problem,) = refused.value.problems
    assert problem.startswith(f"schema 'kept' is to keep its owner and belongs to {says}; {ALLOWED}: as {name!r} or a")
    assert prove(database, keeping("kept")).conflicts == (problem,)
    assert allowed(database, "reader", "SELECT * FROM kept.event") and owner(database) == name
    way = problem.rpartition(" run ")[2]
    assert way == 'ALTER SCHEMA "kept" OWNER TO "master"'
    run(database, "rdsadmin", way)
    assert differs(database, keeping("kept")) == [], "the way out is one"
    converge(database, keeping("kept", grants=[]))


def test_schema_public_of_anybody_else_is_refused_once_and_stays(database: Database) -> None:
    """Without a word of the spec it would go back to the database's owner."""
    converge(database, keeping("public"))
    run(database, "rdsadmin", "CREATE ROLE stranger", "ALTER SCHEMA public OWNER TO stranger")
    found = prove(database, keeping("public"))
    assert len(found.conflicts) == 1 and found.conflicts[0].startswith(
        "schema 'public' is to keep its owner and belongs"
    )
    assert owner(database, "public") == "stranger"


def test_the_databases_owner_is_none_where_the_database_is_anothers(database: Database) -> None:
    made_by_hand(database, "pg_database_owner")
    run(database, "rdsadmin", "CREATE ROLE stranger", "ALTER DATABASE app OWNER TO stranger")
    run(database, "rdsadmin", "GRANT CONNECT ON DATABASE app TO master")
    with pytest.raises(PlanError, match="belongs to 'pg_database_owner', which is 'stranger', as whom no run can act"):
        converge(database, keeping("kept"))


def test_a_missing_schema_is_refused_with_both_ways_out(database: Database) -> None:
    converge(database, keeping())
    wanted = keeping("Kept it", "public")
    with pytest.raises(PlanError) as refused:
        converge(database, wanted)
    assert refused.value.problems == (
        "schema 'Kept it' is to keep its owner and is not there; allowed: CREATE SCHEMA \"Kept it\" by hand, as whoever "
        "is to own it, or the name of an owner in the spec, for which a run makes the schema",
    )
    run(database, "master", SQL("CREATE SCHEMA {}").format(Identifier("Kept it")))
    converge(database, wanted)
    assert differs(database, wanted) == []


@pytest.mark.parametrize("after", OWNERS)
def test_from_one_allowed_owner_to_another_it_is_accepted_and_told(database: Database, after: str) -> None:
    made_by_hand(database, "master")
    wanted = keeping("kept")
    converge(database, wanted)
    run(database, "rdsadmin", f"ALTER SCHEMA kept OWNER TO {OWNERS[after]}")
    summary = converge(database, wanted)
    told = f"schema 'kept' keeps its owner {OWNERS[after]!r}, who may do with it what no grant of the spec says"
    assert (told in summary.warnings) == (OWNERS[after] in ("boss", "app_owner", "team"))
    assert (differs(database, wanted), owner(database)) == ([], OWNERS[after])


def test_an_owner_that_leaves_the_spec_loses_its_login_and_then_the_schema_is_said_to_be_nobodys(
    database: Database,
) -> None:
    made_by_hand(database, "boss")
    wanted = keeping("kept", users=[{"username": "reader", "databases": ["app"]}])
    with pytest.raises(PlanError, match="belongs to 'boss', as whom no run can act") as refused:
        converge(database, wanted)
    assert "Ended all the same, before the rest: the login of 'boss'" in str(refused.value)
    assert run(database, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'boss'") == [(False,)]


def test_a_database_that_is_still_to_be_made_has_schema_public(database: Database) -> None:
    named: dict[str, Any] = {"databases": [{"name": "later", "schemas": [{"name": "public", "owner": "keep"}]}]}
    wanted = keeping(users=[], groups=[], **named)
    connects = {
        name: lambda name=name: connect_as_master(Database(database.server, name))() for name in ("later", "app")
    }
    shown = reconcile.preview(connects["later"], wanted, "later", elsewhere=connects["app"])
    assert not any("SCHEMA" in type(change).__name__.upper() for change in shown.plan)
    made = reconcile.converge(connects["later"], wanted, "later", elsewhere=connects["app"])
    assert owner(Database(database.server, "later"), "public") == "pg_database_owner" and made.changes > 0


def test_a_membership_that_the_master_has_in_an_owner_stays(database: Database) -> None:
    """It is lent the owner only where it isn't one."""
    made_by_hand(database, "boss")
    options = "" if major(database) < 16 else " WITH INHERIT TRUE, SET TRUE"
    run(database, "rdsadmin", "GRANT boss TO master WITH ADMIN OPTION")
    run(database, "master", f"GRANT boss TO master{options}")
    held = "SELECT count(*) FROM pg_auth_members WHERE roleid = 'boss'::regrole AND member = 'master'::regrole"
    before = run(database, "rdsadmin", held)
    converge(database, keeping("kept"))
    assert run(database, "rdsadmin", held) == before != [(0,)]
    assert allowed(database, "reader", "SELECT * FROM kept.event")
