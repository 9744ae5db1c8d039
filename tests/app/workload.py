"""The functions of the app that the tests are about."""

from functools import partial
from pathlib import Path

from keyless_aurora.stacks.workload import WorkloadFunction, WorkloadStack

_FUNCTIONS = Path(__file__).parent / "functions"

FUNCTIONS = {
    "Migrator": WorkloadFunction(_FUNCTIONS / "migrator", user="migrator", database="app", timeout_seconds=24),
    "Writer": WorkloadFunction(_FUNCTIONS / "writer", user="lambda_writer", database="app", timeout_seconds=24),
}
"""By the name that the environments' `workloads` know."""

workload = partial(WorkloadStack, functions=FUNCTIONS, description="Keyless Aurora: sample functions")
