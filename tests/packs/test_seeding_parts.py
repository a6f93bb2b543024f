"""A region made by several processes is whole: every chain holds, every counter adds up."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.bootstrap import _opened, seed_history
from desktop.seeding import parts
from desktop.seeding.history import Progress
from desktop.seeding.region import Wanted
from desktop.storage.ids import RandomIds
from sync.protocol import verify_receipt
from tests.packs.conftest import UNTIL, StillClock

TICKETS = 24


def leave(_part: tuple[int, int], _progress: Progress) -> int:
    """Stand for a process that is killed."""
    os._exit(9)


def test_a_process_that_ends_early_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    with pytest.raises(parts.PartFailed):
        parts.run(leave, 2, TICKETS, lambda _done, _total: None)


@pytest.mark.slow
def test_two_processes_make_one_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    monkeypatch.setattr(parts, "WORTH_IT", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    told: list[int] = []
    wanted = Wanted(TICKETS, 5, 3, UNTIL - timedelta(days=75), UNTIL)
    made = seed_history(tmp_path / "data", wanted, lambda done, _total: told.append(done))
    assert made == TICKETS == told[-1]
    data, _use = _opened(tmp_path / "data", StillClock(UNTIL), RandomIds())
    try:
        assert data.rollups.stores() == ("S0001", "S0002", "S0003")
        assert data.rollups.recompute() == 0
        assert data.verify(verify_receipt).first_bad is None
    finally:
        data.close()
