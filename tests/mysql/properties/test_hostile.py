"""A server on which somebody does all to be in a run's way, or to come to rights by it."""

import os
from collections.abc import Iterator

import pymysql
import pytest

from db_access.errors import AccessError
from db_access.mysql.reconcile import converge
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.doing import forgotten
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, planned, run, spec, user
from tests.mysql.oracle.compare import amiss, place_of
from tests.mysql.oracle.world import objects
from tests.mysql.oracle.world.documents import Names
from tests.mysql.properties.watching import Watched
from tests.mysql.servers import Instance, fresh, rows

NAMES = Names(("foo", "bar"), ("elsewhere",), (), (), (), ("event", "lookup"), "n")
WANTED = spec(
    user("reads", grant("foo", access="read_only")),
    user("keyed", grant("foo", "bar", access="write_only", key_columns=["id"])),
    user("some", grant("bar", tables=["SELECT"], only=["bar.lookup"]), groups=["readers"]),
    user("owns", grant("bar", access="owner")),
    user("out", grant("foo", access="read_write"), enabled=False),
    groups=[{"name": "readers", "grants": [grant("foo", functions=["EXECUTE"])]}],
)


@pytest.fixture
def made(instance: Instance) -> Instance:
    objects.make(instance, NAMES)
    return instance


def as_root(instance: Instance, *statements: str) -> None:
    with instance.superuser() as root:
        for statement in statements:
            rows(root, statement)


def agrees(instance: Instance, wanted: AccessSpec = WANTED) -> None:
    assert amiss(instance, wanted, place_of(NAMES)) == []
    assert evidence(instance, wanted).violations == ()
    assert planned(instance, wanted).plan == ()


_FOR_EVERY_SESSION = {
    "init_connect": [
        "SET sql_mode = ''ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH''",
        "SET autocommit = 0",
        "SET NAMES latin1",
        "SET sql_select_limit = 1",
        "SET ROLE NONE",
        "SET group_concat_max_len = 4",
        "SET SESSION TRANSACTION READ ONLY",
        "SET time_zone = ''+05:00'', lc_time_names = ''de_DE''",
    ],
    "sql_select_limit": ["1"],
    "group_concat_max_len": ["4"],
    "collation_connection": ["utf8mb4_bin"],
}


@pytest.mark.parametrize(
    ("variable", "value"), [(each, value) for each, values in _FOR_EVERY_SESSION.items() for value in values]
)
def test_what_is_set_for_every_session_is_not_a_runs(made: Instance, variable: str, value: str) -> None:
    with made.superuser() as root:
        ((before,),) = rows(root, f"SELECT @@GLOBAL.{variable}")
        rows(root, f"SET GLOBAL {variable} = " + (value if value.isdigit() else f"'{value}'"))
    try:
        run(made, WANTED)
        assert evidence(made, WANTED).violations == ()
        assert planned(made, WANTED).plan == ()
    finally:
        with made.superuser() as root:
            rows(root, f"SET GLOBAL {variable} = %s", before)
    agrees(made)


def test_roles_of_the_engines_names_that_somebody_made_before(made: Instance) -> None:
    """Refused, emptied or made anew: whoever was in one has no right of the spec's by it that isn't told."""
    run(made, WANTED)
    with made.superuser() as root:
        table = "mysql.global_priv" if made.is_mariadb else "mysql.user"
        names = [name for (name,) in rows(root, f"SELECT User FROM {table}") if name.startswith("keyless")]
    assert len(names) > 4
    for name in names:
        forgotten(made)
        as_root(
            made,
            f"CREATE ROLE {identifier(name)}",
            "CREATE USER attacker IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL",
            f"GRANT SELECT, DROP ON elsewhere.* TO {identifier(name)}",
            f"GRANT {identifier(name)} TO attacker WITH ADMIN OPTION",
        )
        try:
            run(made, WANTED)
        except AccessError as error:
            assert name in str(error), error
            continue
        assert amiss(made, WANTED, place_of(NAMES, destroying=False)) == []
        with made.superuser() as root:
            still_in = rows(root, _MEMBERS[made.is_mariadb], name)
        assert evidence(made, WANTED).holds is not bool(still_in)


_MEMBERS = {
    True: "SELECT 1 FROM mysql.roles_mapping WHERE Role = %s AND User = 'attacker'",
    False: "SELECT 1 FROM mysql.role_edges WHERE FROM_USER = %s AND TO_USER = 'attacker'",
}


def test_who_changes_rights_in_the_middle_of_a_run_is_found_out(made: Instance) -> None:
    """By an event, say. Before any of the statements: the run fails, or all is as the spec says at its end."""
    watched = Watched(made)
    converge(watched.connect, WANTED, timeouts=TIMEOUTS)
    many = len(watched.written)
    for at in range(1, many, _EACH):
        forgotten(made)

        def plant(written: list[str], at: int = at) -> None:
            if len(written) == at:
                with made.superuser() as root:
                    for (name,) in rows(root, f"SELECT User FROM {_ACCOUNTS[made.is_mariadb]}"):
                        rows(root, f"GRANT DROP ON elsewhere.* TO {identifier(name)}")

        try:
            converge(Watched(made, plant).connect, WANTED, timeouts=TIMEOUTS)
        except AccessError:
            pass
        else:
            assert evidence(made, WANTED).violations == () or at >= many - 4, watched.written[at]
        run(made, WANTED)
        assert evidence(made, WANTED).violations == ()
    agrees(made)


_EACH = 1 if "MYSQL_SEEDS" in os.environ else 5
_ACCOUNTS = {
    True: "mysql.global_priv WHERE User IN ('reads', 'keyed') OR User LIKE 'keyless~%'",
    False: "mysql.user WHERE User IN ('reads', 'keyed') OR User LIKE 'keyless~%'",
}


def test_tables_that_go_in_the_middle_of_a_run(made: Instance) -> None:
    """Whoever owns a schema makes and drops in it at any time; it costs a run at most, and only the next one."""

    def drop(written: list[str]) -> None:
        as_root(made, "DROP TABLE IF EXISTS bar.lookup, foo.lookup")

    try:
        converge(Watched(made, drop).connect, WANTED, timeouts=TIMEOUTS)
    except AccessError as error:
        assert "lookup" in str(error)
    run(made, WANTED)
    assert evidence(made, WANTED).violations == ()


BY_OWNER = (
    "CREATE TABLE `keyless~1` (id INT, `SELECT` INT)",
    "CREATE TABLE `id` (`id` INT, `event` INT)",
    "CREATE TABLE gone (id INT)",
    "CREATE SQL SECURITY INVOKER VIEW of_gone AS SELECT * FROM gone",
    "CREATE SQL SECURITY INVOKER VIEW of_view AS SELECT id FROM of_gone",
    "CREATE VIEW of_owner AS SELECT id, v FROM event",
    "CREATE TABLE of_one_kind (id INT) ENGINE = MyISAM",
    "CREATE TABLE of_another (id INT, v INT) ENGINE = MERGE UNION = (of_one_kind)",
    "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN (SELECT COUNT(*) FROM event)",
    "CREATE PROCEDURE `p``'\"`() DELETE FROM event",
    "CREATE TRIGGER t BEFORE INSERT ON event FOR EACH ROW SET NEW.v = 1",
    "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM bar.event",
)


def test_whatever_an_owner_makes_in_its_schema_it_stops_no_run(made: Instance) -> None:
    """Views of what is gone, tables that nobody can open, routines, triggers and events, under names of the engine's.
    Nor does it keep its own access so."""
    run(made, WANTED)
    with made.log_in("owns", "bar") as session:
        for statement in BY_OWNER:
            rows(session, statement)
    as_root(made, "DROP TABLE bar.gone")
    told = run(made, WANTED)
    assert [each for each in told.pending if "column 'id' of bar.of_another can't be granted" in each]
    assert evidence(made, WANTED).holds is False  # as long as it stands
    run(made, spec(user("reads", grant("foo", access="read_only"))))
    with pytest.raises(pymysql.err.OperationalError):
        made.log_in("owns")
    run(made, WANTED)
    as_root(made, "DROP TABLE bar.of_another, bar.of_one_kind", "DROP VIEW bar.of_gone, bar.of_view, bar.of_owner")
    run(made, WANTED)
    assert planned(made, WANTED).plan == ()


@pytest.mark.parametrize("name", ["admin", "ADMIN", "rdsadmin"])
def test_nobody_becomes_the_master(made: Instance, name: str) -> None:
    """Not by a user of its name, adopted or not; one that differs in case is another."""
    try:
        run(made, spec(user(name, grant("foo", access="read_only"), adopt=True)))
    except (AccessError, ValueError) as error:
        assert name in str(error)
    with made.connect() as master:
        assert rows(master, "SELECT COUNT(*) FROM elsewhere.event") == [(0,)]


def test_users_that_take_every_connection_leave_some_to_runs(made: Instance) -> None:
    as_root(made, "SET GLOBAL max_connections = 16")
    wanted = spec(user("greedy", grant("foo", access="read_only")))
    run(made, wanted)
    sessions = []
    with pytest.raises(pymysql.err.OperationalError):
        for _ in range(16):
            sessions.append(made.log_in("greedy"))
    run(made, WANTED)
    assert evidence(made, WANTED).violations == ()
    for session in sessions:
        session.close()


class Folding(MariaDB):
    def _options(self, *given: object) -> list[str]:
        return [*super()._options(*given), "--lower-case-table-names=1"]  # type: ignore[arg-type]


@pytest.fixture
def folding() -> Iterator[Instance]:
    with Folding() as server, fresh(server) as instance:
        objects.make(instance, NAMES)
        yield instance


def test_a_server_that_folds_the_case_of_schemas_and_tables(folding: Instance) -> None:
    def of(schema: str, table: str) -> AccessSpec:
        return spec(
            user("u", grant(schema, access="write_only", key_columns=["ID"])),
            user("some", grant(schema, tables=["SELECT", "INSERT"], only=[f"{schema}.{table}"], key_columns=[])),
            schemas=(schema,),
        )

    run(folding, of("Foo", "Event"))
    assert evidence(folding, of("Foo", "Event")).violations == ()
    assert planned(folding, of("Foo", "Event")).plan == ()
    assert amiss(folding, of("foo", "event"), place_of(NAMES)) == []
