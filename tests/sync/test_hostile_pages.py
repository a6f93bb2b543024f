"""Hostile use of HQ's pages: stale sessions, roles above one's own, odd bytes, broken files."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select, text

from sync.hq import api, bootstrap, envelope_stock, models
from sync.hq.exchange import Exchange
from sync.hq.rates import Rates
from tests.sync.conftest import UNBOUNDED, ServedHq
from tests.sync.devices import WireDevice
from tests.sync.hq_browser import PASSWORD, Browser, add_people, browsing
from tests.sync.hq_routes import addresses

#: What no answer may hold: the program's own words for its own faults.
INNARDS = ("Traceback", "sqlalchemy", "psycopg", "Internal Server Error", '{"detail"')
NEW = "another horse battery"


@pytest.fixture
def rates() -> Rates:
    """As often as the tests here ask: an answer that says "too often" would prove nothing."""
    return UNBOUNDED


@pytest.fixture
def people(engine: Engine) -> dict[str, str]:
    return add_people(
        engine,
        ("wangfang", "王芳", "department_head", ""),
        ("heli", "何丽", "regional_manager", "region:苏南"),
    )


@pytest.fixture
def head(served: ServedHq, people: dict[str, str]) -> Iterator[Browser]:
    with browsing(served.url, "wangfang") as browser:
        yield browser


@pytest.fixture
def manager(served: ServedHq, people: dict[str, str]) -> Iterator[Browser]:
    with browsing(served.url, "heli") as browser:
        yield browser


@pytest.fixture
def store(served: ServedHq) -> WireDevice:
    device = WireDevice(Exchange(served.engine, served.key, bootstrap.utc_now), "c-S0217")
    device.enrol("S0217", name="无锡滨湖店", region="苏南")
    return device


def plain(answer: httpx.Response) -> None:
    """It is a page in words, not the innards of the program."""
    assert answer.status_code < 500, (answer.request.url, answer.text[:300])
    assert [word for word in INNARDS if word in answer.text] == []


def test_a_changed_password_ends_the_persons_other_sessions(
    served: ServedHq, people: dict[str, str]
) -> None:
    with browsing(served.url, "heli") as stolen, browsing(served.url, "heli") as own:
        own.get("/password")
        done = own.post("/password", old=PASSWORD, new=NEW, again=NEW)
        assert done.status_code == 200
        assert stolen.get("/").url.path == "/login"
        # The one in which it was changed goes on
        assert own.get("/").url.path == "/"


def test_a_person_ends_their_sessions_elsewhere(served: ServedHq, people: dict[str, str]) -> None:
    with browsing(served.url, "heli") as forgotten, browsing(served.url, "heli") as own:
        own.get("/password")
        assert "已退出其他登录：1 处" in own.post("/logout/others").text
        assert forgotten.get("/").url.path == "/login"
        assert own.get("/").url.path == "/"
        # Who logs in again in one browser leaves no session behind that nobody sees
        before = own.client.cookies["amends_session"]
        again = {"login": "heli", "password": PASSWORD}
        assert own.client.post("/login", data=again).is_success
        own.client.cookies.clear()
        own.client.cookies.set("amends_session", before)
        assert own.get("/").url.path == "/login"


def test_a_role_or_scope_that_was_taken_away_is_gone_at_the_next_click(
    head: Browser, manager: Browser, store: WireDevice, people: dict[str, str]
) -> None:
    assert "S0217" in manager.get("/enrolment").text
    given = {"person": people["heli"], "role": "regional_manager", "scope": "region:华南"}
    assert head.post("/people/change", **given).is_success
    assert "S0217" not in manager.get("/enrolment").text
    assert head.post("/people/change", **{**given, "role": "clerk"}).is_success
    assert manager.get("/enrolment").status_code == 403
    assert head.post("/people/disable", person=people["heli"]).is_success
    assert manager.get("/").url.path == "/login"


def test_a_login_gives_the_session_a_name_of_its_own(
    served: ServedHq, people: dict[str, str]
) -> None:
    with httpx.Client(base_url=served.url, trust_env=False) as client:
        client.cookies.set("amends_session", "chosen-by-somebody-else")
        done = client.post("/login", data={"login": "heli", "password": PASSWORD})
        assert done.status_code == 303
        assert "chosen-by-somebody-else" not in done.headers["set-cookie"]
        client.cookies.clear()
        client.cookies.set("amends_session", "chosen-by-somebody-else")
        assert client.get("/").headers["location"] == "/login"


def test_nobody_gives_a_role_above_their_own_at_a_store(
    manager: Browser, store: WireDevice, engine: Engine, head: Browser
) -> None:
    assert head.post(
        "/staff/add", store="S0217", login="zhou", name="周明", role="department_head"
    ).is_success  # fmt: skip
    before = orders(engine)
    person = next(row.stream for row in before)
    for act in ("add", "role", "confirm"):
        answer = manager.post(
            f"/staff/{act}", store="S0217", login="own", name="她", role="department_head",
            person="" if act == "add" else person,
        )  # fmt: skip
        assert answer.status_code == 409
        assert "不能高于" in answer.text
        assert orders(engine) == before
    # Nor looks after the account of somebody above
    for other in ("reset", "disable", "role"):
        answer = manager.post(f"/staff/{other}", store="S0217", person=person, role="clerk")
        assert answer.status_code == 409, other
    assert orders(engine) == before


def test_an_added_account_is_always_a_new_one(
    head: Browser, store: WireDevice, engine: Engine, people: dict[str, str]
) -> None:
    for target in (people["heli"], "t-S0217", "policy-S0217"):
        head.post(
            "/staff/add", store="S0217", login=f"l{len(target)}", name="n", role="clerk",
            person=target,
        )  # fmt: skip
    written = {row.stream for row in orders(engine)}
    assert len(written) == 3
    assert written.isdisjoint({people["heli"], "t-S0217", "policy-S0217"})


def orders(engine: Engine) -> list[Any]:
    """What HQ ordered of accounts at the store."""
    with engine.connect() as connection:
        found = select(models.event).where(models.event.c.chain == "hq-S0217")
        return list(connection.execute(found.order_by("seq")).all())


@pytest.mark.parametrize("act", ["disable", "change"])
def test_who_lost_the_right_to_approve_loses_the_envelopes_too(
    head: Browser, store: WireDevice, engine: Engine, served: ServedHq, people: dict[str, str],
    act: str,
) -> None:  # fmt: skip
    region = WireDevice(store.hq, "c-region")
    region.enrol("region:苏南")
    with engine.connect() as connection:
        answering = connection.execute(
            select(models.device.c.id).where(models.device.c.scope == "region:苏南")
        ).scalar_one()
    assert head.post("/envelopes/device", login="heli", device=answering).is_success
    kept = head.post(
        "/envelopes/keep", login="heli", place="S0217", cap="5000", days="30", keep="1"
    )
    assert kept.is_success
    assert [stock.unused for stock in stock_of(engine)] == [1]
    role = {"role": "clerk", "scope": "region:苏南"} if act == "change" else {}
    assert head.post(f"/people/{act}", person=people["heli"], **role).is_success
    assert [stock.unused for stock in stock_of(engine)] == [0]


def stock_of(engine: Engine) -> Any:
    from sync.hq.people import User

    user = User("x", "x", "x", "department_head", "")
    with engine.connect() as connection:
        return envelope_stock.overview(connection, user, bootstrap.utc_now()).stock


NUL_FORMS = {
    "/login": {"login": "a\0b", "password": "a\0b"},
    "/people": {"login": "a\0b", "name": "a\0b", "role": "clerk", "scope": "a\0b"},
    "/people/change": {"person": "a\0b", "role": "clerk", "scope": ""},
    "/staff/add": {"store": "S\0", "login": "a\0", "name": "\0", "role": "clerk"},
    "/enrolment": {"scope": "S\0", "name": "a\0b", "region": "\0"},
    "/enrolment/revoke": {"device": "\0"},
    "/approvals": {"stream": "\0", "item": "\0", "answer": "approve", "reason": "\0"},
    "/attention/retry": {"stream": "\0"},
    "/envelopes/keep": {"login": "\0", "place": "\0", "cap": "1", "days": "30", "keep": "1"},
    "/policy/\0/simulate": {},
}


def test_a_zero_byte_in_a_form_is_refused_in_words(head: Browser, store: WireDevice) -> None:
    for path, form in NUL_FORMS.items():
        plain(head.post(path.replace("\0", "%00"), **form))


ODD = ("/policy/a%00b", "/staff?store=%00", "/?q=%00", "/attention?kind=%00", "/nothing%00",
     "/audit?who=%00&before=%00", "/lang/%00", "/fonts/..%2f..%2fpyproject.toml",
     "/fonts/%2e%2e/%2e%2e/pyproject.toml", "/style.css/..", "/staff?store=%ff%fe")  # fmt: skip


def test_an_odd_address_is_answered_in_words(head: Browser, store: WireDevice) -> None:
    for path in ODD:
        plain(head.get(path))


QUOTAS: tuple[dict[str, str], ...] = (
    *({"days": days} for days in ("999999999999", "-1", "")),
    *({"keep": keep} for keep in ("1000000", "9" * 5000)),
    *({"cap": cap} for cap in ("1E+999999", "NaN", "-Infinity", "sNaN", "0.001", "0.00", "١٢")),
    {"place": "S0999"},
    {"login": "nobody"},
)


def test_a_stock_of_envelopes_that_cannot_be_is_refused_in_words(
    head: Browser, store: WireDevice
) -> None:
    for wrong in QUOTAS:
        asked = {"login": "heli", "place": "S0217", "cap": "100", "days": "30", "keep": "2"}
        answer = head.post("/envelopes/keep", **{**asked, **wrong})
        plain(answer)
        assert answer.status_code == 409
        note = answer.text.split('role="alert">')[1].split("<")[0]
        # In the person's language, with no words of the other
        assert not any("a" <= c <= "z" for c in note.replace("nobody", "")), note


def test_what_is_not_there_is_told_in_the_persons_language(head: Browser) -> None:
    for lang, word in (("zh_CN", "没有找到"), ("en", "is not here")):
        head.get(f"/lang/{lang}")
        for answer in (head.get("/nothing"), head.client.put("/login"), head.post("/stores/x")):
            assert answer.status_code in (404, 405)
            assert word in answer.text
            plain(answer)


def test_a_fault_of_the_program_is_told_without_its_innards(
    served: ServedHq, head: Browser, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE quarantine RENAME TO gone"))
    for lang, word in (("zh_CN", "请重试"), ("en", "Try again")):
        head.get(f"/lang/{lang}")
        answer = head.client.get("/attention", headers={"connection": "close"})
        assert answer.status_code == 500
        assert word in answer.text
        assert [w for w in (*INNARDS, "quarantine") if w in answer.text] == []


def test_a_form_that_cannot_be_read_is_refused_in_words(head: Browser) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x", "origin": str(head.client.base_url)}
    for body in (
        b"--y\r\nnonsense",
        b"--x\r\n\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n",
    ):
        plain(head.client.post("/login", content=body, headers=kind))
    many = "&".join(f"f{n}=1" for n in range(5000))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    plain(head.client.post("/login", content=many, headers=kind))


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _broken_stream() -> bytes:
    made = bytearray(zipped({"manifest.yaml": b"version: x\n" * 99}))
    start = 30 + len("manifest.yaml")
    made[start : start + 8] = b"\xff" * 8
    return bytes(made)


def _said_small() -> bytes:
    """A file that says it is one byte long and holds a megabyte."""
    made = bytearray(zipped({"manifest.yaml": b"a" * 2**20}))
    at = made.rindex(b"PK\x01\x02")
    made[at + 24 : at + 28] = struct.pack("<L", 1)
    return bytes(made)


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n".encode()
    for n in range(9)
)
PACKS = {
    "no zip": b"nothing",
    "broken stream": _broken_stream(),
    "says that it is small": _said_small(),
    "large when unpacked": zipped({"manifest.yaml": b"\0" * (17 * 2**20)}),
    "aliases": zipped({"manifest.yaml": BOMB}),
    "deep": zipped({"manifest.yaml": b"[" * 2_000}),
    "deep mappings": zipped({"manifest.yaml": b"a: " + b"{a: " * 1_000}),
    "no text": zipped({"manifest.yaml": b"\xff\xfe\x00\x01"}),
    "control characters": zipped({"manifest.yaml": b"a: \x00\x07"}),
    "python object": zipped({"manifest.yaml": b"!!python/object/apply:os.system ['true']"}),
    "a file that is a folder": zipped({"manifest.yaml": b"a: 1", "manifest.yaml/b.yaml": b"b: 1"}),
    "above the folder": zipped({"manifest.yaml": b"a: 1", "../../evil.yaml": b"b: 1"}),
    "absolute": zipped({"manifest.yaml": b"a: 1", "/tmp/evil.yaml": b"b: 1"}),
    "long name": zipped({"manifest.yaml": b"a: 1", f"{'x' * 400}.yaml": b"b: 1"}),
    "zero in a name": zipped({"manifest.yaml": b"a: 1", "a\1b.yaml": b"b: 1"}).replace(
        b"a\1b.yaml", b"a\0b.yaml"
    ),
}


def test_a_hostile_pack_is_refused_in_words(head: Browser) -> None:
    for name, content in PACKS.items():
        answer = head.upload("/policy", "pack", content)
        plain(answer)
        assert answer.status_code == 422, name


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(head: Browser) -> None:
    answer = head.upload("/policy", "pack", b"\0" * (5 * 2**20))
    plain(answer)
    assert answer.status_code == 413


def test_every_form_of_the_pages_needs_its_token(head: Browser, store: WireDevice) -> None:
    """No route that changes something does so without the token, or from another origin."""
    from sync.hq import web

    for method, path in addresses(web.routes.routes):
        if method in ("GET", "HEAD") or path == "/login":
            continue
        filled = path.replace("{act}", "add").replace("{pack}", "K1")
        for form, origin in (({"csrf": ""}, None), ({}, "https://evil.example"), ({}, "null")):
            headers = {"origin": origin} if origin else {}
            csrf = form.get("csrf", head.csrf)
            answer = head.client.post(filled, data={"csrf": csrf}, headers=headers)
            assert answer.status_code == 403, (path, form, origin)
    assert head.get("/").url.path == "/"


def test_the_devices_door_takes_no_cookie(head: Browser) -> None:
    for method, path in addresses(api.routes.routes):
        answer = head.client.request(method, path.replace("{sha256}", "0" * 64), content=b"x")
        assert answer.status_code in (400, 401, 403, 404, 422), (method, path)
