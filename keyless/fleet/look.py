"""Looks at one cluster, a database after the other. Runs in a process of its own, which looks at nothing else meanwhile
and may be ended at any moment."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from db_access.errors import AccessError, SpecError, UnreachableError
from db_access.secrets import ReadSecret, Secret, from_secrets_manager
from db_access.spec import AccessSpec
from keyless.fleet import credentials
from keyless.fleet.cluster import Cluster, Deployed, Endpoint
from keyless.fleet.connection import Way, forget_variables
from keyless.fleet.credentials import Lent, Question, lent
from keyless.fleet.database import Kind, Looking, looked_at
from keyless.fleet.found import Admins, Found, State, Step, found
from keyless_client.credentials import Key


@dataclass(frozen=True)
class Look:
    cluster: Cluster
    kind: Kind
    lent: Lent | None
    """None where its credentials are those of the process, if it needs any."""


_UNTRIED: Final = "not tried, since the server can't be reached"
Job = Look | Question
Said = Found | Admins | Step | Lent


def prepare() -> None:
    """What a process does once, before its first job."""
    forget_variables()
    log = logging.getLogger("db_access")
    log.addHandler(logging.NullHandler())  # warnings of a thousand specs are for those who check them
    log.propagate = False


def answers(deployed: Deployed, job: Job) -> Iterator[Said]:
    """What is found out, as soon as it is: credentials, or the state of each database.

    Raises:
        AccessError: when there are no credentials.
    """
    if isinstance(job, Question):
        yield lent(job)
        return
    try:
        yield from _cluster(deployed, job)
    except SpecError as error:
        yield found(None, State.FAILED, [f"{error.what}: {problem}" for problem in error.problems])
    except UnreachableError as error:
        yield found(None, State.UNREACHABLE, [str(error)])
    except AccessError as error:
        yield found(None, State.FAILED, [str(error)])


def _cluster(deployed: Deployed, job: Look) -> Iterator[Said]:
    cluster, key = job.cluster, job.lent.key if job.lent else None
    spec = _loaded(cluster.spec)
    yield Step("asking its stacks where it is" if cluster.endpoint is None else "reading the spec")
    endpoint, manager = _placed(deployed, cluster, key)
    spec = _managed(spec, cluster.managed_by, manager)
    looking = Looking(job.kind, _way(cluster, endpoint, key), spec, cluster.master, _reader(key))
    names = [spec.database(name).name for name in cluster.databases or [each.name for each in spec.databases]]
    for place, name in enumerate(names):
        yield Step(f"database {name}", name)
        if not (yield from looked_at(looking, name)):
            yield from (found(other, State.UNREACHABLE, [_UNTRIED]) for other in names[place + 1 :])
            return


def _placed(deployed: Deployed, cluster: Cluster, key: Key | None) -> tuple[Endpoint, str | None]:
    if cluster.endpoint is not None:
        return cluster.endpoint, None
    region = cluster.region or ""
    place = deployed(lambda service: credentials.client(service, region, key), region, cluster.environment or "")
    return replace(place.endpoint, user=cluster.user or place.endpoint.user), place.manager


def _way(cluster: Cluster, endpoint: Endpoint, key: Key | None) -> Way:
    signed_with = key if cluster.by_iam else None
    return Way(endpoint, cluster.tunnel, cluster.region, signed_with, cluster.root_certificates)


@lru_cache(maxsize=8)
def _loaded(path: Path) -> AccessSpec:
    """Once for the clusters that share it. Raises SpecError."""
    return AccessSpec.load(path)


def _managed(spec: AccessSpec, said: str | None, by_environment: str | None) -> AccessSpec:
    """Raises SpecError where two say who manages it."""
    if said is not None and spec.says_manager and spec.managed_by != said:
        raise SpecError([f"managed_by: the spec says {spec.managed_by!r}, and the fleet {said!r}; allowed: one"])
    manager = said or by_environment
    return spec if manager is None else spec.named(manager)


def _reader(key: Key | None) -> ReadSecret:
    return partial(_secret, key)


def _secret(key: Key | None, arn: str) -> Secret:
    """By the cluster's credentials, in the region that the ARN names."""
    return from_secrets_manager(
        arn, None if key is None else credentials.client("secretsmanager", arn.split(":")[3], key)
    )
