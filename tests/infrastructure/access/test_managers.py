"""A deployment's roles are marked with its own name, by everything of it that looks at them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.access.manager import manager_of
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.stacks.deployment import build
from tests.app.environments import DEV, PROD
from tests.app.workload import workload
from tests.infrastructure.support import SPEC, Synthesis, new_app, synthesize
from tests.infrastructure.variants import VARIANTS

RESOURCE, SCHEDULE, ROTATION = "access/Access/Database-app", "access/DriftWatch/Schedule-app", "access/Rotate/Function"
EXISTING, _ = VARIANTS["existing-cluster"]


def names(synthesis: Synthesis) -> set[str]:
    """What bootstrap, drift watch and rotation go by."""
    templates = synthesis.templates
    spec, watch = templates.props(RESOURCE), templates.text("access", templates.props(SCHEDULE)["Targets"][0]["Input"])
    found = {spec["Spec"]["managed_by"], watch.partition('"ManagedBy":"')[2].partition('"')[0]}
    if templates.find(ROTATION):
        found.add(templates.props(ROTATION)["Environment"]["Variables"]["MANAGED_BY"])
    return found


def said(managed_by: str, spec: AccessSpec = SPEC) -> AccessSpec:
    return AccessSpec.parse({**spec.as_properties(), "managed_by": managed_by})


@pytest.mark.parametrize("variant", ["instance-A", "instance-B", "existing-cluster"])
@pytest.mark.parametrize("name", [None, "mine", "keyless-aurora"])
def test_all_of_a_deployment_goes_by_one_name_the_specs_or_the_stacks(
    tmp_path: Path, variant: str, name: str | None
) -> None:
    environment, spec = VARIANTS[variant]
    synthesis = synthesize(environment, tmp_path, said(name, spec) if name else spec)
    assert names(synthesis) == {name or f"{environment.prefix}-access"}
    assert (synthesis.templates.find(ROTATION) is not None) == (variant == "instance-B")


def test_another_environment_has_another_name(tmp_path: Path) -> None:
    found = [names(synthesize(environment, tmp_path / environment.name)) for environment in (DEV, PROD)]
    assert found == [{"KeylessAurora-dev-access"}, {"KeylessAurora-prod-access"}]


def two_on_one_cluster(out: Path, *specs: AccessSpec) -> None:
    app = new_app(out)
    for name, spec in zip(("dev", "other"), specs, strict=True):
        build(app, replace(EXISTING, name=name), spec, LAMBDA, [workload])


def test_two_deployments_on_one_cluster_may_not_have_one_name(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="would both mark roles of one cluster as 'mine', and retire each other's") as e:
        two_on_one_cluster(tmp_path, said("mine"), said("mine"))
    assert "KeylessAurora-dev-access/Access" in str(e.value) and "KeylessAurora-other-access/Access" in str(e.value)


def test_two_deployments_on_one_cluster_have_two_names_by_themselves(tmp_path: Path) -> None:
    two_on_one_cluster(tmp_path, SPEC, SPEC)


def test_two_clusters_may_have_one_name(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    for environment in (DEV, PROD):
        build(app, environment, said("mine"), LAMBDA, [workload])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A", "A"),
        ("x" * 63, "x" * 63),
        ("x" * 64, "x" * 54 + "-7ce10097"),
    ],
)
def test_a_stacks_name_is_the_managers_unless_it_is_too_long(name: str, expected: str) -> None:
    assert manager_of(cdk.Stack(cdk.App(), "S", stack_name=name)) == expected


@pytest.mark.parametrize("length", [1, 63, 64, 128])
def test_every_stacks_name_makes_a_name_that_a_spec_may_have_and_no_other_stack_has(length: int) -> None:
    found = [manager_of(cdk.Stack(cdk.App(), "S", stack_name=f"{'x' * (length - 1)}{end}")) for end in "ab"]
    assert len({SPEC.named(name).managed_by for name in found}) == 2


def test_a_nested_stack_goes_by_its_place() -> None:
    outer = cdk.Stack(cdk.App(), "Outer")
    found = [manager_of(cdk.NestedStack(outer, name)) for name in ("One", "Two")]
    assert found == ["Outer-One", "Outer-Two"]


def test_a_role_that_the_stacks_name_reserves_is_refused_at_synth(tmp_path: Path) -> None:
    more: dict[str, Any] = {"groups": [{"name": "KeylessAurora-dev-access/mine"}]}
    with pytest.raises(SpecError, match="reserved for the groups"):
        synthesize(DEV, tmp_path, AccessSpec.parse({**SPEC.as_properties(), **more}))
