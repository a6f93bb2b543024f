"""FL-07, CF-01: an installed pack is taken into use; tickets stay with the one they began with."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.bootstrap import open_desk
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import Policy
from desktop.policy.loading import built_in_folder, load_policy
from desktop.policy.reading import read_folder
from desktop.policy.signing import sign_pack
from desktop.services.exchange_ports import Enrolment
from desktop.services.wording import refusal_text
from desktop.texts import LANGS, Texts
from tests.services.desk_kit import PASSWORD, HandClock

HQ = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HQ_PUBLIC = HQ.public_key().public_bytes_raw()
BUILT_IN = load_policy()


def pack(folder: Path, version: str, **changed: str) -> bytes:
    """A signed pack like the built-in one, in which the 2 hours of SL-01 are 90 minutes."""
    source = folder / version
    shutil.copytree(built_in_folder(), source, ignore=shutil.ignore_patterns("held_back"))
    manifest = source / "manifest.yaml"
    text = manifest.read_text(encoding="utf-8").replace(BUILT_IN.version, version)
    for name, value in changed.items():
        old = next(line for line in text.splitlines() if line.startswith(f"{name}:"))
        text = text.replace(old, f"{name}: {value}")
    manifest.write_text(text, encoding="utf-8")
    clocks = source / "clocks.yaml"
    rows = clocks.read_text(encoding="utf-8")
    rows = rows.replace(
        "id: SL-01\n    clock: first_response\n    kind: store_open\n    limit: 2h",
        "id: SL-01\n    clock: first_response\n    kind: store_open\n    limit: 90m",
    )
    clocks.write_text(rows, encoding="utf-8")
    return sign_pack(read_folder(source), load_policy(source), HQ)


@pytest.fixture
def enrolled(desk):
    desk.use_cases.sync.save_enrolment(
        Enrolment("https://hq.example", "S0217", "店", "A", "token", HQ_PUBLIC)
    )
    return desk


FIELDS = {"verbatim": "耳机坏了", "emotion": 2, "expectation": "换新"}


def opened(desk) -> str:
    return desk.open_ticket(
        FIELDS, channel="counter", quick=False, arrived_at=None, draft=None
    ).stream


def first_response(desk, stream):
    page = desk.ticket(stream)
    found = next(d for d in page.deadlines if d.clock.name == "first_response")
    return found.clock.due - page.state.opened.at, page.policy.version


def test_fl_07_an_installed_pack_is_in_force_at_once_and_after_a_restart(enrolled, tmp_path, clock):
    before = opened(enrolled)
    done = enrolled.install_policy(pack(tmp_path, "2026.11.9"))
    assert isinstance(done, Policy)
    after = opened(enrolled)
    seen = [(str(d), v) for d, v in (first_response(enrolled, s) for s in (before, after))]
    assert seen == [("2:00:00", BUILT_IN.version), ("1:30:00", "2026.11.9")]
    enrolled.close()
    again = open_desk(tmp_path / "store", clock)
    again.log_in("wang", PASSWORD)
    assert again.policy.version == "2026.11.9"
    assert first_response(again, before)[1] == BUILT_IN.version
    assert first_response(again, after)[1] == "2026.11.9"
    again.close()


def test_fl_07_a_pack_takes_effect_on_its_day_and_an_expired_one_shows_a_banner(
    enrolled, tmp_path, clock: HandClock
):
    done = enrolled.install_policy(
        pack(tmp_path, "2026.12.1", effective="2026-12-01", expires="2026-12-31")
    )
    assert isinstance(done, Policy)
    assert enrolled.policy.version == BUILT_IN.version
    assert [p.version for p in enrolled.use_cases.packs.held().upcoming] == ["2026.12.1"]
    clock.time = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)  # past midnight at the store
    enrolled.reminders_due()
    assert enrolled.policy.version == "2026.12.1"
    assert enrolled.policy_expired_on is None
    clock.time = datetime(2027, 1, 1, 1, tzinfo=UTC)
    enrolled.reminders_due()
    assert enrolled.policy.version == "2026.12.1"
    assert str(enrolled.policy_expired_on) == "2026-12-31"


def altered(archive: bytes) -> bytes:
    from io import BytesIO
    from zipfile import ZipFile

    out = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b'"90m"', b'"99h"') if name == "pack.json" else data)
    return out.getvalue()


def test_what_is_refused_says_why_in_both_languages(enrolled, tmp_path):
    good = pack(tmp_path, "2026.11.9")
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    folder = tmp_path / "2026.11.9"
    tried = {
        "pack_no_pack": b"zip",
        "pack_unsigned": sign_pack(read_folder(folder), load_policy(folder), stranger),
        "pack_altered": altered(good),
        "pack_older": pack(tmp_path, "2026.10.1"),
        "pack_expired": pack(tmp_path, "2026.11.10", effective="2026-11-01", expires="2026-11-15"),
    }
    for code, archive in tried.items():
        refused = enrolled.install_policy(archive)
        assert isinstance(refused, Refusal), code
        assert refused.code == code
        for lang in LANGS:
            assert refusal_text(refused, Texts(lang))
    assert enrolled.policy.version == BUILT_IN.version
    assert isinstance(enrolled.install_policy(good), Policy)
    assert enrolled.install_policy(good).code == "pack_same_version"


def test_before_enrolment_no_pack_is_taken(desk, tmp_path):
    assert desk.install_policy(b"").code == "pack_no_key"


def test_a_kept_pack_that_was_tampered_with_is_left_out_and_named(enrolled, tmp_path, clock):
    enrolled.install_policy(pack(tmp_path, "2026.11.9"))
    kept = next((tmp_path / "store" / "policies").iterdir())
    kept.write_bytes(altered(kept.read_bytes()))
    enrolled.close()
    again = open_desk(tmp_path / "store", clock)
    held = again.use_cases.packs.held()
    assert again.policy.version == BUILT_IN.version
    assert [r.reason for r in held.refused.values()] == ["altered"]
    again.close()
