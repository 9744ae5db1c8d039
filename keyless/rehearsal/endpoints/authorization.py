"""What an endpoint needs to decide about a login: the client's token, the verdict on it, the deployed settings.

What can't be decided is refused.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from keyless.rehearsal.emulator.iam.verdict import Judge, Verdict
from keyless.rehearsal.endpoints.denial import Denial
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import Stream
from keyless.rehearsal.endpoints.protocol.wire import Refusal

_Result = TypeVar("_Result")
_SECONDS = 20.0


async def request_token(client: Stream, seconds: float) -> str:
    """The token that the client sends as its password. Raises TimeoutError when it sends nothing in time."""
    await client.send(wire.message(b"R", wire.CLEAR_TEXT_PASSWORD))
    async with asyncio.timeout(seconds):
        kind, body = await wire.read_message(client.reader)
    if kind != b"p":
        raise Refusal("08P01", "expected password response")
    return body.removesuffix(b"\0").decode(errors="replace")


async def judge_token(judge: Judge, endpoint: Endpoint, user: str, token: str) -> Verdict:
    """The judge's verdict on a login at `endpoint` as `user`."""
    return await in_thread(
        lambda: judge(token=token, host=endpoint.host, port=endpoint.port, user=user, resource_id=endpoint.resource_id),
        "the judge",
    )


async def in_thread(function: Callable[[], _Result], name: str) -> _Result:
    """The result of a function that may block. Raises its Denial, or one that names `name` when it fails otherwise."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await asyncio.to_thread(function)
    except Denial:
        raise
    except Exception as error:  # whatever the failure
        raise Denial("the login could not be decided", f"{name} failed: {type(error).__name__}") from error
