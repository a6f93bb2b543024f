"""HQ's pages: who gets in, what is forged, and the approval that reaches the store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from desktop.domain import fold
from desktop.domain.events import Draft
from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.store import StoreData
from sync.hq import verification
from sync.hq.people import LoggedIn, People
from tests.sync.conftest import ServedHq, WallClock
from tests.sync.devices import proposed
from tests.sync.stores import append, client, complain, open_pc

PASSWORD = "correct horse battery"


@pytest.fixture
def people(engine: Engine, clock: WallClock) -> People:
    found = People(engine, clock.now, PasswordHasher(time_cost=1, memory_cost=1024))
    found.save("wangfang", "王芳", "department_head", PASSWORD)
    found.save("heli", "何丽", "supervisor", PASSWORD)
    return found


@pytest.fixture
def browser(served: ServedHq, people: People) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, follow_redirects=True, trust_env=False) as found:
        yield found


@pytest.fixture
def pc(served: ServedHq, tmp_path: Path) -> Iterator[StoreData]:
    data = open_pc(tmp_path / "store")
    client(data).enrol(served.url, served.code("S0217", name="无锡滨湖店"))
    yield data
    data.close()


def log_in(
    browser: httpx.Client, login: str = "wangfang", password: str = PASSWORD
) -> httpx.Response:
    return browser.post("/login", data={"login": login, "password": password})


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


def answer(browser: httpx.Client, **changed: str) -> httpx.Response:
    page = browser.get("/approvals").text
    form = {name: hidden(page, name) for name in ("csrf", "stream", "item")}
    return browser.post("/approvals", data={**form, "answer": "approve", "reason": "", **changed})


@pytest.mark.parametrize("path", ["/", "/approvals", "/attention", "/enrolment"])
def test_pages_need_a_login(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).url.path == "/login"


def test_a_login_opens_the_stores_with_a_strict_cookie(
    browser: httpx.Client, pc: StoreData
) -> None:
    page = log_in(browser)
    assert (page.status_code, page.url.path) == (200, "/")
    assert "无锡滨湖店" in page.text
    cookie = page.history[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert page.headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_wrong_passwords_lock_the_account_for_a_while(
    browser: httpx.Client, people: People, clock: WallClock
) -> None:
    for _ in range(5):
        assert log_in(browser, password="wrong").status_code == 401
    assert "已锁定" in log_in(browser).text
    # And it opens again by itself
    clock.offset = timedelta(minutes=16)
    assert isinstance(people.log_in("wangfang", PASSWORD), LoggedIn)


def test_an_unknown_login_says_no_more_than_a_wrong_password(browser: httpx.Client) -> None:
    unknown, wrong = log_in(browser, "nobody"), log_in(browser, password="wrong")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.text.replace("nobody", "") == wrong.text.replace("wangfang", "")


def test_logging_out_ends_the_session(browser: httpx.Client) -> None:
    page = log_in(browser).text
    token = browser.cookies["amends_session"]
    browser.post("/logout", data={"csrf": hidden(page, "csrf")})
    browser.cookies.set("amends_session", token)
    assert browser.get("/").url.path == "/login"


def test_pages_speak_both_languages(browser: httpx.Client) -> None:
    assert "登录总部" in browser.get("/login").text
    english = browser.get("/login", headers={"accept-language": "en-GB,en;q=0.9"}).text
    assert "Log in to headquarters" in english
    browser.get("/lang/en")
    assert "Log in to headquarters" in browser.get("/login").text


def test_an_approval_at_hq_reaches_the_store(
    browser: httpx.Client, pc: StoreData, served: ServedHq
) -> None:
    # Given a compensation that waits for the department head
    stream = complain(pc, 1, "5000.01")
    client(pc).exchange()
    log_in(browser)
    page = browser.get("/approvals").text
    assert "5,000.01" in page
    assert "奶粉有异味" in page
    # When she approves it
    done = answer(browser, reason="同意，请附检测单")
    assert "已批准" in done.text
    # Then the store has her answer and her name at its next exchange
    report = client(pc).exchange()
    assert isinstance(report, ExchangeReport)
    assert report.received == 2
    state = fold.fold(stream, pc.journal.events(stream))
    item = state.compensation["i-1"]
    assert (item.status, item.decision_reason) == ("approved", "同意，请附检测单")
    assert "王芳" in pc.directory.names().values()
    # And the next one is idle, and all still verifies
    again = client(pc).exchange()
    assert isinstance(again, ExchangeReport)
    assert (again.sent, again.received) == (0, 0)
    assert again.bytes_sent + again.bytes_received <= 700
    assert verification.verify(served.engine, served.key, served.files).faults == ()


def test_a_refusal_needs_its_reason(browser: httpx.Client, pc: StoreData) -> None:
    complain(pc, 1, "5000.01")
    client(pc).exchange()
    log_in(browser)
    assert answer(browser, answer="refuse").status_code == 409
    assert answer(browser, answer="refuse", reason="证据不足").status_code == 200


def test_an_item_is_answered_once(browser: httpx.Client, pc: StoreData) -> None:
    complain(pc, 1, "5000.01")
    client(pc).exchange()
    log_in(browser)
    page = browser.get("/approvals").text
    form = {name: hidden(page, name) for name in ("csrf", "stream", "item")}
    first = browser.post("/approvals", data={**form, "answer": "approve", "reason": ""})
    second = browser.post("/approvals", data={**form, "answer": "approve", "reason": ""})
    assert (first.status_code, second.status_code) == (200, 409)


def test_the_rules_bind_at_hq_too(browser: httpx.Client, pc: StoreData) -> None:
    # Given somebody whose role does not cover the sum
    complain(pc, 1, "5000.01")
    client(pc).exchange()
    log_in(browser, "heli")
    page = browser.get("/approvals").text
    assert 'name="item"' not in page
    # When the form is sent all the same
    forged = {"csrf": hidden(page, "csrf"), "stream": "t-000001", "item": "i-1"}
    done = browser.post("/approvals", data={**forged, "answer": "approve", "reason": ""})
    # Then nothing is written
    assert done.status_code == 409
    report = client(pc).exchange()
    assert isinstance(report, ExchangeReport)
    assert report.received == 0


@pytest.mark.parametrize("csrf", ["", "x" * 43])
def test_a_form_from_elsewhere_is_denied(browser: httpx.Client, pc: StoreData, csrf: str) -> None:
    complain(pc, 1, "5000.01")
    client(pc).exchange()
    log_in(browser)
    assert answer(browser, csrf=csrf).status_code == 403


def test_a_login_form_from_another_site_is_denied(browser: httpx.Client) -> None:
    data = {"login": "wangfang", "password": PASSWORD}
    done = browser.post("/login", data=data, headers={"origin": "https://evil.example"})
    assert done.status_code == 403


def test_a_code_from_the_page_joins_a_pc(
    browser: httpx.Client, served: ServedHq, tmp_path: Path
) -> None:
    page = log_in(browser).text
    form = {"csrf": hidden(page, "csrf"), "scope": "S0300", "name": "苏州观前店"}
    done = browser.post("/enrolment", data=form).text
    code = re.search(r'class="code">([^<]+)<', done)
    assert code
    data = open_pc(tmp_path / "new")
    joined = client(data).enrol(served.url, code[1])
    data.close()
    assert (joined.store, joined.store_name) == ("S0300", "苏州观前店")


def test_a_supervisor_issues_no_codes(browser: httpx.Client) -> None:
    log_in(browser, "heli")
    assert browser.get("/enrolment").status_code == 403


def test_what_customers_wrote_is_text_and_no_markup(browser: httpx.Client, pc: StoreData) -> None:
    opening = Draft(
        "ticket.opened",
        {"number": "<b>1</b>", "channel": "counter", "store": "S0217", "flow": "store"},
        {"verbatim": "<script>alert(1)</script> 赔\u202e0001\u2066 元"},
    )
    append(pc, "t-x", opening, proposed("i-x"))
    client(pc).exchange()
    log_in(browser)
    page = browser.get("/approvals").text
    assert "<script>" not in page
    assert "<b>1</b>" not in page
    # Nor does it read backwards, or turn the page around it.
    assert "赔0001 元" in page


def test_what_breaks_a_rule_is_listed(browser: httpx.Client, pc: StoreData) -> None:
    stream = complain(pc, 1, "5000.01")
    client(pc).exchange()
    log_in(browser)
    # Given an answer at the PC and another at HQ that did not know each other
    local = Draft("approval.decided", {"item": "i-1", "approved": False, "role": "department_head"})
    append(pc, stream, local)
    answer(browser)
    client(pc).exchange()
    # Then the complaint is on the list
    assert "double_decision" in browser.get("/attention").text


@pytest.mark.parametrize("kind", ["duplicate", "repeat", "same_incident"])
def test_d4_what_linked_complaints_gave_counts_at_hq(
    browser: httpx.Client, pc: StoreData, kind: str
) -> None:
    # Given a sum that a supervisor may approve by itself
    first, second = complain(pc, 1, "4500.00"), complain(pc, 2)
    asked = proposed("i-2", "600.00")
    asked = Draft(asked.kind, {**asked.data, "approver": "supervisor"}, asked.personal)
    append(pc, second, asked)
    for one, other in ((first, second), (second, first)):
        append(pc, one, Draft("ticket.linked", {"other": other, "number": other, "kind": kind}))
    client(pc).exchange()
    # When it is linked to one that gave more, the supervisor may not answer either any more
    log_in(browser, "heli")
    page = browser.get("/approvals").text
    assert "5,100.00" in page
    assert 'name="item"' not in page
    forged = {"csrf": hidden(page, "csrf"), "stream": second, "item": "i-2"}
    refused = browser.post("/approvals", data={**forged, "answer": "approve", "reason": ""})
    assert refused.status_code == 409
    # Then the department head may
    browser.cookies.clear()
    log_in(browser)
    form = {**forged, "csrf": hidden(browser.get("/approvals").text, "csrf")}
    done = browser.post("/approvals", data={**form, "answer": "approve", "reason": ""})
    assert done.status_code == 200
    client(pc).exchange()
    state = fold.fold(second, pc.journal.events(second))
    assert state.compensation["i-2"].status == "approved"


def test_the_style_sheet_is_asked_for_by_what_it_holds(browser: httpx.Client) -> None:
    """After an upgrade no browser shows the new pages in the old style."""
    found = re.search(r'href="(/style\.css\?v=[0-9a-f]{12})"', browser.get("/login").text)
    assert found
    assert "immutable" in browser.get(found[1]).headers["cache-control"]
    # What another version's page asks for is looked at again each time
    for other in ("/style.css", "/style.css?v=000000000000"):
        answer = browser.get(other)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
