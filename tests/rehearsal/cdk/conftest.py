"""The sample app, synthesized and deployed once."""

import pytest

from keyless.rehearsal.cdk.command import Cdk, Deployment
from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.cdk.sample import DATABASE_CA, Deployed, Sample, synthesized
from tests.rehearsal.rehearsed import APP


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return synthesized(tmp_path_factory, {})


@pytest.fixture(scope="session")
def failing_sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample with another port and proxy timeout, and a custom resource that refuses everything but a delete."""
    return synthesized(tmp_path_factory, {"port": "5433", "fail": "the lock is held by someone else"})


@pytest.fixture(scope="session")
def deployed(cloud: Cloud, sample: Sample) -> Deployed:
    cdk = Cdk(APP, cloud, sample.localised)
    cdk.bootstrap()
    first: Deployment = cdk.deploy("Sample-network", "Sample-database")
    cloud.set_endpoints({first.outputs["Sample-database"]["EndpointOut"]: ("127.9.9.9", DATABASE_CA)})
    second = cdk.deploy()
    return Deployed(cdk, sample, second.outputs)
