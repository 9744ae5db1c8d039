"""Apps share an account and a region, with environments of the same name: nothing of one is called as something of another.

Which properties are names is read from AWS's schemas of the types.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from typing import Any, Final

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER as SCHEMAS  # type: ignore[import-untyped]

from db_access.spec import AccessSpec
from keyless_aurora.app import KeylessApp
from keyless_aurora.settings import naming
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.problems import environment_problems
from keyless_aurora.settings.repository import Repository
from keyless_checks.ruleset import breaches
from tests.app.app import ACCESS
from tests.app.environments import DEV, ENVIRONMENTS, PROD
from tests.infrastructure.support import SPEC, Synthesis, synthesize
from tests.infrastructure.variants import VARIANTS

APPS: Final = ("", "orders", "billing")
PIPELINE = replace(PROD, repository=Repository("acme@1/aurora@2", provider_exists=True))
MADE: Final[dict[str, tuple[Environment, AccessSpec]]] = {
    "dev": (DEV, SPEC),
    "prod with a pipeline": (PIPELINE, SPEC),
    **{name: VARIANTS[name] for name in ("instance-A-prod", "aurora-B-prod", "egress", "readers")},
}
NO_NAMES: Final = {
    ("AWS::RDS::DBCluster", "DatabaseName"): "a database inside it",
    ("AWS::RDS::DBInstance", "DBName"): "a database inside it",
    ("AWS::RDS::DBProxyTargetGroup", "TargetGroupName"): "of its proxy, which has this one only",
    ("AWS::EC2::VPCEndpoint", "ServiceName"): "AWS's, which it leads to",
}
_REFERENCES: Final = ('"Ref": "', '"Fn::GetAtt"', '"Fn::ImportValue"')
_OF_AWS: Final = '"Ref": "AWS::'


def _names(schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Groups of properties that together are a resource's name, unless AWS makes it."""
    own = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties") or ()}
    for paths in (schema["primaryIdentifier"], *(schema.get("additionalIdentifiers") or ())):
        group = tuple(path.removeprefix("/properties/") for path in paths)
        if not own & {*group}:
            yield group
    for path in schema.get("createOnlyProperties") or ():
        if path.endswith(("Name", "Identifier", "Url")) and path.removeprefix("/properties/") not in own:
            yield (path.removeprefix("/properties/"),)


def _of_a_resource(body: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    type_, properties = body["Type"], body.get("Properties", {})
    if type_.startswith("Custom::") or type_ == "AWS::CloudFormation::CustomResource":
        return
    for group in {*_names(SCHEMAS.get_resource_schema("eu-west-1", type_).schema)}:
        values = [json.dumps(properties[name]) for name in group if name in properties]
        named_after_another = any(mark in value.replace(_OF_AWS, "") for value in values for mark in _REFERENCES)
        if len(values) == len(group) and not named_after_another and (type_, *group) not in NO_NAMES:
            yield (type_, *group, *values)


def names(made: Synthesis) -> set[tuple[str, ...]]:
    """All that an account and region can have once."""
    found: set[tuple[str, ...]] = {("stack", stack.stack_name) for stack in made.deployment.stacks}
    for template in made.templates.by_stack.values():
        exports = (output["Export"]["Name"] for output in template.get("Outputs", {}).values() if "Export" in output)
        found |= {("export", json.dumps(name)) for name in exports}
        for body in template["Resources"].values():
            found |= {*_of_a_resource(body)}
    return found


def _own_metrics(made: Synthesis) -> set[str]:
    alarms = (body["Properties"] for body in made.templates.of_type("AWS::CloudWatch::Alarm"))
    return {alarm["Namespace"] for alarm in alarms if not alarm["Namespace"].startswith("AWS/")}


@pytest.mark.parametrize("name", MADE)
def test_apps_with_the_same_environment_have_no_name_in_common(name: str, tmp_path: Path) -> None:
    environment, spec = MADE[name]
    made = [synthesize(replace(environment, app=app), tmp_path / f"out-{app}", spec) for app in APPS]
    for one, other in combinations(made, 2):
        assert names(one) & names(other) == set()
        assert _own_metrics(one) & _own_metrics(other) == set()
        assert one.environment.bootstrap_qualifier != other.environment.bootstrap_qualifier
    managers = {one.deployment.access.spec.managed_by for one in made if one.deployment.access}
    assert len(managers) == len(APPS)


def test_names_are_seen_of_every_kind(prod: Synthesis) -> None:
    kinds = {name[0] for name in names(prod)}
    assert kinds >= {"stack", "export", "AWS::RDS::DBCluster", "AWS::RDS::DBProxy", "AWS::SNS::Topic"}
    assert kinds >= {"AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}


def test_every_gate_holds_of_a_named_app(tmp_path: Path) -> None:
    for app in APPS:
        made = synthesize(replace(PIPELINE, app=app), tmp_path / f"out-{app}")
        assert [*breaches(made.templates)] == []


def test_no_two_pairs_of_an_app_and_an_environment_come_to_the_same_name() -> None:
    words = ("a", "b", "a-b", "b-a", "keyless", "aurora", "a-keyless", "aurora-b", "keyless-a")
    pairs = [*product(("", *words), (*words, "keyless-aurora-a", "a-keyless-aurora-b"))]
    for named in (naming.stacks, naming.resources, naming.metrics):
        assert len({named(*pair) for pair in pairs}) == len(pairs), named


LONGEST = replace(PROD, name="e" * 17, app="a" * 30)


def test_the_longest_names_fit_aws(tmp_path: Path) -> None:
    assert [*environment_problems(LONGEST)] == []
    limits = {"stack": 128, "export": 257, "AWS::RDS::DBCluster": 65, "AWS::RDS::DBProxy": 65, "AWS::SNS::Topic": 258}
    limits |= {
        "AWS::CloudWatch::Alarm": 257,
        "AWS::CloudWatch::Dashboard": 257,
        "AWS::Logs::LogGroup": 514,
        "AWS::Logs::MetricFilter": 514,
    }
    for kind, *_, name in names(synthesize(LONGEST, tmp_path / "out")):  # those of templates are in quotes
        assert len(name) <= limits.get(kind, 66), (kind, name)


@pytest.mark.parametrize(
    "app", ["Orders", "2nd", "or--ders", "orders-", "-orders", "a" * 31, "my-keyless-aurora", "ö", "a_b"]
)
def test_a_name_that_does_not_fit_is_refused_with_what_is_allowed(app: str) -> None:
    (problem,) = environment_problems(replace(DEV, app=app))
    assert problem.startswith(f"app: {app!r} is not an app's name; allowed: an app's name, of small letters")


def test_names_that_are_too_long_together_are_refused() -> None:
    (problem,) = environment_problems(replace(LONGEST, name="e" * 18))
    assert "of 64 characters; allowed: 63" in problem and problem.startswith("name: with the app's, 'aaa")


def test_the_app_names_all_of_its_environments() -> None:
    app = KeylessApp(ENVIRONMENTS, access=ACCESS, name="orders")
    assert {environment.prefix for environment in app.environments.values()} == {
        f"orders-KeylessAurora-{name}" for name in ENVIRONMENTS
    }
    assert app.environments["dev"].resource_name == "orders-keyless-aurora-dev"
    assert KeylessApp(ENVIRONMENTS, access=ACCESS).environments["dev"].prefix == "KeylessAurora-dev"


def test_an_environment_of_another_app_is_refused() -> None:
    with pytest.raises(
        SettingsError, match=r"app: it is 'billing', and the app's name is 'orders'; allowed: no app here"
    ):
        KeylessApp({"dev": replace(DEV, app="billing")}, access=ACCESS, name="orders")
