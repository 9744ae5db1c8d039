"""The functions of the app that the tests are about."""

from pathlib import Path

from constructs import Construct

from keyless_aurora.engines.family import Family
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.stacks.workload import WorkloadFunction, WorkloadStack

_FUNCTIONS = Path(__file__).parent / "functions"


def functions(family: Family) -> dict[str, WorkloadFunction]:
    """By the name that the environments' `workloads` know."""
    code = _FUNCTIONS / "mysql" if family is Family.MYSQL else _FUNCTIONS
    return {
        "Migrator": WorkloadFunction(code / "migrator", user="migrator", database="app", timeout_seconds=24),
        "Writer": WorkloadFunction(code / "writer", user="lambda_writer", database="app", timeout_seconds=24),
    }


FUNCTIONS = functions(Family.POSTGRESQL)


def workload(scope: Construct, environment: Environment, on: Foundation) -> WorkloadStack:
    return WorkloadStack(
        scope,
        environment,
        on,
        functions=functions(environment.database.engine.family),
        description="Keyless Aurora: sample functions",
    )
