"""Two PCs that counted by themselves gave one number twice: nobody takes one for the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from desktop.bootstrap import open_desk
from desktop.domain.outcomes import Refusal
from desktop.services.courier_ports import Carried, Exported
from desktop.services.desk import Desk
from desktop.services.ports import Person
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import PASSWORD, MovingClock, complain, enter, rest, show
from ui.screens.ticket_alerts import AlertsBox
from ui.shell.workspace import Workspace
from ui.widgets.feedback import Banner


@pytest.fixture
def shared(desk: Desk, clock: MovingClock, tmp_path: Path) -> tuple[TicketRow, TicketRow]:
    """One complaint of this PC, one of the other that had joined nothing either."""
    own = complain(desk)
    other = enter(open_desk(tmp_path / "other", clock=clock))
    theirs = complain(other, customer_name="钱二", phone="13911113333", verbatim="电视有坏点")
    file = other.courier_out(tmp_path / "stick.amends", peer=True)
    other.close()
    assert isinstance(file, Exported)
    assert isinstance(desk.courier_in(file.path, file.code), Carried)
    assert own.number == theirs.number
    return own, theirs


def test_both_are_found_by_the_number_on_the_receipt(
    desk: Desk, shared: tuple[TicketRow, TicketRow]
) -> None:
    own, theirs = shared
    streams = {own.stream, theirs.stream}
    assert {row.stream for row in desk.find(own.number, 10)} == streams
    assert {row.stream for row in desk.find(own.number[-5:], 10)} == streams
    assert [row.stream for row in desk.same_number(own)] == [theirs.stream]
    # And the next number is nobody else's
    assert desk.same_number(complain(desk)) == ()


def test_the_page_of_each_names_the_other(
    workspace: Workspace, desk: Desk, shared: tuple[TicketRow, TicketRow]
) -> None:
    own, theirs = shared
    show(workspace, "ticket", own.stream)
    rest(workspace)
    alerts = workspace.front.findChild(AlertsBox)
    assert alerts is not None
    assert alerts.isVisible()
    said = [b.text for b in alerts.findChildren(Banner) if "这个编号" in b.text]
    assert len(said) == 1
    assert "钱二" in said[0]
    wanted: list[tuple[str, object]] = []
    workspace.ui.navigate.connect(lambda place, what: wanted.append((place, what)))
    alerts.findChildren(QPushButton)[-1].click()
    assert wanted == [("ticket", theirs.stream)]
    # One of its own has nothing to say
    show(workspace, "ticket", complain(desk).stream)
    rest(workspace)
    assert not alerts.isVisible()


def test_no_person_is_erased_for_another(desk: Desk, shared: tuple[TicketRow, TicketRow]) -> None:
    own, theirs = shared
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    asked = desk.erase_person(own.number, "request")
    assert isinstance(asked, Refusal)
    assert asked.code == "number_shared"
    # By its id, as its own page asks, it is the one meant: an open one is refused as ever
    refused = desk.erase_person(theirs.stream, "request")
    assert isinstance(refused, Refusal)
    assert refused.code != "number_shared"
    assert {row.stream for row in desk.to_erase(theirs.stream)} == {theirs.stream}
    assert {row.stream for row in desk.to_erase(theirs.number)} == {own.stream, theirs.stream}
