"""A store far away: 1 Mbit/s, 100 ms, cut every ten seconds."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import IO, Any, Final

from desktop.benches.hq_process import HqFault, Running
from desktop.benches.sync_documents import Documents, fill
from desktop.benches.sync_push import client, join, pc
from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.store import StoreData
from sync import protocol
from sync.client import HqClient, LineOptions, batches

#: Bytes a second, seconds each way, seconds between cuts.
RATE: Final = 125_000
DELAY: Final = 0.05
CUT: Final = 10.0
#: Sizes of the attachments that follow the complaints, in bytes.
ATTACHMENTS: Final = (40_000, 900_000, 3_000_000)
_RELAY: Final = "desktop.benches.bad_line"
_LONGEST: Final = 600.0
_PATIENT: Final = LineOptions(first_wait=0.1, longest_wait=1.0, attempts=6)


class Relay:
    """A bad line in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._pipe(process.stdout).readline())

    def become(self, **badness: float) -> dict[str, int]:
        """Change what the line does; return the bytes and cuts up to now."""
        into = self._pipe(self._process.stdin)
        into.write(json.dumps(badness) + "\n")
        into.flush()
        found: dict[str, int] = json.loads(self._pipe(self._process.stdout).readline())
        return found

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        if pipe is None:
            raise HqFault("the line has no pipe")
        return pipe


@contextmanager
def relay(to: int, seed: int = 1, **badness: float) -> Iterator[Relay]:
    """Run a bad line to a port until the block ends."""
    options = [part for name, value in badness.items() for part in (f"--{name}", str(value))]
    with subprocess.Popen(
        [sys.executable, "-m", _RELAY, "--to", str(to), "--seed", str(seed), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Relay(process)
        finally:
            process.terminate()


def over_bad_line(
    hq: Running, folder: Path, tickets: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Send complaints and attachments over the line until all have receipts."""
    port = int(hq.url.rsplit(":", 1)[1])
    with (
        closing(pc(folder)) as data,
        relay(port, rate=RATE, delay=DELAY, cut=CUT) as line,
        closing(client(data, _PATIENT)) as sender,
    ):
        tell(f"writing {tickets} complaints for the bad line")
        fill(data, Documents(seed=3), 0, tickets)
        whole = _payload(data)
        join(hq, sender, f"http://127.0.0.1:{line.port}")
        badness = {"rate": RATE, "delay": DELAY, "cut": CUT}
        start = line.become(**badness)
        tell("sending over the bad line")
        seconds, trips = _until_done(sender)
        events = line.become(**badness)
        chance = Random(3)  # noqa: S311 - content only
        for size in ATTACHMENTS:
            data.attachments.put(chance.randbytes(size))
        attached, _ = _until_done(sender)
        end = line.become(**badness)
        if data.sync.status().pending or data.sync.status().pending_attachments:
            raise HqFault("not everything got a receipt")
    size = sum(ATTACHMENTS)
    return {
        "tickets": tickets,
        "seconds": round(seconds, 1),
        "exchanges": trips,
        "cuts": end["cuts"] - start["cuts"],
        "payload_bytes": whole,
        "bytes_on_the_line": events["up"] - start["up"],
        "sent_over_payload": round((events["up"] - start["up"]) / whole, 3),
        "goodput_of_line": round(whole / seconds / RATE, 3),
        "attachment_bytes": size,
        "attachment_seconds": round(attached, 1),
        "attachment_sent_over_payload": round((end["up"] - events["up"]) / size, 3),
        "attachment_goodput_of_line": round(size / attached / RATE, 3),
    }


def _payload(data: StoreData) -> int:
    """Return the bytes of all batches as they are sent when nothing is sent twice."""
    size = after = 0
    while True:
        batch = batches.next_batch(data.sync, after, protocol.MAX_EVENTS)
        if not batch.events:
            return size
        request = protocol.SyncRequest(
            version=protocol.VERSION, chain=data.sync.chain(), seq=batch.last_seq, acked=0,
            first_seq=batch.first_seq, head=batch.head, signature=bytes(64), at=0,
            events=batch.events, salts=batch.salts,
        )  # fmt: skip
        size += len(protocol.frame(protocol.pack(request)))
        after = batch.last_seq


def _until_done(sender: HqClient) -> tuple[float, int]:
    """Exchange again and again until nothing waits; return seconds and exchanges."""
    started = time.monotonic()
    trips = 0
    while time.monotonic() - started < _LONGEST:
        trips += 1
        if isinstance(sender.exchange(), ExchangeReport):
            return time.monotonic() - started, trips
    raise HqFault(f"not done after {_LONGEST} s")
