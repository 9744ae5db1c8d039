"""What the operator's side asks for: the deployed functions whose place the probes take. JSON, written by
`keyless verify`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Probe:
    """One function, with what the deployed one has."""

    name: str
    """Of the deployed function in its stack, such as Writer."""
    role_arn: str
    security_group_ids: Sequence[str]
    subnet_ids: Sequence[str]
    layer_arns: Sequence[str]
    environment: Mapping[str, str]
    log_group: str


@dataclass(frozen=True)
class Plan:
    environment: str
    prefix: str
    """What the environment's stacks begin with."""
    region: str
    account: str
    """Empty: that of whoever deploys."""
    qualifier: str
    """Of the environment's CDK bootstrap."""
    run: str
    """Names the verify that makes the stack, which removes no other one's."""
    probes: Sequence[Probe]

    @classmethod
    def read(cls, file: Path) -> Self:
        raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return cls(**{**raw, "probes": [Probe(**probe) for probe in raw["probes"]]})
