"""The access spec reaches the database through one custom resource for each database, quickly or not at all."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.deployed import Deployed
from keyless_aurora.database.user import connect_statement
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.settings.checked import changed, made_at
from keyless_aurora.stacks.deployment import build
from tests.app.environments import DEV
from tests.app.workload import workload
from tests.infrastructure.support import SPEC, Resource, Synthesis, synthesize, watched
from tests.infrastructure.templates import Templates

FUNCTION = "access/Bootstrap/Function"
USERS = [
    {"username": "migrator", "databases": ["app"]},
    {"username": "lambda_writer", "databases": ["app"]},
]


def _databases(templates: Templates) -> list[Resource]:
    return templates.of_type("Custom::DatabaseAccess")


def test_the_custom_resource_carries_the_whole_spec(every: Synthesis) -> None:
    (resource,) = _databases(every.templates)
    properties = resource["Properties"]
    assert properties["Database"] == "app"
    assert every.templates.text("access", properties["Cluster"]) == "database/Database/Cluster.DBClusterResourceId"
    named = SPEC.named(f"{every.environment.prefix}-access")
    assert properties["Spec"] == named.as_properties()
    assert AccessSpec.parse(properties["Spec"]) == named


def test_a_late_database_is_waited_for_and_a_failure_shows_within_a_quarter_of_an_hour(every: Synthesis) -> None:
    (resource,) = _databases(every.templates)
    assert resource["Properties"]["ServiceTimeout"] == "900"
    assert every.templates.props(FUNCTION)["Timeout"] == 840


def test_the_first_call_finds_the_functions_rights_in_place(every: Synthesis) -> None:
    needed = {FUNCTION, "access/Bootstrap/Role/DefaultPolicy", "access/Bootstrap/NoInterfacesForCode"}
    assert needed <= every.templates.waits_for("access/Access/Database-app")


def test_the_bootstrap_function_goes_to_the_cluster_as_the_master(every: Synthesis) -> None:
    function = every.templates.props(FUNCTION)
    variables = {
        name: every.templates.text("access", value) for name, value in function["Environment"]["Variables"].items()
    }
    assert variables == {
        "PGHOST": "database/Database/Cluster.Endpoint.Address",
        "PGPORT": "5432",
        "PGUSER": "keyless_master",
        "DB_CLUSTER_RESOURCE_ID": "database/Database/Cluster.DBClusterResourceId",
        "DEPLOYED_SPEC": function["Environment"]["Variables"]["DEPLOYED_SPEC"],
    }
    assert every.templates.props("database/Database/Cluster")["MasterUsername"] == variables["PGUSER"]
    assert function["Handler"] == "db_access.handler.on_event"
    assert [every.templates.text("access", group) for group in function["VpcConfig"]["SecurityGroupIds"]] == [
        "access/Bootstrap/Group.GroupId"
    ]


def test_a_changed_grant_is_a_changed_template_and_nothing_else_is(prod: Synthesis, out: Path) -> None:
    raw = SPEC.as_properties()
    raw["users"][1]["grants"][0]["access"] = "read_write"
    changed = synthesize(prod.environment, out, AccessSpec.parse(raw)).templates
    differing = {path for path, resource in prod.templates.named() if changed.at(path) != resource}
    pinned = {"access/Bootstrap/Function", "access/Watch/Function"}
    assert differing == {
        "access/Access/Database-app",
        "access/Watch/AccessSpec",
        "access/DriftWatch/Schedule-app",
        *pinned,
    }


def test_the_function_is_told_the_one_spec_that_it_carries_out(every: Synthesis) -> None:
    """As the custom resource's properties are, when CloudFormation has made text of every scalar."""
    (resource,) = _databases(every.templates)
    for function in (FUNCTION, "access/Watch/Function"):
        deployed = Deployed.read(every.templates.props(function)["Environment"]["Variables"])
        deployed.check(json.loads(json.dumps(resource["Properties"]["Spec"]), parse_int=str))
        assert deployed.managers == (f"{every.environment.prefix}-access",)
        assert deployed.databases == ("app",)
    bootstrap = Deployed.read(every.templates.props(FUNCTION)["Environment"]["Variables"])
    assert bootstrap.protected == every.environment.protected


def test_more_databases_than_a_functions_settings_hold_are_refused(out: Path) -> None:
    databases = [{"name": "app"}, *({"name": f"{n:060}"} for n in range(50))]
    with pytest.raises(SpecError, match=r"the names of 51 databases take [\d,]+ bytes .* at most 3,000"):
        synthesize(DEV, out, watched({"databases": databases, "users": USERS}))


WATCH = {"username": "drift_watch", "databases": ["app"]}


@pytest.mark.parametrize(
    ("user", "said"),
    [
        (None, "no user has that name"),
        ({"auth_method": "password"}, "doesn't log in with IAM tokens"),
        ({"enabled": False}, "doesn't log in with IAM tokens"),
        ({"databases": []}, "can't connect to app"),
        ({"connection_limit": 0}, "has a connection_limit of 0, and looks 1 at once"),
        ({"grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}, "has grants"),
        ({"groups": ["pg_monitor"]}, "has groups"),
        ({"privileges": ["CONNECT", "TEMPORARY"]}, "has privileges CONNECT, TEMPORARY"),
    ],
)
def test_the_watchs_user_can_connect_and_nothing_else(out: Path, user: dict[str, Any] | None, said: str) -> None:
    raw = SPEC.as_properties()
    others = [other for other in raw["users"] if other["username"] != "drift_watch"]
    asked = AccessSpec.parse({**raw, "users": [*others, *([] if user is None else [{**WATCH, **user}])]})
    with pytest.raises(SpecError, match=r"the drift watch logs in.*allowed: \{username: drift_watch, ") as refused:
        synthesize(DEV, out, asked)
    assert said in str(refused.value)


def test_a_watch_user_that_the_spec_lacks_is_named_with_its_environment_before_anything_is_built() -> None:
    environment = changed(DEV, monitoring=changed(DEV.monitoring, watch_user="nobody"))
    app = cdk.App()
    with pytest.raises(
        SpecError, match=rf"'nobody', .*monitoring\.watch_user of {re.escape(made_at(environment))} names it"
    ):
        build(app, environment, SPEC, LAMBDA, [workload])
    assert app.node.children == []


def test_an_empty_list_in_the_spec_arrives_as_one(out: Path) -> None:
    idle = {"username": "idle", "databases": ["app"], "privileges": []}
    spec = watched({"databases": [{"name": "app"}], "users": [idle, *USERS]})
    (resource,) = _databases(synthesize(DEV, out, spec).templates)
    assert resource["Properties"]["Spec"]["users"][0]["privileges"] == []


def test_databases_are_done_one_after_the_other(out: Path) -> None:
    spec = watched({"databases": [{"name": "app"}, {"name": "two"}, {"name": "three"}], "users": USERS})
    templates = synthesize(DEV, out, spec).templates
    assert [r["Properties"]["Database"] for r in _databases(templates)] == ["app", "two", "three"]
    assert "access/Access/Database-app" in templates.waits_for("access/Access/Database-two")
    assert "access/Access/Database-two" in templates.waits_for("access/Access/Database-three")


def test_the_order_of_the_databases_does_not_replace_the_cluster(out: Path) -> None:
    spec = watched({"databases": [{"name": "first"}, {"name": "app"}], "users": USERS})
    assert synthesize(DEV, out, spec).templates.props("database/Database/Cluster")["DatabaseName"] == "app"


def test_a_spec_without_the_clusters_first_database_is_refused(out: Path) -> None:
    with pytest.raises(
        SpecError, match=r"databases: none is named 'app', which the database server is created with.*declared: first"
    ):
        synthesize(DEV, out, watched({"databases": [{"name": "first"}]}))


def test_the_access_keeps_its_logical_id_wherever_the_code_moves_it(out: Path) -> None:
    """A new id would be a Create and then a Delete of the same physical id, which takes all access away."""
    spec = watched({"databases": [{"name": "app"}, {"name": "a b"}, {"name": "ab"}], "users": USERS})
    template = synthesize(DEV, out, spec).templates.by_stack["access"]
    ids = [name for name, resource in template["Resources"].items() if resource["Type"] == "Custom::DatabaseAccess"]
    assert ids[0] == "DatabaseAccessAppA172CEDC"
    assert len(set(ids)) == 3


def test_many_users_make_several_policies_that_iam_takes_and_too_many_are_refused(out: Path) -> None:
    def spec(count: int) -> AccessSpec:
        return watched(
            {
                "databases": [{"name": "app"}],
                "users": [*USERS, *({"username": f"u{n:062}"} for n in range(count - 1 - len(USERS)))],
            }
        )

    resources = synthesize(DEV, out, spec(380)).templates.by_stack["database"]["Resources"].values()
    policies = [
        r
        for r in resources
        if r["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") and "dbuser" in json.dumps(r)
    ]
    assert len(policies) <= 11
    lengths = [(policy["Type"], length(policy["Properties"]["PolicyDocument"])) for policy in policies]
    assert [found for found in lengths if found[1] > LIMITS[found[0]]] == []
    with pytest.raises(SpecError, match=r"users: 381 log in with IAM.*at most 380"):
        synthesize(DEV, out, spec(381))


LIMITS = {"AWS::IAM::Policy": 10_240, "AWS::IAM::ManagedPolicy": 6_144}
"""Characters without white space (IAM User Guide, IAM and AWS STS quotas)."""


def length(policy: dict[str, Any]) -> int:
    """Characters that IAM counts, with the tokens of an ARN as long as AWS makes them."""
    values = {"AWS::Region": "ap-southeast-1", "AWS::AccountId": "1" * 12, "AWS::Partition": "aws"}

    def resolved(value: Any) -> Any:
        match value:
            case {"Fn::Join": [between, parts]}:
                return between.join(map(str, map(resolved, parts)))
            case {"Ref": name}:
                return values.get(name, "x" * 30)
            case {"Fn::GetAtt": _}:
                return "cluster-" + "X" * 26
            case dict():
                return {key: resolved(item) for key, item in value.items()}
            case list():
                return [resolved(item) for item in value]
        return value

    return len(json.dumps(resolved(policy), separators=(",", ":")))


MASTER_S = "is the database's master user; allowed: any other name"


def test_roles_that_the_cluster_cannot_take_are_all_listed(out: Path) -> None:
    databases = [{"name": "app", "schemas": [{"name": "s", "owner": "Keyless_Master", "creators": ["Keyless_Master"]}]}]
    users = [*USERS, {"username": "keyless_MASTER_"}]
    with pytest.raises(SpecError) as refused:
        synthesize(DEV, out, watched({"databases": databases, "users": users}))
    expected = {
        "databases[0].schemas[0].owner": f"'Keyless_Master' {MASTER_S}",
        "databases[0].schemas[0].creators[0]": f"'Keyless_Master' {MASTER_S}",
    }
    assert [problem.partition(",")[0] for problem in refused.value.problems] == [
        f"{place}: {text}" for place, text in expected.items()
    ]


def test_no_user_is_named_like_the_master(out: Path) -> None:
    spec = watched({"databases": [{"name": "app"}], "users": [*USERS, {"username": "KEYLESS_master"}]})
    with pytest.raises(SpecError, match=rf"users\[2\].username: 'KEYLESS_master' {MASTER_S}"):
        synthesize(DEV, out, spec)


def test_no_policy_is_written_for_a_pattern(prod: Synthesis) -> None:
    with pytest.raises(SpecError, match="would stand for other users too"):
        connect_statement(prod.deployment.own[0], "prx-1", ["lambda_writer", "*"])
