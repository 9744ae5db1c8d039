"""Who reads a secret is decided by the policies of role, secret and key as deployed; rotation is the function's work,
as on AWS."""

import json
import secrets as tokens
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from keyless.rehearsal.deployment.proxy import secret_reader
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.endpoints.proxy.settings import Credentials, UnreadableError
from keyless_client import ConnectError, secret
from tests.rehearsal.emulator.functions import allow, create_function, create_role

VIA = {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}
VALUE = {"username": "writer", "password": "the-first-one"}
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
class Kept:
    """A secret with a key of its own, and a role that may read it."""

    cloud: Cloud
    arn: str
    key: str
    role: str

    @property
    def rights(self) -> list[dict[str, Any]]:
        read = {"Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], "Resource": self.arn}
        return [read, {"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": self.key, "Condition": VIA}]

    @property
    def name(self) -> str:
        return self.role.rsplit("/", 1)[-1]

    def allow(self, *statements: dict[str, Any]) -> None:
        allow(self.cloud, self.name, *statements)

    def client(self, service: str = "lambda.amazonaws.com") -> Any:
        return self.cloud.client("secretsmanager", self.cloud.role_session(self.role, service))

    def read(self) -> Any:
        return json.loads(self.client().get_secret_value(SecretId=self.arn)["SecretString"])


@pytest.fixture
def kept(cloud: Cloud) -> Iterator[Kept]:
    name, manager = f"kept-{tokens.token_hex(4)}", cloud.client("secretsmanager")
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    arn = manager.create_secret(Name=name, KmsKeyId=key, SecretString=json.dumps(VALUE))["ARN"]
    made = Kept(cloud, arn, key, create_role(cloud, name, "lambda.amazonaws.com"))
    made.allow(*made.rights)
    yield made
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    secret._passwords.clear()


def refused(kept: Kept) -> str:
    with pytest.raises(ClientError) as refusal:
        kept.read()
    return str(refusal.value)


def test_a_role_with_both_rights_reads(kept: Kept) -> None:
    assert kept.read() == VALUE


def test_without_a_right_on_the_secret_it_is_refused(kept: Kept) -> None:
    kept.allow(kept.rights[1])
    assert "not authorized to perform: secretsmanager:GetSecretValue" in refused(kept)


def test_a_right_on_another_secret_is_none_on_this(kept: Kept) -> None:
    kept.allow({**kept.rights[0], "Resource": kept.arn.replace("kept-", "other-")}, kept.rights[1])
    assert "not authorized" in refused(kept)


def test_without_a_right_on_the_key_it_is_refused(kept: Kept) -> None:
    kept.allow(kept.rights[0])
    assert "(AccessDeniedException)" in refused(kept)
    assert "Access to KMS is not allowed" in refused(kept)


def test_a_right_on_the_key_by_way_of_another_service_is_none(kept: Kept) -> None:
    other = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    kept.allow(kept.rights[0], {**kept.rights[1], "Condition": other})
    assert "Access to KMS is not allowed" in refused(kept)


def test_the_keys_policy_must_allow_it_too(kept: Kept) -> None:
    nobody = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:role/x"},
            "Action": "kms:*",
            "Resource": "*",
        },
    }
    kept.cloud.client("kms").put_key_policy(KeyId=kept.key, PolicyName="default", Policy=json.dumps(nobody))
    assert "Access to KMS is not allowed" in refused(kept)


def test_writing_needs_the_keys_other_right(kept: Kept) -> None:
    kept.client().put_secret_value(SecretId=kept.arn, SecretString="{}")
    kept.allow(kept.rights[0], {**kept.rights[1], "Action": "kms:Decrypt"})
    with pytest.raises(ClientError, match="Access to KMS is not allowed"):
        kept.client().put_secret_value(SecretId=kept.arn, SecretString="{}")


def test_a_disabled_key_decrypts_nothing(kept: Kept) -> None:
    kept.cloud.client("kms").disable_key(KeyId=kept.key)
    assert "DecryptionFailure" in refused(kept)


def test_the_proxy_reads_with_its_own_role(kept: Kept) -> None:
    role = create_role(kept.cloud, f"{kept.name}-proxy", "rds.amazonaws.com")
    with pytest.raises(UnreadableError, match="secretsmanager:GetSecretValue"):
        secret_reader(kept.cloud, role)(kept.arn)
    allow(kept.cloud, f"{kept.name}-proxy", *kept.rights)
    assert secret_reader(kept.cloud, role)(kept.arn) == Credentials("writer", "the-first-one")


def test_a_role_that_does_not_trust_rds_is_no_proxys(kept: Kept) -> None:
    with pytest.raises(UnreadableError, match=r"cannot be assumed by rds\.amazonaws\.com"):
        secret_reader(kept.cloud, kept.role)(kept.arn)


def test_a_secret_that_is_no_login_is_unreadable_to_the_proxy_and_is_not_shown(kept: Kept) -> None:
    role = create_role(kept.cloud, f"{kept.name}-proxy", "rds.amazonaws.com")
    allow(kept.cloud, f"{kept.name}-proxy", *kept.rights)
    kept.client().put_secret_value(SecretId=kept.arn, SecretString="hush")
    with pytest.raises(UnreadableError) as refusal:
        secret_reader(kept.cloud, role)(kept.arn)
    assert str(refusal.value) == f"secret {kept.arn} is no JSON object with username and password"
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("no secret", "there is no such secret in us-east-1"),
        ("no right", "allow the function's role secretsmanager:GetSecretValue on exactly this ARN"),
        ("no key", "allow the function's role kms:Decrypt on the secret's key"),
        ("denied", "the secret's own resource policy denies it"),
    ],
)
def test_what_the_client_says_when_the_policies_say_no(
    kept: Kept, kind: str, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = kept.cloud.role_session(kept.role)
    for name, value in (
        ("AWS_ENDPOINT_URL", kept.cloud.endpoint_url),
        ("AWS_ACCESS_KEY_ID", session.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", session.secret_access_key),
        ("AWS_SESSION_TOKEN", session.session_token),
    ):
        monkeypatch.setenv(name, value)
    assert secret.password(kept.arn, "writer") == "the-first-one"
    secret._passwords.clear()
    arn, deny = (
        kept.arn,
        {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
    )
    if kind == "no secret":
        arn = kept.arn.replace("kept-", "gone-")
        kept.allow({**kept.rights[0], "Resource": arn}, kept.rights[1])
    if kind == "no right":
        kept.allow(kept.rights[1])
    if kind == "no key":
        kept.allow(kept.rights[0])
    if kind == "denied":
        kept.cloud.client("secretsmanager").put_resource_policy(
            SecretId=arn, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": deny})
        )
    with pytest.raises(ConnectError, match=check) as refusal:
        secret.password(arn, "writer")
    assert f"secret {arn} can't be read" in str(refusal.value)
    kept.cloud.client("secretsmanager").delete_resource_policy(SecretId=kept.arn)


@dataclass
class Rotated:
    kept: Kept
    function: str

    def __post_init__(self) -> None:
        self.manager = self.kept.cloud.client("secretsmanager")

    def create(self, fails: str = "none", source: str = "") -> None:
        role = create_role(self.kept.cloud, self.function, "lambda.amazonaws.com")
        allow(self.kept.cloud, self.function, {"Action": ["secretsmanager:*", "kms:*", "ssm:*"], "Resource": "*"})
        create_function(self.kept.cloud, self.function, role, STEPS, {"FAILS": fails})
        self.kept.cloud.client("lambda").add_permission(
            FunctionName=self.function,
            StatementId="rotate",
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            SourceArn=source or self.kept.arn,
        )

    def rotate(self, **more: Any) -> str:
        arn = f"arn:aws:lambda:us-east-1:000000000000:function:{self.function}"
        return str(self.manager.rotate_secret(SecretId=self.kept.arn, RotationLambdaARN=arn, **more)["VersionId"])

    def steps(self, version: str, count: int) -> list[str]:
        """The steps that were done, in their order, once there are `count`."""
        ssm, deadline = self.kept.cloud.client("ssm"), time.monotonic() + 30
        while True:
            found = ssm.get_parameters_by_path(Path=f"/steps/{version}", Recursive=True)["Parameters"]
            if len(found) >= count:
                return [p["Value"] for p in sorted(found, key=lambda p: p["LastModifiedDate"])]
            assert time.monotonic() < deadline, found
            time.sleep(0.05)

    def stages(self) -> dict[str, list[str]]:
        return dict(self.manager.describe_secret(SecretId=self.kept.arn)["VersionIdsToStages"])

    def wait_until(self, condition: Any) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, self.stages()
            time.sleep(0.05)


@pytest.fixture
def rotated(kept: Kept) -> Rotated:
    return Rotated(kept, f"{kept.name}-rotate")


def test_a_rotation_calls_the_four_steps_and_what_they_make_is_current(rotated: Rotated) -> None:
    rotated.create()
    version = rotated.rotate()
    assert set(rotated.steps(version, 4)) == {"createSecret", "setSecret", "testSecret", "finishSecret"}
    rotated.wait_until(lambda: "AWSCURRENT" in rotated.stages()[version])
    assert rotated.kept.read() == {"username": "writer", "password": f"after-{version}"}
    assert sorted(map(sorted, rotated.stages().values()))[-1] == ["AWSPREVIOUS"]


def test_a_rotation_that_fails_leaves_the_secret_and_is_taken_up_again(rotated: Rotated) -> None:
    rotated.create(fails="testSecret")
    version = rotated.rotate()
    rotated.steps(version, 3)
    assert rotated.kept.read() == VALUE
    assert rotated.stages()[version] == ["AWSPENDING"]
    rotated.kept.cloud.client("lambda").update_function_configuration(
        FunctionName=rotated.function, Environment={"Variables": {"FAILS": "none"}}
    )
    assert rotated.rotate() == version
    rotated.wait_until(lambda: "AWSCURRENT" in rotated.stages()[version])


def test_setting_a_rotation_up_tries_it_and_changes_nothing(rotated: Rotated) -> None:
    rotated.create()
    version = rotated.rotate(RotateImmediately=False)
    assert rotated.steps(version, 1) == ["testSecret"]
    rotated.wait_until(lambda: version not in rotated.stages())
    assert rotated.kept.read() == VALUE


def test_a_function_that_allows_it_to_another_secret_only_does_not_rotate_this(rotated: Rotated) -> None:
    rotated.create(source=rotated.kept.arn.replace("kept-", "other-"))
    with pytest.raises(ClientError, match="Secrets Manager cannot invoke the specified Lambda function"):
        rotated.rotate()
