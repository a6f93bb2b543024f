"""A TCP relay that behaves like a bad line; runs as a process of its own and says what it did.

    python -m desktop.benches.bad_line --to 8620 --rate 125000 --delay 0.1 --cut 10

Prints the port it listens on; ends with its standard input, or when told there to go quiet.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import Final

_PIECE: Final = 4096


@dataclass(frozen=True, slots=True)
class Badness:
    """What the line does to what it carries.

    `rate` in bytes a second each way (0: unlimited), `delay` in seconds each way, `cut` after so
    many seconds of a connection's life (0: never); the rest are chances for each piece of at most
    4 KiB: to be altered in one byte, to be the last one, to be cut short, to come twice (`double`),
    to come after the one that follows (`reorder`; the last of a connection never comes then).
    `replay` is the chance that a whole finished connection is sent to HQ once more, later.
    """

    rate: float = 0
    delay: float = 0
    cut: float = 0
    corrupt: float = 0
    drop: float = 0
    truncate: float = 0
    double: float = 0
    reorder: float = 0
    replay: float = 0


@dataclass(slots=True)
class BadLine:
    """Relays connections to a port of this machine."""

    to: int
    badness: Badness
    chance: Random
    carried: dict[str, int] = field(default_factory=lambda: {"up": 0, "down": 0, "cuts": 0})
    _free_at: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _late: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection until an end or the line gives up."""
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.close()
            return
        said = bytearray()
        ways = [
            asyncio.create_task(self._relay("up", reader, far_writer, said)),
            asyncio.create_task(self._relay("down", far_reader, writer, None)),
        ]
        cut = self._seconds_to_cut()
        done, waiting = await asyncio.wait(ways, timeout=cut, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            self.carried["cuts"] += 1
        elif waiting and not any(task.exception() for task in done):
            # One side has said all; the other may still be answering.
            await asyncio.wait(waiting, timeout=cut or 5)
        for task in ways:
            task.cancel()
        for end in (writer, far_writer):
            end.transport.abort() if not done else end.close()
        if self.chance.random() < self.badness.replay:
            late = asyncio.create_task(self._again(bytes(said)))
            self._late.add(late)
            late.add_done_callback(self._late.discard)

    def _seconds_to_cut(self) -> float | None:
        """The line is cut at fixed times, whenever a connection began."""
        if not self.badness.cut:
            return None
        return self.badness.cut - (time.monotonic() - self._began) % self.badness.cut

    async def _relay(
        self,
        way: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        said: bytearray | None,
    ) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        deliver = asyncio.create_task(self._deliver(queue, writer))
        kept = b""
        try:
            while piece := await reader.read(_PIECE):
                if said is not None:
                    said += piece
                self.carried[way] += len(piece)
                at = await self._through(way, len(piece))
                harmed = self._harm(piece)
                cut = len(harmed) < len(piece) or self.chance.random() < self.badness.drop
                if not kept and self.chance.random() < self.badness.reorder:
                    kept = harmed
                else:
                    twice = self.chance.random() < self.badness.double
                    await queue.put((at, harmed * (2 if twice else 1) + kept))
                    kept = b""
                if cut:
                    raise ConnectionAbortedError
            await queue.put((time.monotonic() + self.badness.delay, b""))
            await deliver
        finally:
            deliver.cancel()

    async def _through(self, way: str, size: int) -> float:
        """Wait until the line has carried `size` bytes; return when they arrive."""
        now = time.monotonic()
        if self.badness.rate:
            free = max(now, self._free_at.get(way, now)) + size / self.badness.rate
            self._free_at[way] = free
            await asyncio.sleep(free - now)
            now = free
        return now + self.badness.delay

    async def _deliver(
        self, queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        while True:
            at, piece = await queue.get()
            await asyncio.sleep(max(0, at - time.monotonic()))
            if not piece:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            writer.write(piece)
            await writer.drain()

    def _harm(self, piece: bytes) -> bytes:
        if self.chance.random() < self.badness.corrupt:
            place = self.chance.randrange(len(piece))
            return piece[:place] + bytes([piece[place] ^ 1 << place % 8]) + piece[place + 1 :]
        if self.chance.random() < self.badness.truncate:
            return piece[: self.chance.randrange(len(piece))]
        return piece

    async def _again(self, said: bytes) -> None:
        """Send what a connection carried up once more, after others may have come between."""
        await asyncio.sleep(self.chance.random() * 0.1)
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.to)
            writer.write(said)
            writer.write_eof()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(), 2)
            writer.close()


async def _run(line: BadLine) -> None:
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    commands = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    # Each line of JSON is a new badness, answered by what was carried up to now.
    while told := await commands.readline():
        line.badness = Badness(**json.loads(told))
        sys.stdout.write(json.dumps(line.carried) + "\n")
        sys.stdout.flush()
    server.close()


def main() -> None:
    """Run until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    for name in Badness.__dataclass_fields__:
        parser.add_argument(f"--{name}", type=float, default=0.0)
    told = vars(parser.parse_args())
    badness = Badness(**{name: told[name] for name in Badness.__dataclass_fields__})
    asyncio.run(_run(BadLine(told["to"], badness, Random(told["seed"]))))  # noqa: S311


if __name__ == "__main__":
    main()
