"""The Sync screen tells which certificate of headquarters is trusted, and takes another."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from desktop.services.desk import Desk
from desktop.services.exchange_ports import Enrolment, ExchangeFailure
from sync.hq import tls
from tests.ui.conftest import MovingClock, rest, show
from ui.screens.sync import SyncScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace


def test_a_certificate_is_taken_shown_and_given_up(
    workspace: Workspace, desk: Desk, clock: MovingClock, tmp_path: Path
) -> None:
    show(workspace, "sync")
    sync = workspace.front
    assert isinstance(sync, SyncScreen)
    card = sync.certificate
    assert "系统认可" in card.said.text()
    assert card.default.isHidden()
    pair = tls.make(tmp_path / "hq", [], clock.at)
    # What is no certificate is refused in words
    card.trust(pair.key)
    rest(workspace)
    assert desk.trusted_certificate() is None
    card.trust(pair.certificate)
    rest(workspace)
    assert pair.fingerprint in card.said.text().replace("\n", "")
    assert not card.default.isHidden()
    # Once it is over by this PC's date, that is said before anything else
    clock.move(timedelta(days=400))
    sync.refresh()
    rest(workspace)
    assert "不在有效期内" in card.said.text()
    card.trust_authorities()
    rest(workspace)
    assert "系统认可" in card.said.text()


def test_what_is_wrong_with_a_certificate_is_no_calm_offline(
    workspace: Workspace, desk: Desk
) -> None:
    show(workspace, "sync")
    sync = workspace.front
    assert isinstance(sync, SyncScreen)
    sync.agent.enrolment = Enrolment("https://hq", "S0217", "店", "D", "token", bytes(32))
    sync.agent.last = ExchangeFailure("certificate_other", "self-signed certificate")
    sync.agent.state.emit()
    assert "总部证书" in sync.banner.text
    sync.agent.last = ExchangeFailure("unreachable", "timed out")
    sync.agent.state.emit()
    assert "照常工作" in sync.banner.text
    assert settle(lambda: workspace.ui.background.idle)
