"""AU-06: a regional manager, and a store's PC, reach nothing of another region's store anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, Table, select

from sync import protocol
from sync.hq import api, bootstrap, models, projection, web
from sync.hq.exchange import Exchange
from sync.hq.rates import Rates
from tests.sync.conftest import UNBOUNDED, ServedHq
from tests.sync.devices import WireDevice, opened, proposed
from tests.sync.hq_browser import Browser, add_people, browsing
from tests.sync.hq_routes import addresses

FOREIGN = "S0900"
PICTURE = b"a picture of the other region" * 99
SHA256 = hashlib.sha256(PICTURE).hexdigest()
#: What stands for a place in a path; every act that a page knows, and one that none knows.
ACTS = ("device", "keep", "stop", "recall", "add", "role", "confirm", "disable", "enable", "reset",
        "change", "nothing")  # fmt: skip
#: Pages without a login, one's own session, and what is no page.
OPEN = {"/login", "/logout", "/password", "/style.css", "/favicon.svg"}


@pytest.fixture
def rates() -> Rates:
    """As often as the tests here ask: an answer that says "too often" would prove nothing."""
    return UNBOUNDED


@pytest.fixture
def stores(served: ServedHq) -> dict[str, WireDevice]:
    """One store in the manager's region, one in another, with everything that HQ keeps of it."""
    hq = Exchange(served.engine, served.key, bootstrap.utc_now)
    made = {}
    for store, name, region in (("S0217", "无锡滨湖店", "苏南"), (FOREIGN, "广州天河店", "华南")):
        device = WireDevice(hq, f"c-{store}")
        device.enrol(store, name=name, region=region)
        device.write(f"t-{store}", opened(f"{store}-A-1121-001", store=store))
        device.write(f"t-{store}", proposed(f"i-{store}"))
        device.sync()
        made[store] = device
    served.files.put(FOREIGN, SHA256, 0, len(PICTURE), PICTURE)
    now = bootstrap.utc_now()
    with served.engine.begin() as connection:
        stuck = {"stream": "t-stuck", "store": FOREIGN, "reason": "old", "since": now}
        connection.execute(models.quarantine.insert().values(stuck))
        told = {"scope": FOREIGN, "chain": "c-S0900", "code": "fork", "detail": "c-S0900:1"}
        connection.execute(models.incident.insert().values(at=now, **told))
        change = {"number": "S0900-A-1121-001", "flow_before": "a", "flow_after": "b",
                  "clocks": [], "money": [], "steps_added": [], "steps_removed": [],
                  "gates_added": [], "gates_removed": []}  # fmt: skip
        counts = ("tickets", "changed", "newly_overdue", "due_earlier", "due_later", "decisions",
                  "flows", "steps_or_gates")  # fmt: skip
        found = {"summary": dict.fromkeys(counts, 1), "changes": [change]}
        pack = {"id": "K1", "version": "2099.1", "digest": "00", "content": b"{}",
                "uploaded_by": "x", "uploaded_at": now, "simulation": found}  # fmt: skip
        connection.execute(models.policy_pack.insert().values(pack))
    served.code(FOREIGN)
    projection.drain(served.engine, now)
    return made


@pytest.fixture
def manager(served: ServedHq, engine: Engine, stores: dict[str, WireDevice]) -> Iterator[Browser]:
    """The manager's browser; her head answers the phone on the foreign store's PC."""
    people = add_people(
        engine,
        ("wangfang", "王芳", "department_head", ""),
        ("heli", "何丽", "regional_manager", "region:苏南"),
    )
    answers = {"person": people["wangfang"], "device": _foreign_device(engine)}
    with engine.begin() as connection:
        connection.execute(models.approver_device.insert().values(answers))
    with browsing(served.url, "heli") as browser:
        yield browser


def paths(method: str) -> list[str]:
    """Every address of HQ's pages for a method, with all that may stand for a place in it."""
    found = []
    for known, path in addresses(web.routes.routes):
        if known != method or path in OPEN:
            continue
        fills: dict[str, tuple[str, ...]] = {"{act}": ACTS, "{pack}": ("K1",)}
        fills |= {"{name}": ("x",), "{lang}": ("zh_CN",)}
        place = next((place for place in fills if place in path), "")
        found += [path.replace(place, fill) for fill in fills[place]] if place else [path]
    return found


def held(engine: Engine) -> dict[str, list[Any]]:
    """Everything that HQ keeps about the foreign store."""
    tables: tuple[tuple[Table, str], ...] = (
        (models.store, "id"), (models.device, "scope"), (models.enrol_code, "scope"),
        (models.chain, "home"), (models.event, "home"), (models.ticket_row, "store"),
        (models.quarantine, "store"), (models.incident, "scope"), (models.envelope, "store"),
        (models.envelope_quota, "place"), (models.attachment, "store"), (models.stream, "store"),
    )  # fmt: skip
    with engine.connect() as connection:
        return {
            table.name: connection.execute(
                select(table).where(table.c[name].in_((FOREIGN, "region:华南")))
            ).all()
            for table, name in tables
        }


def _foreign_device(engine: Engine) -> str:
    with engine.connect() as connection:
        found = select(models.device.c.id).where(models.device.c.scope == FOREIGN)
        return str(connection.execute(found).scalar_one())


def names(device: WireDevice, engine: Engine) -> list[str]:
    """What gives the foreign store away on a page."""
    return [
        _foreign_device(engine),
        device.chain,
        "广州天河店",
        "华南",
        "t-S0900",
        "S0900-A-1121-001",
        SHA256,
    ]


def test_a_regional_manager_reads_nothing_of_another_region_on_any_page(
    manager: Browser, stores: dict[str, WireDevice], engine: Engine
) -> None:
    foreign = names(stores[FOREIGN], engine)
    for path in paths("GET"):
        for query in ("", f"?store={FOREIGN}&place={FOREIGN}&q={FOREIGN}&kind=fork&who=x"):
            answer = manager.get(path + query)
            assert answer.status_code in (200, 403, 404), path
            assert [n for n in foreign if n in answer.text] == [], path


def test_a_regional_manager_changes_nothing_of_another_region_by_any_form(
    manager: Browser, stores: dict[str, WireDevice], engine: Engine
) -> None:
    before, foreign = held(engine), names(stores[FOREIGN], engine)
    with engine.connect() as connection:
        query = select(models.enrol_code.c.code_hash).where(models.enrol_code.c.scope == FOREIGN)
        code = connection.execute(query.order_by("expires_at").limit(1)).scalar_one()
        incident = connection.execute(select(models.incident.c.id)).scalar_one()
    form = {
        "stream": "t-S0900", "item": "i-S0900", "answer": "approve", "reason": "看过",
        "scope": FOREIGN, "name": "", "region": "", "device": foreign[0], "code": code.hex(),
        "store": FOREIGN, "person": "P-S0900", "login": "wangfang", "role": "clerk",
        "place": FOREIGN, "cap": "20000", "days": "30", "keep": "2",
        "incident": str(incident),
    }  # fmt: skip
    for path in paths("POST"):
        for changed in ({}, {"stream": "t-stuck"}, {"scope": "region:华南"}, {"region": "苏南"},
                        {"scope": "region:华南", "region": "苏南"}, {"scope": "S0901"},
                        {"place": foreign[0]}):  # fmt: skip
            answer = manager.post(path, **{**form, **changed})
            assert answer.status_code < 500, path
            leaked = [n for n in foreign[1:] if n in answer.text and n != form.get("stream")]
            assert leaked == [], path
            assert held(engine) == before, (path, changed)


def test_a_stores_pc_and_its_regions_pc_get_nothing_of_another_region(
    served: ServedHq, stores: dict[str, WireDevice]
) -> None:
    region = WireDevice(stores[FOREIGN].hq, "c-region")
    region.enrol("region:苏南")
    for device in (stores["S0217"], region):
        # The feed of another store is not to be asked for
        answer = device.sync(device.request(cursor={FOREIGN: 0, "region:华南": 0}))
        assert isinstance(answer, protocol.SyncResponse)
        assert all(run.chain != "c-S0900" for run in answer.feed)
        assert FOREIGN not in answer.cursor
        with httpx.Client(base_url=served.url, trust_env=False) as line:
            authorization = {"authorization": f"Bearer {device.token}"}
            for path in {p for _, p in addresses(api.routes.routes) if "{sha256}" in p}:
                for method in ("GET", "HEAD"):
                    got = line.request(method, path.format(sha256=SHA256), headers=authorization)
                    assert got.status_code == 404
            asked = protocol.ChainRequest(protocol.VERSION, "c-S0900", 0)
            sent = stores[FOREIGN].request(1)
            for path, message in ((protocol.CHAIN_PATH, asked), (protocol.SYNC_PATH, sent)):
                got = line.post(path, content=protocol.pack(message), headers=authorization)
                assert got.status_code == 403, path
