"""A sample to copy from: two functions that use the database, each as a user of its own."""

from functools import partial
from pathlib import Path

from keyless_aurora.stacks.workload import WorkloadFunction, WorkloadStack

_SAMPLE = Path(__file__).parents[1] / "sample"

FUNCTIONS = {
    "Migrator": WorkloadFunction(_SAMPLE / "migrator", user="migrator", database="app", timeout_seconds=60),
    "Writer": WorkloadFunction(_SAMPLE / "writer", user="lambda_writer", database="app", timeout_seconds=60),
}
"""By the name that the environments' `workloads` know."""

workload = partial(WorkloadStack, functions=FUNCTIONS, description="Keyless Aurora: sample functions")
