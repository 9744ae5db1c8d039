"""An instance's metadata service, as far as its role's credentials (Amazon EC2 User Guide, "Use the Instance Metadata
Service to access instance metadata"): with a session token where the launch template wants one."""

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from keyless.rehearsal.deployment.workloads.model import MetadataOptions
from keyless.rehearsal.workloads.credentials.handed import Session, document
from keyless.rehearsal.workloads.credentials.loopback import Answer, Loopback, Request

TOKEN: Final = "/latest/api/token"  # noqa: S105 - a path
ROLES: Final = "/latest/meta-data/iam/security-credentials/"
HEADER: Final = "x-aws-ec2-metadata-token"
LIFE: Final = "x-aws-ec2-metadata-token-ttl-seconds"
_LONGEST: Final = 21_600
_PATIENCE: Final = {"AWS_METADATA_SERVICE_TIMEOUT": "10", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"}
"""The SDK asks once and waits a second, which a busy machine may need."""


class InstanceMetadata:
    def __init__(self, role: str, session: Session, options: MetadataOptions) -> None:
        self._role, self._session, self._options = role.rsplit("/", 1)[-1], session, options
        self._tokens: dict[str, float] = {}
        self._prefix = f"/{secrets.token_urlsafe(24)}"
        self.given = 0
        """How often credentials were handed out."""

    @contextmanager
    def served(self) -> Iterator[dict[str, str]]:
        """The variables by which a process finds it. `url` and `from_container` are where it listens meanwhile."""
        with Loopback(self._answer) as near, Loopback(self._to_container) as far:
            self.url, self.from_container = near.url + self._prefix, far.url + self._prefix
            yield {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url, **_PATIENCE}

    def _to_container(self, request: Request) -> Answer | None:
        """Who forwards to a container counts as a hop. The answer to a PUT that may go no further is lost there."""
        return None if request.method == "PUT" and self._options.hops < 2 else self._answer(request)

    def _answer(self, request: Request) -> Answer:
        if not request.path.startswith(self._prefix):
            return Answer(404)
        if not self._options.enabled:
            return Answer(403)
        path = request.path.removeprefix(self._prefix)
        if request.method == "PUT":
            return self._token(request.headers) if path == TOKEN else Answer(404)
        if not self._knows(request.headers):
            return Answer(401)
        if path in (ROLES, ROLES.rstrip("/")):
            return Answer(200, self._role.encode())
        return self._credentials() if path == ROLES + self._role else Answer(404)

    def _token(self, headers: Mapping[str, str]) -> Answer:
        life = headers.get(LIFE, "")
        if "x-forwarded-for" in headers:
            return Answer(403)
        if not life.isdecimal() or not 1 <= int(life) <= _LONGEST:
            return Answer(400)
        made = secrets.token_urlsafe(40)
        self._tokens[made] = time.monotonic() + int(life)
        return Answer(200, made.encode())

    def _knows(self, headers: Mapping[str, str]) -> bool:
        if HEADER not in headers:
            return not self._options.token_required
        return self._tokens.get(headers[HEADER], 0) > time.monotonic()

    def _credentials(self) -> Answer:
        answer = document(self._session, {"Code": "Success", "Type": "AWS-HMAC"})
        self.given += answer.status == 200
        return answer

    def __str__(self) -> str:
        return "the instance's metadata service"
