"""An emulator that answers too many calls: the first of each service are refused as AWS refuses them.

Runs in ministack's own process, in front of it. The rehearsal's own calls are not counted: its table is not what is
rehearsed.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from ministack.core.iam_actions import access_denied_response

from keyless.rehearsal.emulator.user_agent import REHEARSAL

_SERVICE: Final = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_ANSWERS: Final = {
    "lambda": (429, "TooManyRequestsException"),
    "s3": (503, "SlowDown"),
}
_OTHERS: Final = (400, "ThrottlingException")
"""Botocore and the AWS SDK for JavaScript try these again; a function's code sees only what they give up on."""


class Throttle:
    """An ASGI application in front of another."""

    def __init__(self, app: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self._app, self._seen, self._calls, self._besides = app, Counter[str](), 0, frozenset[str]()

    def refuse_first(self, calls: int, besides: Iterable[str] = ()) -> None:
        """Of each service but those `besides`, from now on."""
        self._calls, self._besides = calls, frozenset(besides)
        self._seen.clear()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        service = _service(scope) if self._calls and scope["type"] == "http" else None
        if service is None or service in self._besides or self._seen[service] >= self._calls:
            await self._app(scope, receive, send)
            return
        self._seen[service] += 1
        while (await receive()).get("more_body", False):  # a client that still sends would not hear the answer
            pass
        await _refuse(service, scope, send)


def _service(scope: Any) -> str | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    found = _SERVICE.search(headers.get("authorization", ""))
    return found[1] if found and REHEARSAL not in headers.get("user-agent", "") else None


async def _refuse(service: str, scope: Any, send: Any) -> None:
    status, code = _ANSWERS.get(service, _OTHERS)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    _, answered, body = access_denied_response(
        service, "", "", "throttled", error_code=code, message="Rate exceeded", headers=headers
    )
    raw = [(name.lower().encode(), value.encode()) for name, value in answered.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
