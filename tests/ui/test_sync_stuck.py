"""SY-01: the Sync screen names files that could not go, and never calls all uploaded then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from desktop.services.desk import Desk
from desktop.services.exchange_ports import Enrolment, Stuck
from desktop.texts import Lang, Texts
from tests.ui.conftest import complain, rest, show
from ui.screens.sync import SyncScreen
from ui.shell.workspace import Workspace

REASONS = ("missing", "altered", "unreadable", "too_large", "refused")


@pytest.fixture
def sync(workspace: Workspace) -> SyncScreen:
    show(workspace, "sync")
    assert isinstance(workspace.front, SyncScreen)
    return workspace.front


def words(sync: SyncScreen) -> str:
    return "\n".join(label.text() for label in sync.stuck.findChildren(QLabel))


def test_each_file_is_named_with_its_complaint_and_what_to_do(
    sync: SyncScreen, workspace: Workspace, desk: Desk
) -> None:
    assert sync.stuck.isHidden()
    ticket = complain(desk)
    for reason in REASONS:
        name = f"{reason}.pdf"
        outcome = desk.attach(ticket.stream, name, name.encode(), "evidence")
        assert not hasattr(outcome, "code")
        sha256 = outcome.evidence[-1].content  # type: ignore[union-attr]
        stuck = Stuck(reason, "HTTP 507")  # type: ignore[arg-type]
        desk.use_cases.sync.attachment_stuck(str(sha256), stuck, desk.now())
    sync.refresh()
    rest(workspace)
    said = words(sync)
    for reason in REASONS:
        assert f"{reason}.pdf" in said
    assert said.count(ticket.number) == len(REASONS)
    assert said.count("HTTP 507") == 1
    # And a person has all of them tried again
    asked: list[bool] = []
    sync.stuck.again_wanted.connect(lambda: asked.append(True))
    sync.stuck.send_again()
    rest(workspace)
    assert asked == [True]
    assert len(desk.stuck_attachments()) == len(REASONS) - 1  # what HQ refused goes again now


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_every_reason_has_its_words(lang: Lang) -> None:
    texts = Texts(lang)
    assert all(texts.has(f"ui_stuck.why.{reason}") for reason in REASONS)


def test_nothing_is_called_uploaded_while_a_file_waits(workspace: Workspace, desk: Desk) -> None:
    rest(workspace)
    status = replace(desk.sync_status(), pending=0, pending_attachments=2)
    joined = Enrolment("https://hq", "S0217", "无锡滨湖店", "A", "token", bytes(32))
    bar = workspace.topbar
    bar.show_sync(status, joined, online=True, busy=False)
    assert bar.pill.text().strip() == "2 个附件待传"
    bar.show_sync(replace(status, pending_attachments=0), joined, online=True, busy=False)
    assert bar.pill.text().strip() == "已上传"
