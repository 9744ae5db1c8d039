"""What is asked of a server: in a fixed number of queries, whatever it has. Names in them are literals, never text."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from db_access.mysql.identifiers import literal, literals
from db_access.mysql.names import LOCK
from db_access.mysql.state import ANY_HOST, IAM_TEXT, Flavor


@dataclass(frozen=True)
class Scope:
    """What a spec is about, as far as it decides what is read."""

    schemas: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    tables: frozenset[tuple[str, str]] = frozenset()
    users: frozenset[str] = frozenset()
    """Declared and retired: what they are the definers of is read everywhere, as is what the groups, those that left
    the spec and the engine's roles are."""
    groups: frozenset[str] = frozenset()
    watching: str = ""
    """The schema of the drift watch's procedures."""
    roles: tuple[str, ...] = ()
    """What the names of the engine's roles begin with."""
    marker: str = ""
    """The first of what marks."""

    def has(self, schema: str, definer: str, marked: Collection[str]) -> bool:
        """Whether a view or routine there, of that definer, is to be told of. `marked`: roles that have a mark."""
        ours = {name.lower() for name in self.schemas}
        return schema.lower() in ours or definer in {*self.definers, *marked} or definer.startswith(self.roles)

    @property
    def definers(self) -> frozenset[str]:
        """As the servers write them: of routines, MariaDB leaves out that a role has no host."""
        users = {f"{name}@{ANY_HOST}" for name in self.users}
        return frozenset((*users, *(f"{name}{host}" for name in self.groups for host in (f"@{ANY_HOST}", "@", ""))))


_SERVER: Final = {
    Flavor.MYSQL: """SELECT VERSION() AS version, CURRENT_USER() AS master, @@lower_case_table_names AS folding,
    @@max_connections AS most, @@partial_revokes AS literally, @@mandatory_roles AS mandatory""",
    Flavor.MARIADB: """SELECT VERSION() AS version, CURRENT_USER() AS master, @@lower_case_table_names AS folding,
    @@max_connections AS most, 0 AS literally, '' AS mandatory""",
}
_VERIFIER: Final = {
    Flavor.MYSQL: "authentication_string",
    Flavor.MARIADB: "JSON_VALUE(Priv, '$.authentication_string')",
}
_ACCOUNTS: Final = {
    Flavor.MYSQL: """User AS name, Host AS host, plugin, ssl_type AS tls,
    x509_subject AS subject, account_locked = 'Y' AS locked, max_user_connections AS most,
    account_locked = 'Y' AND password_expired = 'Y' AND authentication_string = '' AS is_role,
    JSON_EXTRACT(User_attributes, '$.additional_password') IS NOT NULL AS other_ways, NULL AS default_role,
    max_questions + max_updates + max_connections > 0
    OR JSON_EXTRACT(User_attributes, '$.Password_locking') IS NOT NULL AS hindered,
    password_expired = 'Y' AS expired FROM mysql.user""",
    Flavor.MARIADB: """User AS name, Host AS host, JSON_VALUE(Priv, '$.plugin') AS plugin,
    JSON_VALUE(Priv, '$.ssl_type') AS tls, JSON_VALUE(Priv, '$.x509_subject') AS subject,
    COALESCE(JSON_VALUE(Priv, '$.account_locked'), '0') IN ('1', 'true') AS locked,
    COALESCE(JSON_VALUE(Priv, '$.max_user_connections'), 0) AS most,
    COALESCE(JSON_VALUE(Priv, '$.is_role'), '0') IN ('1', 'true') AS is_role,
    JSON_EXISTS(Priv, '$.auth_or[*].plugin') OR JSON_COMPACT(JSON_QUERY(Priv, '$.auth_or')) = '[]' AS other_ways,
    JSON_VALUE(Priv, '$.default_role') AS default_role, JSON_VALUE(Priv, '$.access') AS access,
    COALESCE(JSON_VALUE(Priv, '$.max_questions'), 0) + COALESCE(JSON_VALUE(Priv, '$.max_updates'), 0)
    + COALESCE(JSON_VALUE(Priv, '$.max_connections'), 0) + COALESCE(JSON_VALUE(Priv, '$.max_statement_time'), 0) > 0
    AS hindered, COALESCE(JSON_VALUE(Priv, '$.password_last_changed'), 1) = 0 AS expired
    FROM mysql.global_priv""",
}
"""In MariaDB's `auth_or` what names no plugin is the account's own way, and ALTER USER to one way leaves that: `[{}]`.
By `[]` nobody logs in."""
_STATIC: Final = ", ".join(
    f"{each}_priv"
    for each in (
        *("Select", "Insert", "Update", "Delete", "Create", "Drop", "Reload", "Shutdown", "Process", "File", "Grant"),
        *("References", "Index", "Alter", "Show_db", "Super", "Create_tmp_table", "Lock_tables", "Execute"),
        *("Repl_slave", "Repl_client", "Create_view", "Show_view", "Create_routine", "Alter_routine", "Create_user"),
        *("Event", "Trigger", "Create_tablespace", "Create_role", "Drop_role"),
    )
)
"""Those of 8.0 and later; newer privileges are dynamic. Not `*`, which has the verifiers."""
_EDGES: Final = {
    Flavor.MYSQL: """SELECT FROM_USER AS role, FROM_HOST AS role_host, TO_USER AS name, TO_HOST AS host,
    WITH_ADMIN_OPTION = 'Y' AS admin FROM mysql.role_edges""",
    Flavor.MARIADB: """SELECT Role AS role, '' AS role_host, User AS name, Host AS host, Admin_option = 'Y' AS admin
    FROM mysql.roles_mapping""",
}
_OF_MYSQL: Final = {
    "defaults": """SELECT DEFAULT_ROLE_USER AS role, DEFAULT_ROLE_HOST AS role_host, USER AS name, HOST AS host
    FROM mysql.default_roles""",
    "static": f"SELECT User, Host, {_STATIC} FROM mysql.user",
    "known": "SELECT DISTINCT CAST(GRANTEE AS BINARY) AS grantee FROM information_schema.USER_PRIVILEGES",
    "dynamic": """SELECT USER AS name, HOST AS host, PRIV AS privilege, WITH_GRANT_OPTION = 'Y' AS grantable
    FROM mysql.global_grants""",
}
_ON_SCHEMAS: Final = "SELECT * FROM mysql.db"
_ON_TABLES: Final = "SELECT User, Host, Db, Table_name, Table_priv FROM mysql.tables_priv"
_ON_COLUMNS: Final = "SELECT User, Host, Db, Table_name, Column_name, Column_priv FROM mysql.columns_priv"
_ON_ROUTINES: Final = "SELECT User, Host, Db, Routine_name, Routine_type, Proc_priv FROM mysql.procs_priv"
_PROXIES: Final = "SELECT User, Host, Proxied_user, Proxied_host FROM mysql.proxies_priv"
_VIEWS: Final = """SELECT 'VIEW' AS kind, TABLE_SCHEMA AS in_schema, TABLE_NAME AS name, DEFINER AS definer,
    SECURITY_TYPE = 'DEFINER' AS runs FROM information_schema.VIEWS WHERE"""
_ROUTINES: Final = """UNION ALL SELECT ROUTINE_TYPE, ROUTINE_SCHEMA, ROUTINE_NAME, DEFINER,
    SECURITY_TYPE = 'DEFINER' FROM information_schema.ROUTINES WHERE"""
_TRIGGERS: Final = """UNION ALL SELECT 'TRIGGER', TRIGGER_SCHEMA, TRIGGER_NAME, DEFINER, 1
    FROM information_schema.TRIGGERS WHERE"""
_EVENTS: Final = """UNION ALL SELECT 'EVENT', EVENT_SCHEMA, EVENT_NAME, DEFINER, 1
    FROM information_schema.EVENTS WHERE"""
_MARKED: Final = {
    Flavor.MYSQL: """SELECT CONCAT(TO_USER, '@', TO_HOST) FROM mysql.role_edges JOIN mysql.user
    ON User = TO_USER AND Host = TO_HOST AND password_expired = 'Y' AND authentication_string = ''
    WHERE FROM_USER LIKE""",
    Flavor.MARIADB: "SELECT User FROM mysql.roles_mapping WHERE Host = '' AND Role LIKE",
}
"""Roles that have a mark: groups, in the spec or no more."""
HOLDER: Final = (
    f"SELECT IS_USED_LOCK({literal(LOCK)}) AS id, CURRENT_USER() AS master, (SELECT USER FROM "
    f"information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK({literal(LOCK)})) AS user"
)
"""Of the engine's lock. Whoever may see no other sessions, finds no user by it. Who asks is the master, in a procedure
of its own, too."""
SYSTEM: Final = ("information_schema", "mysql", "performance_schema", "sys")
_SESSIONS: Final = """SELECT DISTINCT CAST(USER AS BINARY) AS name FROM information_schema.PROCESSLIST
    WHERE COMMAND <> 'Connect'"""
"""Not an event that is at work, which has its definer's name there. By the view's collation, names of two accounts that
differ in case are one."""
_SCHEMAS: Final = "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA"


def queries(flavor: Flavor, scope: Scope) -> dict[str, str]:
    """By name, in the order in which they are sent."""
    asked = _always(flavor, scope.watching, _VERIFIER[flavor])
    return asked | {"tables": _tables(scope.tables), "columns": _columns(scope), "definers": _definers(flavor, scope)}


def about_accounts(flavor: Flavor, watching: str) -> dict[str, str]:
    """The same without any spec's names, and without verifiers: whether there is one, or it is what IAM's accounts
    have there."""
    verifier = _VERIFIER[flavor]
    known = f"""CASE WHEN {verifier} IN ('', {literal(IAM_TEXT)}) THEN {verifier}
    WHEN {verifier} IS NOT NULL THEN 'hidden' END"""
    return {
        **_always(flavor, watching, known),
        "definers": f"{_VIEWS} {_own('TABLE_SCHEMA')} {_ROUTINES} {_own('ROUTINE_SCHEMA')} "
        f"{_TRIGGERS} {_own('TRIGGER_SCHEMA')} {_EVENTS} {_own('EVENT_SCHEMA')}",
    }


def _always(flavor: Flavor, watching: str, verifier: str) -> dict[str, str]:
    found = {
        "server": _SERVER[flavor],
        "accounts": f"SELECT {verifier} AS verifier, {_ACCOUNTS[flavor]}",
        "edges": _EDGES[flavor],
        "schema_rights": _ON_SCHEMAS,
        "table_rights": _ON_TABLES,
        "column_rights": _ON_COLUMNS,
        "routine_rights": _ON_ROUTINES,
        "proxies": _PROXIES,
        "schemas": _SCHEMAS,
        "watching": _watching(watching),
        "sessions": _SESSIONS,
    }
    return found | (_OF_MYSQL if flavor is Flavor.MYSQL else {})


def _watching(schema: str) -> str:
    """Whatever is there: all of it is to be the engine's."""
    name = literal(schema)
    return f"""SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS kind, DEFINER AS definer,
    SHA2(ROUTINE_DEFINITION, 256) AS digest,
    SECURITY_TYPE = 'DEFINER' AND NOT EXISTS (SELECT 1 FROM information_schema.PARAMETERS
    WHERE SPECIFIC_SCHEMA = ROUTINE_SCHEMA AND SPECIFIC_NAME = ROUTINE_NAME) AS secured
    FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = {name}
    UNION ALL SELECT TABLE_NAME, TABLE_TYPE, '', '', 0 FROM information_schema.TABLES WHERE TABLE_SCHEMA = {name}
    UNION ALL SELECT EVENT_NAME, 'EVENT', '', '', 0 FROM information_schema.EVENTS WHERE EVENT_SCHEMA = {name}"""


# CONCAT: MariaDB reads `IN ('foo', 'FOO')` as one name, by the column's collation, and then looks for that one alone.
def _tables(tables: Collection[tuple[str, str]]) -> str:
    schemas, named = literals({schema for schema, _ in tables}), literals({table for _, table in tables})
    return f"""SELECT TABLE_SCHEMA AS in_schema, TABLE_NAME AS name FROM information_schema.TABLES
    WHERE CONCAT(TABLE_SCHEMA) IN ({schemas}) AND CONCAT(TABLE_NAME) IN ({named})"""


def _columns(scope: Scope) -> str:
    schemas = scope.schemas if scope.keys else frozenset()
    return f"""SELECT TABLE_SCHEMA AS in_schema, TABLE_NAME AS name, COLUMN_NAME AS part FROM information_schema.COLUMNS
    WHERE CONCAT(TABLE_SCHEMA) IN ({literals(schemas)}) AND COLUMN_NAME IN ({literals(scope.keys)})"""


def _definers(flavor: Flavor, scope: Scope) -> str:
    schemas, known = literals(scope.schemas), literals(scope.definers)
    ours = " OR ".join(f"DEFINER LIKE {literal(f'{each}%')}" for each in scope.roles)
    marked = " OR ".join(
        f"TRIM(TRAILING '@' FROM DEFINER) IN ({_MARKED[flavor]} {literal(each)})"
        for each in (scope.marker, f"{scope.marker}+%")
    )
    told = {column: f"({column} IN ({schemas}) OR DEFINER IN ({known}) OR {ours} OR {marked})" for column in _HOLDING}
    views, routines, triggers, events = told.values()
    return f"{_VIEWS} {views} {_ROUTINES} {routines} {_TRIGGERS} {triggers} {_EVENTS} {events}"


_HOLDING: Final = ("TABLE_SCHEMA", "ROUTINE_SCHEMA", "TRIGGER_SCHEMA", "EVENT_SCHEMA")
"""Of a view, routine, trigger and event the schema."""


def _own(column: str) -> str:
    """Not the server's."""
    return f"{column} NOT IN ({literals(SYSTEM)})"


ALL_TABLES: Final = (
    f"SELECT TABLE_SCHEMA AS in_schema, TABLE_NAME AS name FROM information_schema.TABLES WHERE {_own('TABLE_SCHEMA')}"
)
ALL_COLUMNS: Final = f"""SELECT TABLE_SCHEMA AS in_schema, TABLE_NAME AS name, COLUMN_NAME AS part
    FROM information_schema.COLUMNS WHERE {_own("TABLE_SCHEMA")}"""
