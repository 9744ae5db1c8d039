"""One construct beside what somebody has: docs/library.md's own snippet, in a stack without a KeylessApp."""

import json
import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from db_access.errors import SpecError
from keyless_aurora.settings.database import ExistingDatabase
from keyless_aurora.settings.error import UnfitError
from keyless_aurora.settings.network import ExistingNetwork
from tests.app.app import ACCESS
from tests.infrastructure.support import ROOT, new_app
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import VARIANTS

IMPORTS = """
from pathlib import Path
import aws_cdk as cdk
from aws_cdk.aws_logs import RetentionDays
import cdk_nag
from constructs import Construct
from db_access.spec import AccessSpec
from keyless_aurora.access.client_access import ClientAccess
from keyless_aurora.access.database_access import DatabaseAccess
from keyless_aurora.access.engine_function import EngineFunction
from keyless_aurora.database.existing import ImportedDatabase
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.own_bundles import CLIENT, ENGINE
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.existing import ImportedNetwork
from keyless_aurora.settings.database import ExistingDatabase
from keyless_aurora.settings.logs import LogRetention
from keyless_aurora.settings.network import ExistingNetwork
from keyless_checks.gates import guard_rules
from keyless_checks.judged import PACKS, VALIDATOR
from keyless_checks.witness import Gates
"""
NAME = "Orders-prod-rights"


def documented() -> dict[str, Any]:
    """The names that the page's first snippet defines."""
    names: dict[str, Any] = {}
    exec(IMPORTS + snippets()[0], names)  # what the page says, and nothing else
    return names


def snippets() -> list[str]:
    """The page's: a stack, the gates around it, and the lines in it that grant."""
    text = (ROOT / "docs" / "library.md").read_text()
    return [dedent(found) for found in re.findall(r"```python library\n(.*?)```", text, re.DOTALL)]


def rights(app: cdk.App, **changes: Any) -> Any:
    """The page's stack, on what is there; `changes` of the database's ids, or of the network's."""
    there, _ = VARIANTS["existing-cluster"]
    assert isinstance(there.database, ExistingDatabase) and isinstance(there.network, ExistingNetwork)
    of_network = {name: changes.pop(name) for name in [*changes] if name in vars(there.network)}
    vpc, cluster = replace(there.network, **of_network), replace(there.database, **changes)
    return documented()["Rights"](app, NAME, vpc=vpc, cluster=cluster, spec=ACCESS)


def function(stack: cdk.Stack, vpc: str = "vpc-0123456789abcdef0") -> lambda_.Function:
    """Somebody's own."""
    return lambda_.Function(
        stack,
        "Orders",
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        vpc=ec2.Vpc.from_vpc_attributes(
            stack,
            "Theirs",
            vpc_id=vpc,
            availability_zones=["eu-west-1a"],
            isolated_subnet_ids=["subnet-0000000a"],
        ),
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    )


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    app = new_app(tmp_path_factory.mktemp("rights"))
    stack = rights(app)
    orders = function(stack)
    *_, grant = snippets()
    exec(grant.replace('user="orders"', 'user="lambda_writer"'), {"self": stack, "orders": orders})
    folder = Path(app.synth().directory)
    return Templates({"rights": json.loads((folder / f"{NAME}.template.json").read_text())})


def test_the_spec_is_carried_out_in_the_existing_cluster(templates: Templates) -> None:
    (resource,) = templates.of_type("Custom::DatabaseAccess")
    assert resource["Properties"]["Cluster"] == "cluster-ABCDEFGHIJKL"
    assert templates.of_type("AWS::RDS::DBCluster") == []
    assert templates.of_type("AWS::EC2::VPC") == []


def test_a_function_of_theirs_logs_in_as_its_user_and_nobody_else(templates: Templates) -> None:
    policy = templates.props("rights/Orders/ServiceRole/DefaultPolicy")["PolicyDocument"]["Statement"]
    (connect,) = [statement for statement in policy if statement["Action"] == "rds-db:connect"]
    assert templates.text("rights", connect["Resource"]).endswith("dbuser:cluster-ABCDEFGHIJKL/lambda_writer")


def _judged(out: Path, **changes: Any) -> None:
    """As the page says that the gates are attached, without bundles and without the flags of a cdk.json."""
    there, _ = VARIANTS["existing-cluster"]
    assert isinstance(there.database, ExistingDatabase)
    _, gates, _ = snippets()
    bare = gates.replace("cdk.App(", "cdk.App(outdir=out, context={'aws:cdk:bundling-stacks': []}, ")
    assert bare != gates
    names = {"out": str(out), "vpc": there.network, "cluster": replace(there.database, **changes), "spec": ACCESS}
    exec(bare, documented() | names)


def test_the_packs_and_the_validator_find_nothing_in_it(tmp_path: Path) -> None:
    _judged(tmp_path)


def test_attached_so_the_guard_rules_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ids that the constructs would have refused."""
    monkeypatch.setattr("keyless_aurora.database.existing.database_problems", lambda *_, **__: ())
    with pytest.raises(RuntimeError, match=r"ERROR PolicyDocument\S+ rds-db:connect names one user"):
        _judged(tmp_path, resource_id="*")


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "any database": ({"resource_id": "*"}, r"database\.resource_id: '\*' is not"),
    "an address": ({"endpoint": "10.0.0.1"}, r"database\.endpoint: '10\.0\.0\.1' is not"),
    "the reader": (
        {"endpoint": "legacy.cluster-ro-abc.eu-west-1.rds.amazonaws.com"},
        r"database\.endpoint: .* is not the writer's own",
    ),
    "a group's name": ({"security_group_id": "default"}, r"database\.security_group_id: 'default' is not a valid id"),
    "no master": ({"master": ""}, r"database\.master: it has 0 bytes"),
    "no connections": ({"max_connections": 0}, r"database\.max_connections: "),
    "no port": ({"port": 0}, r"database\.port: 0 is out of range"),
    "every address": ({"cidr": "0.0.0.0/0"}, r"network\.cidr: '0\.0\.0\.0/0' is not a valid range"),
    "a subnet for two zones": ({"workload_subnets": ("subnet-0000000a",)}, r"network\.workload_subnets: 1 for 2"),
    "nowhere": (
        {"workload_subnets": (), "database_subnets": (), "availability_zones": ()},
        r"network\.availability_zones: 0 of them are too few",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_ids_that_cant_be_are_refused_where_the_construct_is_made(tmp_path: Path, name: str) -> None:
    changes, problem = WRONG[name]
    with pytest.raises(
        UnfitError, match=rf"(?s)test_one_construct\.py:\d+: Existing\w+ has \d problems?:\n.*{problem}"
    ):
        rights(new_app(tmp_path), **changes)


def test_all_that_is_wrong_with_them_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnfitError) as refused:
        rights(new_app(tmp_path), resource_id="*", port=0, security_group_id="default")
    assert len(refused.value.problems) == 3


REFUSED: dict[str, tuple[str, str, str]] = {
    "a user that isn't": ("nobody", "vpc-0123456789abcdef0", "the spec has no user 'nobody'"),
    "the drift watch": ("drift_watch", "vpc-0123456789abcdef0", "user 'drift_watch' is the drift watch's own"),
    "another VPC": ("lambda_writer", "vpc-0999", "it is in VPC vpc-0999, from which nothing leads to the database"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "forgotten"])
def test_a_wrong_grant_fails_the_synth_whether_somebody_asks_or_not(tmp_path: Path, name: str, asked: bool) -> None:
    user, vpc, problem = REFUSED[name]
    app = new_app(tmp_path)
    stack = rights(app)
    stack.clients.grant(function(stack, vpc), user=user, database="app")
    with pytest.raises(SpecError if asked else RuntimeError, match=rf"{NAME}/Orders\W* {problem}.*allowed: "):
        stack.clients.refuse() if asked else app.synth()


@pytest.mark.parametrize("user", ["lambda_writer", "migrator"])
def test_a_function_is_given_access_once(tmp_path: Path, user: str) -> None:
    stack = rights(new_app(tmp_path))
    orders = function(stack)
    stack.clients.grant(orders, user="lambda_writer", database="app")
    stack.clients.grant(orders, user=user, database="app")
    with pytest.raises(SpecError, match="it has been given access already, and logs in as one user"):
        stack.clients.refuse()
