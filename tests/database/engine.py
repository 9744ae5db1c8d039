"""What the engine's tests share: the sample's spec and short ways to run the engine and to try things as a user."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.sql import Composed

from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Summary
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database

SAMPLE = AccessSpec.load(Path(__file__).parents[1] / "sample_access.yaml")


def spec(**changes: Any) -> AccessSpec:
    """The sample, with some top-level fields replaced."""
    return AccessSpec.parse({**SAMPLE.as_properties(), **changes})


def with_user(**fields: Any) -> AccessSpec:
    """The sample and one more user."""
    return spec(users=[*SAMPLE.as_properties()["users"], fields])


def converge(database: Database, wanted: AccessSpec = SAMPLE, **options: Any) -> Summary:
    return reconcile.converge(connect_as_master(database), wanted, database.name, **options)


def remove(database: Database, wanted: AccessSpec = SAMPLE) -> Summary:
    return reconcile.remove(connect_as_master(database), wanted.managed_by)


def connect_as_master(database: Database) -> reconcile.Connect:
    """Without what the product's own connections start with, so that the engine must settle its sessions. The encoding is
    the exception: a role's setting can be one that PostgreSQL can't convert the database's to, and lets nobody in."""
    return lambda: psycopg.connect(database.conninfo(MASTER), client_encoding="UTF8")


def make_tables(database: Database, user: str = "migrator") -> None:
    """As a migration would: tables with serial keys in both schemas and one in ops, and a function."""
    run(
        database,
        user,
        "CREATE TABLE foo.event (id bigserial PRIMARY KEY, name text)",
        "CREATE TABLE bar.audit (id bigserial PRIMARY KEY, name text)",
        "CREATE TABLE ops.migration (version int)",
        "CREATE FUNCTION foo.answer() RETURNS int LANGUAGE sql AS 'SELECT 42'",
    )


def run(database: Database, user: str, *statements: str | Composed) -> list[tuple[Any, ...]]:
    """Run the statements as `user`, each in a transaction of its own; the rows of the last one."""
    rows: list[tuple[Any, ...]] = []
    with database.connect(user) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
    return rows


def allowed(database: Database, user: str, statement: str) -> bool:
    """Whether PostgreSQL lets `user` run the statement: False means refused for lack of rights and nothing else."""
    try:
        run(database, user, statement)
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def major(database: Database) -> int:
    """The server's version: 15, 16, …"""
    ((number,),) = run(database, "rdsadmin", "SELECT current_setting('server_version_num')::int / 10000")
    return int(number)


def fingerprint(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    """Every role, membership, setting, comment, privilege and default privilege, to compare before and after."""
    return connection.execute(
        """
        WITH held (what, name, acl) AS (
            SELECT 'database', datname::text, coalesce(datacl, acldefault('d', datdba)) FROM pg_database WHERE datname = current_database()
            UNION ALL SELECT 'schema', nspname, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
            UNION ALL SELECT 'relation', oid::regclass::text, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
                FROM pg_class WHERE relnamespace > 16383 AND relkind IN ('r', 'S', 'v')
            UNION ALL SELECT 'column', attrelid::regclass::text || '.' || attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL
            UNION ALL SELECT 'function', oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc WHERE oid > 16383
            UNION ALL SELECT 'default', defaclrole::regrole::text || defaclnamespace || defaclobjtype::text, defaclacl FROM pg_default_acl
        )
        SELECT what, name, (SELECT array_agg(a::text ORDER BY a::text) FROM aclexplode(acl) AS a)::text FROM held
        UNION ALL SELECT 'role', rolname, (to_jsonb(r) - 'rolpassword' - 'oid' - 'rolconfig')::text || coalesce(shobj_description(r.oid, 'pg_authid'), '') FROM pg_roles r
        UNION ALL SELECT 'member', roleid::regrole::text, member::regrole::text || (to_jsonb(m) - 'oid')::text FROM pg_auth_members m
        UNION ALL SELECT 'setting', setrole::text || ' ' || setdatabase, (SELECT array_agg(s ORDER BY s) FROM unnest(setconfig) AS s)::text FROM pg_db_role_setting
        ORDER BY 1, 2, 3
        """
    ).fetchall()
