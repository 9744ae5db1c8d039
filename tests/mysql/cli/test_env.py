"""`--env` of an environment whose stacks say the MySQL family: its server, as its master, with the password of the
master's secret."""

from pathlib import Path
from typing import Any

import pytest

from keyless.cli.environment import chosen, deployed
from keyless.cli.environment.stacks import Stacks
from keyless.cli.environment.watch import WatchError, watch_of
from keyless_client import secret
from tests.mysql.cli.runner import Cli
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import grant, spec, user
from tests.mysql.functions.deploying import MASTER_SECRET, as_text
from tests.mysql.servers import Instance

READER = spec(user("reader", grant("foo", access="read_only")), user("drift_watch"))
OUTPUTS = {
    "shop-dev-database": {"DatabaseEndpoint": "localhost"},
    "shop-dev-access": {"BootstrapFunctionName": "bootstrap"},
}


@pytest.fixture
def cli(instance: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """The shell's variables say other places."""
    tables(instance)
    made = Cli(instance, monkeypatch, capsys, tmp_path)
    function = {
        "DB_ENGINE_FAMILY": "mysql",
        "MYSQL_HOST": "localhost",
        "MYSQL_TCP_PORT": str(instance.server.port),
        "MYSQL_USER": instance.master,
        "DB_MASTER_SECRET_ARN": MASTER_SECRET,
        "WATCH_USER": "drift_watch",
    }

    class Lambda:
        def get_function_configuration(self, **_: Any) -> dict[str, Any]:
            return {"Environment": {"Variables": function}}

    stacks = Stacks("shop-dev", "us-east-1", lambda _: Lambda(), OUTPUTS)
    monkeypatch.setattr(chosen, "deployed_environment", lambda _: deployed.place_of(stacks))
    monkeypatch.setattr(secret, "_text", lambda arn: {MASTER_SECRET: as_text("admin", instance.password)}[arn])
    made.env(PGHOST="elsewhere", MYSQL_HOST="elsewhere", MYSQL_PWD="of elsewhere", MYSQL_USER="another")
    return made


def test_sync_and_prove_go_to_the_environment_s_server_as_its_master(cli: Cli) -> None:
    made = cli("sync", "--env", "dev", "--yes", "--config", cli.file(READER))
    assert made.status == 0, made
    assert (
        "server localhost: connecting as admin" in made.err and "not used, for it may be of another place" in made.err
    )
    assert cli("prove", "--env", "dev", "--config", cli.file(READER)).status == 0
    assert cli.instance.password not in made.out + made.err and "of elsewhere" not in made.err


def test_a_sync_makes_what_the_environment_s_drift_watch_looks_by(cli: Cli) -> None:
    made = cli("sync", "--env", "dev", "--yes", "--config", cli.file(READER))
    assert "which the drift watch looks by" in made.out, made
    assert cli("plan", "--env", "dev", "--detailed-exitcode", "--config", cli.file(READER)).status == 0


def test_its_access_stack_manages_what_a_spec_says_nobody_does(cli: Cli) -> None:
    made = cli("sync", "--env", "dev", "--yes", "--format", "sql", "--config", cli.file(READER))
    assert made.status == 0 and "`keyless/shop-dev-access`" in made.out


def test_an_interruption_doesn_t_say_that_anything_was_rolled_back(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("db_access.mysql.reconcile.preview", interrupted)
    answer = cli("plan", "--env", "dev", "--config", cli.file(READER))
    assert answer.status == 130 and "nobody has more than the former spec or this one gives" in answer.err


def test_what_is_for_postgresql_alone_says_so(cli: Cli) -> None:
    answer = cli("matrix", "--env", "dev", "--database", "app")
    assert answer.status == 1 and "is for PostgreSQL alone so far" in answer.err


def test_its_drift_watch_is_not_asked_yet() -> None:
    function = {
        "Handler": "db_access.watch.handler",
        "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:watch",
        "Environment": {"Variables": {"DB_ENGINE_FAMILY": "mysql"}},
    }
    resource = {"ResourceType": "AWS::Lambda::Function", "LogicalResourceId": "Watch1", "PhysicalResourceId": "watch"}

    class Service:
        def get_paginator(self, _: str) -> "Service":
            return self

        def paginate(self, **_: str) -> list[dict[str, Any]]:
            return [{"StackResourceSummaries": [resource]}]

        def get_function_configuration(self, **_: str) -> dict[str, Any]:
            return function

    with pytest.raises(
        WatchError, match=r"is of a MySQL server, which isn't asked through Lambda yet; allowed: .* without"
    ):
        watch_of(lambda _: Service(), "us-east-1", "shop-dev-access")
    function["Environment"] = {"Variables": {}}
    assert watch_of(lambda _: Service(), "us-east-1", "shop-dev-access") == function["FunctionArn"]
