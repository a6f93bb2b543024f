"""The sound of a reminder is played by what is there, and never holds the window."""

from __future__ import annotations

import sys
import wave
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.chime import Chime

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows plays its own sound")


def player(folder: Path, name: str, ends: int, takes: str = "0") -> str:
    """Write a program that notes what it was given to play and ends with `ends`."""
    script = folder / name
    log = folder / f"{name}.log"
    script.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nsleep {takes}\nexit {ends}\n')
    script.chmod(0o755)
    return str(script)


def played(folder: Path, name: str) -> list[str]:
    log = folder / f"{name}.log"
    return log.read_text().splitlines() if log.exists() else []


def test_the_first_that_can_plays_the_sound_once(tmp_path: Path, qtbot: QtBot) -> None:
    """SL-05: a reminder is heard."""
    bells: list[int] = []
    owner = QObject()
    players = [
        (str(tmp_path / "missing"),),
        (player(tmp_path, "mute", 1),),
        (player(tmp_path, "loud", 0), "--quiet"),
        (player(tmp_path, "unasked", 0),),
    ]
    chime = Chime(owner, players, lambda: bells.append(1))
    chime.play()
    chime.play()
    qtbot.waitUntil(lambda: bool(played(tmp_path, "loud")))
    qtbot.waitUntil(lambda: chime._playing is None)
    assert len(played(tmp_path, "mute")) == 1
    said = played(tmp_path, "loud")
    assert len(said) == 1
    assert said[0].startswith("--quiet ")
    assert said[0].endswith("reminder.wav")
    assert not played(tmp_path, "unasked")
    assert not bells


def test_where_nothing_plays_the_bell_rings(tmp_path: Path, qtbot: QtBot) -> None:
    bells: list[int] = []
    owner = QObject()
    chime = Chime(owner, [(player(tmp_path, "mute", 1),)], lambda: bells.append(1))
    chime.play()
    qtbot.waitUntil(lambda: bells == [1])
    Chime(owner, [], lambda: bells.append(2)).play()
    assert bells == [1, 2]


def test_a_sound_ends_with_its_window(tmp_path: Path, qtbot: QtBot) -> None:
    bells: list[int] = []
    owner = QObject()
    chime = Chime(owner, [(player(tmp_path, "long", 0, takes="20"),)], lambda: bells.append(1))
    chime.play()
    qtbot.waitUntil(lambda: bool(played(tmp_path, "long")))
    chime.stop()
    assert chime._playing is None
    assert not bells


def test_the_sound_can_be_heard() -> None:
    path = files("resources") / "sounds" / "reminder.wav"
    with as_file(path) as found, wave.open(str(found)) as sound:
        assert sound.getsampwidth() == 2
        seconds = sound.getnframes() / sound.getframerate()
        samples = memoryview(sound.readframes(sound.getnframes())).cast("h").tolist()
    assert 0.3 < seconds < 2
    assert 8_000 < max(abs(s) for s in samples) < 32_767
