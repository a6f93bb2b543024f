"""SY-01, AU-01: whatever dies or breaks on the way, nothing is lost and nothing doubled."""

from __future__ import annotations

import pytest

from tests.sync.conftest import open_folder
from tests.sync.faults import LINE, play


@pytest.mark.timeout(1200)  # bounded, but a busy machine is no fault
def test_fifty_schedules_of_faults_lose_and_double_nothing() -> None:
    with open_folder() as folder:
        met = play(folder, schedules=50, seed=1)
    kinds = {*LINE, "store killed", "hq killed", "database killed", "clock", "disk full"}
    kinds |= {"hq disk full"}
    assert kinds <= set(met), "the seed leaves a fault out"


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_thousand_schedules_of_faults_lose_and_double_nothing() -> None:
    with open_folder() as folder:
        play(folder, schedules=1000, seed=2)
