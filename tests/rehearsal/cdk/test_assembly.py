"""Localising touches manifests, and in them only the bootstrap roles."""

import json
from pathlib import Path

import pytest

from keyless.rehearsal.cdk.assembly import AssemblyError, Target, localise, stack_names, target
from tests.rehearsal.cdk.sample import Sample

ROLES = ("assumeRoleArn", "cloudFormationExecutionRoleArn", "lookupRole")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_templates_and_assets_stay_byte_for_byte(sample: Sample, tmp_path: Path) -> None:
    localise(sample.synthesized, tmp_path / "copy")
    before, after = files(sample.synthesized), files(tmp_path / "copy")
    changed = {name for name in before if before[name] != after[name]}
    assert before.keys() == after.keys()
    assert changed == {"manifest.json", *(f"{stack}.assets.json" for stack in stack_names(sample.synthesized))}


def test_no_bootstrap_role_is_left_and_nothing_else_is_gone(sample: Sample, tmp_path: Path) -> None:
    removed = localise(sample.synthesized, tmp_path / "copy")
    for path in (tmp_path / "copy").glob("*.json"):
        if "template" not in path.name and path.name != "tree.json":
            assert not [role for role in ROLES if role in path.read_text()], path.name
    before, after = (
        json.loads((folder / "manifest.json").read_text()) for folder in (sample.synthesized, tmp_path / "copy")
    )
    for role in (r for r in removed if r.file == "manifest.json"):
        del before["artifacts"][role.artifact]["properties"][role.key]
    assert before == after


def test_what_was_removed_is_returned_with_file_and_role(sample: Sample, tmp_path: Path) -> None:
    removed = localise(sample.synthesized, tmp_path / "copy")
    roles = {(r.file, r.key) for r in removed if r.artifact == "Sample-access" and "role/cdk-hnb659fds-" in r.role}
    assert roles == {("manifest.json", role) for role in ROLES}
    assert {r.file for r in removed if r.key == "assumeRoleArn"} >= {"manifest.json", "Sample-access.assets.json"}


def test_stacks_are_named_in_deployment_order(sample: Sample) -> None:
    assert stack_names(sample.localised) == ("Sample-network", "Sample-database", "Sample-access")


def test_a_folder_without_a_manifest_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=f"{tmp_path} is not a cloud assembly"):
        localise(tmp_path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("aws://unknown-account/us-east-1", Target(None, "us-east-1")),
        ("aws://111122223333/eu-central-1", Target("111122223333", "eu-central-1")),
    ],
)
def test_the_cloud_is_where_the_environment_is(environment: str, expected: Target, tmp_path: Path) -> None:
    stack = {"type": "aws:cloudformation:stack", "environment": environment}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"a": {"type": "cdk:tree"}, "b": stack}}))
    assert target(tmp_path) == expected
