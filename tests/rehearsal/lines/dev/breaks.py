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


def beside(resource: Callable[[Stage], tuple[str, str]]) -> Break:
    """The writer with the right to log in as another user, at (resource id, user), beside its own."""

    def broken(stage: Stage) -> AbstractContextManager[None]:
        other = "arn:aws:rds-db:eu-west-1:000000000000:dbuser:{}/{}".format(*resource(stage))
        role = stage.deployed.function("workload", "Writer").role
        return policies.changed(
            stage, role, statements(lambda own: [own, other] if isinstance(own, str) else [*own, other])
        )

    return broken


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


BEHIND_THE_PROXY = {
    "Migrator: runs its migrations",
    "Migrator logs in as migrator, through the proxy",
    "Writer: writes two events",
    "Writer logs in as lambda_writer, through the proxy",
}


def as_others(name: str, at: str, *users: str) -> set[str]:
    return {f"{name} as {user}{at}" for user in users}


OTHERS = {
    "Migrator": ("lambda_writer", "drift_watch", "the master"),
    "Writer": ("migrator", "drift_watch", "the master"),
    "Bootstrap": ("migrator", "lambda_writer", "drift_watch"),
    "Watch": ("migrator", "lambda_writer", "the master"),
}
DIRECT = ("Bootstrap", "Watch")
"""The others go through the proxy."""
AT_PROXY = {
    name: as_others(name, ", at the proxy" if name in DIRECT else "", *users)
    | ({f"{name} straight to the proxy"} if name in DIRECT else set())
    for name, users in OTHERS.items()
}
AT_CLUSTER = {
    name: as_others(name, "" if name in DIRECT else ", at the cluster", *users)
    | (set() if name in DIRECT else {f"{name} straight to the cluster"})
    for name, users in OTHERS.items()
}
ANYWHERE = {name: AT_PROXY[name] | AT_CLUSTER[name] for name in OTHERS}
TOKENS = {"expired token", "tampered token", "foreign region's token", "cluster's token at the proxy"}

BREAKS: dict[str, tuple[Break, set[str]]] = {
    "the proxy's own grant dropped": (without_the_proxys_grant, BEHIND_THE_PROXY),
    "CONNECT of the proxy's own login taken": (
        sql("REVOKE CONNECT ON DATABASE app FROM rdsproxyadmin", "GRANT CONNECT ON DATABASE app TO rdsproxyadmin"),
        BEHIND_THE_PROXY,
    ),
    "the writer's grant dropped": (
        without_the_writers_grant,
        {"Writer: writes two events", "Writer logs in as lambda_writer, through the proxy"},
    ),
    "the writer's policy widened to *": (
        with_the_writers_policy_widened,
        ANYWHERE["Writer"],
    ),
    "the writer given another's right, straight at the cluster": (
        beside(lambda stage: (stage.database.resource_id, "migrator")),
        {"Writer as migrator, at the cluster"},
    ),
    "the migrator's policy widened to *": (
        widened(lambda stage: stage.deployed.function("workload", "Migrator").role),
        ANYWHERE["Migrator"],
    ),
    "the bootstrap's policy widened to *": (
        widened(lambda stage: stage.deployed.function("access", "Bootstrap").role),
        ANYWHERE["Bootstrap"],
    ),
    "the proxy's policy widened to *": (
        widened(lambda stage: stage.deployed.proxy["RoleArn"]),
        {"the proxy's role as the master"},
    ),
    "the proxy without a target": (
        without_the_proxys_target,
        {*BEHIND_THE_PROXY, *(line for lines in AT_PROXY.values() for line in lines), *TOKENS, "no TLS, at the proxy"},
    ),
    "TLS optional at the proxy": (with_tls_optional_at_the_proxy, {"no TLS, at the proxy"}),
    "TLS optional at the cluster": (with_tls_optional_at_the_database, {"no TLS, at the cluster"}),
    "SELECT granted": (
        sql("GRANT SELECT ON foo.event TO lambda_writer", "REVOKE SELECT ON foo.event FROM lambda_writer"),
        {"lambda_writer: SELECT on table foo.event in database app"},
    ),
    "SELECT granted to PUBLIC": (
        sql("GRANT SELECT ON foo.event TO PUBLIC", "REVOKE SELECT ON foo.event FROM PUBLIC"),
        {"lambda_writer: SELECT on table foo.event in database app"},
    ),
    "INSERT revoked": (
        sql("REVOKE INSERT ON foo.event FROM lambda_writer", "GRANT INSERT ON foo.event TO lambda_writer"),
        {"Writer: writes two events", "lambda_writer: INSERT on table foo.event in database app"},
    ),
    "the owner's own right revoked": (
        sql("REVOKE TRUNCATE ON foo.event FROM app_owner", "GRANT TRUNCATE ON foo.event TO app_owner"),
        {"migrator (as app_owner): TRUNCATE on table foo.event in database app"},
    ),
    "a user itself given what its owner has": (
        sql("GRANT USAGE ON SCHEMA foo TO migrator", "REVOKE USAGE ON SCHEMA foo FROM migrator"),
        {"migrator (as itself): USAGE on schema foo in database app"},
    ),
    "another schema opened": (
        sql(
            "GRANT USAGE ON SCHEMA ops TO lambda_writer; GRANT SELECT ON ops.migration TO lambda_writer",
            "REVOKE USAGE ON SCHEMA ops FROM lambda_writer; REVOKE SELECT ON ops.migration FROM lambda_writer",
        ),
        {
            "lambda_writer: USAGE on schema ops in database app",
            "lambda_writer: SELECT on table ops.migration in database app",
        },
    ),
    "CREATE granted": (
        sql("GRANT CREATE ON SCHEMA foo TO lambda_writer", "REVOKE CREATE ON SCHEMA foo FROM lambda_writer"),
        {"lambda_writer: CREATE on schema foo in database app"},
    ),
    "a sequence set": (
        sql(
            "GRANT UPDATE ON SEQUENCE foo.event_id_seq TO lambda_writer",
            "REVOKE UPDATE ON SEQUENCE foo.event_id_seq FROM lambda_writer",
        ),
        {"lambda_writer: UPDATE on sequence foo.event_id_seq in database app"},
    ),
    "a function for everybody": (
        sql("CREATE FUNCTION foo.given() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION foo.given()"),
        {
            "lambda_writer: EXECUTE on function foo.given() in database app",
            "owners of schemas and what is in them in database app",
        },
    ),
    "a database opened": (
        sql("GRANT CREATE ON DATABASE app TO drift_watch", "REVOKE CREATE ON DATABASE app FROM drift_watch"),
        {"drift_watch: CREATE on database app"},
    ),
    "a login taken": (
        sql("ALTER ROLE drift_watch NOLOGIN", "ALTER ROLE drift_watch LOGIN"),
        {"Watch logs in as drift_watch, straight into the cluster", "drift_watch in database app"},
    ),
    "the master out of rds_iam": (
        # also out of the users it made, which are in rds_iam; by REVOKE it would take their memberships away, too
        sql(
            "CREATE TABLE public.kept AS SELECT * FROM pg_auth_members WHERE member = 'keyless_master'::regrole; "
            "DELETE FROM pg_auth_members WHERE member = 'keyless_master'::regrole",
            "INSERT INTO pg_auth_members TABLE public.kept; DROP TABLE public.kept",
        ),
        {
            "master with a password",
            "the proxy's role as the master",
            "Bootstrap logs in as the master, straight into the cluster",
            "Watch as the master",
            "Migrator as the master, at the cluster",
            "Writer as the master, at the cluster",
        },
    ),
    "tokens not looked at": (
        with_a_judge_that_accepts_everything,
        {
            *TOKENS,
            *(line for lines in ANYWHERE.values() for line in lines),
            "master with a password",
            "the proxy's role as the master",
        },
    ),
}
