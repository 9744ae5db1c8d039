"""A sample to copy from: two functions that use the database, each as a user of its own."""

from pathlib import Path

from constructs import Construct

from keyless_aurora.engines.family import Family
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.stacks.workload import WorkloadFunction, WorkloadStack

_SAMPLE = Path(__file__).parents[1] / "sample"


def functions(family: Family) -> dict[str, WorkloadFunction]:
    """By the name that the environments' `workloads` know. Keep the folder of your own engine's."""
    code = _SAMPLE / "mysql" if family is Family.MYSQL else _SAMPLE
    return {
        "Migrator": WorkloadFunction(code / "migrator", user="migrator", database="app", timeout_seconds=60),
        "Writer": WorkloadFunction(code / "writer", user="lambda_writer", database="app", timeout_seconds=60),
    }


def workload(scope: Construct, environment: Environment, on: Foundation) -> WorkloadStack:
    return WorkloadStack(
        scope,
        environment,
        on,
        functions=functions(environment.database.engine.family),
        description="Keyless Aurora: sample functions",
    )
