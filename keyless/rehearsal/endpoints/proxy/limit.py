"""How many connections the proxy opens at once, and how long a client waits for one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from keyless.rehearsal.endpoints.denial import NoConnectionError
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings


class ConnectionLimit:
    """Counts connections. The limit itself is part of the settings, which may change at any time."""

    def __init__(self) -> None:
        self._borrowed, self._returned = 0, asyncio.Condition()

    @asynccontextmanager
    async def borrow(self, settings: ProxySettings) -> AsyncIterator[None]:
        """One connection's share of the limit. Raises NoConnectionError after `ConnectionBorrowTimeout`."""
        try:
            async with asyncio.timeout(settings.borrow_seconds), self._returned:
                await self._returned.wait_for(lambda: self._borrowed < settings.max_connections)
                self._borrowed += 1
        except TimeoutError as error:
            raise NoConnectionError from error
        try:
            yield
        finally:
            self._borrowed -= 1
            async with self._returned:
                self._returned.notify()
