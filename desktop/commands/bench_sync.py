"""`amends bench sync`: stores against a real headquarters on this machine, in figures."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import ExitStack
from typing import Any, Final

import click

_STOPPED: Final = 128 + signal.SIGTERM
PARTS: Final = ("store", "save", "fleet", "line")
_FOR_SAVES: Final = 2_500
#: What others took for the same job on one machine (two cores): seconds to send 10,000 documents
#: of 8 changes, milliseconds and bytes.
PEERS: Final = {
    "Anki 26.9": {"seconds": "0.70–0.78", "no_change_ms": "0.2–0.6", "bytes_per_ticket": 308},
    "PouchDB 9": {"seconds": "3.2–4.6", "no_change_ms": "7–17", "bytes_per_ticket": 1385},
    "Kinto (PostgreSQL)": {"seconds": "62", "no_change_ms": "5–8", "bytes_per_ticket": 3691},
}


@click.command("sync")
@click.option("--tickets", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True)
@click.option("--stores", type=click.IntRange(1, 2_000), default=300, show_default=True)
@click.option("--store-tickets", type=click.IntRange(1, 10_000), default=200, show_default=True)
@click.option(
    "--part",
    "parts",
    type=click.Choice(PARTS),
    multiple=True,
    help="What to measure; more than once for several, all without it.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 8),
    default=2,
    show_default=True,
    help="How many processes of headquarters the many stores are spread over.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_sync(
    tickets: int,
    stores: int,
    store_tickets: int,
    parts: tuple[str, ...],
    processes: int,
    as_json: bool,
) -> None:
    """Measure sync: one store's upload, saves meanwhile, many stores at once, a bad line.

    \b
    Example:
      amends bench sync --part store --tickets 10000 --json

    Exit codes: 0 measured, 1 something did not arrive.
    """
    from desktop.benches.hq_process import HqFault, scratch, served
    from desktop.benches.sync_fleet import drain
    from desktop.benches.sync_line import over_bad_line
    from desktop.benches.sync_push import saves, upload

    # So that the headquarters and its database are put away when this is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_STOPPED))
    wanted = parts or PARTS
    figures: dict[str, Any] = {}
    try:
        with scratch() as folder:
            if "store" in wanted or "save" in wanted:
                with served(folder / "hq") as hq:
                    # Enough for the second PC to receive for as long as saves are measured.
                    sent = tickets if "store" in wanted else min(tickets, _FOR_SAVES)
                    figures["store"] = upload(hq, folder / "pc", sent, _tell)
                    if "save" in wanted:
                        figures["save"] = saves(hq, folder / "second", _tell)
            if "fleet" in wanted:
                with ExitStack() as stack:
                    each = [stack.enter_context(served(folder / "fleet")) for _ in range(processes)]
                    figures["fleet"] = drain(each, stores, store_tickets, _tell)
            if "line" in wanted:
                with served(folder / "far") as hq:
                    figures["line"] = over_bad_line(hq, folder / "far-pc", tickets, _tell)
    except HqFault as fault:
        raise click.ClickException(str(fault)) from fault
    figures["peers"] = PEERS
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    for part, found in figures.items():
        for name, value in found.items():
            click.echo(f"{part:6} {name:34} {value}")


def _tell(what: str) -> None:
    click.echo(f"… {what}", err=True)
