"""Makes a fresh PostgreSQL look like RDS to a non-superuser: the roles RDS has, and its master user."""

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from db_access.spec.model.predefined import ALLOWED

SUPERUSER = "rdsadmin"
PROXY = "rdsproxyadmin"


def bootstrap(connection: Connection) -> None:
    """Create `rds_iam`, `rds_replication` and `rds_superuser` in a new server. The last one may make others members of
    whatever a spec may name; whether RDS's may is for AWS to show."""
    for name in ("rds_iam", "rds_superuser", "rds_replication"):
        connection.execute(SQL("CREATE ROLE {}").format(Identifier(name)))
    connection.execute("GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION")
    if connection.info.server_version >= 160000:  # before, CREATEROLE is enough
        for (name,) in connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[*ALLOWED]]
        ).fetchall():
            options = SQL("ADMIN TRUE") if name == "pg_monitor" else SQL("ADMIN TRUE, INHERIT FALSE, SET FALSE")
            connection.execute(SQL("GRANT {} TO rds_superuser WITH {}").format(Identifier(name), options))


def create_proxy_login(connection: Connection, password: str) -> None:
    """Create the login that RDS Proxy makes when a target is registered: it has PUBLIC's rights, and is no member.

    RDS's other logins need nothing that a spec takes, as far as is known: docs/access-spec.md has each.
    """
    connection.execute(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(PROXY), Literal(password)))


def create_master(connection: Connection, name: str, *, iam: bool, password: str | None, database: str) -> None:
    """Create the master user and the database it owns.

    Parameters:
        connection: the superuser's, in autocommit mode.
        iam: the master logs in with IAM tokens and may grant `rds_iam`. Without it, and from PostgreSQL 16 on, the
            master can't grant `rds_iam`: the ADMIN option is a membership, and a membership would make it IAM-only.
        password: also accepted by the server where IAM doesn't apply; None for none.
    """
    role = Identifier(name)
    connection.execute(SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}").format(role, Literal(password)))
    connection.execute(SQL("GRANT rds_superuser TO {}").format(role))
    if iam:
        options = (
            SQL("ADMIN TRUE, INHERIT FALSE, SET FALSE")
            if connection.info.server_version >= 160000
            else SQL("ADMIN OPTION")
        )
        connection.execute(SQL("GRANT rds_iam TO {} WITH {}").format(role, options))
    connection.execute(SQL("CREATE DATABASE {} OWNER {} STRATEGY file_copy").format(Identifier(database), role))
