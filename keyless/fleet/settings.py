"""What the file of a fleet says of a cluster, and of all of them. Reads no file and asks nobody."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from db_access.spec.model.base import DatabaseName, Model
from db_access.spec.model.names import Manager

_LAST_PORT: Final = 65535


def _form(pattern: str, allowed: str) -> AfterValidator:
    def checked(text: str) -> str:
        if re.fullmatch(pattern, text):
            return text
        raise ValueError(f"{text!r} is not allowed; allowed: {allowed}")

    return AfterValidator(checked)


Name = Annotated[
    str,
    _form(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}", "letters, digits and . _ @ -, a letter or digit first, at most 100"),
]
Host = Annotated[str, _form(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}", "the name of one endpoint")]
"""libpq would take several with commas between them, and a socket's folder."""
Tunnel = Annotated[str, _form(r"[0-9]{1,3}(\.[0-9]{1,3}){3}:[1-9][0-9]{0,4}", "an address and a port, 127.0.0.1:15432")]
Region = Annotated[str, _form(r"[a-z]{2,}(-[a-z]+)+-[0-9]", "a region, such as eu-west-1")]
RoleArn = Annotated[
    str,
    _form(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+",
        "the ARN of a role, arn:aws:iam::123456789012:role/NAME",
    ),
]
ExternalId = Annotated[str, _form(r"[A-Za-z0-9_+=,.@:/-]{2,1224}", "2 to 1,224 letters, digits and _ + = , . @ : / -")]
"""As STS's AssumeRole takes it (AWS STS API Reference)."""
Text = Annotated[str, Field(min_length=1, max_length=1000)]


class Settings(Model):
    """What can be said once, for all clusters that don't say it themselves. Paths begin at the file's folder."""

    spec: Text | None = None
    managed_by: Manager | None = None
    """Who manages the roles, where the spec doesn't say."""
    databases: Annotated[tuple[DatabaseName, ...], Field(min_length=1)] | None = None
    """Of the spec's; by default all of them."""
    port: Annotated[int, Field(ge=1, le=_LAST_PORT)] | None = None
    user: Text | None = None
    """Who logs in."""
    master: Text | None = None
    """Who makes the runs, where that isn't `user`."""
    auth_method: Literal["iam", "password"] | None = None
    """By default `iam` for an endpoint of RDS; otherwise a password of libpq's file."""
    region: Region | None = None
    profile: Text | None = None
    role_arn: RoleArn | None = None
    external_id: ExternalId | None = None
    root_certificates: Text | None = None
    """A PEM file; by default AWS's own roots for RDS."""


class Entry(Settings):
    """A cluster: by its endpoint, or by the environment that the stacks have deployed."""

    name: Name
    host: Host | None = None
    environment: Text | None = None
    tunnel: Tunnel | None = None
    """Where the endpoint is reached, if not by its name. Its certificate is still verified for `host`."""


class FleetFile(Model):
    version: Literal[1] = 1
    defaults: Settings = Settings()
    clusters: Annotated[tuple[Entry, ...], Field(min_length=1)]
