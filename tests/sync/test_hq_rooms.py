"""HQ's rooms by role and scope, sessions that end, and every act on the record (AU-01, AU-03)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, select, text

from desktop.domain.outcomes import Role
from desktop.texts import Texts
from sync.hq import access, acts, bootstrap, envelope_stock, projection, verification
from sync.hq.exchange import Exchange
from sync.hq.models import quarantine, session
from sync.hq.people import SESSION_IDLE, LoggedIn, People
from sync.hq.web.verification import CHECK_LOCK
from tests.sync.conftest import ServedHq, WallClock
from tests.sync.devices import WireDevice, opened, proposed
from tests.sync.hq_browser import PASSWORD, Browser, add_people, browsing


@pytest.fixture
def ids(engine: Engine) -> dict[str, str]:
    return add_people(
        engine,
        ("wangfang", "王芳", "department_head", ""),
        ("heli", "何丽", "regional_manager", "region:苏南"),
        ("fawu", "郑律", "legal", ""),
        ("lin", "林晓", "clerk", "S0217"),
    )


@pytest.fixture
def head(served: ServedHq, ids: dict[str, str]) -> Iterator[Browser]:
    with browsing(served.url, "wangfang") as browser:
        yield browser


@pytest.fixture
def two_stores(served: ServedHq) -> dict[str, WireDevice]:
    """A store in the region and one elsewhere, each with a compensation to approve."""
    hq = Exchange(served.engine, served.key, bootstrap.utc_now)
    made = {}
    for store, name, region in (("S0217", "无锡滨湖店", "苏南"), ("S0900", "广州天河店", "华南")):
        device = WireDevice(hq, f"c-{store}")
        device.enrol(store, name=name, region=region)
        device.write(f"t-{store}", opened(f"{store}-A-1121-001", store=store))
        device.write(f"t-{store}", proposed(f"i-{store}"))
        device.sync()
        made[store] = device
    projection.drain(served.engine, bootstrap.utc_now())
    return made


PATHS = {room: "/" if room == "stores" else f"/{room}" for room in access.ROOMS}


@pytest.mark.parametrize(("login", "role"), [("heli", "regional_manager"), ("lin", "clerk")])
def test_a_role_opens_its_rooms_only(
    served: ServedHq, ids: dict[str, str], login: str, role: Role
) -> None:
    with browsing(served.url, login) as browser:
        rail = browser.get("/").text
        for room, path in PATHS.items():
            allowed = role in access.ROOMS[room]
            assert browser.get(path).status_code == (200 if allowed else 403), room
            assert (f'href="{path}"' in rail) == allowed


def test_a_regional_manager_sees_and_answers_her_stores_only(
    served: ServedHq, ids: dict[str, str], two_stores: dict[str, WireDevice]
) -> None:
    with browsing(served.url, "heli") as browser:
        for path in ("/", "/approvals", "/enrolment"):
            page = browser.get(path).text
            assert "无锡滨湖店" in page
            assert "广州天河店" not in page
        elsewhere = {"stream": "t-S0900", "item": "i-S0900", "answer": "approve", "reason": ""}
        assert browser.post("/approvals", **elsewhere).status_code == 409
        assert browser.post("/enrolment", scope="S0900").status_code == 403
        assert browser.post("/enrolment", scope="S0218", region="苏南").status_code == 200
        with served.engine.connect() as connection:
            device = connection.execute(text("SELECT id FROM device WHERE scope = 'S0900'"))
            assert browser.post("/enrolment/revoke", device=device.scalar_one()).status_code == 403


def test_a_revoked_device_is_out_and_it_is_on_the_record(
    head: Browser, served: ServedHq, two_stores: dict[str, WireDevice], ids: dict[str, str]
) -> None:
    with served.engine.connect() as connection:
        device = connection.execute(text("SELECT id FROM device WHERE scope = 'S0217'")).scalar()
    assert head.post("/enrolment/revoke", device=str(device)).status_code == 200
    assert two_stores["S0217"].sync().code == "revoked"
    page = head.get("/audit").text
    assert "撤销电脑接入" in page
    assert str(device) in page
    with served.engine.connect() as connection:
        last = acts.last(connection, "device_revoked")
    assert last is not None
    assert (last.who, last.data["store"]) == (ids["wangfang"], "S0217")


def test_a_record_of_hq_that_was_altered_is_found(
    head: Browser, served: ServedHq, two_stores: dict[str, WireDevice]
) -> None:
    assert verification.verify(served.engine, served.key, served.files).faults == ()
    with served.engine.begin() as connection:
        connection.execute(
            text("UPDATE event SET core = convert_to(replace(convert_from(core, 'UTF8'),"
                 " 'logged_in', 'logged_on'), 'UTF8') WHERE chain = 'hq' AND seq = 1")
        )  # fmt: skip
    assert head.post("/verification").status_code == 200
    deadline = time.monotonic() + 60
    while "hq:1" not in head.get("/verification").text:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "发现 1 处问题" in head.page


def test_people_are_added_changed_disabled_and_reset(
    head: Browser, served: ServedHq, engine: Engine, ids: dict[str, str], clock: WallClock
) -> None:
    # Given a person with a password for one login
    page = head.post("/people", login="newone", name="新人", role="supervisor", scope="S0217").text
    shown = re.search(r'class="code">([^<]+)<', page)
    assert shown
    with httpx.Client(base_url=served.url, follow_redirects=True, trust_env=False) as client:
        entered = client.post("/login", data={"login": "newone", "password": shown[1]})
        # Then nothing opens before it is changed
        assert entered.url.path == "/password"
        browser = Browser(client)
        browser.page = entered.text
        mine = {"old": shown[1], "new": PASSWORD, "again": PASSWORD}
        assert browser.post("/password", **{**mine, "old": "wrong-wrong-wrong"}).status_code == 400
        assert browser.post("/password", **mine).status_code == 200
        assert browser.get("/").url.path == "/"
        person = People(engine, clock.now).user(client.cookies["amends_session"])
        assert person is not None
        # When the account is closed, its session ends
        assert head.post("/people/disable", person=person.id).status_code == 200
        assert browser.get("/").url.path == "/login"
        assert head.post("/people/enable", person=person.id).status_code == 200
    assert head.post("/people/reset", person=person.id).status_code == 200
    change = {"person": person.id, "role": "legal", "scope": "region:苏南"}
    assert head.post("/people/change", **change).status_code == 200
    # And the last head can neither leave nor step down
    me = ids["wangfang"]
    assert head.post("/people/disable", person=me).status_code == 409
    assert head.post("/people/change", person=me, role="clerk", scope="").status_code == 409
    assert head.post("/people", login="newone", name="x", role="clerk").status_code == 409
    record = head.get("/audit").text
    for word in ("添加人员", "停用账号", "启用账号", "重置密码", "变更岗位或范围"):
        assert word in record


def test_a_session_ends_when_nobody_uses_it(
    engine: Engine, clock: WallClock, ids: dict[str, str]
) -> None:
    people = People(engine, clock.now)
    opened_now = people.log_in("wangfang", PASSWORD)
    assert isinstance(opened_now, LoggedIn)
    clock.offset += SESSION_IDLE - timedelta(minutes=1)
    assert people.user(opened_now.token) is not None
    clock.offset += SESSION_IDLE - timedelta(minutes=1)
    assert people.user(opened_now.token) is not None
    clock.offset += SESSION_IDLE + timedelta(minutes=1)
    assert people.user(opened_now.token) is None
    with engine.connect() as connection:
        assert connection.execute(select(session)).first() is None


def test_every_form_needs_its_token(head: Browser) -> None:
    paths = (
        "/approvals", "/attention/retry", "/enrolment", "/enrolment/revoke", "/enrolment/withdraw",
        "/envelopes/keep", "/envelopes/recall", "/policy", "/people", "/people/reset",
        "/verification", "/logout", "/password",
    )  # fmt: skip
    for path in paths:
        assert head.post(path, csrf="forged").status_code == 403, path


def test_a_silent_store_with_an_urgent_complaint_raises_the_alarm(
    head: Browser, served: ServedHq, two_stores: dict[str, WireDevice]
) -> None:
    """AS-06: an offline store with an open level 1–2 is told at the top of the page."""
    assert 'class="alarm"' not in head.get("/").text
    with served.engine.begin() as connection:
        connection.execute(text("UPDATE ticket_row SET level = 1 WHERE store = 'S0217'"))
        connection.execute(
            text("UPDATE device SET last_contact = now() - interval '25 hours'"
                 " WHERE scope = 'S0217'")
        )  # fmt: skip
    page = head.get("/").text
    assert "1 家门店失联，且有未结的一、二级投诉" in page
    figures = httpx.get(f"{served.url}/metrics", trust_env=False).text
    assert "amends_hq_stores_silent_urgent 1.0" in figures


def test_a_store_that_nobody_can_hear_any_more_raises_the_alarm(
    head: Browser, served: ServedHq, two_stores: dict[str, WireDevice]
) -> None:
    """AS-06: taking the access of a store's last PC back hides its open level 1–2 from nobody."""
    with served.engine.begin() as connection:
        connection.execute(text("UPDATE ticket_row SET level = 1 WHERE store = 'S0217'"))
        device = connection.execute(text("SELECT id FROM device WHERE scope = 'S0217'")).scalar()
    head.post("/enrolment/revoke", device=str(device))
    page = head.get("/").text
    assert "1 家门店失联，且有未结的一、二级投诉" in page
    assert page.count("从未联系") == 0


def test_a_quarantined_complaint_is_retried(
    head: Browser, served: ServedHq, two_stores: dict[str, WireDevice]
) -> None:
    with served.engine.begin() as connection:
        connection.execute(
            quarantine.insert().values(
                stream="t-S0217", store="S0217", reason="KeyError: old", since=bootstrap.utc_now()
            )
        )
    assert "KeyError: old" in head.get("/attention").text
    done = head.post("/attention/retry", stream="t-S0217").text
    assert "KeyError: old" not in done
    assert "都恢复了" in done


def test_envelopes_are_kept_in_stock_and_recalled(
    head: Browser, served: ServedHq, two_stores: dict[str, WireDevice]
) -> None:
    # Given an approver who answers on a PC elsewhere
    with served.engine.connect() as connection:
        rows = connection.execute(text("SELECT scope, id FROM device")).all()
        devices = {row.scope: row.id for row in rows}
    assert head.post("/envelopes/device", login="wangfang", device=devices["S0900"])
    form = {"login": "wangfang", "place": "S0217", "cap": "20000", "days": "30", "keep": "2"}
    page = head.post("/envelopes/keep", **form)
    assert page.status_code == 200, page.text
    # When one is used
    with served.engine.begin() as connection:
        assert unused(connection) == 2
        connection.execute(
            text("INSERT INTO envelope_record (chain, seq, number, kind, store, stream, data, at,"
                 " noted_at) VALUES ('c-S0217', 99, 1, 'used', 'S0217', 't-S0217',"
                 " '{\"facts\": \"\", \"claimed\": \"\", \"approver\": \"\", \"role\": \"\"}',"
                 " now(), now())")
        )  # fmt: skip
        # Then the next round makes it again, and no more than that
        assert envelope_stock.top_up(connection, served.key, bootstrap.utc_now()) == 1
        assert envelope_stock.top_up(connection, served.key, bootstrap.utc_now()) == 0
    # And what is recalled is not handed out
    recalled = head.post("/envelopes/recall", login="wangfang", place=devices["S0217"])
    assert recalled.status_code == 200
    given = two_stores["S0217"].sync(two_stores["S0217"].request(envelopes=0))
    assert [e.number for e in given.envelopes] == [1]
    # And the release without a code is named
    matching = head.get("/reconciliation").text
    assert "无码发放" in matching
    wrong = head.post("/envelopes/keep", **{**form, "cap": "much"})
    assert wrong.status_code == 409


def unused(connection: object) -> int:
    now = bootstrap.utc_now()
    stock = envelope_stock._stock(connection, ALL, now)  # type: ignore[arg-type]
    return sum(s.unused for s in stock)


ALL = access.User("P", "x", "x", "department_head", "")


def test_a_check_that_died_with_its_process_keeps_nobody_from_another(
    head: Browser, engine: Engine, ids: dict[str, str]
) -> None:
    running = Texts("zh_CN").get("hq_verification.running").rpartition("}")[2]
    with engine.begin() as connection:
        minute = bootstrap.utc_now() - timedelta(minutes=1)
        acts.record(connection, ids["wangfang"], "verify_started", minute)
    # While a process holds the check, the page says so and no second one begins
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": CHECK_LOCK})
        assert running in head.get("/verification").text
        other.rollback()
        other.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": CHECK_LOCK})
    # When it has died, it is offered again
    page = head.get("/verification").text
    assert running not in page
    assert "disabled" not in page
    head.post("/verification")
    deadline = time.monotonic() + 60
    while running in head.get("/verification").text:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with engine.connect() as connection:
        assert acts.last(connection, "verify_done") is not None


def test_what_was_used_in_the_meantime_is_not_told_as_withdrawn(
    head: Browser, served: ServedHq, two_stores: dict[str, WireDevice]
) -> None:
    served.code("S0217")
    page = head.get("/enrolment").text
    found = re.search(r'name="code" value="([0-9a-f]+)"', page)
    assert found
    assert "接入码已作废" in head.post("/enrolment/withdraw", code=found[1]).text
    for gone in (found[1], "no hex"):
        answer = head.post("/enrolment/withdraw", code=gone)
        assert (answer.status_code, "接入码已作废" in answer.text) == (409, False)
        assert "可能刚被用来接入" in answer.text
    recalled = head.post("/envelopes/recall", login="heli", place="S0217")
    assert recalled.status_code == 409
    assert "没有可收回的信封" in recalled.text
