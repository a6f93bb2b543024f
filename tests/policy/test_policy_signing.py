"""Signed packs: what a store takes, what it refuses and why, and what stays in force."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.bootstrap import open_desk
from desktop.commands.policy import policy as command
from desktop.policy import load_policy
from desktop.policy.installing import PACKS_FOLDER, install, open_shelf, version_order
from desktop.policy.reading import read_folder
from desktop.policy.signing import PackRefused, SignedPack, open_pack, sign_pack
from desktop.services.exchange_ports import Enrolment
from desktop.services.policy_book import PolicyBook

Edit = Callable[[str, str, str], int]
HQ = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HQ_PUBLIC = HQ.public_key().public_bytes_raw()
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TODAY = date(2026, 11, 22)
BUILT_IN = load_policy()


@pytest.fixture
def signed(pack: Path) -> Callable[..., bytes]:
    """The pack with another version and other dates, signed by HQ unless told otherwise."""

    def make(key: Ed25519PrivateKey = HQ, **changed: str) -> bytes:
        for name, value in changed.items():
            text = (pack / "manifest.yaml").read_text(encoding="utf-8")
            quoted = f'"{value}"' if name == "version" else value
            lines = [
                f"{name}: {quoted}" if line.startswith(f"{name}: ") else line
                for line in text.splitlines()
            ]
            (pack / "manifest.yaml").write_text("\n".join(lines), encoding="utf-8")
        return sign_pack(read_folder(pack), load_policy(pack), key)

    return make


def rezipped(archive: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """The archive with one of its files changed, or left out where `change` gives None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            kept = change(data) if entry == name else data
            if kept is not None:
                new.writestr(entry, kept)
    return out.getvalue()


def test_a_signed_pack_opens_to_the_policy_of_its_sources(signed, pack: Path) -> None:
    opened = open_pack(signed(version="2026.12.1"), HQ_PUBLIC)
    assert isinstance(opened, SignedPack)
    assert opened.policy.version == "2026.12.1"
    assert repr(opened.policy) == repr(load_policy(pack))


def test_the_same_pack_and_key_give_the_same_bytes(signed) -> None:
    assert signed() == signed()


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("signature", lambda _: None, "unsigned"),
        ("signature", lambda _: b"", "unsigned"),
        ("signature", lambda s: bytes([s[0] ^ 1]) + s[1:], "unsigned"),
        ("header.json", lambda h: h.replace(b"2027", b"2037"), "unsigned"),
        ("pack.json", lambda p: p.replace(b'"2000.00"', b'"9000.00"'), "altered"),
        ("pack.json", lambda p: p + b" ", "altered"),
        ("pack.json", lambda _: None, "no_pack"),
        ("header.json", lambda _: None, "no_pack"),
    ],
)
def test_an_unsigned_or_altered_pack_is_refused_with_the_reason(
    signed, name: str, change: Callable[[bytes], bytes | None], reason: str
) -> None:
    refused = open_pack(rezipped(signed(), name, change), HQ_PUBLIC)
    assert isinstance(refused, PackRefused)
    assert refused.reason == reason
    assert refused.detail


def test_the_key_of_another_headquarters_is_refused(signed) -> None:
    refused = open_pack(signed(key=STRANGER), HQ_PUBLIC)
    assert isinstance(refused, PackRefused)
    assert refused.reason == "unsigned"


@pytest.mark.parametrize("cut", [0, 1, 30, 1000])
def test_a_file_that_is_no_whole_archive_is_refused(signed, cut: int) -> None:
    refused = open_pack(signed()[:cut], HQ_PUBLIC)
    assert isinstance(refused, PackRefused)
    assert refused.reason == "no_pack"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"version": "2026.10.9"}, "older"),
        ({"version": "2026.9.30"}, "older"),
        ({}, "same_version"),
        ({"version": "2026.12.1", "expires": "2026-11-21"}, "expired"),
    ],
)
def test_an_older_known_or_expired_pack_is_not_installed(
    tmp_path: Path, signed, changed: dict[str, str], reason: str
) -> None:
    folder = tmp_path / "packs"
    refused = install(signed(**changed), folder, BUILT_IN, HQ_PUBLIC, TODAY)
    assert isinstance(refused, PackRefused)
    assert refused.reason == reason
    assert not folder.exists()


def test_tickets_finish_on_the_version_they_began_with(tmp_path: Path, signed) -> None:
    folder = tmp_path / "packs"
    done = install(signed(version="2026.12.1"), folder, BUILT_IN, HQ_PUBLIC, TODAY)
    assert isinstance(done, SignedPack)
    shelf = open_shelf(folder, BUILT_IN, HQ_PUBLIC, TODAY)
    book = PolicyBook(shelf.current, shelf.by_version)
    assert book.current().version == "2026.12.1"
    assert book.of("2026.11.1") is BUILT_IN


def test_a_pack_waits_for_its_day(tmp_path: Path, signed) -> None:
    archive = signed(version="2027.1.1", effective="2027-01-01")
    install(archive, tmp_path, BUILT_IN, HQ_PUBLIC, TODAY)
    before = open_shelf(tmp_path, BUILT_IN, HQ_PUBLIC, date(2026, 12, 31))
    assert before.current is BUILT_IN
    assert [policy.version for policy in before.upcoming] == ["2027.1.1"]
    on_the_day = open_shelf(tmp_path, BUILT_IN, HQ_PUBLIC, date(2027, 1, 1))
    assert on_the_day.current.version == "2027.1.1"


def test_a_pack_in_use_stays_in_force_after_it_expired_and_says_so(tmp_path: Path, signed) -> None:
    install(signed(version="2026.12.1"), tmp_path, BUILT_IN, HQ_PUBLIC, TODAY)
    last = open_shelf(tmp_path, BUILT_IN, HQ_PUBLIC, date(2027, 12, 31))
    after = open_shelf(tmp_path, BUILT_IN, HQ_PUBLIC, date(2028, 1, 1))
    assert (last.expired, after.expired) == (False, True)
    assert after.current.version == "2026.12.1"


def test_a_kept_pack_that_was_altered_is_left_out_and_named(tmp_path: Path, signed) -> None:
    install(signed(version="2026.12.1"), tmp_path, BUILT_IN, HQ_PUBLIC, TODAY)
    (kept,) = tmp_path.glob("*.amends-policy")
    kept.write_bytes(rezipped(kept.read_bytes(), "pack.json", lambda p: p + b" "))
    shelf = open_shelf(tmp_path, BUILT_IN, HQ_PUBLIC, TODAY)
    assert shelf.current is BUILT_IN
    assert shelf.refused[kept.name].reason == "altered"


def test_without_enrolment_only_the_built_in_pack_is_used(tmp_path: Path, signed) -> None:
    install(signed(version="2026.12.1"), tmp_path, BUILT_IN, HQ_PUBLIC, TODAY)
    assert open_shelf(tmp_path, BUILT_IN, None, TODAY).by_version == {"2026.11.1": BUILT_IN}


def test_versions_are_ordered_by_their_numbers() -> None:
    versions = ["2026.11.1", "2026.9.2", "2026.11.10", "2027.1.1", "2026.11.2"]
    ordered = ["2026.9.2", "2026.11.1", "2026.11.2", "2026.11.10", "2027.1.1"]
    assert sorted(versions, key=version_order) == ordered


def test_the_commands_sign_verify_and_install(
    tmp_path: Path, pack: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    edit("manifest.yaml", '"2026.11.1"', '"2099.1.1"')
    key, out, data = tmp_path / "hq.pem", tmp_path / "pack.zip", tmp_path / "store"
    pem = HQ.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.write_bytes(pem)
    run = CliRunner().invoke
    done = run(command, ["sign", str(pack), "--key", str(key), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert HQ_PUBLIC.hex() in done.output
    assert run(command, ["verify", str(out), "--hq-key", HQ_PUBLIC.hex()]).exit_code == 0
    other = STRANGER.public_key().public_bytes_raw().hex()
    refused = run(command, ["verify", str(out), "--hq-key", other])
    assert (refused.exit_code, "unsigned" in refused.output) == (1, True)
    assert run(command, ["verify", str(out), "--hq-key", "12"]).exit_code == 2

    open_desk(data).close()
    alone = run(command, ["install", str(out), "--data", str(data)])
    assert (alone.exit_code, "not enrolled" in alone.output) == (1, True)
    desk = open_desk(data)
    desk.use_cases.sync.save_enrolment(
        Enrolment("https://hq.example", "S0217", "店", "A", "token", HQ_PUBLIC)
    )
    desk.close()
    taken = run(command, ["install", str(out), "--data", str(data)])
    assert taken.exit_code == 0, taken.output
    today = datetime.now(UTC).date()
    shelf = open_shelf(data / PACKS_FOLDER, BUILT_IN, HQ_PUBLIC, today)
    assert "2099.1.1" in shelf.by_version
    again = run(command, ["install", str(out), "--data", str(data)])
    assert (again.exit_code, "installed already" in again.output) == (1, True)


def test_a_faulty_pack_is_not_signed_nor_with_a_key_of_another_kind(
    tmp_path: Path, pack: Path, edit: Edit
) -> None:
    key, out = tmp_path / "key", tmp_path / "pack.zip"
    rsa = generate_private_key(65537, 2048)
    key.write_bytes(rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    arguments = ["sign", str(pack), "--key", str(key), "--out", str(out)]
    wrong_key = CliRunner().invoke(command, arguments)
    assert (wrong_key.exit_code, "Ed25519" in wrong_key.output) == (1, True)
    edit("authority.yaml", "role: clerk", "role: clark")
    key.write_bytes(bytes(range(32)))
    assert CliRunner().invoke(command, arguments).exit_code == 1
    assert not out.exists()
