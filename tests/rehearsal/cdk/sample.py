"""The sample app, synthesized and deployed."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from keyless.rehearsal.cdk.assembly import localise
from keyless.rehearsal.cdk.command import Cdk
from keyless.rehearsal.cdk.packing import pack
from keyless.rehearsal.cdk.synthesis import synth
from tests.rehearsal.rehearsed import APP

SAMPLE = f"{sys.executable} {Path(__file__).parent / 'sample_app.py'}"
DATABASE_CA = Path(__file__)
"""Its text is enough here: nothing connects."""


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


def synthesized(folders: pytest.TempPathFactory, context: Mapping[str, str]) -> Sample:
    folder = folders.mktemp("sample")
    sample = Sample(folder / "synthesized", folder / "localised")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")  # the validator's findings on the sample are not what is tested here
        synth(APP, sample.synthesized, context, app=SAMPLE)
    localise(sample.synthesized, sample.localised)
    pack(sample.localised)
    return sample
