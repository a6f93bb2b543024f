"""The glimpse reads what the login page shows, and makes, upgrades or breaks nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.services.desk import Desk
from desktop.services.ports import Person
from desktop.storage.glimpse import glimpse


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = open_desk(tmp_path / "store")
    made = desk.set_up("S0217", "无锡滨湖店", "0510", "he", "何丽", "counter-desk-1")
    assert isinstance(made, Person)
    return desk


def test_it_sees_what_the_desk_sees_while_that_is_open(desk: Desk, tmp_path: Path) -> None:
    desk.save_setting("lock.minutes", "7")
    seen = glimpse(tmp_path / "store", ("lock.minutes", "never.set"))
    assert seen is not None
    assert seen.people == tuple(desk.people())
    assert seen.settings["lock.minutes"] == "7"
    assert seen.settings["never.set"] == ""
    desk.close()


def test_without_a_store_or_its_key_there_is_nothing_to_see(desk: Desk, tmp_path: Path) -> None:
    desk.close()
    folder = tmp_path / "store"
    assert glimpse(tmp_path / "none", ()) is None
    assert not (tmp_path / "none").exists()
    key = (folder / "key").read_text()
    (folder / "key").write_text("00" * 32)
    assert glimpse(folder, ()) is None
    (folder / "key").unlink()
    assert glimpse(folder, ()) is None
    (folder / "key").write_text(key)
    (folder / "amends.db").write_bytes(b"torn" * 1000)
    assert glimpse(folder, ()) is None


def test_a_store_that_nobody_set_up_has_none(tmp_path: Path) -> None:
    open_desk(tmp_path / "store").close()
    assert glimpse(tmp_path / "store", ()) is None


def test_it_needs_little_of_the_program() -> None:
    """The login page is there at once because the slow half is loaded behind it."""
    code = "import sys; import desktop.storage.glimpse, ui.app; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    slow = ("sqlalchemy", "pydantic", "keyring", "alembic", "reportlab", "desktop.bootstrap")
    assert [name for name in slow if name in loaded] == []
