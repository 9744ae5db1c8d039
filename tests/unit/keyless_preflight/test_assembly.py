"""What will be deployed is read from the assembly."""

import json
from pathlib import Path

import pytest

from keyless.preflight.command import main
from keyless.preflight.planned.assembly import AssemblyError, stacks
from keyless.preflight.planned.stack import Bootstrap, literal
from keyless.preflight.planned.target import targets
from tests.planned import PARAMETER, STACK, resource, write_assembly

PSEUDO = {"AWS::Region": "eu-west-1"}


def test_account_region_resources_and_bootstrap_come_from_the_manifest(tmp_path: Path) -> None:
    (stack,) = stacks(write_assembly(tmp_path, {"Vpc": resource("AWS::EC2::VPC")}, account="111111111111"))
    assert (stack.name, stack.account, stack.region) == (STACK, "111111111111", "eu-west-1")
    assert [each.logical_id for each in stack.resources("AWS::EC2::VPC", "AWS::EC2::EIP")] == ["Vpc"]
    assert set(stack.bootstrap) == {Bootstrap(PARAMETER, 6), Bootstrap(PARAMETER, 21)}


def test_an_account_and_region_that_the_stacks_leave_open_are_those_of_the_credentials(tmp_path: Path) -> None:
    found = targets("dev", stacks(write_assembly(tmp_path, {}, region="unknown-region")), "us-east-2")
    assert [(target.account, target.region) for target in found] == [(None, "us-east-2")]


def test_stacks_of_several_regions_are_looked_at_apart(tmp_path: Path) -> None:
    folders = [tmp_path / region for region in ("eu-west-1", "us-east-1")]
    for folder in folders:
        folder.mkdir()
    planned = [stacks(write_assembly(folder, {}, region=folder.name))[0] for folder in folders]
    assert [target.region for target in targets("dev", planned, "")] == ["eu-west-1", "us-east-1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("name", "name"),
        ({"Fn::Join": ["", ["/aws/", {"Ref": "AWS::Region"}, "/x"]]}, "/aws/eu-west-1/x"),
        ({"Fn::Join": ["", ["/aws/", {"Ref": "Function"}]]}, None),
        ({"Ref": "Parameter"}, None),
        (None, None),
    ],
)
def test_a_name_is_fixed_if_nothing_in_it_is_made_by_the_deploy(value: object, text: str | None) -> None:
    assert literal(value, PSEUDO) == text


@pytest.mark.parametrize("manifest", [None, "{", json.dumps({"artifacts": {}})])
def test_a_folder_that_is_no_assembly_is_named(
    tmp_path: Path, manifest: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(AssemblyError, match=str(tmp_path)):
        stacks(tmp_path)
    assert main(["--environment", "dev", "--assembly", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize("environment", ["prod", "qa", "de", "dev-network"])
def test_the_assembly_of_another_environment_is_refused(
    tmp_path: Path, environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--environment", environment, "--assembly", str(write_assembly(tmp_path, {}))]) == 2
    shown = capsys.readouterr()
    assert (shown.out, "holds KeylessAurora-dev-*" in shown.err) == ("", True)
    assert f"make synth ENV={environment}" in shown.err


def test_an_assembly_of_several_environments_is_none_of_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = write_assembly(tmp_path, {}) / "manifest.json"
    document = json.loads(manifest.read_text())
    document["artifacts"]["KeylessAurora-qa-network"] = document["artifacts"][STACK]
    manifest.write_text(json.dumps(document))
    assert main(["--environment", "dev", "--assembly", str(tmp_path)]) == 2
    assert "holds KeylessAurora-dev-*, KeylessAurora-qa-*;" in capsys.readouterr().err
