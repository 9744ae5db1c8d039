"""The procedures that the drift watch looks by: made and taken with its user, put right like any right, nobody else's,
and of no use for anything but to look."""

from typing import Any

import pymysql
import pytest

from db_access import handler
from db_access.errors import AccessError
from db_access.mysql.catalog.procedures import procedures
from db_access.mysql.names import watching
from db_access.mysql.state import Flavor
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import grant, spec, user
from tests.mysql.functions.deploying import Function, dumped, event
from tests.mysql.servers import Instance, rows

SPEC = spec(user("reader", grant("foo", access="read_only")), user("drift_watch"))
SCHEMA = watching(SPEC.managed_by)
NAMES = sorted(procedures(Flavor.MYSQL, SCHEMA))


@pytest.fixture
def deployed(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Function:
    tables(instance)
    made = Function(instance, monkeypatch)
    made.set(WATCH_USER="drift_watch")
    made.deploy(SPEC)
    handler.on_event(event("Create", SPEC), None)
    return made


def changes() -> int:
    found: int = handler.on_event(event("Update", SPEC), None)["Data"]["Changes"]
    return found


def by_hand(deployed: Function, *statements: str) -> list[Any]:
    with deployed.instance.superuser() as root:
        return [rows(root, statement) for statement in statements][-1]


def there(deployed: Function) -> list[str]:
    found = by_hand(
        deployed, f"SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA LIKE '{SCHEMA[:15]}%'"
    )
    return sorted(name for (name,) in found)


def test_they_are_there_for_the_watch_and_a_second_deploy_finds_nothing_to_do(deployed: Function) -> None:
    assert there(deployed) == NAMES and changes() == 0


def test_they_go_with_the_watch_s_user(deployed: Function) -> None:
    deployed.patch.delenv("WATCH_USER")
    assert changes() > 0 and there(deployed) == []
    assert SCHEMA not in [name for (name,) in by_hand(deployed, "SHOW DATABASES")] and changes() == 0
    assert not any(SCHEMA[:14] in str(part) for part in dumped(deployed.instance))


def test_they_go_with_the_stack(deployed: Function) -> None:
    handler.on_event(event("Delete", SPEC), None)
    assert there(deployed) == [] and SCHEMA not in [name for (name,) in by_hand(deployed, "SHOW DATABASES")]


def test_those_of_another_spec_stay(deployed: Function) -> None:
    theirs = spec(user("stranger"), schemas=("theirs",), managed_by="theirs")
    deployed.patch.delenv("WATCH_USER")
    deployed.deploy(theirs)
    handler.on_event(event("Create", theirs), None)
    handler.on_event(event("Delete", theirs), None)
    assert there(deployed) == NAMES


@pytest.mark.parametrize(
    "statements",
    [
        (f"DROP PROCEDURE {SCHEMA}.columns",),
        (f"DROP PROCEDURE {SCHEMA}.columns", f"CREATE DEFINER=admin@'%' PROCEDURE {SCHEMA}.columns() SELECT 1"),
        (f"ALTER PROCEDURE {SCHEMA}.columns SQL SECURITY INVOKER",),
        (f"CREATE DEFINER=admin@'%' PROCEDURE {SCHEMA}.more() SELECT 1",),
        (f"DROP DATABASE {SCHEMA}",),
    ],
)
def test_what_was_changed_by_hand_is_put_right(deployed: Function, statements: tuple[str, ...]) -> None:
    by_hand(deployed, *statements)
    assert changes() > 0
    assert there(deployed) == NAMES and changes() == 0


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE PROCEDURE {SCHEMA}.more() SELECT 1",
        f"CREATE FUNCTION {SCHEMA}.more() RETURNS INT DETERMINISTIC RETURN 1",
        f"CREATE TABLE {SCHEMA}.more (id INT)",
        f"CREATE VIEW {SCHEMA}.more AS SELECT 1",
        f"CREATE EVENT {SCHEMA}.more ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    ],
)
def test_what_somebody_else_made_there_is_refused_and_never_dropped(deployed: Function, statement: str) -> None:
    by_hand(deployed, "SET GLOBAL log_bin_trust_function_creators = 1", statement)
    before = dumped(deployed.instance)
    with pytest.raises(
        AccessError, match=f"schema {SCHEMA} is for the procedures of the drift watch, and has .*'more'"
    ):
        changes()
    deployed.patch.delenv("WATCH_USER")
    changes()
    after = dumped(deployed.instance)
    assert there(deployed) in ([], ["more"]) and (SCHEMA,) in before[-1] and (SCHEMA,) in after[-1]


def test_a_procedure_of_another_definer_is_not_taken_for_ours(deployed: Function) -> None:
    by_hand(deployed, f"DROP PROCEDURE {SCHEMA}.columns", f"CREATE PROCEDURE {SCHEMA}.columns() SELECT 1")
    with pytest.raises(AccessError, match="procedure of 'rdsadmin@localhost' 'columns'"):
        changes()


def test_a_user_that_is_not_in_the_spec_is_refused(deployed: Function) -> None:
    deployed.set(WATCH_USER="nobody")
    before = dumped(deployed.instance)
    with pytest.raises(AccessError, match=r"logs in as 'nobody' \(WATCH_USER\), and no user has that name"):
        changes()
    assert dumped(deployed.instance) == before


def test_a_spec_can_t_have_a_schema_of_that_name(deployed: Function) -> None:
    wanted = spec(user("reader"), user("drift_watch"), schemas=("Keyless_Aurora_1",))
    deployed.deploy(wanted)
    with pytest.raises(AccessError, match="names that begin with keyless_aurora are the engine's own"):
        handler.on_event(event("Update", wanted), None)


def hashes(deployed: Function) -> list[str]:
    """What the server keeps of passwords."""
    at, of = ("JSON_VALUE(Priv, '$.authentication_string')", "global_priv") if deployed.instance.is_mariadb else (
        "authentication_string", "user"
    )  # fmt: skip
    found = by_hand(deployed, f"SELECT {at} FROM mysql.{of}")
    return [text for (value,) in found if len(text := value.decode() if isinstance(value, bytes) else value or "") > 3]


def test_they_show_no_hash(deployed: Function) -> None:
    by_hand(deployed, "CREATE USER a@'%' IDENTIFIED BY 'Of-a-1'", "ALTER USER admin@'%' ACCOUNT UNLOCK")
    found = hashes(deployed)
    with deployed.instance.log_in("drift_watch") as watch:
        shown = repr([called(watch, name) for name in NAMES])
    assert len(found) >= 2 and "'a'" in shown
    assert not [one for one in found if one in shown or one[1:].strip("$") in shown]


WAYS = [
    "SELECT * FROM mysql.user",
    "SELECT authentication_string FROM mysql.user",
    "SELECT * FROM mysql.global_priv",
    "SELECT * FROM mysql.password_history",
    "SELECT * FROM mysql.db",
    "SHOW CREATE USER admin@'%'",
    "SHOW GRANTS FOR admin@'%'",
    "SET ROLE rds_superuser_role",
    "SET ROLE admin",
    f"CREATE PROCEDURE {SCHEMA}.mine() SELECT 1",
    f"ALTER PROCEDURE {SCHEMA}.accounts COMMENT 'x'",
    f"DROP PROCEDURE {SCHEMA}.accounts",
    f"CREATE TABLE {SCHEMA}.mine (id INT)",
    f"CREATE TEMPORARY TABLE {SCHEMA}.global_priv (id INT)",
    f"CREATE VIEW {SCHEMA}.mine AS SELECT 1",
    f"CREATE EVENT {SCHEMA}.mine ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    f"GRANT EXECUTE ON {SCHEMA}.* TO reader@'%'",
    f"CALL {SCHEMA}.accounts(1)",
    "CREATE DATABASE keyless_aurora_2",
    "CREATE USER mine@'%'",
    "SELECT * FROM foo.event",
    "KILL 1",
]


def test_whoever_looks_can_do_nothing_else_before_and_after(deployed: Function) -> None:
    """The master's role, on MySQL, is the procedure's alone."""
    before = dumped(deployed.instance)
    with deployed.instance.log_in("drift_watch") as watch:
        for _ in range(2):
            done = [way for way in WAYS if works(watch, way)]
            assert done == []
            for name in NAMES:
                called(watch, name)
        assert "rds" not in str(rows(watch, "SELECT CURRENT_ROLE()"))
    assert dumped(deployed.instance) == before


def test_nobody_else_may_look_by_them(deployed: Function) -> None:
    with deployed.instance.log_in("reader") as reader:
        assert [name for name in NAMES if works(reader, f"CALL {SCHEMA}.{name}()")] == []


def works(connection: Any, statement: str) -> bool:
    try:
        rows(connection, statement)
    except pymysql.MySQLError:
        return False
    return True


def called(connection: Any, name: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"CALL {SCHEMA}.{name}()")
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found
