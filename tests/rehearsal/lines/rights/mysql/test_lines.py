"""On real servers: what the engine has given works, what it hasn't is refused, and nothing is left of trying it."""

from typing import Any

from db_access.secrets import Secret
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.specs import run
from tests.mysql.properties.dump import dumped
from tests.mysql.servers import Instance, fresh, rows
from tests.rehearsal.lines.rights.mysql.world import PASSWORDS, look, settle, small, wanted, wrong

_OBJECTS = (
    "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES",
    "SELECT TABLE_SCHEMA, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS",
    "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_COMMENT FROM information_schema.ROUTINES",
    "SELECT TRIGGER_SCHEMA, TRIGGER_NAME, '' FROM information_schema.TRIGGERS",
    "SELECT EVENT_SCHEMA, EVENT_NAME, '' FROM information_schema.EVENTS",
    "SELECT SCHEMA_NAME, '', '' FROM information_schema.SCHEMATA",
    "SELECT id, v, w FROM foo.event",
)


def kept(instance: Instance) -> list[list[tuple[Any, ...]]]:
    with instance.superuser() as root:
        return [sorted(rows(root, query)) for query in _OBJECTS]


def test_every_line_holds_when_the_engine_has_run(instance: Instance) -> None:
    settle(instance, wanted())
    found = look(instance, wanted())
    assert wrong(found.lines) == {}
    assert len(found.lines) > 500
    assert {line.group for line in found.lines} == {"database app", *(f"user {u.username}" for u in wanted().users)}


def test_a_second_way_that_the_engine_has_taken_is_none(mariadb: MariaDB) -> None:
    """Of which MariaDB keeps something."""
    with fresh(mariadb) as instance:
        settle(instance, small())
        with instance.superuser() as root:
            way = "AWSAuthenticationPlugin USING 'RDS' OR mysql_native_password USING PASSWORD('p')"
            rows(root, f"ALTER USER reader IDENTIFIED VIA {way}")
        run(instance, small(), read_secret=lambda _: Secret(PASSWORDS["clerk"], "1", "clerk"))
        assert wrong(look(instance, small()).lines) == {}


def test_nothing_is_left_of_trying(instance: Instance) -> None:
    settle(instance, wanted())
    before = dumped(instance), kept(instance)
    look(instance, wanted())
    assert (dumped(instance), kept(instance)) == before


def test_rows_say_what_each_user_was_seen_to_do(instance: Instance) -> None:
    settle(instance, wanted())
    found = {(row.user, row.schemas): row.cells for row in look(instance, wanted()).rows}
    tables = "(child, event, strange `name)"
    assert found[("paused", ())] == ("—", "—", "—")
    assert found[("idle", ("foo", "bar"))] == ("—", "—", "—")
    assert found[("reader", ("foo",))] == ("read", "—", "—")
    # All that the view `events` has is its key.
    assert found[("writer", ("foo",))][0] == (
        "write, read id (child, event); write (strange `name, counted); read, write (events)"
    )
    assert found[("editor", ("foo", "bar"))] == ("read, write", "—", "—")
    assert found[("migrator", ("foo",))] == (
        f"read, write, ALTER, INDEX, LOCK TABLES, TRIGGER {tables}; read, write, SHOW VIEW (counted, events)",
        "call",
        "tables, views, routines, events, temporary tables",
    )
    assert found[("maker", ("bar",))] == ("append", "—", "tables")
    assert found[("single", ("foo",))][0] == "— (child, strange `name, counted, events); SELECT, DELETE (event)"
    assert found[("member", ("bar",))] == ("read", "—", "—")


def test_a_schema_without_anything_is_tried_on_what_the_rehearsal_makes(instance: Instance) -> None:
    settle(instance, wanted())
    assert look(instance, wanted()).notes == (
        "app: schema bar has no table and no procedure yet: tried on one of the rehearsal's",
    )


def test_a_schema_that_is_gone_is_told(instance: Instance) -> None:
    settle(instance, wanted())
    with instance.superuser() as root:
        rows(root, "DROP DATABASE bar")
    assert "maker: CREATE on schema bar in database app" in wrong(look(instance, wanted()).lines)
