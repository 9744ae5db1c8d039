"""The table of who can do what. Each line is measured on what is deployed now."""

from collections.abc import Iterator

from psycopg.sql import SQL

from keyless.rehearsal.lines import iam_users, password_users
from keyless.rehearsal.lines.attempts import invocation
from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.writer import INSERT, Writer
from keyless.rehearsal.stage.running import Stage


def who_can_do_what(stage: Stage) -> Iterator[Line]:
    """The lines that can be measured again and again: they leave some rows behind and nothing else."""
    stage.end_sessions()
    writer = Writer(stage, stage.deployed.function("workload", "Writer"))
    yield from _at_work(writer)
    yield from _by_postgresql(writer)
    if stage.variant.with_secrets:
        yield from password_users.lines(writer)
    else:
        yield from iam_users.lines(writer)
    yield from _without_tls(writer)
    yield _master_with_password(writer)


def _at_work(writer: Writer) -> Iterator[Line]:
    migrator = writer.stage.deployed.function("workload", "Migrator")
    way = "through the proxy" if writer.stage.variant.through_proxy else f"straight into the {writer.stage.kind}"
    yield Line("migrator runs its migrations", Outcome.ALLOWED, "'version'", invocation(lambda: migrator.invoke({})))
    yield Line(f"writer inserts {way}", Outcome.ALLOWED, "'written': 2, 'rows': 2", invocation(writer.works))


def _by_postgresql(writer: Writer) -> Iterator[Line]:
    endpoint, denied = writer.endpoint, Outcome.BY_POSTGRESQL
    yield Line("writer selects", denied, "table event", writer.tries(SQL("SELECT * FROM foo.event"), endpoint))
    yield Line(
        "writer reaches another schema",
        denied,
        "schema ops",
        writer.tries(SQL("SELECT * FROM ops.migration"), endpoint),
    )
    yield Line("writer creates a table", denied, "schema foo", writer.tries(SQL("CREATE TABLE foo.mine ()"), endpoint))


def _without_tls(writer: Writer) -> Iterator[Line]:
    stage = writer.stage
    if stage.variant.through_proxy:
        yield Line("no TLS, at the proxy", Outcome.NO_TLS, "requires TLS", writer.tries(INSERT, stage.proxy, tls=False))
    yield Line(
        f"no TLS, at the {stage.kind}", Outcome.NO_TLS, "no encryption", writer.tries(INSERT, stage.database, tls=False)
    )


def _master_with_password(writer: Writer) -> Line:
    """Somebody has given the master a password, which nobody should; it must be worthless."""
    stage, password = writer.stage, "a password that somebody set"
    master = stage.deployed.database.master
    stage.set_password(master, password)
    try:
        measured = writer.tries(SQL("SELECT 1"), stage.database, user=master, password=password)
    finally:
        stage.set_password(master, None)
    return Line("master with a password", Outcome.BAD_TOKEN, "PAM authentication failed", measured)
