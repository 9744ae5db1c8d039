"""Faults in the database, on the path of the writer's login, planted for real and put back."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.sql import SQL, Identifier

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.breaks import sql


@contextmanager
def with_all_connections_taken(stage: Stage) -> Iterator[None]:
    stage.execute("ALTER ROLE lambda_writer CONNECTION LIMIT 1")
    with stage.postgres.connect("lambda_writer", "app"):
        yield
    stage.execute("ALTER ROLE lambda_writer CONNECTION LIMIT 50")


@contextmanager
def without_rds_iam(stage: Stage) -> Iterator[None]:
    """Whoever gave it: another test may have, too."""
    member = "roleid = 'rds_iam'::regrole AND member = 'lambda_writer'::regrole"
    with stage.superuser() as session:
        given = session.execute(f"SELECT grantor::regrole::text FROM pg_auth_members WHERE {member}".encode())
        grantors = [Identifier(name) for (name,) in given]
    for grantor in grantors:
        stage.execute(SQL("REVOKE rds_iam FROM lambda_writer GRANTED BY {}").format(grantor))
    yield
    for grantor in grantors:
        stage.execute(SQL("GRANT rds_iam TO lambda_writer GRANTED BY {}").format(grantor))


DATABASE = {
    "the role is not there": (
        sql("ALTER ROLE lambda_writer RENAME TO other", "ALTER ROLE other RENAME TO lambda_writer"),
        "role",
        "no",
    ),
    "rds_iam is taken": (
        without_rds_iam,
        "rds_iam",
        "takes its token for a password",
    ),
    "NOLOGIN": (
        sql("ALTER ROLE lambda_writer NOLOGIN", "ALTER ROLE lambda_writer LOGIN"),
        "right to log in",
        "NOLOGIN",
    ),
    "all its connections are taken": (with_all_connections_taken, "connections", "its connection limit is 1"),
    "CONNECT is taken": (
        sql("REVOKE CONNECT ON DATABASE app FROM lambda_writer", "GRANT CONNECT ON DATABASE app TO lambda_writer"),
        "CONNECT",
        "no",
    ),
    "CONNECT of the proxy's own login is taken": (
        sql("REVOKE CONNECT ON DATABASE app FROM rdsproxyadmin", "GRANT CONNECT ON DATABASE app TO rdsproxyadmin"),
        "CONNECT",
        "rdsproxyadmin may not",
    ),
    "a table's grant is taken": (
        sql(
            "SET ROLE app_owner; CREATE TABLE foo.made (id int); REVOKE INSERT ON foo.made FROM lambda_writer",
            "DROP TABLE foo.made",
        ),
        "grants",
        "'lambda_writer' can't INSERT on table foo.made, though the spec gives it",
    ),
    "a schema's grant is taken": (
        sql("REVOKE USAGE ON SCHEMA bar FROM lambda_writer", "GRANT USAGE ON SCHEMA bar TO lambda_writer"),
        "grants",
        "USAGE on schema bar",
    ),
}
"""By what is wrong: how it is made so, the hop that is named, a part of what was answered."""
