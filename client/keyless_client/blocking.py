"""What blocks, for asyncio: in a thread that nobody has to wait for.

Those of `asyncio.to_thread` are the loop's, and `asyncio.run` waits for them at its end: a name that isn't resolved, or
credentials that aren't answered, would keep it for minutes after the deadline.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

Result = TypeVar("Result")


async def aside(work: Callable[..., Result], *given: Any) -> Result:
    """What `work(*given)` returns or raises. Who is cancelled meanwhile leaves the thread to itself."""
    loop, context = asyncio.get_running_loop(), copy_context()
    future: asyncio.Future[Result] = loop.create_future()

    def answer(way: Callable[[Any], None], what: object) -> None:
        if not future.done():
            way(what)

    def tell(way: Callable[[Any], None], what: object) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(answer, way, what)

    def do() -> None:
        try:
            result = context.run(work, *given)
        except BaseException as error:
            tell(future.set_exception, error)
        else:
            tell(future.set_result, result)

    threading.Thread(target=do, name="keyless_client aside", daemon=True).start()
    return await future
