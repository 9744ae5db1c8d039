"""The deployed proxy reads its secrets with its own role."""

import pytest

from keyless.rehearsal.deployment.proxy import secret_reader
from keyless.rehearsal.endpoints.proxy.settings import Credentials, UnreadableError
from tests.rehearsal.emulator.functions import allow, create_role
from tests.rehearsal.stored_secret import StoredSecret


def test_the_proxy_reads_with_its_own_role(stored: StoredSecret) -> None:
    role = create_role(stored.cloud, f"{stored.name}-proxy", "rds.amazonaws.com")
    with pytest.raises(UnreadableError, match="secretsmanager:GetSecretValue"):
        secret_reader(stored.cloud, role)(stored.arn)
    allow(stored.cloud, f"{stored.name}-proxy", *stored.rights)
    assert secret_reader(stored.cloud, role)(stored.arn) == Credentials("writer", "the-first-one")


def test_a_role_that_does_not_trust_rds_is_not_a_proxys(stored: StoredSecret) -> None:
    with pytest.raises(UnreadableError, match=r"cannot be assumed by rds\.amazonaws\.com"):
        secret_reader(stored.cloud, stored.role)(stored.arn)


def test_a_secret_that_is_not_a_login_is_unreadable_to_the_proxy_and_is_not_shown(stored: StoredSecret) -> None:
    role = create_role(stored.cloud, f"{stored.name}-proxy", "rds.amazonaws.com")
    allow(stored.cloud, f"{stored.name}-proxy", *stored.rights)
    stored.client().put_secret_value(SecretId=stored.arn, SecretString="hush")
    with pytest.raises(UnreadableError) as refusal:
        secret_reader(stored.cloud, role)(stored.arn)
    assert str(refusal.value) == f"secret {stored.arn} is not a JSON object with username and password"
    assert refusal.value.__cause__ is None
