"""What is deployed beside functions and uses the database: services of containers, and servers."""

from collections.abc import Iterator, Mapping
from typing import Any

from keyless.rehearsal.deployment import connection
from keyless.rehearsal.deployment.workloads import servers, services
from keyless.rehearsal.deployment.workloads.model import Physical, Workload
from keyless.rehearsal.emulator.cloud import Cloud

__all__ = ["Workload", "sources", "workloads"]


def workloads(cloud: Cloud, template: Mapping[str, Any], physical: Physical) -> Iterator[Workload]:
    """Those of a stack that are told of a database user, as they are now.

    Args:
        physical: the deployed name of a resource of the stack, by its logical id.
    """
    found = (*services.deployed(cloud, template, physical), *servers.deployed(cloud, template, physical))
    yield from (workload for workload in found if connection.is_told(workload.settings))


def sources(template: Mapping[str, Any]) -> Iterator[str]:
    """The folders of their code that a template names."""
    yield from services.sources(template)
    yield from servers.sources(template)
