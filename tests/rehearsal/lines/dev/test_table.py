"""The rehearsal itself: every line holds on what is deployed, and each control, broken on purpose, turns the right
lines red.

One deployment serves all of them; they run in the file's order, and the last ones take it down.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, LiteralString

import pytest

from keyless.rehearsal.__main__ import status
from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.lines.lifecycle import again, going_down
from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.lines.writer import rows
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines import policies

Break = Callable[[Stage], AbstractContextManager[None]]


def wrong(lines: Iterator[Line]) -> set[str]:
    return {line.what for line in lines if not line.holds}


def test_every_line_holds_on_what_is_deployed(stage: Stage) -> None:
    lines = list(who_can_do_what(stage))
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    assert len(lines) == 18
    assert status(lines) == 0


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


@contextmanager
def with_tls_optional_at_the_proxy(stage: Stage) -> Iterator[None]:
    rds, name = stage.cloud.client("rds"), stage.deployed.proxy["DBProxyName"]
    rds.modify_db_proxy(DBProxyName=name, RequireTLS=False)
    yield
    rds.modify_db_proxy(DBProxyName=name, RequireTLS=True)


@contextmanager
def with_tls_optional_at_the_cluster(stage: Stage) -> Iterator[None]:
    stage.deployed.set_force_ssl("0")
    yield
    stage.deployed.set_force_ssl("1")


def sql(statement: LiteralString, undo: LiteralString) -> Break:
    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        behind(stage, statement)
        yield
        behind(stage, undo)

    return broken


def behind(stage: Stage, statements: LiteralString) -> None:
    """Run statements as the superuser, on a connection of their own: a measurement ends every open session."""
    with stage.superuser() as connection:
        connection.execute(statements)


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
    "TLS optional at the cluster": (with_tls_optional_at_the_cluster, {"no TLS, at the cluster"}),
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


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_control_turns_the_right_lines_red_and_no_other(stage: Stage, name: str) -> None:
    control, red = BREAKS[name]
    with control(stage):
        lines = list(who_can_do_what(stage))
    assert {line.what for line in lines if not line.holds} == red
    assert status(lines) == 1


def test_all_is_well_again_after_the_breaks(stage: Stage) -> None:
    assert wrong(who_can_do_what(stage)) == set()


def test_a_second_deploy_and_a_second_run_change_nothing(stage: Stage) -> None:
    assert wrong(again(stage)) == set()


def test_a_second_deploy_that_changes_something_is_seen(stage: Stage) -> None:
    """And the engine puts back what somebody changed behind its back, which is a change, too."""
    cloudformation, name = stage.cloud.client("cloudformation"), stage.deployed.stack("workload")
    text = (stage.assembly / f"{name}.template.json").read_text()
    cloudformation.update_stack(
        StackName=name, TemplateBody=text.replace('"Timeout": 15', '"Timeout": 16'), Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    behind(stage, "REVOKE INSERT ON foo.event FROM lambda_writer")
    assert wrong(again(stage)) == {"a second deploy", "the engine runs again"}


def test_rows_that_are_lost_with_the_access_are_seen(stage: Stage) -> None:
    lines = going_down(stage)
    assert rows(stage) > 0
    assert next(lines).holds
    behind(stage, "CREATE TABLE kept AS TABLE foo.event; TRUNCATE foo.event")
    lost = next(lines)
    assert (lost.holds, lost.measured.outcome) == (False, Outcome.LOST)
    behind(stage, "INSERT INTO foo.event SELECT * FROM kept; ALTER ROLE lambda_writer LOGIN")
    assert not next(lines).holds
    behind(stage, "ALTER ROLE lambda_writer NOLOGIN")


def test_destroying_everything_leaves_no_stack(stage: Stage) -> None:
    assert wrong(going_down(stage)) == set()
    assert stage.deployed.stacks() == set()


def test_nothing_is_left_of_a_rehearsal(stage: Stage) -> None:
    folder = stage.folder
    stage.__exit__(None, None, None)
    assert not Path(folder).exists()
