"""A small region made once by the real rules; tests that write work on a copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk, seed_history
from desktop.seeding.people import DEMO_PASSWORD
from desktop.seeding.region import Wanted
from desktop.services.desk import Desk
from desktop.services.ports import Person

#: A Saturday noon in Shanghai; the history ends here.
UNTIL = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TICKETS = 130
#: From the end of August on, so that October has a whole month to be compared with.
DAYS = 83
STORES = 2


class StillClock:
    """Shows one moment, a little later each time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


@pytest.fixture(scope="session")
def region_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stores, twelve weeks, in one folder as a region's PC holds them."""
    os.environ["AMENDS_KEYRING"] = "off"
    folder = tmp_path_factory.mktemp("region") / "data"
    wanted = Wanted(TICKETS, 5, STORES, UNTIL - timedelta(days=DAYS), UNTIL)
    assert seed_history(folder, wanted, lambda _done, _total: None) == TICKETS
    return folder


def entered(folder: Path, login: str = "he", at: datetime = UNTIL) -> Desk:
    desk = open_desk(folder, clock=StillClock(at))
    assert isinstance(desk.log_in(login, DEMO_PASSWORD), Person)
    return desk


@pytest.fixture(scope="session")
def reading(region_folder: Path) -> Iterator[Desk]:
    """The regional manager's desk, for tests that only read."""
    desk = entered(region_folder)
    yield desk
    desk.close()


@pytest.fixture
def desk(region_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    """The regional manager's desk on a copy, for tests that write."""
    folder = tmp_path / "region"
    shutil.copytree(region_folder, folder)
    opened = entered(folder)
    yield opened
    opened.close()
