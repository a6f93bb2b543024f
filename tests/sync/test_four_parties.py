"""Two PCs of a store, the region's PC and HQ write of one complaint at once, and all converge.

What differs is shown side by side and settled at one place; settled at two places at once it stands
side by side again. SY-01, EV-02.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from desktop.bootstrap import open_desk
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.base import Command
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.outcomes import Actor
from desktop.domain.ticket import TicketState
from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeReport
from desktop.services.handling import Done
from sync.hq import bootstrap, projection, verification
from tests.sync.conftest import ServedHq
from tests.sync.hq_browser import Browser, add_people, browsing
from tests.ui.conftest import complain, enter

CLERK, SUPERVISOR = Actor("p-clerk", "clerk"), Actor("p-supervisor", "supervisor")
MANAGER = Actor("p-region", "regional_manager")
SCOPES = {"one": "S0217", "two": "S0217", "region": "region:苏南"}


@pytest.fixture
def desks(served: ServedHq, tmp_path: Path) -> Iterator[dict[str, Desk]]:
    with ExitStack() as held:
        made = {name: held.enter_context(closing(open_desk(tmp_path / name))) for name in SCOPES}
        enter(made["one"])
        for name, scope in SCOPES.items():
            made[name].use_cases.hq.enrol(served.url, served.code(scope, region="苏南"))
        yield made


@pytest.fixture
def head(served: ServedHq, engine: Engine) -> Iterator[Browser]:
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    with browsing(served.url, "wangfang") as browser:
        yield browser


def exchange(*desks: Desk) -> None:
    for desk in desks:
        done = desk.use_cases.hq.exchange()
        assert isinstance(done, ExchangeReport), done


def act(desk: Desk, stream: str, command: Command, who: Actor) -> None:
    done = desk.use_cases.handling.execute(stream, command, who)
    assert isinstance(done, Done), done


def state(desk: Desk, stream: str) -> TicketState:
    return desk.use_cases.tickets.view(stream, MANAGER).state


def sides(found: TicketState, field: str) -> list[object]:
    """What stands side by side of a field, in the order in which everybody shows it."""
    return [candidate.value for candidate in found.fields[field].candidates]


def all_alike(desks: dict[str, Desk], stream: str) -> TicketState:
    found = [state(desk, stream) for desk in desks.values()]
    assert found[0] == found[1] == found[2]
    return found[0]


def test_what_four_parties_write_at_once_is_kept_shown_and_settled(
    served: ServedHq, engine: Engine, desks: dict[str, Desk], head: Browser
) -> None:
    one, two, region = desks.values()
    # Given a complaint that everybody knows, with a compensation that waits for HQ
    stream = complain(one).stream
    act(one, stream, ClassifyTicket("SP-11", 3), CLERK)
    proposal = ProposeCompensation(
        "i-1", "voucher", "goodwill", Decimal("5000.01"), "customer", "孩子住院"
    )
    act(one, stream, proposal, SUPERVISOR)
    exchange(one, two, region)
    projection.drain(engine, bootstrap.utc_now())
    # When all four write at once, none of them having heard of the others
    act(one, stream, ClassifyTicket("SP-11", 2), CLERK)
    act(two, stream, ClassifyTicket("SP-01", 1), CLERK)
    act(region, stream, ClassifyTicket("PQ-03", 2), MANAGER)
    for desk, phone in ((one, "13900000001"), (two, "13900000002"), (region, "13900000002")):
        act(desk, stream, CorrectTicket({"phone": phone}), CLERK)
        act(desk, stream, AddComment(f"来自 {phone}"), CLERK)
    answer = {"stream": stream, "item": "i-1", "answer": "approve", "reason": "看过材料"}
    assert head.post("/approvals", **answer).status_code == 200
    for _ in range(3):
        exchange(two, region, one)
    # Then nothing is lost, and everybody shows the same side by side
    found = all_alike(desks, stream)
    assert found.conflicts == ("code", "level", "phone")
    assert {str(v) for v in sides(found, "code")} == {"SP-11", "SP-01", "PQ-03"}
    assert sorted(map(str, sides(found, "phone"))) == ["13900000001", "13900000002", "13900000002"]
    assert [i.status for i in found.open_items] == ["approved"]
    projection.drain(engine, bootstrap.utc_now())
    assert head.get("/attention?kind=conflict").text.count("<tr>") == 1 + 3
    # When one place settles all of it
    act(region, stream, ClassifyTicket("SP-01", 1), MANAGER)
    act(region, stream, CorrectTicket({"phone": "13900000002"}), MANAGER)
    exchange(region, one, two)
    # Then it is settled everywhere
    settled = all_alike(desks, stream)
    assert (settled.conflicts, settled.text("code"), settled.level) == ((), "SP-01", 1)
    projection.drain(engine, bootstrap.utc_now())
    assert "没有" in head.get("/attention").text
    assert verification.verify(served.engine, served.key, served.files).faults == ()


def test_one_conflict_settled_at_two_places_at_once(
    served: ServedHq, desks: dict[str, Desk]
) -> None:
    one, two, region = desks.values()
    stream = complain(one).stream
    act(one, stream, ClassifyTicket("SP-11", 3), CLERK)
    exchange(one, two, region)
    act(one, stream, ClassifyTicket("SP-11", 2), CLERK)
    act(two, stream, ClassifyTicket("SP-11", 1), CLERK)
    for _ in range(2):
        exchange(one, two, region)
    assert all_alike(desks, stream).conflicts == ("level",)
    # Alike: settled
    act(one, stream, ClassifyTicket("SP-11", 1), CLERK)
    act(region, stream, ClassifyTicket("SP-11", 1), MANAGER)
    for _ in range(2):
        exchange(one, two, region)
    assert (all_alike(desks, stream).conflicts, all_alike(desks, stream).level) == ((), 1)
    # Not alike: the two of them stand side by side, what was settled before does not come back
    act(one, stream, ClassifyTicket("SP-11", 4), CLERK)
    act(two, stream, ClassifyTicket("SP-11", 3), CLERK)
    for _ in range(2):
        exchange(one, two, region)
    act(two, stream, ClassifyTicket("SP-11", 3), CLERK)
    act(region, stream, ClassifyTicket("SP-11", 2), MANAGER)
    for _ in range(2):
        exchange(one, two, region)
    found = all_alike(desks, stream)
    assert found.conflicts == ("level",)
    assert sorted(map(str, sides(found, "level"))) == ["2", "3"]
    act(one, stream, ClassifyTicket("SP-11", 2), CLERK)
    exchange(one, two, region)
    assert all_alike(desks, stream).conflicts == ()
