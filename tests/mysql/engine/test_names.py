"""Names that a statement, a pattern or the server itself could read as something else."""

import pytest

from db_access.errors import PlanError
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, rows

SCHEMAS = [
    "a_b",
    "a%b",
    "a'b",
    'a"b',
    "a`b",
    "a\\b",
    "a\\_b",
    "a--b",
    "a;b",
    "a b",
    "a.b",
    "ä",
    "Straße",
    "a/*b",
    "a@b",
    "a%%s",
    "{0}",
]
USERS = [
    "a_b",
    "a%b",
    "a'b",
    'a"b',
    "a`b",
    "a\\b",
    "a\\",
    "a--b",
    "a;b",
    "a b",
    "a.b",
    "ä",
    "a@b",
    "'@'%",
    "a'@'%",
    "Public",
    "a%%s",
    "{0}",
]


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def reads(instance: Instance, name: str, schema: str) -> bool:
    with instance.log_in(name) as session:
        try:
            rows(session, f"SELECT * FROM {quoted(schema)}.t".replace("%", "%"))
        except Exception as error:
            assert error.args[0] in (1044, 1142), error
            return False
    return True


def test_a_schema_of_any_name_is_opened_and_no_other(instance: Instance) -> None:
    """Also none that its name, read as a pattern, would fit."""
    neighbours = ["axb", "axxb", "a", "ab", "s"]
    with instance.superuser() as root:
        for name in (*SCHEMAS, *neighbours):
            with root.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {quoted(name)}")
                cursor.execute(f"CREATE TABLE {quoted(name)}.t (i INT)")
    wanted = spec(
        *(user(f"u{n}", grant(name, access="read_only")) for n, name in enumerate(SCHEMAS)), schemas=tuple(SCHEMAS)
    )
    run(instance, wanted)
    for number, own in enumerate(SCHEMAS):
        assert [name for name in (*SCHEMAS, *neighbours) if reads(instance, f"u{number}", name)] == [own]
    assert evidence(instance, wanted).holds
    assert planned(instance, wanted).plan == ()


def test_users_of_any_name_have_what_is_theirs(instance: Instance) -> None:
    tables(instance)
    users = [
        user(name, grant("foo" if n % 2 else "bar", access="append_only"), auth_method="none")
        for n, name in enumerate(USERS)
    ]
    wanted = spec(*(u for u in users if u["username"] not in ("Public",)))
    run(instance, wanted)
    assert evidence(instance, wanted).holds
    assert planned(instance, wanted).plan == ()
    run(instance, spec())
    with instance.superuser() as root:
        assert rows(root, "SELECT User FROM mysql.user WHERE User LIKE 'keyless~%%'".replace("%%", "%")) == []


def test_groups_of_any_name(instance: Instance) -> None:
    tables(instance)
    names = ["a_b", "a'b", "a`b", "a\\", "ä", "a@b"]
    groups = [{"name": f"g{name}", "grants": [grant("foo", access="read_only")]} for name in names]
    wanted = spec(*(user(f"u{n}", groups=[f"g{name}"]) for n, name in enumerate(names)), groups=groups)
    run(instance, wanted)
    assert can(instance, "u0") == frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
    assert evidence(instance, wanted).holds and planned(instance, wanted).plan == ()


def test_tables_and_columns_of_any_name(instance: Instance) -> None:
    names = ["a_b", "a%b", "a'b", "a`b", "a\\b", "ä", "a.b"]
    with instance.superuser() as root, root.cursor() as cursor:
        cursor.execute("CREATE DATABASE foo")
        for name in names:
            cursor.execute(f"CREATE TABLE foo.{quoted(name)} ({quoted(name)} INT, v INT)")
    only = user("u", grant("foo", tables=["INSERT"], only=[f"foo.{name}" for name in names], key_columns=names))
    wanted = spec(only, schemas=("foo",))
    summary = run(instance, wanted)
    assert summary.pending == ()
    with instance.log_in("u") as session, session.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT {quoted(name)} FROM foo.{quoted(name)}")
            with pytest.raises(Exception, match="denied"):
                cursor.execute(f"SELECT v FROM foo.{quoted(name)}")
    assert evidence(instance, wanted).holds and planned(instance, wanted).plan == ()


@pytest.mark.parametrize("mode", ["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI", "PIPES_AS_CONCAT", ""])
def test_the_servers_mode_of_sql_is_no_runs(instance: Instance, mode: str) -> None:
    name, schema = "a\\'\"`b", "s\\'\"`"
    with instance.superuser() as root:
        ((before,),) = rows(root, "SELECT @@GLOBAL.sql_mode")
        rows(root, "SET GLOBAL sql_mode = %s", mode)
    try:
        wanted = spec(user(name, grant(schema, access="read_only")), schemas=(schema,))
        run(instance, wanted)
        assert evidence(instance, wanted).holds and planned(instance, wanted).plan == ()
        with instance.log_in(name) as session:
            assert rows(session, "SELECT USER()")[0][0].startswith("a\\")
    finally:
        with instance.superuser() as root:
            rows(root, "SET GLOBAL sql_mode = %s", before)


def test_names_that_are_too_long_are_refused_as_the_server_has_it(instance: Instance) -> None:
    longest = 80 if instance.is_mariadb else 32
    if longest < 63:
        with pytest.raises(PlanError, match="has 33 characters; a name of an account or role has at most 32 on MySQL"):
            run(instance, spec(user("x" * 33)))
    run(instance, spec(user("x" * min(longest, 63))))


def test_a_grant_that_outlives_its_table_is_no_drift(instance: Instance) -> None:
    """It is for who makes the table again, whom the spec covers."""
    tables(instance)
    wanted = spec(user("u", grant("foo", access="write_only", key_columns=["id"])))
    run(instance, wanted)
    with instance.superuser() as root:
        rows(root, "DROP TABLE foo.event")
    assert evidence(instance, wanted).holds
    assert planned(instance, wanted).plan == ()


def test_a_table_that_comes_later_gets_its_keys_with_the_next_run(instance: Instance) -> None:
    tables(instance)
    wanted = spec(
        user(
            "u",
            grant("foo", access="write_only", key_columns=["ID"]),
            grant("bar", tables=["SELECT"], only=["bar.late"]),
        )
    )
    summary = run(instance, wanted)
    assert summary.pending == (
        "table bar.late isn't there yet; the next run after it is made grants what the spec gives on it",
    )
    with instance.superuser() as root:
        rows(root, "CREATE TABLE foo.late (id INT)")
        rows(root, "CREATE TABLE bar.late (id INT)")
    assert not evidence(instance, wanted).holds
    run(instance, wanted)
    assert evidence(instance, wanted).holds
    with instance.log_in("u") as session:
        assert rows(session, "SELECT id FROM foo.late") == rows(session, "SELECT * FROM bar.late") == []
