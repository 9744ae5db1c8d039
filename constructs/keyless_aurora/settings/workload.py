"""A function of the app's own stacks."""

from collections.abc import Collection, Iterator, Mapping

from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.egress import Egress, egress_problem
from keyless_aurora.settings.network import NetworkSettings


@settings
class Workload:
    """One function of an environment."""

    max_concurrency: int | None = None
    """Reserved for it, and its limit. None: whatever the account has left."""
    pattern: Pattern | None = None
    """Another way to the database than the environment's."""
    reader: bool = False
    """Whether it reads from Aurora's readers, by the proxy's endpoint for them (`proxy.reader_endpoint`)."""
    also_reader: bool = False
    """Whether it does so beside the writer, for `connect(reader=True)`."""
    egress: Egress = Egress.NOWHERE
    """Where it may go beside the database; the network's settings must have a way there."""


def unknown_workloads(workloads: Mapping[str, Workload], functions: Collection[str]) -> Iterator[str]:
    """`functions`: the names that the stacks with functions know."""
    for name in workloads:
        if name not in functions:
            yield f"workloads.{name}: no stack has such a function; allowed: {', '.join(sorted(functions)) or 'none'}"


def workload_problems(
    workloads: Mapping[str, Workload], network: NetworkSettings, *, reader_endpoint: bool
) -> Iterator[str]:
    """`reader_endpoint`: whether the proxy has one."""
    for name, workload in workloads.items():
        place = f"workloads.{name}"
        if workload.max_concurrency is not None and workload.max_concurrency < 1:
            yield (
                f"{place}.max_concurrency: {workload.max_concurrency} would never let it run; allowed: 1 or more, or "
                "None"
            )
        for name, asked in {"reader": workload.reader, "also_reader": workload.also_reader}.items():
            if asked and not reader_endpoint:
                yield f"{place}.{name}: there is no endpoint for readers; allowed: False, or proxy.reader_endpoint"
        if problem := egress_problem(workload.egress, network):
            yield f"{place}.egress: {problem}"
