"""A TCP proxy that does to a connection what a bad network does, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass


@dataclass
class Faults:
    """What happens to connections from now on; all off by default."""

    delay_s: float = 0.0
    """Each piece of an answer comes that much later."""
    slice_bytes: int = 0
    """Answers come in pieces of that size, `delay_s` apart; 0 passes on what there is."""
    is_down: bool = False
    """Connections are refused, and those that are open are reset."""
    swallows: bool = False
    """Connections are taken and nothing ever comes back: a half-open line."""
    reset_after: int = -1
    """Bytes of an answer after which the connection is reset; -1 for never."""
    resets: int = -1
    """How many connections `reset_after` happens to; -1 for all."""
    twice: bool = False
    """Whatever is sent is sent a second time, over a connection of its own, and that answer is thrown away."""


class Proxy:
    """Passes connections on to a port of this machine; use as a context manager.

    Args:
        port: Where it passes them on to; may be changed while it runs.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.faults = Faults()
        self.connections = 0
        self.requests = 0
        """Pieces that began with a request line."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Proxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def set(self, **faults: object) -> None:
        """Replace the faults."""
        self.faults = Faults(**faults)  # type: ignore[arg-type]
        if self.faults.is_down:
            asyncio.run_coroutine_threadsafe(self._reset_all(), self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _reset_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.faults.is_down:
            _reset(writer)
            return
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _reset(writer)
            return
        self._open |= {writer, inner_writer}
        echo = await self._echo() if self.faults.twice else None
        ends = (self._forth(reader, inner_writer, echo), self._back(inner_reader, writer))
        tasks = [asyncio.ensure_future(end) for end in ends]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0 if self.faults.delay_s == 0 else 0.01)
        for task in tasks:
            task.cancel()
        for each in (writer, inner_writer, *([echo] if echo else [])):
            self._open.discard(each)
            with contextlib.suppress(OSError, RuntimeError):
                each.close()

    async def _echo(self) -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._sink = asyncio.ensure_future(_drain(reader))
        return writer

    async def _forth(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, echo: asyncio.StreamWriter | None
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                self.requests += piece.startswith((b"POST", b"GET"))
                if self.faults.swallows:
                    continue
                for each in (writer, *([echo] if echo else [])):
                    each.write(piece)
                    await each.drain()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                faults = self.faults
                if faults.swallows:
                    await asyncio.sleep(3600)
                size = faults.slice_bytes or len(piece)
                for at in range(0, len(piece), size):
                    await asyncio.sleep(faults.delay_s)
                    part = piece[at : at + size]
                    if faults.reset_after >= 0 and faults.resets and passed + len(part) > faults.reset_after:
                        writer.write(part[: faults.reset_after - passed])
                        faults.resets -= 1
                        _reset(writer)
                        return
                    passed += len(part)
                    writer.write(part)
                    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    with contextlib.suppress(OSError, AttributeError):
        held = writer.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _drain(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(65536):
            pass
