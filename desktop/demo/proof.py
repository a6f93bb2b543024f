"""The proof: the store's journal holds, and one altered byte in a copy of it is named."""

from __future__ import annotations

import shutil
from pathlib import Path

from desktop.data_folder import alter_one_byte, verify_data
from desktop.demo.steps import Day, fail


def play(day: Day, store: Path) -> None:
    """Verify the store, then a copy in which one byte of a stored event is different."""
    report = verify_data(store)
    if report.faults:
        fail(f"the store's journal does not hold: {report.faults[0]}")
    copy = day.out / "altered-copy"
    shutil.copytree(store, copy)
    try:
        altered = alter_one_byte(copy)
        found = verify_data(copy).first_bad
    finally:
        shutil.rmtree(copy)
    if found is None or (found.chain, found.seq) != altered:
        fail(f"an altered byte of event {altered} was not found (found {found})")
    day.saw("events_written", report.events)
    day.saw("verified", {"events": report.events, "receipts": report.receipts})
    day.saw("altered_byte_found", {"chain": found.chain, "seq": found.seq, "what": found.what})
    day.tell(f"   {report.events} events verified; an altered byte was found at {found.seq}")
