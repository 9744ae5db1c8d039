"""The emulator's only entrance: every request must be signed by a credential of this cloud, whatever it asks for.

Runs in ministack's own process. Behind it ministack decides on policies, and serves much that no policy decides on:
buckets without credentials, its own reset and configuration, queues' messages, functions' code, gateways, WebSockets.
"""

import uuid
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

from ministack.core.iam_actions import access_denied_response
from ministack.services.cloudformation import custom_resource

from keyless.rehearsal.emulator.iam.signature import RefusedError, Request, credential, signature, verify

Scope = Any
"""ASGI's, as every message is: a dictionary."""
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_OWN = "/_"
"""What the paths of ministack's own begin with. AWS has no such path, and no bucket has such a name."""
_ANSWER = "/_ministack/cfn-response/"


class Door:
    """An ASGI application in front of ministack's."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif _answers_cloudformation(scope):
            await self._app(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request.of(scope)
        try:
            body = await _verified_body(request, scope, receive)
        except RefusedError as refusal:
            await _refuse(refusal, request, send)
        else:
            await self._app(scope, _again(body, receive), send)


async def _verified_body(request: Request, scope: Scope, receive: Receive) -> bytes:
    """The body of a request that is signed. Of nobody known, none is read. Raises RefusedError."""
    signed = signature(request)
    known = credential(request, signed)
    body = await _read(receive)
    verify(request, signed, known, body)
    if scope["path"].startswith(_OWN):
        raise RefusedError("AccessDenied", "This cloud's own paths are closed.", signed.service)
    return body


def _answers_cloudformation(scope: Scope) -> bool:
    """Whether it is a custom resource's answer, which functions send unsigned.

    Its random URL, known to the function alone, is the key, as the presigned one is on AWS. It is good while
    CloudFormation waits for the answer.
    """
    path = scope["path"]
    waits: bool = path.startswith(_ANSWER) and path.removeprefix(_ANSWER) in custom_resource._pending
    return waits and scope["method"] == "PUT"


async def _read(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body on once; what comes after it is the client's."""
    unread = [body]

    async def again() -> Any:
        return {"type": "http.request", "body": unread.pop(), "more_body": False} if unread else await receive()

    return again


async def _refuse(refusal: RefusedError, request: Request, send: Send) -> None:
    """The refusal in the protocol of the service that the request was signed for; of one without a signature, in that
    of a form, which the query services take."""
    form = "x-www-form-urlencoded" in dict(request.headers).get("content-type", "")
    _, headers, body = access_denied_response(
        refusal.service or ("sts" if form else ""),
        "",
        "",
        str(uuid.uuid4()),
        error_code=refusal.code,
        message=str(refusal),
        headers=dict(request.headers),
    )
    dated = {**headers, "Date": formatdate(usegmt=True)}
    raw = [(name.lower().encode(), value.encode()) for name, value in dated.items()]
    await send({"type": "http.response.start", "status": 403, "headers": raw})
    await send({"type": "http.response.body", "body": body})
