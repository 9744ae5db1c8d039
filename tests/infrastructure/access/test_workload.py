"""One call gives a function everything it needs for one user of one database, or says why it can't."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from db_access.errors import SpecError
from keyless_aurora.access.client_access import ClientAccess
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.own_bundles import CLIENT
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.stacks.workload import WorkloadStack
from tests.app.environments import DEV
from tests.app.workload import FUNCTIONS
from tests.infrastructure.support import Synthesis, synthesize, watched
from tests.infrastructure.variants import MIXED, VARIANTS

SPEC = watched(
    {
        "databases": [{"name": "app"}, {"name": "other"}],
        "users": [
            {"username": "migrator", "databases": ["app"]},
            {"username": "lambda_writer", "databases": ["app"]},
            {"username": "resting", "databases": ["app"], "enabled": False},
            {"username": "robot", "databases": ["app"], "auth_method": "none"},
            {"username": "mute", "databases": ["app"], "can_login": False},
            {"username": "member", "groups": ["inner"]},
            {"username": "outside", "groups": [{"name": "inner", "inherit": False}]},
            {"username": "with_secret", "databases": ["app"], "auth_method": "password"},
        ],
        "groups": [{"name": "outer", "databases": ["other"]}, {"name": "inner", "groups": ["outer"]}],
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
        "DB_LOGIN_SECONDS": "18",  # of its 24, so that a refusal still finds its way into the log
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
    assert every.deployment.access in every.deployment.own[0].dependencies


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesize(DEV, tmp_path_factory.mktemp("grants"), SPEC)


def _function(dev: Synthesis, name: str, seconds: int = 15) -> VpcFunction:
    return VpcFunction(
        dev.deployment.own[0],
        name,
        network=dev.deployment.network.network,
        code=lambda_.Code.from_inline("x"),
        handler="index.x",
        description=name,
        logs=dev.deployment.network.logs,
        timeout=Duration.seconds(seconds),
    )


def _access(dev: Synthesis, proxy: bool = True) -> ClientAccess:
    there = dev.deployment.database
    return ClientAccess(
        SPEC,
        there.database,
        there.proxy if proxy else None,
        there.secrets,
        ClientLayer(CLIENT, LAMBDA),
        Pattern.A,
        dev.deployment.network.network,
    )


def _grant(
    dev: Synthesis, name: str, *, user: Any, database: Any, proxy: bool = True, seconds: int = 15, **more: Any
) -> None:
    function = _function(dev, name, seconds)
    access = _access(dev, proxy)
    access.grant(function, user=user, database=database, **more)
    access.refuse()


REFUSALS = {
    ("lambda_writter", "app"): [
        "the spec has no user 'lambda_writter'; did you mean 'lambda_writer'? allowed: migrator, lambda_writer, resting, "
        "member, outside, drift_watch"
    ],
    ("nobody", "ap"): [
        "the spec has no user 'nobody'; allowed: migrator, lambda_writer, resting, member, outside, drift_watch",
        "the spec has no database 'ap'; did you mean 'app'? allowed: app, other",
    ],
    ("migrator", "other"): [
        "user 'migrator' may not connect to database 'other', by itself or through a group; allowed: app, or a grant in the spec"
    ],
    ("robot", "other"): [
        "user 'robot' has auth_method: none and can_login: true, which pattern A (IAM through RDS Proxy) can't use; "
        "allowed: auth_method: iam with can_login: true",
        "user 'robot' may not connect to database 'other', by itself or through a group; allowed: app, or a grant in the spec",
    ],
    ("member", "app"): [
        "user 'member' may not connect to database 'app', by itself or through a group; allowed: other, or a grant in the "
        "spec"
    ],
    ("outside", "other"): [
        "user 'outside' may not connect to database 'other', by itself or through a group; allowed: a grant in the spec"
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


def test_a_user_may_be_granted_where_only_its_groups_have_rights(dev: Synthesis) -> None:
    _grant(dev, "Member", user="member", database="other")


@pytest.mark.parametrize(
    ("asked", "problems"),
    [
        ({"pattern": "A"}, ["pattern: 'A' is a text; allowed: Pattern.A, Pattern.B, Pattern.C, Pattern.D"]),
        (
            {"user": None, "database": 5, "reader": "yes"},
            [
                "user: None is given; allowed: a text",
                "database: 5 is a whole number; allowed: a text",
                "reader: 'yes' is a text; allowed: True or False",
            ],
        ),
        (
            {"user": "with_secret", "pattern": Pattern.D},
            [
                "pattern: pattern D (a secret, direct) is impossible with Aurora PostgreSQL: it has IAM authentication, and "
                "RDS Proxy works with it; allowed: A (IAM through RDS Proxy), B (a secret through RDS Proxy), C (direct, with "
                "IAM or a secret)"
            ],
        ),
        (
            {"seconds": 10},
            [
                "its timeout of 10 s ends it before it learns that the proxy has no connection for it; allowed: more than "
                "proxy.borrow_timeout_seconds, which is 10, or less of that"
            ],
        ),
    ],
)
def test_a_grant_that_can_not_work_is_refused_with_the_function_that_asks(
    dev: Synthesis, asked: dict[str, Any], problems: list[str], request: pytest.FixtureRequest
) -> None:
    name = f"Wrong{request.node.callspec.indices['asked']}"
    with pytest.raises(SpecError) as refused:
        _grant(dev, name, **{"user": "migrator", "database": "app", **asked})
    assert list(refused.value.problems) == [f"KeylessAurora-dev-workload/{name}: {text}" for text in problems]


def test_a_grant_after_the_budget_is_refused_at_once(dev: Synthesis) -> None:
    access = _access(dev)
    access.refuse()
    with pytest.raises(
        SpecError, match=r"/Late: the connection budget has been made without it; allowed: a grant before"
    ):
        access.grant(_function(dev, "Late"), user="migrator", database="app")


@pytest.mark.parametrize(
    ("environments", "granted", "user"), [(Pattern.A, Pattern.B, "lambda_writer"), (Pattern.B, Pattern.A, "migrator")]
)
def test_the_proxy_serves_the_pattern_of_each_grant_beside_the_environments(
    out: Path, environments: Pattern, granted: Pattern, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack of the user's own grants one function a pattern that no setting names."""
    own = partial(WorkloadStack, functions={"Own": replace(FUNCTIONS["Writer"], user=user)})
    given = ClientAccess.grant
    monkeypatch.setattr(
        ClientAccess, "grant", lambda self, *args, **more: given(self, *args, **{**more, "pattern": granted})
    )
    environment = replace(DEV, pattern=environments, workloads={})
    templates = synthesize(environment, out, MIXED, [own]).templates
    proxy = templates.props("database/Proxy/Proxy")
    assert proxy["DefaultAuthScheme"] == "IAM_AUTH"
    assert [(auth["AuthScheme"], auth["ClientPasswordAuthType"]) for auth in proxy["Auth"]] == [
        ("SECRETS", "POSTGRES_SCRAM_SHA_256")
    ]
    may = {
        action
        for statement in templates.props("database/Proxy/Role/DefaultPolicy")["PolicyDocument"]["Statement"]
        for action in (statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
    }
    assert may == {"rds-db:connect", "secretsmanager:GetSecretValue", "kms:Decrypt"}


def test_a_grant_through_a_proxy_that_no_pattern_makes_is_refused(dev: Synthesis) -> None:
    with pytest.raises(
        SpecError,
        match=r"NoProxy: pattern A goes through RDS Proxy, and the environment has none, .* allowed: pattern C, or",
    ):
        _grant(dev, "NoProxy", user="migrator", database="app", proxy=False)


def test_disabling_a_user_in_the_spec_leaves_its_functions_deployable_and_is_said(dev: Synthesis) -> None:
    """As an information: a warning would fail `make synth`."""
    _grant(dev, "Resting", user="resting", database="app")
    workload = dev.deployment.own[0]
    (said,) = [
        entry.data for entry in workload.node.find_child("Resting").node.metadata if entry.type == "aws:cdk:info"
    ]
    assert said.startswith("user 'resting' has enabled: false in the spec, so each login as it is refused")
    assert not [entry for entry in workload.node.find_child("Writer").node.metadata if entry.type == "aws:cdk:info"]


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
