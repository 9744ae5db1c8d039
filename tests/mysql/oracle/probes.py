"""Kinds of statement, each with what it takes to be let do it, after MySQL's and MariaDB's manuals. None changes a thing:
it is rolled back, or fails for a reason that only who may do it hears of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.mysql.oracle.meaning import Rights

Needs = Callable[[Rights, str, str], bool]


@dataclass(frozen=True)
class Probe:
    statement: str
    """With {s}, {t}, {c} for schema, table and column, between backticks."""
    needs: Needs
    but: frozenset[int] = frozenset()
    """Errors of who was let."""


def _all(*privileges: str) -> Needs:
    return lambda rights, schema, table: all(rights.has(each, schema, table) for each in privileges)


def _keyed(privilege: str) -> Needs:
    return lambda rights, schema, table: rights.has(privilege, schema, table) and rights.reads(schema, table, "id")


def _nobody(rights: Rights, schema: str, table: str) -> bool:
    return False


_EXISTS, _NO_TABLE, _NO_COLUMN = 1050, 1051, 1091

ON_TABLES: Final = {
    "SELECT": Probe("SELECT * FROM {s}.{t}", _all("SELECT")),
    "SELECT key": Probe("SELECT id FROM {s}.{t}", lambda r, s, t: r.reads(s, t, "id")),
    "SELECT v": Probe("SELECT v FROM {s}.{t}", lambda r, s, t: r.reads(s, t, "v")),
    "INSERT": Probe("INSERT INTO {s}.{t} (id) VALUES (1)", _all("INSERT")),
    "UPDATE": Probe("UPDATE {s}.{t} SET v = 1", _all("UPDATE")),
    "UPDATE keyed": Probe("UPDATE {s}.{t} SET v = 1 WHERE id = 1", _keyed("UPDATE")),
    "DELETE": Probe("DELETE FROM {s}.{t}", _all("DELETE")),
    "DELETE keyed": Probe("DELETE FROM {s}.{t} WHERE id = 1", _keyed("DELETE")),
}
"""In a transaction, rolled back afterwards."""
DEFINING_TABLES: Final = {
    "CREATE TABLE": Probe("CREATE TABLE {s}.{t} (id INT)", _all("CREATE"), frozenset({_EXISTS})),
    "ALTER TABLE": Probe("ALTER TABLE {s}.{t} DROP COLUMN no_such", _all("ALTER"), frozenset({_NO_COLUMN})),
    "CREATE INDEX": Probe("CREATE INDEX an_index ON {s}.{t} (v)", _all("INDEX"), frozenset({1061})),
    "TRUNCATE": Probe("TRUNCATE {s}.{t}", _nobody),
    "CREATE TRIGGER": Probe(
        "CREATE TRIGGER {s}.a_trigger BEFORE DELETE ON {s}.{t} FOR EACH ROW SET @a = 1",
        _all("TRIGGER"),
        frozenset({1359}),
    ),
    "LOCK TABLES": Probe("LOCK TABLES {s}.{t} READ", _all("LOCK TABLES", "SELECT")),
    "GRANT table": Probe("GRANT SELECT ON {s}.{t} TO CURRENT_USER()", _nobody),
}
ON_SCHEMAS: Final = {
    "FUNCTION": Probe("SELECT {s}.a_function()", _all("EXECUTE")),
    "PROCEDURE": Probe("CALL {s}.a_procedure()", _all("EXECUTE")),
    "CREATE VIEW": Probe("CREATE VIEW {s}.seen_view AS SELECT 1 AS one", _all("CREATE VIEW"), frozenset({_EXISTS})),
    "SHOW CREATE VIEW": Probe("SHOW CREATE VIEW {s}.seen_view", _all("SHOW VIEW", "SELECT")),
    "CREATE PROCEDURE": Probe("CREATE PROCEDURE {s}.a_procedure() DO 1", _all("CREATE ROUTINE"), frozenset({1304})),
    "ALTER PROCEDURE": Probe("ALTER PROCEDURE {s}.a_procedure COMMENT ''", _all("ALTER ROUTINE")),
    "CREATE EVENT": Probe(
        "CREATE EVENT {s}.an_event ON SCHEDULE EVERY 1 YEAR DISABLE DO DO 1", _all("EVENT"), frozenset({1537})
    ),
    "CREATE TEMPORARY": Probe("CREATE TEMPORARY TABLE {s}.passing (i INT)", _all("CREATE TEMPORARY TABLES")),
    "DROP missing": Probe("DROP TABLE {s}.no_such", _nobody, frozenset({_NO_TABLE, 1109})),
    "GRANT schema": Probe("GRANT SELECT ON {s}.* TO CURRENT_USER()", _nobody),
}
DESTROYING: Final = {
    "DROP TABLE": Probe("DROP TABLE {s}.{t}", _nobody),
    "DROP VIEW": Probe("DROP VIEW {s}.seen_view", _nobody),
    "DROP DATABASE": Probe("DROP DATABASE {s}", _nobody),
}
"""What nobody may, and would be done. Where somebody may have been given it by hand, TRUNCATE tells."""
ON_SERVER: Final = (
    "CREATE DATABASE made_by_a_user",
    "CREATE USER made_by_a_user",
    "CREATE ROLE made_by_a_user",
    "GRANT SELECT ON *.* TO CURRENT_USER()",
    "GRANT `keyless/` TO CURRENT_USER()",
    "ALTER USER rdsadmin@localhost ACCOUNT UNLOCK",
    "SELECT User FROM mysql.user",
    "SELECT * FROM mysql.db",
    "CALL mysql.rds_kill(0)",
    "SET GLOBAL max_connections = 10",
    "SELECT 1 INTO OUTFILE '/no/such/folder/file'",
    "FLUSH PRIVILEGES",
    "FLUSH TABLES WITH READ LOCK",
    "SHOW GRANTS FOR rdsadmin@localhost",
    "CREATE DEFINER = rdsadmin@localhost PROCEDURE mysql.made_by_a_user() DO 1",
)
"""None of which anybody may."""
REFUSED: Final = frozenset(
    {1044, 1045, 1095, 1142, 1143, 1227, 1370, 1290, 1396, 1410, 1449, 1698, 1959, 3530, 1141, 1133, 3523, 3878}
)
