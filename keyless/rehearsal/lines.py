"""The table: what each line tries, what must come of it and what came of it. Each is measured on what is deployed, now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL

from keyless.rehearsal import tokens
from keyless.rehearsal.attempts import Attempt, Login, Outcome, attempt, invocation
from keyless.rehearsal.deployed import Function
from keyless.rehearsal.endpoint import Endpoint
from keyless.rehearsal.stage import REGION, Stage

_INSERT = SQL("INSERT INTO foo.event (name, payload) VALUES ('rehearsed', '{}')")
_LAMBDA = "lambda.amazonaws.com"
_EVENTS = {"events": [{"name": "rehearsed", "payload": {"by": "make rehearse"}}, {"name": "again", "payload": {}}]}


@dataclass(frozen=True)
class Line:
    """A line of the table. `because` must be part of what was said, so that a refusal for another reason doesn't count."""

    what: str
    expected: Outcome
    because: str
    measured: Attempt

    @property
    def holds(self) -> bool:
        return self.measured.outcome is self.expected and self.because in f"{self.measured.reason} {self.measured.said}"


@dataclass(frozen=True)
class _Writer:
    """The sample's writer as Lambda runs it: its function's environment, and a session of its function's role."""

    stage: Stage
    function: Function

    def login(self, endpoint: Endpoint, *, user: str = "", password: str = "", tls: bool = True) -> Login:
        name = user or self.function.environment["PGUSER"]
        return Login(endpoint, str(self.stage.roots), name, self.function.environment["PGDATABASE"],
                     password or self.token(endpoint, name), tls)  # fmt: skip

    def token(self, endpoint: Endpoint, user: str = "", *, region: str = REGION, expired: bool = False) -> str:
        sign = tokens.expired if expired else tokens.token
        return sign(self.stage.credentials(self.function.role), endpoint, user or self.function.environment["PGUSER"], region)

    def tries(self, statement: SQL, endpoint: Endpoint, **login: Any) -> Attempt:
        return attempt(self.login(endpoint, **login), statement, self.stage.events)


def who_can_do_what(stage: Stage) -> Iterator[Line]:
    """The lines that can be measured again and again: they leave some rows behind and nothing else."""
    stage.end_sessions()
    writer = _Writer(stage, stage.deployed.function("workload", "Writer"))
    migrator = stage.deployed.function("workload", "Migrator")
    yield Line("migrator runs its migrations", Outcome.ALLOWED, "'version'", invocation(lambda: migrator.invoke({})))
    yield Line("writer inserts through the proxy", Outcome.ALLOWED, "'written': 2, 'rows': 2", invocation(lambda: _write(stage, writer)))
    yield from _by_postgresql(writer)
    yield from _by_iam(writer)
    yield from _bad_tokens(writer)
    yield from _without_tls(writer)
    yield _master_with_password(stage, writer)


def _write(stage: Stage, writer: _Writer) -> dict[str, int]:
    """What the function says it wrote, and how many rows more there are."""
    before = rows(stage)
    return {**writer.function.invoke(_EVENTS), "rows": rows(stage) - before}


def _by_postgresql(writer: _Writer) -> Iterator[Line]:
    proxy, denied = writer.stage.proxy, Outcome.BY_POSTGRESQL
    yield Line("writer selects", denied, "table event", writer.tries(SQL("SELECT * FROM foo.event"), proxy))
    yield Line("writer reaches another schema", denied, "schema ops", writer.tries(SQL("SELECT * FROM ops.migration"), proxy))
    yield Line("writer creates a table", denied, "schema foo", writer.tries(SQL("CREATE TABLE foo.mine ()"), proxy))


def _by_iam(writer: _Writer) -> Iterator[Line]:
    """The resource is part of each reason: a refusal by the cluster, further on, would not be the proxy's."""
    stage, denied = writer.stage, Outcome.BY_IAM
    proxy, cluster, master = stage.proxy, stage.cluster, stage.deployed.cluster["MasterUsername"]
    name = writer.function.environment["PGUSER"]
    yield Line("writer straight to the cluster", denied, f"{cluster.resource_id}/{name}", writer.tries(_INSERT, cluster))
    yield Line("writer as migrator", denied, f"{proxy.resource_id}/migrator", writer.tries(_INSERT, proxy, user="migrator"))
    yield Line("writer as the master", denied, f"{proxy.resource_id}/{master}", writer.tries(_INSERT, proxy, user=master))
    for who, role, service, endpoint, user in (
        ("migrator as writer", stage.deployed.function("workload", "Migrator").role, _LAMBDA, proxy, name),
        ("bootstrap as writer", stage.deployed.function("access", "Bootstrap").role, _LAMBDA, cluster, name),
        ("the proxy's role as the master", stage.deployed.proxy["RoleArn"], "rds.amazonaws.com", cluster, master),
    ):
        password = tokens.token(stage.credentials(role, service), endpoint, user, REGION)
        yield Line(who, denied, f"{endpoint.resource_id}/{user}", writer.tries(_INSERT, endpoint, user=user, password=password))


def _bad_tokens(writer: _Writer) -> Iterator[Line]:
    proxy, bad = writer.stage.proxy, Outcome.BAD_TOKEN
    yield Line("expired token", bad, "ExpiredToken", writer.tries(_INSERT, proxy, password=writer.token(proxy, expired=True)))
    yield Line("tampered token", bad, "SignatureDoesNotMatch", writer.tries(_INSERT, proxy, password=tokens.tampered(writer.token(proxy))))
    yield Line(
        "foreign region's token", bad, "InvalidToken", writer.tries(_INSERT, proxy, password=writer.token(proxy, region="us-west-2"))
    )
    yield Line(
        "cluster's token at the proxy", bad, "InvalidToken", writer.tries(_INSERT, proxy, password=writer.token(writer.stage.cluster))
    )


def _without_tls(writer: _Writer) -> Iterator[Line]:
    stage = writer.stage
    yield Line("no TLS, at the proxy", Outcome.NO_TLS, "requires TLS", writer.tries(_INSERT, stage.proxy, tls=False))
    yield Line("no TLS, at the cluster", Outcome.NO_TLS, "no encryption", writer.tries(_INSERT, stage.cluster, tls=False))


def _master_with_password(stage: Stage, writer: _Writer) -> Line:
    """Somebody has given the master a password, which nobody should; it must be worthless."""
    master, password = stage.deployed.cluster["MasterUsername"], "a password that somebody set"
    stage.set_password(master, password)
    try:
        measured = writer.tries(SQL("SELECT 1"), stage.cluster, user=master, password=password)
    finally:
        stage.set_password(master, None)
    return Line("master with a password", Outcome.BAD_TOKEN, "PAM authentication failed", measured)


def rows(stage: Stage) -> int:
    """How many events the database holds, by its superuser."""
    with stage.superuser() as connection:
        counted = connection.execute("SELECT count(*) FROM foo.event").fetchone()
    return int(counted[0]) if counted else 0
