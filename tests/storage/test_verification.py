"""Any altered byte of the stored data is found and the first bad event is named."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.domain.events import Draft
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.policy import Policy
from desktop.journal.chain import ERASURE
from desktop.services.exchange_ports import Enrolment, Receipt
from desktop.services.ports import Author
from desktop.storage import tables
from desktop.storage.installation import set_fact
from desktop.storage.verification import VerificationReport
from sync import protocol
from tests.storage.store_kit import MONDAY, Shop, as_feed, random_history

HQ_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VICTIM = 17


def check(shop: Shop) -> VerificationReport:
    return shop.store.verify(protocol.verify_receipt)


def enrol(shop: Shop) -> None:
    public = HQ_KEY.public_key().public_bytes_raw()
    shop.store.sync.save_enrolment(
        Enrolment("https://hq.example", "S0217", "南京路店", "A", "token", public)
    )


def countersign(shop: Shop, seq: int) -> Receipt:
    """Take a receipt of HQ for the chain as it is at `seq`."""
    chain = shop.store.sync.chain()
    head = next(e["hash"] for e in shop.table(tables.event) if e["seq"] == seq)
    signed_at = MONDAY + timedelta(days=9, milliseconds=seq)
    message = protocol.receipt_message(chain, seq, head, signed_at)
    receipt = Receipt(chain, seq, head, signed_at, HQ_KEY.sign(message))
    shop.store.sync.accept_receipt(receipt)
    return receipt


@pytest.fixture(scope="session")
def busy_folder(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """The data of a store with a history of some dozens of events."""
    shop = Shop(tmp_path_factory.mktemp("busy") / "data", policy)
    random_history(shop, 3, tickets=4, steps=60)
    shop.store.close()
    return shop.folder


@pytest.fixture
def busy(busy_folder: Path, tmp_path: Path, policy: Policy) -> Iterator[Shop]:
    """That store, to be altered."""
    shop = Shop(copytree(busy_folder, tmp_path / "busy"), policy)
    yield shop
    shop.store.close()


def test_an_untouched_store_is_well(busy: Shop) -> None:
    enrol(busy)
    countersign(busy, 10)
    countersign(busy, VICTIM + 3)
    report = check(busy)
    assert report.first_bad is None
    assert report.events == len(busy.table(tables.event)) > VICTIM + 5
    assert report.receipts == 2
    assert report.erased == report.not_arrived == 0


@pytest.mark.parametrize("column", ["core", "digests", "hash"])
def test_one_altered_byte_of_an_event_is_named(busy: Shop, column: str) -> None:
    victim = next(
        e["seq"] for e in busy.table(tables.event) if e["seq"] >= VICTIM and len(e["digests"]) >= 32
    )
    stored = next(e for e in busy.table(tables.event) if e["seq"] == victim)[column]
    altered = bytes([*stored[:-2], stored[-2] ^ 1, stored[-1]])
    busy.sql(f"UPDATE event SET {column} = :v WHERE seq = :s", v=altered, s=victim)
    bad = check(busy).first_bad
    assert bad is not None
    assert (bad.chain, bad.seq, bad.what) == (busy.store.sync.chain(), victim, "hash")


def test_one_altered_character_of_a_personal_value_is_named(busy: Shop) -> None:
    victim = next(v for v in busy.table(tables.personal_value) if v["seq"] >= VICTIM)
    busy.sql(
        "UPDATE personal_value SET value = value || '。' WHERE seq = :s AND field = :f",
        s=victim["seq"],
        f=victim["field"],
    )
    bad = check(busy).first_bad
    assert bad is not None
    assert (bad.seq, bad.what, bad.detail) == (victim["seq"], "value", victim["field"])


ALTERATIONS: dict[str, tuple[str, str]] = {
    "a removed event": ("DELETE FROM event WHERE seq = :s", "gap"),
    "a removed value": ("DELETE FROM personal_value WHERE seq = :v", "missing_value"),
    "a value called not arrived": (
        "UPDATE personal_value SET value = NULL, state = 'not_arrived' WHERE seq = :v",
        "missing_value",
    ),
    "a value called erased": (
        "UPDATE personal_value SET value = NULL, state = 'erased' WHERE seq = :v",
        "missing_value",
    ),
    "a removed salt": (
        "DELETE FROM salt WHERE stream = (SELECT stream FROM event WHERE seq = :v)",
        "missing_value",
    ),
    "another salt": (
        "UPDATE salt SET salt = zeroblob(16) "
        "WHERE stream = (SELECT stream FROM event WHERE seq = :v)",
        "value",
    ),
    "an event moved to another ticket": (
        "UPDATE event SET stream = 'elsewhere' WHERE seq = :s",
        "torn",
    ),
    "an event under another kind": ("UPDATE event SET kind = 'x' WHERE seq = :s", "torn"),
    "an event at another place in order": ("UPDATE event SET lc = lc + 5 WHERE seq = :s", "torn"),
    "bytes replaced by a text": (
        "UPDATE event SET core = replace(core, 'P-', 'Q-') WHERE seq = :s",
        "hash",
    ),
    "a value replaced by bytes": (
        "UPDATE personal_value SET value = x'e4bda0' WHERE seq = :v",
        "value",
    ),
    "a value that no event has": (
        "INSERT INTO personal_value SELECT chain, :s, 'extra', 'present', 'x' FROM chain",
        "value",
    ),
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_alterations_beside_the_hash_are_named_too(busy: Shop, name: str) -> None:
    statement, what = ALTERATIONS[name]
    valued = min(v["seq"] for v in busy.table(tables.personal_value))
    given = {k: v for k, v in {"s": VICTIM, "v": valued}.items() if f":{k}" in statement}
    assert check(busy).first_bad is None
    _without_foreign_keys(busy, statement, given)
    bad = check(busy).first_bad
    assert bad is not None
    assert bad.what == what
    if "salt" not in name:
        assert bad.seq == given.get("s", valued)


def _without_foreign_keys(shop: Shop, statement: str, given: dict[str, int]) -> None:
    raw = shop.store.database.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA foreign_keys = OFF")
        raw.cursor().execute(statement, given)
        raw.cursor().execute("PRAGMA foreign_keys = ON")
    finally:
        raw.close()


def cut_off_events(shop: Shop) -> None:
    _without_foreign_keys(shop, "DELETE FROM personal_value WHERE seq > :s", {"s": VICTIM})
    _without_foreign_keys(shop, "DELETE FROM event WHERE seq > :s", {"s": VICTIM})


def cut_off_cleverly(shop: Shop) -> None:
    cut_off_events(shop)
    last = next(e["hash"] for e in shop.table(tables.event) if e["seq"] == VICTIM)
    shop.sql("UPDATE chain SET seq = :s, head = :h WHERE own", s=VICTIM, h=last)


@pytest.mark.parametrize("cut", [cut_off_events, cut_off_cleverly])
def test_a_cut_off_end_under_a_receipt_is_found(busy: Shop, cut: Callable[[Shop], None]) -> None:
    enrol(busy)
    countersign(busy, VICTIM + 4)
    cut(busy)
    bad = check(busy).first_bad
    assert bad is not None
    assert (bad.seq, bad.what) == (VICTIM + 1, "gap")


def test_a_rewritten_chain_differs_from_its_receipt(busy: Shop, other_shop: Shop) -> None:
    """Somebody with the key writes a consistent chain of his own; HQ's signature tells."""
    enrol(busy)
    receipt = countersign(busy, VICTIM)
    random_history(other_shop, 4, tickets=8, steps=25)
    with other_shop.store.database.write() as connection:
        stored = busy.table(tables.meta)
        for row in stored:
            if row["name"] == "enrolment":
                set_fact(connection, "enrolment", row["value"])
        connection.execute(
            tables.receipt.insert().values(
                chain=other_shop.store.sync.chain(),
                seq=receipt.seq,
                head=receipt.head,
                signed_at=receipt.signed_at,
                signature=receipt.signature,
            )
        )
    bad = check(other_shop).first_bad
    assert bad is not None
    assert (bad.seq, bad.what) == (VICTIM, "head")


def test_a_forged_receipt_is_found(busy: Shop) -> None:
    enrol(busy)
    countersign(busy, VICTIM)
    busy.sql("UPDATE receipt SET signature = zeroblob(64)")
    bad = check(busy).first_bad
    assert bad is not None
    assert (bad.seq, bad.what, bad.detail) == (VICTIM, "head", "the receipt is not signed by HQ")


def test_another_writers_chain_is_checked_too(busy: Shop, other_shop: Shop) -> None:
    events, salts = as_feed(busy)
    other_shop.store.sync.accept_feed(events, salts, {})
    assert check(other_shop).first_bad is None
    other_shop.sql("UPDATE event SET core = core || x'20' WHERE seq = 5")
    bad = check(other_shop).first_bad
    assert bad is not None
    assert (bad.chain, bad.seq, bad.what) == (busy.store.sync.chain(), 5, "hash")


def test_what_has_not_arrived_is_counted_and_no_fault(busy: Shop, other_shop: Shop) -> None:
    events, salts = as_feed(busy)
    bare = [type(e)(e.record, {}) for e in events]
    other_shop.store.sync.accept_feed(bare, salts, {})
    report = check(other_shop)
    assert report.first_bad is None
    assert report.not_arrived == len(busy.table(tables.personal_value)) > 0
    # Values that come later are filled in.
    assert other_shop.store.sync.accept_feed(events, salts, {}) == 0
    assert check(other_shop).not_arrived == 0
    assert other_shop.state("t0") == busy.state("t0")


def test_values_called_erased_on_another_writers_chain_are_missing(
    busy: Shop, other_shop: Shop
) -> None:
    events, salts = as_feed(busy)
    other_shop.store.sync.accept_feed(events, salts, {})
    other_shop.sql("UPDATE personal_value SET value = NULL, state = 'erased' WHERE seq = 1")
    bad = check(other_shop).first_bad
    assert bad is not None
    assert (bad.chain, bad.seq, bad.what) == (busy.store.sync.chain(), 1, "missing_value")


def test_an_erasure_in_the_journal_accounts_for_the_values_of_its_stream_alone(shop: Shop) -> None:
    shop.complain("t")
    shop.complain("u")
    erase = "UPDATE personal_value SET value = NULL, state = 'erased' WHERE seq = :s"
    with shop.store.journal.write() as writer:
        author = Author("P-wang", MONDAY, shop.policy.version)
        writer.append("t", (Draft(ERASURE),), author)
    shop.sql(erase, s=1)
    report = check(shop)
    assert report.first_bad is None
    assert report.erased == sum(v["seq"] == 1 for v in shop.table(tables.personal_value)) > 0
    shop.sql(erase, s=2)
    bad = check(shop).first_bad
    assert bad is not None
    assert (bad.seq, bad.what) == (2, "missing_value")


def test_an_event_called_an_erasure_by_its_columns_accounts_for_nothing(shop: Shop) -> None:
    shop.complain("t")
    shop.act("t", AddComment("第一次"))
    shop.sql("UPDATE event SET kind = :k WHERE seq = 2", k=ERASURE)
    shop.sql("UPDATE personal_value SET value = NULL, state = 'erased' WHERE seq = 1")
    bad = check(shop).first_bad
    assert bad is not None
    assert (bad.seq, bad.what) == (1, "missing_value")


def test_an_attachment_with_other_bytes_names_its_event(shop: Shop) -> None:
    shop.complain("t")
    sha = shop.store.attachments.put(b"picture of a form")
    shop.act("t", AttachEvidence(sha, "image/png", 17, "form", "form.png"))
    assert check(shop).attachments == 1
    path = shop.folder / "blobs" / sha[:2] / sha
    stored = bytearray(path.read_bytes())
    stored[-1] ^= 1
    path.write_bytes(stored)
    damaged = check(shop).first_bad
    path.unlink()
    missing = check(shop).first_bad
    assert damaged is not None
    assert missing is not None
    assert (damaged.seq, damaged.what) == (2, "value")
    assert (missing.seq, missing.what) == (2, "missing_value")


def test_the_report_as_json_names_every_chain(busy: Shop) -> None:
    printed = check(busy).to_json()
    assert printed["ok"] is True
    assert printed["chains"][busy.store.sync.chain()]["seq"] == printed["events"]
