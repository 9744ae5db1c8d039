"""One call gives a function everything it needs for one user of one database, or says why it can't."""

from pathlib import Path

import pytest
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from db_access.errors import SpecError
from keyless_aurora.access.client_access import ClientAccess
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.functions.vpc_function import VpcFunction
from stacks.deployment import CLIENT
from stacks.environments import DEV
from tests.infrastructure.support import Synthesis, synthesize, watched
from tests.infrastructure.variants import VARIANTS

SPEC = watched(
    {
        "databases": [{"name": "app"}, {"name": "other"}],
        "users": [
            {"username": "migrator", "databases": ["app"]},
            {"username": "lambda_writer", "databases": ["app"]},
            {"username": "resting", "databases": ["app"], "enabled": False},
            {"username": "robot", "databases": ["app"], "auth_method": "none"},
            {"username": "mute", "databases": ["app"], "can_login": False},
        ],
    }
)


@pytest.mark.parametrize(("name", "user"), [("Migrator", "migrator"), ("Writer", "lambda_writer")])
def test_a_granted_function_knows_where_and_as_whom_to_connect(every: Synthesis, name: str, user: str) -> None:
    function = every.templates.props(f"workload/{name}/Function")
    variables = {
        key: every.templates.text("workload", value) for key, value in function["Environment"]["Variables"].items()
    }
    assert variables == {
        "PGHOST": "database/Proxy/Proxy.Endpoint",
        "PGPORT": "5432",
        "PGUSER": user,
        "PGDATABASE": "app",
    }
    assert [every.templates.text("workload", layer) for layer in function["Layers"]] == ["workload/ClientLayer"]


def test_functions_run_the_same_python_on_the_same_machine_as_the_layer(every: Synthesis) -> None:
    ours = [r["Properties"] for p, r in every.templates.named("AWS::Lambda::Function") if p.endswith("/Function")]
    assert [(f["Runtime"], f["Architectures"]) for f in ours] == [("python3.14", ["arm64"])] * 4
    for layer in every.templates.of_type("AWS::Lambda::LayerVersion"):
        assert (layer["Properties"]["CompatibleRuntimes"], layer["Properties"]["CompatibleArchitectures"]) == (
            ["python3.14"],
            ["arm64"],
        )


def test_each_stack_has_its_own_layer_so_that_none_is_exported(every: Synthesis) -> None:
    assert [path for path, _ in every.templates.named("AWS::Lambda::LayerVersion")] == [
        "access/ClientLayer",
        "access/Watch/AccessSpec",
        "workload/ClientLayer",
    ]
    exports = [
        o["Value"] for t in every.templates.by_stack.values() for o in t.get("Outputs", {}).values() if "Export" in o
    ]
    assert "Layer" not in str(exports)


def test_both_function_names_are_outputs(every: Synthesis) -> None:
    outputs = every.templates.by_stack["workload"]["Outputs"]
    assert {name: every.templates.text("workload", output["Value"]) for name, output in outputs.items()} == {
        "MigratorFunctionName": "workload/Migrator/Function",
        "WriterFunctionName": "workload/Writer/Function",
    }


def test_the_workload_comes_after_its_users_exist(every: Synthesis) -> None:
    assert every.deployment.access in every.deployment.workload.dependencies


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesize(DEV, tmp_path_factory.mktemp("grants"), SPEC)


def _grant(dev: Synthesis, name: str, *, user: str, database: str, reader: bool = False, proxy: bool = True) -> None:
    function = VpcFunction(
        dev.deployment.workload,
        name,
        network=dev.deployment.network.network,
        code=lambda_.Code.from_inline("x"),
        handler="index.x",
        description=name,
        logs=dev.deployment.network.logs,
        timeout=Duration.seconds(3),
    )
    there = dev.deployment.database
    access = ClientAccess(
        SPEC, there.database, there.proxy if proxy else None, there.secrets, ClientLayer(CLIENT, LAMBDA), Pattern.A
    )
    access.grant(function, user=user, database=database, reader=reader)
    access.refuse()


REFUSALS = {
    ("lambda_writter", "app"): [
        "the spec has no user 'lambda_writter'; did you mean 'lambda_writer'? allowed: migrator, lambda_writer, resting, "
        "drift_watch"
    ],
    ("nobody", "ap"): [
        "the spec has no user 'nobody'; allowed: migrator, lambda_writer, resting, drift_watch",
        "the spec has no database 'ap'; did you mean 'app'? allowed: app, other",
    ],
    ("migrator", "other"): ["user 'migrator' has no rights in database 'other'; allowed: app, or a grant in the spec"],
    ("robot", "other"): [
        "user 'robot' has auth_method: none and can_login: true, which pattern A (IAM through RDS Proxy) can't use; "
        "allowed: auth_method: iam with can_login: true",
        "user 'robot' has no rights in database 'other'; allowed: app, or a grant in the spec",
    ],
    ("mute", "app"): [
        "user 'mute' has auth_method: iam and can_login: false, which pattern A (IAM through RDS Proxy) can't use; "
        "allowed: auth_method: iam with can_login: true"
    ],
}


@pytest.mark.parametrize(("number", "asked"), list(enumerate(REFUSALS)))
def test_a_grant_that_the_spec_lacks_lists_every_problem_and_its_place(
    dev: Synthesis, number: int, asked: tuple[str, str]
) -> None:
    with pytest.raises(SpecError) as refused:
        _grant(dev, f"Refused{number}", user=asked[0], database=asked[1])
    assert list(refused.value.problems) == [
        f"KeylessAurora-dev-workload/Refused{number}: {text}" for text in REFUSALS[asked]
    ]


def test_a_grant_through_a_proxy_that_no_pattern_makes_is_refused(dev: Synthesis) -> None:
    with pytest.raises(SpecError, match="pattern A goes through RDS Proxy, and the environment's patterns make none"):
        _grant(dev, "NoProxy", user="migrator", database="app", proxy=False)


def test_disabling_a_user_in_the_spec_leaves_its_functions_deployable(dev: Synthesis) -> None:
    _grant(dev, "Resting", user="resting", database="app")


def test_a_workload_whose_user_left_the_spec_is_refused(out: Path) -> None:
    spec = watched({"databases": [{"name": "app"}], "users": [{"username": "migrator", "databases": ["app"]}]})
    with pytest.raises(SpecError, match=r"KeylessAurora-dev-workload/Writer: the spec has no user 'lambda_writer'"):
        synthesize(DEV, out, spec)


def test_a_reader_is_told_the_readers_host_and_signs_in_at_the_same_proxy(out: Path) -> None:
    """Its token is for that host; the id in the policy is the proxy's, whose authorizations its endpoints have."""
    templates = synthesize(VARIANTS["readers"][0], out, VARIANTS["readers"][1]).templates
    hosts = {
        name: templates.text(
            "workload", templates.props(f"workload/{name}/Function")["Environment"]["Variables"]["PGHOST"]
        )
        for name in ("Migrator", "Writer")
    }
    assert hosts == {"Migrator": "database/Proxy/Proxy.Endpoint", "Writer": "database/Proxy/Reader.Endpoint"}
    connect = [
        templates.text("workload", statement["Resource"])
        for name in ("Migrator", "Writer")
        for statement in templates.props(f"workload/{name}/Role/DefaultPolicy")["PolicyDocument"]["Statement"]
        if statement["Action"] == "rds-db:connect"
    ]
    assert [arn.rpartition("dbuser:")[2].rpartition("/")[0] for arn in connect] == [
        "part 6 by : of database/Proxy/Proxy.DBProxyArn"
    ] * 2
    assert templates.props("database/Proxy/Reader")["TargetRole"] == "READ_ONLY"


def test_a_reader_without_an_endpoint_for_it_is_refused(dev: Synthesis) -> None:
    with pytest.raises(SpecError) as refused:
        _grant(dev, "Reads", user="migrator", database="app", reader=True)
    assert list(refused.value.problems) == [
        "KeylessAurora-dev-workload/Reads: reader=True needs RDS Proxy's endpoint for readers; "
        "allowed: `proxy.reader_endpoint` with pattern A or B, or no reader"
    ]
