"""A throwaway server with the workload's tables, which can be reset to having no users."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from bench.wire import Wire
from bench.workload import DATABASE, OWNER, Size, spec, tables, to_write
from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.configuration import NO_IAM_SOURCE
from keyless.rehearsal.servers.postgres import Postgres

MASTER, PASSWORD = "master", "only the bench's"
_TEMPLATE = "bench_template"

RIGHTS = """
WITH held (what, name, acl) AS (
    SELECT 'database', datname::text, datacl FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'schema', nspname, nspacl FROM pg_namespace
    UNION ALL SELECT 'relation', oid::regclass::text, relacl FROM pg_class WHERE relkind IN ('r', 'S') AND oid > 16383
    UNION ALL
    SELECT 'default', concat_ws(' ', defaclrole::regrole, nullif(defaclnamespace, 0)::regnamespace, defaclobjtype),
        defaclacl
    FROM pg_default_acl
)
SELECT what, md5(string_agg(line, '' ORDER BY line)), count(*) FROM (
    SELECT what, concat_ws(' ', name, grantor::regrole, grantee::regrole, privilege_type, is_grantable) AS line
    FROM held, aclexplode(acl) AS a
    UNION ALL SELECT 'role', concat_ws(' ', rolname, rolcanlogin, rolinherit, rolconnlimit) FROM pg_roles
    UNION ALL SELECT 'member', roleid::regrole::text || ' ' || member::regrole FROM pg_auth_members
) AS lines GROUP BY what ORDER BY what
"""


@dataclass(frozen=True)
class Stage:
    server: Postgres
    size: Size

    @property
    def conninfo(self) -> str:
        """The master's, by the private socket."""
        return self.server.conninfo(MASTER, DATABASE)

    def conninfo_through(self, wire: Wire) -> str:
        """The master's, for a remote client: TCP and TLS, with a password, which takes two round trips more than a
        token."""
        return make_conninfo(
            host="127.0.0.1", port=wire.port, user=MASTER, password=PASSWORD, dbname=DATABASE, sslmode="require"
        )

    def dial(self) -> socket.socket:
        return socket.create_connection((self.server.address, self.server.port), source_address=(NO_IAM_SOURCE, 0))

    def superuser(self) -> "Connection[Any]":
        return self.server.connect(database=DATABASE)

    def reset(self) -> None:
        """The tables as at the start, and no users."""
        with self.server.connect() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(DATABASE)))
            roles = [
                name
                for (name,) in connection.execute(
                    r"SELECT rolname FROM pg_roles WHERE rolname ~ '^(u\d+|keyless-aurora/.*)$'"
                )
            ]
            if roles:
                connection.execute(SQL("DROP ROLE {}").format(SQL(", ").join(map(Identifier, roles))))
            create = SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy")
            connection.execute(create.format(Identifier(DATABASE), Identifier(_TEMPLATE), Identifier(MASTER)))
            connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(DATABASE)))
            connection.execute("CHECKPOINT")
        with self.superuser() as connection:
            connection.execute("SELECT count(*) FROM pg_class")  # the first session writes the catalog's cache file

    def drift(self) -> None:
        """Take one privilege away by hand."""
        holder = Identifier(to_write("s000") if self.size.through_groups else "u0000")
        with self.superuser() as connection:
            connection.execute(SQL("REVOKE INSERT ON s000.t001 FROM {}").format(holder))

    def rights(self) -> list[tuple[Any, ...]]:
        """A digest of all rights, to check that two runs have the same result."""
        with self.superuser() as connection:
            return connection.execute(RIGHTS).fetchall()


@contextmanager
def staged(size: Size) -> Iterator[Stage]:
    with Postgres() as server:
        with server.connect() as connection:
            # autovacuum would compete with the runs, and its writes would be counted as theirs
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
        server.create_master(MASTER, iam=True, password=PASSWORD, database=DATABASE)
        stage = Stage(server, size)
        nobody = AccessSpec.parse(spec(size, users=False))
        reconcile.converge(lambda: psycopg.connect(stage.conninfo), nobody, DATABASE)
        _make_tables(stage)
        with server.connect() as connection:
            connection.execute(
                SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(DATABASE), Identifier(_TEMPLATE))
            )
        stage.reset()
        yield stage


def _make_tables(stage: Stage) -> None:
    with stage.superuser() as connection:
        connection.execute(SQL("SET ROLE {}").format(Identifier(OWNER)))
        for statement in tables(stage.size):
            connection.execute(statement.encode())
        connection.execute("RESET ROLE")
        connection.execute("VACUUM ANALYZE")
