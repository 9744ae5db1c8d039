"""CloudFormation answers when a stack is done, not when it has begun.

Runs in ministack's own process. On AWS a stack takes minutes, and the cdk command line looks at it every five seconds.
Here it takes one, and the first look, right after the answer, finds it done.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final

from ministack.services import cloudformation

_LONGEST: Final = 60.0
"""Seconds. Clients give up on an answer after 60 to 120; a stack that takes longer goes on and is asked about."""
_BODY: Final = 3
"""Of what ministack hands to a service: method, path, headers, body, query."""
_Handle = Callable[..., Awaitable[Any]]


class Pause:
    """Keeps the answer about one stack back, so that who deploys it goes on with the next one when told to."""

    def __init__(self) -> None:
        self._stack, self._over = "", threading.Event()

    def begin(self, stack: str) -> None:
        self._stack = stack

    def end(self) -> None:
        self._over.set()

    async def wait(self, body: bytes) -> None:
        """Where the request names the stack."""
        if self._stack and self._stack.encode() in body:
            await asyncio.to_thread(self._over.wait, _LONGEST)


def install(pause: Pause) -> None:
    cloudformation.handle_request = _answering_when_done(cloudformation.handle_request, pause)


def _answering_when_done(handle: _Handle, pause: Pause) -> _Handle:
    async def answer(*request: Any) -> Any:
        before = asyncio.all_tasks()
        answered = await handle(*request)
        # ministack's handlers never wait, so that every task that is new is the stack's
        if begun := asyncio.all_tasks() - before:
            await asyncio.wait(begun, timeout=_LONGEST)
            await pause.wait(request[_BODY])
        return answered

    return answer
