"""The lines of an instance's metadata service, asked as an attacker asks: by a server that fetches what it is told to
(no session token), and from a container or a forwarding proxy (a hop further)."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Final

from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.workloads.credentials.instances import LIFE, ROLES, TOKEN, InstanceMetadata

_SECONDS: Final = 5


def lines(name: str, metadata: InstanceMetadata) -> Iterator[Line]:
    without = _asked(metadata.url + ROLES, "GET")
    yield Line(f"{name}'s credentials, without a session token", Outcome.BY_METADATA, "", without)
    further = _asked(metadata.from_container + TOKEN, "PUT")
    yield Line(f"{name}'s credentials, from a container on it", Outcome.NO_WAY, "", further)


def _asked(url: str, method: str) -> Attempt:
    """Never shows what it got."""
    request = urllib.request.Request(url, method=method, headers={LIFE: "60"} if method == "PUT" else {})  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - ours
            return Attempt(Outcome.ALLOWED, "the metadata service answers")
    except urllib.error.HTTPError as error:
        return Attempt(Outcome.BY_METADATA, f"HTTP {error.code}")
    except (OSError, http.client.HTTPException):
        return Attempt(Outcome.NO_WAY, "no answer comes that far")
