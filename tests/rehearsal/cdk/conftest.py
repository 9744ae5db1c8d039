"""The sample app, synthesized and deployed once."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from keyless.rehearsal.cdk.assembly import localise
from keyless.rehearsal.cdk.command import Cdk, Deployment
from keyless.rehearsal.cdk.synthesis import synth
from keyless.rehearsal.emulator.cloud import Cloud

SAMPLE = f"{sys.executable} {Path(__file__).parent / 'sample_app.py'}"
DATABASE_CA = Path("/somewhere/ca.pem")


@dataclass(frozen=True)
class Sample:
    """The sample app as synthesized and as localised."""

    synthesized: Path
    localised: Path


@dataclass(frozen=True)
class Deployed:
    """The sample app deployed."""

    cdk: Cdk
    sample: Sample
    outputs: Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return _synthesized(tmp_path_factory, {})


@pytest.fixture(scope="session")
def failing_sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample with another port and proxy timeout, and a custom resource that refuses everything but a delete."""
    return _synthesized(tmp_path_factory, {"port": "5433", "fail": "the lock is held by someone else"})


@pytest.fixture(scope="session")
def deployed(cloud: Cloud, sample: Sample) -> Deployed:
    cdk = Cdk(cloud, sample.localised)
    cdk.bootstrap()
    first: Deployment = cdk.deploy("Sample-network", "Sample-database")
    cloud.set_endpoints({first.outputs["Sample-database"]["EndpointOut"]: ("127.9.9.9", DATABASE_CA)})
    second = cdk.deploy()
    return Deployed(cdk, sample, second.outputs)


def _synthesized(folders: pytest.TempPathFactory, context: Mapping[str, str]) -> Sample:
    folder = folders.mktemp("sample")
    sample = Sample(folder / "synthesized", folder / "localised")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")  # the validator's findings on the sample are not what is tested here
        synth(sample.synthesized, context, app=SAMPLE)
    localise(sample.synthesized, sample.localised)
    return sample
