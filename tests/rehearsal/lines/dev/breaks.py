"""The controls of the dev environment, broken on purpose, and the lines that must turn red."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, LiteralString

from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines import policies
from tests.rehearsal.lines.breaks import Break, with_tls_optional_at_the_database, with_tls_optional_at_the_proxy


def statements(resource: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A policy with the resources of its rds-db:connect statements replaced."""
    return policies.resources("rds-db:connect", resource)


def without_the_proxys_grant(stage: Stage) -> AbstractContextManager[None]:
    return policies.changed(
        stage,
        stage.deployed.proxy["RoleArn"],
        statements(lambda _: "arn:aws:rds-db:eu-west-1:000000000000:dbuser:cluster-none/nobody"),
    )


def without_the_writers_grant(stage: Stage) -> AbstractContextManager[None]:
    return policies.changed(
        stage,
        stage.deployed.function("workload", "Writer").role,
        statements(lambda _: "arn:aws:rds-db:eu-west-1:000000000000:dbuser:prx-none/nobody"),
    )


def with_the_writers_policy_widened(stage: Stage) -> AbstractContextManager[None]:
    return policies.changed(stage, stage.deployed.function("workload", "Writer").role, statements(lambda _: "*"))


def widened(role: Callable[[Stage], str]) -> Break:
    return lambda stage: policies.changed(stage, role(stage), statements(lambda _: "*"))


@contextmanager
def without_the_proxys_target(stage: Stage) -> Iterator[None]:
    rds, target = stage.cloud.client("rds"), stage.deployed.database.member
    rds.deregister_db_proxy_targets(DBProxyName=stage.deployed.proxy["DBProxyName"], **target)
    yield
    rds.register_db_proxy_targets(DBProxyName=stage.deployed.proxy["DBProxyName"], **target)


def sql(statement: LiteralString, undo: LiteralString) -> Break:
    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        stage.execute(statement)
        yield
        stage.execute(undo)

    return broken


@contextmanager
def with_a_judge_that_accepts_everything(stage: Stage) -> Iterator[None]:
    strict = stage.judge
    stage.judge = lambda **question: Verdict(True, "anybody", "never looked")
    yield
    stage.judge = strict


BREAKS: dict[str, tuple[Break, set[str]]] = {
    "the proxy's own grant dropped": (
        without_the_proxys_grant,
        {
            "migrator runs its migrations",
            "writer inserts through the proxy",
            "writer selects",
            "writer reaches another schema",
            "writer creates a table",
        },
    ),
    "CONNECT of the proxy's own login taken": (
        sql("REVOKE CONNECT ON DATABASE app FROM rdsproxyadmin", "GRANT CONNECT ON DATABASE app TO rdsproxyadmin"),
        {
            "migrator runs its migrations",
            "writer inserts through the proxy",
            "writer selects",
            "writer reaches another schema",
            "writer creates a table",
        },
    ),
    "the writer's grant dropped": (
        without_the_writers_grant,
        {
            "writer inserts through the proxy",
            "writer selects",
            "writer reaches another schema",
            "writer creates a table",
        },
    ),
    "the writer's policy widened to *": (
        with_the_writers_policy_widened,
        {"writer straight to the cluster", "writer as migrator", "writer as the master"},
    ),
    "the migrator's policy widened to *": (
        widened(lambda stage: stage.deployed.function("workload", "Migrator").role),
        {"migrator as writer"},
    ),
    "the bootstrap's policy widened to *": (
        widened(lambda stage: stage.deployed.function("access", "Bootstrap").role),
        {"bootstrap as writer"},
    ),
    "the proxy's policy widened to *": (
        widened(lambda stage: stage.deployed.proxy["RoleArn"]),
        {"the proxy's role as the master"},
    ),
    "the proxy without a target": (
        without_the_proxys_target,
        {
            "migrator runs its migrations",
            "writer inserts through the proxy",
            "writer selects",
            "writer reaches another schema",
            "writer creates a table",
            "writer as migrator",
            "writer as the master",
            "migrator as writer",
            "expired token",
            "tampered token",
            "foreign region's token",
            "cluster's token at the proxy",
            "no TLS, at the proxy",
        },
    ),
    "TLS optional at the proxy": (with_tls_optional_at_the_proxy, {"no TLS, at the proxy"}),
    "TLS optional at the cluster": (with_tls_optional_at_the_database, {"no TLS, at the cluster"}),
    "SELECT granted": (
        sql("GRANT SELECT ON foo.event TO lambda_writer", "REVOKE SELECT ON foo.event FROM lambda_writer"),
        {"writer selects"},
    ),
    "SELECT granted to PUBLIC": (
        sql("GRANT SELECT ON foo.event TO PUBLIC", "REVOKE SELECT ON foo.event FROM PUBLIC"),
        {"writer selects"},
    ),
    "INSERT revoked": (
        sql("REVOKE INSERT ON foo.event FROM lambda_writer", "GRANT INSERT ON foo.event TO lambda_writer"),
        {"writer inserts through the proxy"},
    ),
    "another schema opened": (
        sql(
            "GRANT USAGE ON SCHEMA ops TO lambda_writer; GRANT SELECT ON ops.migration TO lambda_writer",
            "REVOKE USAGE ON SCHEMA ops FROM lambda_writer; REVOKE SELECT ON ops.migration FROM lambda_writer",
        ),
        {"writer reaches another schema"},
    ),
    "CREATE granted": (
        sql(
            "GRANT CREATE ON SCHEMA foo TO lambda_writer",
            "REVOKE CREATE ON SCHEMA foo FROM lambda_writer; DROP TABLE foo.mine",
        ),
        {"writer creates a table"},
    ),
    "the master out of rds_iam": (
        # also out of the users it made, which are in rds_iam; by REVOKE it would take their memberships away, too
        sql(
            "CREATE TABLE public.kept AS SELECT * FROM pg_auth_members WHERE member = 'keyless_master'::regrole; "
            "DELETE FROM pg_auth_members WHERE member = 'keyless_master'::regrole",
            "INSERT INTO pg_auth_members TABLE public.kept; DROP TABLE public.kept",
        ),
        {"master with a password", "the proxy's role as the master"},
    ),
    "tokens not looked at": (
        with_a_judge_that_accepts_everything,
        {
            "writer straight to the cluster",
            "writer as migrator",
            "writer as the master",
            "expired token",
            "tampered token",
            "foreign region's token",
            "cluster's token at the proxy",
            "master with a password",
            "migrator as writer",
            "bootstrap as writer",
            "the proxy's role as the master",
        },
    ),
}
