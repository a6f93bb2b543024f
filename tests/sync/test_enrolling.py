"""Joining a PC when the line, the code or the moment is not what it should be (SY-01)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from desktop.adapters.hq import LateHq
from desktop.services.exchange_ports import Enrolment, ExchangeFailure, ExchangeReport
from desktop.storage.ids import SystemClock
from sync import protocol
from sync.client import HqClient
from sync.hq import enrolment
from sync.hq.exchange import Exchange
from sync.hq.models import device
from tests.sync.conftest import ServedHq, WallClock
from tests.sync.devices import WireDevice, opened
from tests.sync.hq_browser import add_people, browsing
from tests.sync.stores import QUICK, client, open_pc


def code_for(hq: Exchange, scope: str = "S0217") -> str:
    with hq.engine.begin() as connection:
        return enrolment.issue_code(connection, hq.key, scope, hq.now())


def test_an_answer_that_was_lost_is_given_again_to_the_same_pc(
    hq: Exchange, clock: WallClock
) -> None:
    pc, code = WireDevice(hq), code_for(hq)
    lost = pc.enrol_with(code)
    again = pc.enrol_with(code)
    # The same device and token, whichever answer arrives
    assert (again.device, again.letter) == (lost.device, lost.letter)
    assert again.token == lost.token
    assert hq.device(lost.token) is not None
    pc.write("t-1", opened("S0217-A-1121-001"))
    assert pc.sync().acked == 1
    # From then on the code is used up, for this PC too
    assert pc.enrol_with(code) == protocol.Problem("wrong_code", "used")


def test_a_used_code_lets_nobody_else_in_and_no_pc_back(hq: Exchange, engine: Engine) -> None:
    pc, code = WireDevice(hq), code_for(hq)
    joined = pc.enrol_with(code)
    used = protocol.Problem("wrong_code", "used")
    assert WireDevice(hq, "c-other").enrol_with(code) == used
    # Nor one that takes the chain's name without its key
    assert WireDevice(hq).enrol_with(code) == used
    with engine.begin() as connection:
        assert enrolment.revoke(connection, joined.device, hq.now())
    assert pc.enrol_with(code) == used


def test_a_pc_that_comes_with_two_codes_at_once_is_one_device(hq: Exchange, engine: Engine) -> None:
    for number in range(8):
        pc, codes = WireDevice(hq, f"c-{number}"), (code_for(hq), code_for(hq))
        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(pc.enrol_with, codes))
        assert all(isinstance(answer, protocol.EnrolResponse) for answer in made), made
        with engine.connect() as connection:
            mine = select(device.c.id).where(device.c.chain == pc.chain)
            assert {answer.device for answer in made} == set(connection.execute(mine).scalars())


def test_a_code_of_another_store_is_told_plainly(served: ServedHq, tmp_path: Path) -> None:
    pc = open_pc(tmp_path / "store")
    assert isinstance(client(pc).enrol(served.url, served.code("S0217")), Enrolment)
    told = client(pc).enrol(served.url, served.code("S0300"))
    assert isinstance(told, ExchangeFailure)
    assert told.code == "other_store"
    # And it goes on as before
    assert isinstance(client(pc).exchange(), ExchangeReport)
    pc.close()


def test_people_at_hq_see_what_a_pc_is_called(
    served: ServedHq, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.node", lambda: "前台-WIN7\n<b>" + "长" * 200)
    pc = open_pc(tmp_path / "store")
    app = LateHq(pc.sync, pc.attachments, SystemClock(), pc.envelopes)
    assert isinstance(app.enrol(served.url, served.code("S0217")), Enrolment)
    # A client that tells no name joins as before
    older = open_pc(tmp_path / "older")
    sender = HqClient(older.sync, older.attachments, SystemClock(), QUICK)
    assert isinstance(sender.enrol(served.url, served.code("S0217")), Enrolment)
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    with browsing(served.url, "wangfang") as head:
        for path in ("/enrolment", "/envelopes"):
            page = head.get(path).text
            assert "前台-WIN7 &lt;b&gt;长长" in page
            assert "长" * 101 not in page
    pc.close()
    older.close()
