"""AWS credentials of a profile or a role: asked for in a process of its own, once, and handed to all that need them.
Never shown."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, Self

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from db_access.errors import AccessError
from keyless.fleet.cluster import Source
from keyless.preflight.account.identity import CredentialsError, credentials_errors
from keyless_client.credentials import Key

PATIENCE: Final = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
_SPARE_SECONDS: Final = 300
_AT_LEAST_SECONDS: Final = 60
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_SESSION_NAME: Final = "keyless-fleet"


class SourceError(AccessError):
    """There are no credentials from this source."""


@dataclass(frozen=True)
class Lent:
    """What a source has given."""

    key: Key = field(repr=False)
    until: float | None
    """When to ask anew, in seconds since 1970; None where they don't expire."""

    @classmethod
    def expiring(cls, key: Key, moment: datetime | None) -> Self:
        """Asked for anew some time before, so that one cluster more can be looked at, but not all the time."""
        if moment is None:
            return cls(key, None)
        return cls(key, max(moment.timestamp() - _SPARE_SECONDS, time.time() + _AT_LEAST_SECONDS))

    @property
    def fresh(self) -> bool:
        return self.until is None or time.time() < self.until


@dataclass(frozen=True)
class Question:
    """Asks `source`, in `region` if its role has to be assumed."""

    source: Source
    region: str | None


def lent(question: Question) -> Lent:
    """Raises SourceError."""
    try:
        with credentials_errors():
            return _lent(question)
    except CredentialsError as error:
        raise _explained(question.source, error) from None


def _explained(source: Source, error: CredentialsError) -> SourceError:
    match error.__cause__:
        case SourceError() as ours:
            return ours
        case ClientError(operation_name="AssumeRole", response=response) if (
            response.get("Error", {}).get("Code") in _DENIED
        ):
            return SourceError(_not_assumed(source))
    return SourceError(f"{error}; allowed: {error.remedies[0]}")


def _lent(question: Question) -> Lent:
    session, source = Session(profile=question.source.profile), question.source
    own = session.get_credentials()
    if own is None:
        raise SourceError("there are no AWS credentials; allowed: a profile that has some")
    if source.role_arn is None:
        found = own.get_frozen_credentials()  # which finds out when they expire
        key = Key(found.access_key or "", found.secret_key or "", found.token or "")
        return Lent.expiring(key, getattr(own, "_expiry_time", None))
    sts: Any = session.create_client("sts", region_name=question.region, config=PATIENCE)
    given = sts.assume_role(RoleArn=source.role_arn, RoleSessionName=_SESSION_NAME, **_external(source))["Credentials"]
    key = Key(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return Lent.expiring(key, given["Expiration"])


def _not_assumed(source: Source) -> str:
    """AWS gives the same answer for each of the reasons."""
    said = "this `external_id`" if source.external_id else "no `external_id`"
    return (
        f"the role can't be assumed with {said} (AccessDenied); allowed: a role that is there, whose trust policy lets "
        "these credentials in with that, and credentials that may sts:AssumeRole"
    )


def _external(source: Source) -> dict[str, str]:
    return {} if source.external_id is None else {"ExternalId": source.external_id}


@cache
def _models() -> Session:
    """Only for the descriptions of services, which it keeps."""
    return Session()


def client(service: str, region: str, key: Key | None) -> Any:
    """A client that signs with `key`; without one with the credentials of the process."""
    id, secret, token = key or (None, None, None)
    return _models().create_client(
        service,
        region_name=region,
        config=PATIENCE,
        aws_access_key_id=id,
        aws_secret_access_key=secret,
        aws_session_token=token or None,
    )
