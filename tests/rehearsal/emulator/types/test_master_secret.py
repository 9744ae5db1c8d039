"""The secret that RDS makes for a master, of clusters and of instances."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.emulator.functions import allow, create_role
from tests.rehearsal.emulator.types.stack import Stack
from tests.rehearsal.stored_secret import VIA

KEY = {"Fn::GetAtt": ["Key", "Arn"]}
MANAGED = {
    "Engine": "mysql",
    "MasterUsername": "admin",
    "ManageMasterUserPassword": True,
    "MasterUserSecret": {"KmsKeyId": KEY},
}
SECRET = {"Fn::GetAtt": ["Database", "MasterUserSecret.SecretArn"]}
KINDS = {"DBCluster": {"DatabaseName": "app"}, "DBInstance": {"DBName": "app", "DBInstanceClass": "db.t4g.small"}}


def template(kind: str, **changed: Any) -> dict[str, Any]:
    database = {"Type": f"AWS::RDS::{kind}", "Properties": {**MANAGED, **KINDS[kind], **changed}}
    account = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": account}}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
    outputs = {"Secret": {"Value": SECRET}, "Key": {"Value": KEY}}
    return {"Resources": {"Key": key, "Database": database}, "Outputs": outputs}


def told(stack: Stack, kind: str) -> dict[str, Any]:
    describe = stack.rds.describe_db_clusters if kind == "DBCluster" else stack.rds.describe_db_instances
    (record,) = describe()[f"{kind}s"]
    return dict(record)


@pytest.mark.parametrize("kind", KINDS)
def test_it_holds_the_master_s_password_and_goes_with_the_database(stack: Stack, kind: str) -> None:
    stack.template = template(kind)
    stack.create()
    value = stack.secret()
    assert value.keys() == {"username", "password"} and value["username"] == "admin" and len(value["password"]) > 20
    assert told(stack, kind)["MasterUserSecret"]["SecretArn"] == stack.outputs["Secret"]
    stack.update("Database", BackupRetentionPeriod=3)
    assert stack.secret() == value
    stack.delete()
    assert stack.secrets.list_secrets()["SecretList"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_master_without_a_managed_password_has_none(stack: Stack, kind: str) -> None:
    stack.template = template(kind, ManageMasterUserPassword=False)
    del stack.template["Outputs"]["Secret"]
    stack.create()
    assert "MasterUserSecret" not in told(stack, kind) and stack.secrets.list_secrets()["SecretList"] == []


def test_who_reads_it_needs_a_right_on_its_key_too(empty_cloud: Cloud, stack: Stack) -> None:
    stack.template = template("DBInstance")
    stack.create()
    secret, key = stack.outputs["Secret"], stack.outputs["Key"]
    role = create_role(empty_cloud, "reader", "lambda.amazonaws.com")
    reading = {"Action": "secretsmanager:GetSecretValue", "Resource": secret}
    allow(empty_cloud, "reader", reading)
    client = empty_cloud.client("secretsmanager", empty_cloud.role_session(role))
    with pytest.raises(ClientError, match="Access to KMS is not allowed"):
        client.get_secret_value(SecretId=secret)
    allow(empty_cloud, "reader", reading, {"Action": "kms:Decrypt", "Resource": key, "Condition": VIA})
    assert json.loads(client.get_secret_value(SecretId=secret)["SecretString"]) == stack.secret()
