"""SY-02: what goes wrong with a stick is said on the Sync screen with what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from desktop.services.desk import Desk
from tests.ui.conftest import complain, rest, show
from ui.screens.sync import SyncScreen
from ui.screens.sync_courier import CourierCard
from ui.shell.workspace import Workspace


@pytest.fixture
def courier(workspace: Workspace, desk: Desk) -> CourierCard:
    complain(desk)
    show(workspace, "sync")
    assert isinstance(workspace.front, SyncScreen)
    return workspace.front.courier


def test_a_full_stick_is_named_with_what_is_needed_and_free(
    courier: CourierCard, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        courier.write(tmp_path / "up.amends", peer=True)
        rest(workspace)
    said = courier.said.text()
    assert "空间不足" in said
    assert said.count("KB") + said.count("MB") + said.count("GB") + said.count(" B") >= 2
    assert "取件码" not in said
    assert list(tmp_path.glob("up.amends")) == []
    assert courier.to_peer.isEnabled()


def test_a_stick_that_is_gone_is_told_on_the_way_out_and_in(
    courier: CourierCard, workspace: Workspace, tmp_path: Path
) -> None:
    courier.write(tmp_path / "none" / "up.amends", peer=True)
    rest(workspace)
    assert "拔出" in courier.said.text()
    courier.take(tmp_path / "none" / "up.amends", "AAAA-BBBB-CCCC-DDDD")
    rest(workspace)
    assert "读不出" in courier.said.text()


def test_a_name_without_its_ending_gets_it(
    courier: CourierCard, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = str(tmp_path / "给2号机")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (typed, ""))
    courier.to_peer.click()
    rest(workspace)
    assert Path(f"{typed}.amends").exists()
    assert "取件码" in courier.said.text()
