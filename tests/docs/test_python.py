"""Python in the docs runs where it is written for: settings and stacks make apps that break no rule, handlers answer
from a real database with a real token, quotations are what the file says."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from keyless_client import events
from tests.docs.python import environments, quotes, stacks
from tests.docs.python.running import run
from tests.docs.reading.pages import Block, of_kind
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
EVENT = {"name": "hello", "payload": {}}


def blocks(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", of_kind(f"python {kind}"), ids=lambda block: block.place)


def block(text: str, *info: str) -> Block:
    return Block("docs/new.md", 1, ("python", *info), text)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "cdk.out"


@blocks("environment")
def test_settings_make_an_app_that_breaks_no_rule(block: Block, out: Path) -> None:
    assert list(environments.problems(block, out)) == []


@pytest.mark.parametrize(
    "text",
    [
        "pattern = Pattern.C",
        "from keyless_aurora.settings.workload import Workload\nworkload = {}",
        "rotation_days = 0",
        "from keyless_aurora.settings.network import NewNetwork\nnetwork = NewNetwork('10.0.0.0/23', ('eu-west-1a',))",
        "rotation_days = (",
        "from keyless_aurora.settings.networks import NewNetwork",
    ],
)
def test_settings_that_can_not_work_are_seen(text: str, out: Path) -> None:
    assert list(environments.problems(block(text, "environment"), out))


@blocks("stack")
def test_what_a_stack_makes_breaks_no_rule(block: Block, out: Path) -> None:
    assert list(stacks.problems(block, out)) == []


@pytest.mark.parametrize(
    "text",
    [
        'access.grant(function, user="repots", database="app")',
        'access.give(function, user="reports", database="app")',
        "VpcFunction(self)",
        'import aws_cdk as cdk\nfrom aws_cdk import aws_iam as iam\niam.CfnUser(self, "User")',
    ],
)
def test_a_stack_that_breaks_a_rule_is_seen(text: str, out: Path) -> None:
    try:
        assert list(stacks.problems(block(text, "stack"), out))
    except Exception as error:
        assert type(error).__name__ in ("SpecError", "AttributeError", "UsageError"), error


@blocks("handler")
def test_a_handler_answers_from_the_database(block: Block, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_hooks", [])
    database = endpoint.proxy.superuser
    database.execute("CREATE SCHEMA foo")
    try:
        database.execute("CREATE TABLE foo.event (id serial, name text NOT NULL, payload jsonb NOT NULL)")
        endpoint.create("lambda_writer")
        database.execute(
            "GRANT USAGE ON SCHEMA foo TO lambda_writer; GRANT ALL ON ALL TABLES IN SCHEMA foo TO lambda_writer"
        )
        database.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA foo TO lambda_writer")
        with patch.dict(os.environ):
            run(block)["handler"](EVENT, None)
    finally:
        client_endpoint.end_invocations()
        database.execute("DROP SCHEMA foo CASCADE")


@blocks("quote")
def test_a_quotation_is_what_the_file_says(block: Block) -> None:
    assert list(quotes.unquoted(block)) == []


@pytest.mark.parametrize("file", ["keyless_checks/rules/proxy.py", "keyless_checks/rules/gone.py"])
def test_a_quotation_that_is_none_is_seen(file: str) -> None:
    assert list(quotes.unquoted(block("def tls() -> None:\n    pass", "quote", file)))


@blocks("own")
def test_what_own_stacks_add_is_what_the_app_takes(block: Block) -> None:
    assert list(quotes.not_own(block)) == []


@pytest.mark.parametrize("text", ["Own(kinds={'reports': set()})", "Own(types={'reports': ['AWS::S3::Bucket']})"])
def test_what_the_app_does_not_take_is_seen(text: str) -> None:
    assert list(quotes.not_own(block(text, "own")))
