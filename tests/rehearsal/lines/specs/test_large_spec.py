"""A spec too large for CloudFormation's properties: deployed, rolled back and taken away again as a small one is.

The whole way is real: the cdk command line publishes the layer, CloudFormation and the provider framework call the
function.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from psycopg.sql import SQL, Identifier

from db_access.spec import AccessSpec
from db_access.spec.transport import SpecFile
from keyless.rehearsal.cdk.assembly import localise
from keyless.rehearsal.cdk.command import Cdk
from keyless.rehearsal.cdk.synthesis import synth
from keyless.rehearsal.cdk.tools import CdkError
from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from tests.app.app import ACCESS
from tests.database.engine import fingerprint

USERS = 5_000
_LIKE = r"tenant\_%"


def large(*more: str) -> AccessSpec:
    """The sample and thousands of users more, who log in nowhere: the proxy's policy is not what is tested here."""
    names, why = (
        [*(f"tenant_{number:04}" for number in range(USERS)), *more],
        "reads its own reports; asked for by the data team. " * 2,
    )
    users = [{"username": name, "auth_method": "none", "description": why} for name in names]
    raw = AccessSpec.load(ACCESS).as_properties()
    return AccessSpec.parse({**raw, "users": [*raw["users"], *users]})


@dataclass(frozen=True)
class Large:
    """A synthesized app with a large spec, and what deploys its access stack."""

    stage: Stage
    spec: AccessSpec
    assembly: Path

    @classmethod
    def synthesized(cls, stage: Stage, folder: Path, spec: AccessSpec) -> "Large":
        file, out = folder / "access.json", folder / "cdk.out"
        file.write_text(json.dumps(spec.as_properties()))
        shutil.copytree(stage.folder / "cdk.out", out)  # with the bundles, which are the same
        synth(stage.app, out, {"environment": "dev", "bundle_for": "host", "access": str(file)})
        localise(out, folder / "localised")
        return cls(stage, spec, folder / "localised")

    @property
    def stack(self) -> str:
        return self.stage.deployed.stack("access")

    @property
    def carrying(self) -> list[Path]:
        """The folders of the layers that have the spec."""
        return [file.parents[2] for file in self.assembly.glob("*/python/access_spec/*.json")]

    def deploy(self) -> tuple[str, ...]:
        """Deploy the access stack and what it needs; the stacks that changed."""
        return Cdk(self.stage.app, self.stage.cloud, self.assembly).deploy(self.stack).changed

    def template(self) -> dict[str, Any]:
        return dict(json.loads((self.assembly / f"{self.stack}.template.json").read_text()))


@pytest.fixture(scope="module")
def deployed(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    """A large spec, deployed over the sample's, and the sample's again afterwards."""
    with stage.superuser() as connection:
        before = fingerprint(connection)
    spec = Large.synthesized(stage, tmp_path_factory.mktemp("large"), large())
    for layer in spec.carrying:  # the stage reads specs where its own assembly has them
        shutil.copytree(layer, stage.assembly / layer.name)
    assert spec.deploy() == (spec.stack,)
    assert len(stage.deployed.spec.users) == USERS + 3
    yield spec
    with stage.deploying_again() as second:
        assert second.wait().changed == (spec.stack,)
    with stage.superuser() as connection:
        names = [
            Identifier(row[0])
            for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [_LIKE])
        ]
        connection.execute(SQL("DROP ROLE {}").format(SQL(", ").join(names)))
        assert set(before) <= set(fingerprint(connection))  # the migrator may have made tables meanwhile


def _users(stage: Stage) -> int:
    with stage.superuser() as connection:
        row = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE %s", [_LIKE]).fetchone()
    assert row is not None
    return int(row[0])


def _function_layers(stage: Stage) -> list[str]:
    configuration = stage.cloud.client("lambda").get_function_configuration(
        FunctionName=stage.deployed.function("access", "Bootstrap").name
    )
    return sorted(layer["Arn"] for layer in configuration["Layers"])


def _digest(deployed: Large) -> str:
    """Of the spec as it is deployed: named after its stack."""
    return SpecFile.of(deployed.spec.named(deployed.stack)).digest


def test_a_large_spec_is_carried_out_and_its_properties_stay_small(deployed: Large) -> None:
    properties = deployed.stage.deployed.access_properties("app")
    assert "Spec" not in properties
    assert properties["ManagedBy"] == deployed.stack
    assert (properties["SpecDigest"], properties["SpecUsers"]) == (_digest(deployed), USERS + 3)
    assert len(json.dumps(properties)) < 1000
    assert _users(deployed.stage) == USERS


def test_everybody_can_do_what_they_could(deployed: Large) -> None:
    table = who_can_do_what(deployed.stage, first=True)  # the tables are there once the migrator has run
    assert [line.what for line in table.lines if not line.holds] == []


def test_a_second_deploy_and_a_second_run_change_nothing(deployed: Large) -> None:
    assert deployed.deploy() == ()
    event = {"RequestType": "Update", "ResourceProperties": deployed.stage.deployed.access_properties("app")}
    assert deployed.stage.deployed.function("access", "Bootstrap").invoke(event)["Data"]["Changes"] == 0


def test_the_same_spec_in_the_properties_is_refused_by_cloudformation(deployed: Large) -> None:
    """What the layer is for. The requests that are too large, too, are refused by Lambda only in AWS."""
    template = deployed.template()
    for resource in template["Resources"].values():
        if resource["Type"] == "Custom::DatabaseAccess":
            resource["Properties"]["Spec"] = deployed.spec.as_properties()
    cloud = deployed.stage.cloud
    bucket = next(b["Name"] for b in cloud.client("s3").list_buckets()["Buckets"] if "assets" in b["Name"])
    cloud.client("s3").put_object(Bucket=bucket, Key="inline.json", Body=json.dumps(template, indent=1).encode())
    url = f"{cloud.endpoint_url}/{bucket}/inline.json"
    with pytest.raises(ClientError) as refused:
        cloud.client("cloudformation").update_stack(
            StackName=deployed.stack, TemplateURL=url, Capabilities=["CAPABILITY_IAM"]
        )
    assert "Template may not exceed 1000000 bytes in size." in str(refused.value)


def test_a_spec_that_the_function_does_not_carry_is_asked_for_in_vain(deployed: Large) -> None:
    properties = {**deployed.stage.deployed.access_properties("app"), "SpecDigest": "0" * 64}
    with deployed.stage.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(FunctionError) as refused:
            deployed.stage.deployed.function("access", "Bootstrap").invoke(
                {"RequestType": "Update", "ResourceProperties": properties}
            )
        assert fingerprint(connection) == before
    assert f"has no access spec with the digest {'0' * 64} (it has {_digest(deployed)})" in str(refused.value)
    assert "continue-update-rollback" in str(refused.value)


def test_a_failed_update_goes_back_to_the_former_spec_and_its_layer(deployed: Large, tmp_path: Path) -> None:
    stage, other = deployed.stage, Large.synthesized(deployed.stage, tmp_path, large("taken"))
    layers = _function_layers(stage)
    with stage.superuser() as connection:
        connection.execute("CREATE ROLE taken")  # which no spec manages
        before = fingerprint(connection)
        with pytest.raises(CdkError) as failed:
            other.deploy()
        assert fingerprint(connection) == before
        connection.execute("DROP ROLE taken")
    assert "'taken'" in failed.value.failures[0].cause
    assert len(failed.value.failures) == 1
    (found,) = stage.cloud.client("cloudformation").describe_stacks(StackName=deployed.stack)["Stacks"]
    assert found["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert _function_layers(stage) == layers
    test_a_second_deploy_and_a_second_run_change_nothing(deployed)
