"""What drafts, people, settings, attachments and the enrolment promise."""

import hashlib
import os
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from desktop.services.exchange_ports import Enrolment, SyncStore
from desktop.services.ports import (
    Attachments,
    Directory,
    Drafts,
    Inbox,
    People,
    Person,
    SavedDraft,
    Settings,
    StorageFault,
)
from tests.storage.store_kit import Shop


def test_drafts_survive_a_restart_newest_first(shop: Shop) -> None:
    drafts: Drafts = shop.store.drafts
    older = SavedDraft("d1", "intake", {"verbatim": "先记一句"}, shop.now)
    newer = SavedDraft("d2", "paper", {"file": "a.jpg"}, shop.now + timedelta(seconds=1))
    drafts.save(older)
    drafts.save(newer)
    shop.reopen()
    assert shop.store.drafts.all() == (newer, older)
    changed = SavedDraft("d1", "intake", {"verbatim": "改了"}, shop.now + timedelta(seconds=2))
    shop.store.drafts.save(changed)
    assert shop.store.drafts.all() == (changed, newer)
    shop.store.drafts.delete("d1")
    shop.store.drafts.delete("d1")
    assert shop.store.drafts.all() == (newer,)


def test_people_are_found_by_login_and_id(shop: Shop) -> None:
    people: People = shop.store.people
    directory: Directory = shop.store.directory
    li = Person("P-1", "li", "李静", "clerk", True)
    wang = Person("P-2", "wang", "王强", "supervisor", True)
    people.save(wang, "$argon2id$w")
    people.save(li, "$argon2id$l")
    assert people.all() == (li, wang)
    assert people.find("li") == (li, "$argon2id$l")
    assert people.find("nobody") is None
    assert people.get("P-2") == wang
    assert people.get("P-9") is None
    left = Person("P-1", "li", "李静", "clerk", False)
    people.save(left, "$argon2id$m")
    assert people.find("li") == (left, "$argon2id$m")
    assert directory.names() == {"P-1": "李静", "P-2": "王强"}
    with pytest.raises(IntegrityError):
        people.save(Person("P-3", "wang", "王二", "clerk", True), "")


def test_settings_are_kept(shop: Shop) -> None:
    settings: Settings = shop.store.settings
    assert settings.get("theme", "light") == "light"
    settings.set("theme", "dark")
    settings.set("theme", "暗")
    shop.reopen()
    assert shop.store.settings.get("theme", "light") == "暗"


def test_attachments_come_back_as_they_were_and_lie_encrypted(shop: Shop) -> None:
    attachments: Attachments = shop.store.attachments
    content = "身份证 picture".encode() * 1000
    name = attachments.put(content)
    assert name == hashlib.sha256(content).hexdigest()
    assert attachments.put(content) == name
    shop.reopen()
    assert shop.store.attachments.get(name) == content
    assert shop.store.attachments.get("0" * 64) is None
    stored = b"".join(p.read_bytes() for p in (shop.folder / "blobs").rglob("*") if p.is_file())
    assert b"picture" not in stored
    with pytest.raises(ValueError, match="SHA-256"):
        shop.store.attachments.get("../../key")


def test_a_damaged_attachment_says_so_and_is_mended_by_the_same_bytes(shop: Shop) -> None:
    name = shop.store.attachments.put(b"one")
    other = shop.store.attachments.put(b"two")
    path = shop.folder / "blobs" / name[:2] / name
    good = path.read_bytes()
    swapped = (shop.folder / "blobs" / other[:2] / other).read_bytes()
    for bad in (good[:-1], good[:5], b"", good + b"x", swapped):
        path.write_bytes(bad)
        with pytest.raises(StorageFault, match="damaged on disk"):
            shop.store.attachments.get(name)
    shop.store.attachments.put(b"one")
    assert shop.store.attachments.get(name) == b"one"


def test_what_a_crash_left_half_written_is_cleaned(shop: Shop) -> None:
    name = shop.store.attachments.put(b"whole")
    left = shop.folder / "blobs" / name[:2] / f"{name}.1234.part"
    left.write_bytes(b"half")
    # Fresh, it may be another process at work.
    shop.reopen()
    assert left.exists()
    yesterday = left.stat().st_mtime - 86_400
    os.utime(left, (yesterday, yesterday))
    shop.reopen()
    assert not left.exists()
    assert shop.store.attachments.get(name) == b"whole"


def test_attachments_wait_until_hq_holds_them(shop: Shop) -> None:
    sync: SyncStore = shop.store.sync
    names = sorted(shop.store.attachments.put(bytes([n])) for n in range(3))
    assert sorted(sync.pending_attachments(9)) == names
    assert len(sync.pending_attachments(2)) == 2
    sync.attachment_acknowledged(names[0])
    assert sorted(sync.pending_attachments(9)) == names[1:]
    assert sync.status().pending_attachments == 2
    shop.store.attachments.put(b"\x00")
    assert len(sync.pending_attachments(9)) == 2


def test_the_enrolment_and_the_device_key_stay(shop: Shop) -> None:
    sync: SyncStore = shop.store.sync
    inbox: Inbox = shop.store.inbox
    assert sync.enrolment() is None
    assert inbox.unread(5) == ()
    joined = Enrolment("https://hq", "S0217", "南京路店", "A", "secret", bytes(range(32)))
    sync.save_enrolment(joined)
    key, chain = sync.device_key(), sync.chain()
    assert len(key) == 32
    shop.reopen()
    assert shop.store.sync.enrolment() == joined
    assert shop.store.sync.device_key() == key
    assert shop.store.sync.chain() == chain
