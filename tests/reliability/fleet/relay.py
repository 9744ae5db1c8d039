"""Many ports in front of a few servers, each as if it were a cluster of its own; counts who is connected at once."""

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Relay:
    """From each of its own ports on loopback to a server's, or to nobody: such a port takes connections and is silent."""

    targets: Mapping[str, int | None]
    """By the cluster's name: the server's port; None for a black hole."""
    ports: dict[str, int] = field(default_factory=dict)
    most: int = 0
    """How many connections there ever were at once."""
    connections: int = 0
    _open: set[asyncio.StreamReader] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._loop, started = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=[started])
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self, started: threading.Event) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._stop = asyncio.Event()
        servers = {name: await self._listening(target) for name, target in self.targets.items()}
        self.ports = {name: server.sockets[0].getsockname()[1] for name, server in servers.items()}
        started.set()
        await self._stop.wait()
        for server in servers.values():
            server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _listening(self, target: int | None) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._open.add(reader)
            await self._count()
            with contextlib.suppress(OSError, asyncio.CancelledError), contextlib.closing(writer):
                await (_silent(reader) if target is None else _passed_on(reader, writer, target))
            self._open.discard(reader)

        return await asyncio.start_server(serve, "127.0.0.1", 0)

    @property
    def now(self) -> int:
        """How many connections there are."""
        return len(self._open)

    async def _count(self) -> None:
        """Once the ends of others are read, which came before this one began."""
        self.connections += 1
        for _ in range(10):
            await asyncio.sleep(0)
        self.most = max(self.most, sum(not reader.at_eof() for reader in self._open))


async def _silent(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


async def _passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    back, on = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(on):
        there, here = asyncio.create_task(_copy(reader, on)), asyncio.create_task(_copy(back, writer))
        _, rest = await asyncio.wait([there, here], return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
