"""A policy pack from HQ's page to the desk of a store (FL-07): signed, never backwards."""

from __future__ import annotations

import base64
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from desktop.bootstrap import open_desk
from desktop.domain.events import Draft
from desktop.policy.loading import built_in_folder
from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeReport
from desktop.services.headquarters_orders import POLICY_PUBLISHED
from desktop.services.identity import DEFAULT_HOURS
from sync.hq import acts, bootstrap, own_chain, store_facts, upkeep, verification
from sync.hq.models import policy_pack
from tests.sync.conftest import ServedHq
from tests.sync.hq_browser import Browser, add_people, browsing

NEW = "2026.12.1"


def pack(folder: Path, version: str = NEW, **replaced: tuple[str, str]) -> bytes:
    """A ZIP of the built-in sources under another version, texts replaced by file."""
    shutil.copytree(built_in_folder(), folder, ignore=shutil.ignore_patterns("*.json", "held_back"))
    manifest = folder / "manifest.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace('version: "2026.11.1"', f'version: "{version}"'), "utf-8")
    for name, (old, new) in replaced.items():
        path = folder / f"{name}.yaml"
        content = path.read_text("utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), "utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*.yaml"):
            archive.write(path, f"pack/{path.relative_to(folder)}")
    return out.getvalue()


@pytest.fixture
def head(served: ServedHq, engine: Engine) -> Iterator[Browser]:
    add_people(
        engine,
        ("wangfang", "王芳", "department_head", ""),
        ("fawu", "郑律", "legal", ""),
        ("heli", "何丽", "regional_manager", "region:华南"),
    )
    with browsing(served.url, "wangfang") as browser:
        yield browser


@pytest.fixture
def desk(served: ServedHq, tmp_path: Path) -> Iterator[Desk]:
    found = open_desk(tmp_path / "store")
    found.use_cases.hq.enrol(served.url, served.code("S0217", name="无锡滨湖店"))
    yield found
    found.close()


def published(browser: Browser, content: bytes) -> str:
    """Upload, simulate and publish a pack as a person would; return its page."""
    draft = browser.upload("/policy", "pack", content)
    assert draft.status_code == 200
    path = draft.url.path
    assert "/publish" not in draft.text, "a pack is simulated before it may be published"
    assert browser.post(f"{path}/publish").status_code == 409
    assert "/publish" in browser.post(f"{path}/simulate").text
    done = browser.post(f"{path}/publish")
    assert done.status_code == 200, done.text
    return done.text


def test_a_published_pack_is_in_force_at_the_store_after_its_next_exchange(
    head: Browser, desk: Desk, served: ServedHq, tmp_path: Path
) -> None:
    # Given a store on the built-in pack
    assert desk.use_cases.policies.current().version == "2026.11.1"
    # When HQ publishes another one
    content = pack(tmp_path / "pack", manifest=("mass_count: 3", "mass_count: 4"))
    page = published(head, content)
    # Then the page says what differs
    assert "thresholds.mass_count" in page
    # And the store has it in force at once, and after a restart
    assert isinstance(desk.use_cases.hq.exchange(), ExchangeReport)
    assert desk.use_cases.policies.current().version == NEW
    again = open_desk(tmp_path / "store")
    assert again.use_cases.policies.current().version == NEW
    again.close()
    # And a store that joins later gets it too
    late = open_desk(tmp_path / "late")
    late.use_cases.hq.enrol(served.url, served.code("S0300", name="苏州观前店"))
    upkeep.Upkeep(served.engine, served.key, bootstrap.utc_now).round()
    late.use_cases.hq.exchange()
    assert late.use_cases.policies.current().version == NEW
    late.close()
    # And everything is on the record and verifies
    with served.engine.connect() as connection:
        assert [a.what for a in acts.newest(connection, 20)].count("policy_published") == 1
    _refuse_others(head, desk, served, tmp_path / "old")
    assert verification.verify(served.engine, served.key, served.files).faults == ()


def test_a_pack_that_does_not_prove_is_named_by_file_and_line(
    head: Browser, tmp_path: Path
) -> None:
    broken = pack(tmp_path / "pack", manifest=("default_flow: store", "default_flow: nowhere"))
    done = head.upload("/policy", "pack", broken)
    assert done.status_code == 422
    assert "manifest.yaml:" in done.text
    assert head.upload("/policy", "pack", b"no zip").status_code == 422


def _refuse_others(head: Browser, desk: Desk, served: ServedHq, folder: Path) -> None:
    """An older, an altered and a foreign pack change nothing (FL-07)."""
    # At HQ an older version cannot even be published
    older = head.upload("/policy", "pack", pack(folder, version="2026.11.2"))
    head.post(f"{older.url.path}/simulate")
    refused = head.post(f"{older.url.path}/publish")
    assert refused.status_code == 409
    assert "比现行的旧" in refused.text
    # And whatever comes down the feed is checked by the store itself
    with served.engine.connect() as connection:
        signed = policy_pack.c.archive.is_not(None)
        archive = connection.execute(select(policy_pack.c.archive).where(signed)).scalar_one()
    altered = bytearray(archive)
    altered[len(altered) // 2] ^= 1
    for version, content in (("2027.1.1", bytes(altered)), ("2027.1.2", b"PK no pack")):
        send(served, version, content)
    desk.use_cases.hq.exchange()
    assert desk.use_cases.policies.current().version == NEW
    # And what it refused, and what it installed, HQ's page says after the next exchange, once
    for _ in range(2):
        assert isinstance(desk.use_cases.hq.exchange(), ExchangeReport)
    page = head.get("/policy").text
    assert page.count("2027.1.1") == page.count("2027.1.2") == 1
    assert "拒收政策包的门店" in page
    path = re.search(rf'href="(/policy/[^"]+)"><strong>{NEW}<', page)
    assert path
    assert "已有 1 台电脑" in head.get(path[1]).text
    # And a manager of another region sees nothing of it
    with browsing(served.url, "heli") as other:
        assert "2027.1.1" not in other.get("/policy").text
    # And a simulation goes by the hours that a store told
    desk.use_cases.identity.set_hours({"mon": ("08:00", "12:00")})
    for _ in range(2):
        desk.use_cases.hq.exchange()
    with served.engine.connect() as connection:
        assert store_facts.hours(connection, "S0217") == {"mon": ("08:00", "12:00")}
        assert store_facts.hours(connection, "S0300") == DEFAULT_HOURS


def send(served: ServedHq, version: str, archive: bytes) -> None:
    """Put something into the store's feed as a broken HQ would."""
    text = base64.b64encode(archive).decode()
    draft = Draft(POLICY_PUBLISHED, {"version": version}, {"archive": text})
    with served.engine.begin() as connection:
        author = own_chain.Author("P-none", bootstrap.utc_now(), version)
        own_chain.append(connection, "S0217", "policy-S0217", author, lambda _: (draft,))


def test_only_the_head_of_all_stores_publishes(
    head: Browser, served: ServedHq, tmp_path: Path
) -> None:
    with browsing(served.url, "fawu") as legal:
        assert legal.get("/policy").status_code == 200
        assert legal.upload("/policy", "pack", b"x").status_code == 403


def test_of_two_drafts_of_one_version_that_are_published_at_once_one_goes_out(
    head: Browser, served: ServedHq, engine: Engine, tmp_path: Path
) -> None:
    """Two people, each with a draft of their own; what is published is never simulated anew."""
    content = pack(tmp_path / "pack", manifest=("mass_count: 3", "mass_count: 4"))
    paths = [head.upload("/policy", "pack", content).url.path for _ in range(2)]
    for path in paths:
        assert head.post(f"{path}/simulate").status_code == 200
    with browsing(served.url, "wangfang") as other, ThreadPoolExecutor(2) as pool:
        csrf = (head.csrf, other.csrf)
        asked = zip((head, other), paths, csrf, strict=True)
        done = list(pool.map(lambda a: a[0].post(f"{a[1]}/publish", csrf=a[2]), asked))
    assert sorted(answer.status_code for answer in done) == [200, 409]
    refused = next(answer for answer in done if answer.status_code == 409)
    assert "这个版本已经发布过" in refused.text
    with engine.connect() as connection:
        out = select(policy_pack.c.id).where(policy_pack.c.published_at.is_not(None))
        published = connection.execute(out).scalar_one()
    again = head.post(f"/policy/{published}/simulate")
    assert again.status_code == 409
    assert "这个版本已经发布过" in again.text
