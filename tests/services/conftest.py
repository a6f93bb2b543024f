"""A whole desk on a real folder, wired as the program wires it; only the clock is set by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.services.desk import Desk
from tests.services.desk_kit import PASSWORD, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def desk(tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk of store S0217 on which the supervisor 王敏 is logged in."""
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    opened = open_desk(tmp_path / "store", clock)
    opened.set_up("S0217", "人民路店", "021-5550217", "wang", "王敏", PASSWORD)
    opened.log_in("wang", PASSWORD)
    yield opened
    opened.close()
