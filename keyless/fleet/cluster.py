"""A cluster of the fleet with all that is said of it: what a process needs to look at it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Source:
    """Where AWS credentials are from: a profile of the operator's, or a role that its credentials assume."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None

    def __str__(self) -> str:
        named = [f"profile {self.profile}" if self.profile else "", self.role_arn or ""]
        return ", ".join(filter(None, named)) or "the AWS credentials of this process"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where it is, and as whom to log in."""

    host: str
    port: int
    user: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """An environment's database, as its master logs in."""

    endpoint: Endpoint
    manager: str
    """Who manages the roles where the spec doesn't say."""


Deployed = Callable[[Callable[[str], Any], str, str], Place]
"""From clients of a region by service, the region and the name of an environment. Raises AccessError."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    name: str
    spec: Path
    managed_by: str | None
    databases: tuple[str, ...] | None
    """None for all of the spec's."""
    endpoint: Endpoint | None
    environment: str | None
    """Whose stacks say where it is, where `endpoint` is None."""
    user: str | None
    """Who logs in there, if not the master."""
    tunnel: tuple[str, int] | None
    master: str | None
    by_iam: bool
    region: str | None
    source: Source | None
    """None where nothing of AWS is asked, but perhaps secrets, with the credentials of the process."""
    root_certificates: Path | None
