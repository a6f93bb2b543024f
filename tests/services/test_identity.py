"""Which store and device this is: set by a person first, by HQ from enrolment on."""

from __future__ import annotations

from pathlib import Path

from desktop.bootstrap import open_desk
from desktop.services.desk import Desk
from desktop.services.exchange_ports import Enrolment
from desktop.services.ticket_ports import TicketRow


def joined(store: str, letter: str) -> Enrolment:
    return Enrolment("http://127.0.0.1:1", store, "滨湖店", "dev-1", "token", bytes(32), letter)


def complain(desk: Desk) -> TicketRow:
    row = desk.open_ticket(
        {"verbatim": "坏了", "expectation": "修", "emotion": 2},
        channel="walk_in",
        quick=False,
        arrived_at=None,
        draft=None,
    )
    assert isinstance(row, TicketRow)
    return row


def test_hq_names_the_letter_so_that_two_pcs_never_give_one_number(tmp_path: Path) -> None:
    numbers = []
    for folder, letter in ((tmp_path / "first", "A"), (tmp_path / "second", "B")):
        desk = open_desk(folder)
        desk.set_up("S0217", "滨湖店", "", "lin", "林晓", "password1")
        desk.log_in("lin", "password1")
        desk.use_cases.identity.adopt(joined("S0217", letter))
        numbers.append(complain(desk).number)
        desk.close()
    assert numbers[0] != numbers[1]
    assert [n.split("-")[1] for n in numbers] == ["A", "B"]


def test_what_hq_said_holds_after_the_desk_was_closed(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.set_up("S0001", "写错的店", "0510", "lin", "林晓", "password1")
    desk.use_cases.identity.adopt(joined("S0217", "C"))
    desk.close()
    again = open_desk(tmp_path)
    assert (again.store.store, again.store.name, again.store.device) == ("S0217", "滨湖店", "C")
    assert again.store.phone == "0510"
    again.close()
