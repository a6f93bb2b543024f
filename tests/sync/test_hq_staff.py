"""Accounts at a store, looked after from headquarters, carried out by the store's own desk."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Engine

from desktop.bootstrap import open_desk
from desktop.domain.outcomes import Actor, Refusal
from desktop.services.ports import Person
from sync import protocol
from sync.hq import bootstrap
from sync.hq.exchange import Exchange
from tests.sync.conftest import ServedHq
from tests.sync.devices import WireDevice
from tests.sync.hq_browser import add_people, browsing

OWN = "store password"


def test_hq_adds_changes_resets_and_switches_off_accounts_of_a_store(
    served: ServedHq, engine: Engine, tmp_path: Path
) -> None:
    add_people(
        engine,
        ("wangfang", "王芳", "department_head", ""),
        ("heli", "何丽", "regional_manager", "region:华南"),
    )
    # Given a store with an owner and a clerk of its own
    desk = open_desk(tmp_path / "store")
    staff, hq = desk.use_cases.staff, desk.use_cases.hq
    owner = staff.create_owner("chen", "陈店长", OWN, "supervisor")
    assert isinstance(owner, Person)
    hq.enrol(served.url, served.code("S0217", name="无锡滨湖店", region="苏南"))
    hq.exchange()
    with browsing(served.url, "wangfang") as browser:
        page = browser.get("/staff?store=S0217").text
        assert "陈店长" in page
        # Then the role that the store gave itself waits for HQ's word
        assert "岗位待确认" in page
        mine = {"store": "S0217", "person": owner.id}
        assert "岗位待确认" not in browser.post("/staff/confirm", **mine).text
        # When HQ adds a clerk
        form = {"store": "S0217", "login": "lin", "name": "林晓", "role": "clerk"}
        added = browser.post("/staff/add", **form).text
        hq.exchange()
        clerk = staff.log_in("lin", shown(added))
        assert isinstance(clerk, Person)
        assert (clerk.name, clerk.role) == ("林晓", "clerk")
        assert browser.post("/staff/add", **form).status_code == 409
        # Then changes the role, gives another password and switches the account off
        at = {"store": "S0217", "person": clerk.id}
        browser.post("/staff/role", **at, role="supervisor")
        again = shown(browser.post("/staff/reset", **at).text)
        hq.exchange()
        assert isinstance(staff.log_in("lin", shown(added)), Refusal)
        promoted = staff.log_in("lin", again)
        assert isinstance(promoted, Person)
        assert promoted.role == "supervisor"
        browser.post("/staff/disable", **at)
        hq.exchange()
        assert isinstance(staff.log_in("lin", again), Refusal)
        browser.post("/staff/enable", **at)
        hq.exchange()
        # And what was carried out is not done again after a change at the store
        assert isinstance(staff.log_in("lin", again), Person)
        desk.use_cases.staffing.set_role(clerk.id, "clerk", Actor(owner.id, owner.role))
        hq.exchange()
        last = staff.log_in("lin", again)
        assert isinstance(last, Person)
        assert last.role == "clerk"
        # And a role that the store changed since waits again
        assert browser.get("/staff?store=S0217").text.count("岗位待确认") == 1
        assert "重置门店密码" in browser.get("/audit").text
    # And a manager of another region has no say
    with browsing(served.url, "heli") as other:
        assert other.post("/staff/disable", **at).status_code == 403
    desk.close()


def shown(page: str) -> str:
    found = re.search(r'class="code">([^<]+)<', page)
    assert found, page
    return found[1]


def test_nobody_joins_under_the_name_of_hqs_own_chain(served: ServedHq) -> None:
    for chain in ("hq", "hq-S0300"):
        device = WireDevice(Exchange(served.engine, served.key, bootstrap.utc_now), chain)
        refused = device.enrol("S0300")
        assert isinstance(refused, protocol.Problem)
        assert refused.code == "bad_request"
