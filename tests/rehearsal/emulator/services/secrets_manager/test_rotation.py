"""A rotation is the work of the secret's function, as on AWS."""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.emulator.functions import allow, create_function, create_role
from tests.rehearsal.stored_secret import VALUE, StoredSecret
from tests.rehearsal.waiting import wait_until

STEPS = """
import boto3, json, os
manager = boto3.client("secretsmanager")
def handler(event, context):
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    boto3.client("ssm").put_parameter(Name="/steps/" + token + "/" + step, Value=step, Type="String", Overwrite=True)
    if step == os.environ["FAILS"]:
        raise RuntimeError("this step fails")
    if step == "createSecret":
        value = json.dumps({"username": "writer", "password": "after-" + token})
        manager.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=value, VersionStages=["AWSPENDING"])
    if step == "finishSecret":
        versions = manager.describe_secret(SecretId=arn)["VersionIdsToStages"]
        (current,) = [version for version, stages in versions.items() if "AWSCURRENT" in stages]
        manager.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current)
"""


@dataclass
class Rotated:
    stored: StoredSecret
    function: str

    def __post_init__(self) -> None:
        self.manager = self.stored.cloud.client("secretsmanager")

    def create(self, fails: str = "none", source: str = "") -> None:
        role = create_role(self.stored.cloud, self.function, "lambda.amazonaws.com")
        allow(self.stored.cloud, self.function, {"Action": ["secretsmanager:*", "kms:*", "ssm:*"], "Resource": "*"})
        create_function(self.stored.cloud, self.function, role, STEPS, {"FAILS": fails})
        self.stored.cloud.client("lambda").add_permission(
            FunctionName=self.function,
            StatementId="rotate",
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            SourceArn=source or self.stored.arn,
        )

    def rotate(self, **more: Any) -> str:
        arn = f"arn:aws:lambda:us-east-1:000000000000:function:{self.function}"
        return str(self.manager.rotate_secret(SecretId=self.stored.arn, RotationLambdaARN=arn, **more)["VersionId"])

    def steps(self, version: str, count: int) -> list[str]:
        """The steps that were done, in their order, once there are `count`."""
        ssm, deadline = self.stored.cloud.client("ssm"), time.monotonic() + 30
        while True:
            found = ssm.get_parameters_by_path(Path=f"/steps/{version}", Recursive=True)["Parameters"]
            if len(found) >= count:
                return [p["Value"] for p in sorted(found, key=lambda p: p["LastModifiedDate"])]
            assert time.monotonic() < deadline, found
            time.sleep(0.05)

    def stages(self) -> dict[str, list[str]]:
        return dict(self.manager.describe_secret(SecretId=self.stored.arn)["VersionIdsToStages"])


@pytest.fixture
def rotated(stored: StoredSecret) -> Rotated:
    return Rotated(stored, f"{stored.name}-rotate")


def test_a_rotation_calls_the_four_steps_and_what_they_make_is_current(rotated: Rotated) -> None:
    rotated.create()
    version = rotated.rotate()
    assert set(rotated.steps(version, 4)) == {"createSecret", "setSecret", "testSecret", "finishSecret"}
    wait_until(lambda: "AWSCURRENT" in rotated.stages()[version], seconds=30)
    assert rotated.stored.read() == {"username": "writer", "password": f"after-{version}"}
    assert sorted(map(sorted, rotated.stages().values()))[-1] == ["AWSPREVIOUS"]


def test_a_rotation_that_fails_leaves_the_secret_and_is_taken_up_again(rotated: Rotated) -> None:
    rotated.create(fails="testSecret")
    version = rotated.rotate()
    rotated.steps(version, 3)
    assert rotated.stored.read() == VALUE
    assert rotated.stages()[version] == ["AWSPENDING"]
    rotated.stored.cloud.client("lambda").update_function_configuration(
        FunctionName=rotated.function, Environment={"Variables": {"FAILS": "none"}}
    )
    assert rotated.rotate() == version
    wait_until(lambda: "AWSCURRENT" in rotated.stages()[version], seconds=30)


def test_setting_a_rotation_up_tries_it_and_changes_nothing(rotated: Rotated) -> None:
    rotated.create()
    version = rotated.rotate(RotateImmediately=False)
    assert rotated.steps(version, 1) == ["testSecret"]
    wait_until(lambda: version not in rotated.stages(), seconds=30)
    assert rotated.stored.read() == VALUE


def test_a_function_that_allows_it_to_another_secret_only_does_not_rotate_this(rotated: Rotated) -> None:
    rotated.create(source=rotated.stored.arn.replace("stored-", "other-"))
    with pytest.raises(ClientError, match="Secrets Manager cannot invoke the specified Lambda function"):
        rotated.rotate()
