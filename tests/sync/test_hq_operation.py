"""Operating HQ: figures, health, rates, logs without personal data, TLS, its description."""

from __future__ import annotations

import io
import json
import logging
import re
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import structlog
from click.testing import CliRunner
from sqlalchemy import Engine

from sync.client import LineOptions
from sync.hq import bootstrap, enrolment, keys, logs, openapi, tls
from sync.hq.__main__ import main
from sync.hq.rates import RateLimits, Rates
from tests.sync.conftest import ServedHq
from tests.sync.hq_browser import PASSWORD, add_people, browsing
from tests.sync.hq_process import HqProcess
from tests.sync.stores import QUICK, client, complain, open_pc

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_health_says_whether_the_database_answers(served: ServedHq) -> None:
    assert httpx.get(f"{served.url}/health", trust_env=False).text == "ok\n"


def test_figures_count_what_was_answered_and_what_is_held(served: ServedHq, tmp_path: Path) -> None:
    data = open_pc(tmp_path / "pc")
    client(data).enrol(served.url, served.code())
    complain(data, 1)
    client(data).exchange()
    data.close()
    figures = httpx.get(f"{served.url}/metrics", trust_env=False).text
    counted = 'amends_hq_requests_total{method="POST",route="/v1/enrol",status="200"} 1.0'
    assert counted in figures
    assert "amends_hq_devices 1.0" in figures
    assert re.search(r"amends_hq_events [1-9]", figures)


async def _forbidden(scope: object, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]


def test_guessing_from_one_address_is_bounded() -> None:
    transport = httpx.ASGITransport(RateLimits(_forbidden, Rates(guesses=5)))
    statuses = _ask(transport, "/v1/enrol", 8)
    assert statuses == [403] * 5 + [429] * 3


async def _welcome(scope: object, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]


def test_devices_that_are_known_are_not_bounded_and_pages_are() -> None:
    transport = httpx.ASGITransport(RateLimits(_welcome, Rates(views=3, forms=2)))
    assert set(_ask(transport, "/v1/sync", 20)) == {200}
    assert _ask(transport, "/login", 4) == [200, 200, 429, 429]
    assert _ask(transport, "/", 4, "GET") == [200, 200, 200, 429]


def _ask(transport: httpx.ASGITransport, path: str, times: int, method: str = "POST") -> list[int]:
    import asyncio

    async def run() -> list[int]:
        async with httpx.AsyncClient(transport=transport, base_url="http://hq") as found:
            return [(await found.request(method, path)).status_code for _ in range(times)]

    return asyncio.run(run())


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the process logs in its one form."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    # The stores' and the browser's side of these tests is in this process too.
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "sync.client")))
    handler.setFormatter(logs.formatter(structlog.processors.JSONRenderer(ensure_ascii=False)))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_logs_are_json_and_hold_nothing_personal(
    served: ServedHq, engine: Engine, tmp_path: Path, logged: io.StringIO
) -> None:
    # Given a day with a complaint, a login, a wrong password and an exception that quotes a phone
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    data = open_pc(tmp_path / "pc")
    client(data).enrol(served.url, served.code(name="无锡滨湖店"))
    complain(data, 1, "5000.01")
    client(data).exchange()
    data.close()
    with browsing(served.url, "wangfang") as browser:
        browser.get("/approvals")
        browser.get("/?q=13812345678")
        browser.client.post("/login", data={"login": "13987654321", "password": "secret-words"})
    try:
        raise KeyError("顾客 13812345678")
    except KeyError:
        logging.getLogger("sync.hq.projection").exception("stream %s cannot be folded", "t-1")
    # Then every line is an object, answers are there, and nobody is
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    routes = {line["route"] for line in lines if line["event"] == "answered"}
    assert {"/v1/sync", "/approvals", "/login"} <= routes
    fault = next(line for line in lines if line.get("error") == "KeyError")
    assert fault["at"][-1].startswith("test_hq_operation.py:")
    text = logged.getvalue()
    for personal in ("13812345678", "13987654321", "王芳", "wangfang", "奶粉", "孩子", PASSWORD):
        assert personal not in text


def test_the_description_is_complete_and_the_kept_one_is_the_same() -> None:
    document = openapi.described()
    assert openapi.as_text(document) == DOCUMENT.read_text("utf-8"), (
        "docs/openapi.json is behind: run `amends-hq openapi --out docs/openapi.json`"
    )
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            place = f"{method} {path}"
            assert route["summary"], place
            assert route["description"], place
            assert len(route["responses"]) >= 2, place
            assert all(r["description"] for r in route["responses"].values()), place
    assert set(document["paths"]) >= {"/v1/sync", "/v1/enrol", "/health", "/metrics"}


def test_plain_http_does_not_leave_this_machine(tmp_path: Path) -> None:
    told = ["serve", "--host", "0.0.0.0", "--data", str(tmp_path / "hq")]
    done = CliRunner().invoke(main, told)
    assert done.exit_code == 2
    assert "--behind-proxy" in done.output
    assert not (tmp_path / "hq").exists()


def test_a_store_trusts_headquarters_own_certificate_and_no_other(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    hq = HqProcess(tmp_path / "hq", database_url, "--tls")
    hq.start()
    try:
        with engine.begin() as connection:
            key = keys.load_or_make(hq.data)
            code = enrolment.issue_code(connection, key, "S0217", bootstrap.utc_now())
        pem = (hq.data / "tls" / "cert.pem").read_text()
        pinned = LineOptions(**{**_options(), "certificate": pem})
        stranger = tls.make(tmp_path / "other", ("127.0.0.1",), bootstrap.utc_now())
        others = LineOptions(**{**_options(), "certificate": stranger.certificate.read_text()})
        data = open_pc(tmp_path / "pc")
        # Neither this PC's own authorities nor another certificate will do
        for options in (QUICK, others):
            refused = client(data, options).enrol(hq.url, code)
            assert "certificate" in getattr(refused, "detail", "").lower()
        assert client(data, pinned).enrol(hq.url, code).store == "S0217"
        complain(data, 1)
        assert client(data, pinned).exchange().sent > 0
        data.close()
        # And a cookie over TLS never travels by plain HTTP
        add_people(engine, ("wangfang", "王芳", "department_head", ""))
        context = ssl.create_default_context(cadata=pem)
        with httpx.Client(base_url=hq.url, verify=context, trust_env=False) as browser:
            done = browser.post("/login", data={"login": "wangfang", "password": PASSWORD})
        assert "Secure" in done.headers["set-cookie"]
        assert "max-age" in done.headers["strict-transport-security"]
    finally:
        hq.close()


def _options() -> dict[str, object]:
    return {name: getattr(QUICK, name) for name in LineOptions.__dataclass_fields__}


def test_an_expired_certificate_and_a_foreign_key_are_refused(tmp_path: Path) -> None:
    now = bootstrap.utc_now()
    old = tls.make(tmp_path / "old", (), now - tls.LIFE - timedelta(days=2))
    new = tls.make(tmp_path / "new", (), now)
    with pytest.raises(tls.TlsFault, match="expired"):
        tls.given(old.certificate, old.key, now)
    with pytest.raises(tls.TlsFault, match="does not belong"):
        tls.given(new.certificate, old.key, now)
    assert tls.given(new.certificate, new.key, now) == new
    assert new.key.stat().st_mode & 0o077 == 0


def test_behind_a_proxy_callers_and_the_outer_tls_are_known(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    process = HqProcess(tmp_path / "hq", database_url, "--behind-proxy", "--host", "0.0.0.0")
    process.start()
    try:
        with httpx.Client(base_url=process.url, trust_env=False, timeout=60) as proxy:
            told = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7"}
            # The outer line is TLS: cookies stay on it, and the browser never comes back without
            form = {"login": "wangfang", "password": PASSWORD}
            done = proxy.post("/login", data=form, headers=told)
            assert done.status_code == 303
            assert "; Secure" in done.headers["set-cookie"]
            assert "strict-transport-security" in done.headers
            # Figures are for this machine, and a caller from elsewhere is not this machine
            assert proxy.get("/metrics", headers=told).status_code == 403
            # Who guesses is bounded by the address that the proxy tells, the others are not
            for _ in range(Rates().guesses):
                proxy.head(f"/v1/attachments/{'0' * 64}", headers=told)
            assert proxy.get("/health", headers=told).status_code == 429
            other = told | {"x-forwarded-for": "203.0.113.8"}
            assert proxy.get("/health", headers=other).status_code == 200
    finally:
        process.close()
