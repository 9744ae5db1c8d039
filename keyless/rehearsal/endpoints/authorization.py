"""How an endpoint asks: the client for its token, the judge about it, the deployment for its settings. What fails,
refuses."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from keyless.rehearsal.emulator.iam.verdict import Judge, Verdict
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import Stream
from keyless.rehearsal.endpoints.protocol.wire import Refusal

_Answer = TypeVar("_Answer")
_SECONDS = 20.0


async def ask_token(client: Stream, seconds: float) -> str:
    """The token the client gives as its password. Raises TimeoutError when it stays silent."""
    await client.send(wire.message(b"R", wire.ASK_CLEAR_TEXT_PASSWORD))
    async with asyncio.timeout(seconds):
        kind, body = await wire.read_message(client.reader)
    if kind != b"p":
        raise Refusal("08P01", "expected password response")
    return body.removesuffix(b"\0").decode(errors="replace")


async def ask_judge(judge: Judge, endpoint: Endpoint, user: str, token: str) -> Verdict:
    return await ask(
        lambda: judge(token=token, host=endpoint.host, port=endpoint.port, user=user, resource_id=endpoint.resource_id),
        "the judge",
    )


async def ask(question: Callable[[], _Answer], whom: str) -> _Answer:
    """The answer of a function that may block, given in a thread. Raises Refusal when it fails, whatever the
    failure."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await asyncio.to_thread(question)
    except Exception as error:  # what can't be decided is refused, and the reason goes into the evidence
        raise Refusal("58000", "the login could not be decided", f"{whom} failed: {type(error).__name__}") from error
