"""Where an environment is, and what is to be deployed there: written for keyless_aurora.verify.plan, which reads it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from keyless.verify.deployed import STACK, Function


@dataclass(frozen=True)
class Place:
    """Where the environment is deployed."""

    environment: str
    prefix: str
    region: str
    account: str
    qualifier: str
    protected: bool
    """As its settings say."""

    @property
    def stack(self) -> str:
        """Of the probes."""
        return f"{self.prefix}-{STACK}"


Variables = Mapping[str, Mapping[str, str]]
"""More of a probe's environment, by the deployed function's name."""
NO_MORE: Final[Variables] = MappingProxyType({})


_COPIED: Final = ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSSLROOTCERT", "DB_SECRET_ARN")
"""What a probe needs of a function's environment. Whatever else is there stays there: it may be a secret, which the
probes' template would show."""


def probe_name(function: Function) -> str:
    """Of the function in the probes' stack."""
    return "".join(part[:1].upper() + part[1:] for part in re.findall("[A-Za-z0-9]+", function.name))


def plan(place: Place, functions: Sequence[Function], variables: Variables, run: str) -> dict[str, Any]:
    """As keyless_aurora.verify.plan reads it."""
    where = {name: value for name, value in vars(place).items() if name != "protected"}
    made = [_probe(function, variables.get(function.name, {})) for function in functions]
    return {**where, "run": run, "probes": made}


def _probe(function: Function, variables: Mapping[str, str]) -> dict[str, Any]:
    configuration = function.configuration
    network = configuration["VpcConfig"]
    return {
        "name": probe_name(function),
        "role_arn": configuration["Role"],
        "security_group_ids": list(network["SecurityGroupIds"]),
        "subnet_ids": list(network["SubnetIds"]),
        "layer_arns": [layer["Arn"] for layer in configuration.get("Layers", ())],
        "environment": {
            **{name: function.variables[name] for name in _COPIED if name in function.variables},
            **variables,
        },
        "log_group": configuration["LoggingConfig"]["LogGroup"],
    }


def write_plan(place: Place, functions: Sequence[Function], folder: Path, variables: Variables, run: str) -> Path:
    file = folder / "plan.json"
    file.write_text(json.dumps(plan(place, functions, variables, run)), encoding="utf-8")
    return file
