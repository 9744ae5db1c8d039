"""Where a task gets its role's credentials (ECS Developer Guide, "Task IAM role"): a path that only its own processes
are told. ECS has it at 169.254.170.2, which can't be had here, so the whole URL is told."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from keyless.rehearsal.workloads.credentials.handed import Session, document
from keyless.rehearsal.workloads.credentials.loopback import Answer, Loopback, Request


class TaskCredentials:
    def __init__(self, role: str, session: Session) -> None:
        self._role, self._session = role, session
        self._path = f"/v2/credentials/{secrets.token_urlsafe(24)}"
        self.given = 0
        """How often credentials were handed out."""

    @contextmanager
    def served(self) -> Iterator[dict[str, str]]:
        """The variables by which a process finds it."""
        with Loopback(self._answer) as server:
            yield {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + self._path,
                "AWS_EC2_METADATA_DISABLED": "true",
            }

    def _answer(self, request: Request) -> Answer:
        if (request.method, request.path) != ("GET", self._path):
            return Answer(404)
        answer = document(self._session, {"RoleArn": self._role})
        self.given += answer.status == 200
        return answer

    def __str__(self) -> str:
        return "ECS's endpoint for a task's credentials"
