"""The emulator that tests share, a secret on it, and which tests run in one worker."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.emulator.functions import create_role
from tests.rehearsal.stored_secret import VALUE, StoredSecret


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYLESS_LEAK", "the operator's")
        with Cloud() as running:
            yield running


@pytest.fixture
def stored(cloud: Cloud) -> Iterator[StoredSecret]:
    name, manager = f"stored-{secrets.token_hex(4)}", cloud.client("secretsmanager")
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    arn = manager.create_secret(Name=name, KmsKeyId=key, SecretString=json.dumps(VALUE))["ARN"]
    made = StoredSecret(cloud, arn, key, create_role(cloud, name, "lambda.amazonaws.com"))
    made.allow(*made.rights)
    yield made
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """The tests of a folder run in one worker, in the order of files.

    xdist's own loadgroup groups nothing: version 3.8 writes the group into `Item._nodeid`, which pytest 9.2 no longer
    reads.
    """
    return _Grouped(config, log) if config.getvalue("dist") == "loadgroup" else None


class _Grouped(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        """A folder's tests share their fixtures; each test in lines/variants deploys a stage of its own."""
        folder = nodeid.split("::", 1)[0].rpartition("/")[0]
        return nodeid if folder.endswith("lines/variants") else folder
