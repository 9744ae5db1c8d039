"""Your functions, each as a user of its own."""

from functools import partial
from pathlib import Path

from keyless_aurora.stacks.workload import WorkloadFunction, WorkloadStack

_FUNCTIONS = Path(__file__).parent / "functions"

FUNCTIONS = {
    "Migrator": WorkloadFunction(_FUNCTIONS / "migrator", user="migrator", database="app", timeout_seconds=60),
    "Writer": WorkloadFunction(_FUNCTIONS / "writer", user="writer", database="app", timeout_seconds=60),
}
"""By the name that the environments' `workloads` know."""

workload = partial(WorkloadStack, functions=FUNCTIONS)
