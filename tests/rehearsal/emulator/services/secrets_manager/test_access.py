"""The policies of role, secret and key, as deployed, decide who reads a secret."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.stored_secret import VALUE, StoredSecret


def refused(stored: StoredSecret) -> str:
    with pytest.raises(ClientError) as refusal:
        stored.read()
    return str(refusal.value)


def test_a_role_with_both_rights_reads(stored: StoredSecret) -> None:
    assert stored.read() == VALUE


def test_without_a_right_on_the_secret_it_is_refused(stored: StoredSecret) -> None:
    stored.allow(stored.rights[1])
    assert "not authorized to perform: secretsmanager:GetSecretValue" in refused(stored)


def test_a_right_on_another_secret_is_none_on_this(stored: StoredSecret) -> None:
    stored.allow({**stored.rights[0], "Resource": stored.arn.replace("stored-", "other-")}, stored.rights[1])
    assert "not authorized" in refused(stored)


def test_without_a_right_on_the_key_it_is_refused(stored: StoredSecret) -> None:
    stored.allow(stored.rights[0])
    assert "(AccessDeniedException)" in refused(stored)
    assert "Access to KMS is not allowed" in refused(stored)


def test_a_right_on_the_key_by_way_of_another_service_is_none(stored: StoredSecret) -> None:
    other = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    stored.allow(stored.rights[0], {**stored.rights[1], "Condition": other})
    assert "Access to KMS is not allowed" in refused(stored)


def test_the_keys_policy_must_allow_it_too(stored: StoredSecret) -> None:
    nobody = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:role/x"},
            "Action": "kms:*",
            "Resource": "*",
        },
    }
    stored.cloud.client("kms").put_key_policy(KeyId=stored.key, PolicyName="default", Policy=json.dumps(nobody))
    assert "Access to KMS is not allowed" in refused(stored)


def test_writing_needs_the_keys_other_right(stored: StoredSecret) -> None:
    stored.client().put_secret_value(SecretId=stored.arn, SecretString="{}")
    stored.allow(stored.rights[0], {**stored.rights[1], "Action": "kms:Decrypt"})
    with pytest.raises(ClientError, match="Access to KMS is not allowed"):
        stored.client().put_secret_value(SecretId=stored.arn, SecretString="{}")


def test_a_disabled_key_decrypts_nothing(stored: StoredSecret) -> None:
    stored.cloud.client("kms").disable_key(KeyId=stored.key)
    assert "DecryptionFailure" in refused(stored)
