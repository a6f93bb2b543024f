"""The self-test's look at the window: it passes for a sound one and names what a screen raised."""

from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.commands import self_test
from ui.screens.today import TodayScreen


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    self_test._database(tmp_path / "store")
    return tmp_path / "store"


def test_the_window_of_this_installation_is_sound(qtbot: QtBot, store: Path) -> None:
    assert "colours" in self_test._window(store)


def test_a_screen_that_raises_is_no_sound_window(
    qtbot: QtBot,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A part that was built from other sources draws nothing and says so only to the hook."""

    def torn(_screen: TodayScreen, _board: object) -> None:
        raise AttributeError("no such figure")

    monkeypatch.setattr(TodayScreen, "_show", torn)
    assert not self_test._one("window", partial(self_test._window, store))
    assert "AttributeError: no such figure" in capsys.readouterr().err
