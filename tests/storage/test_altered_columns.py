"""Whatever is put in any column that is proved, `amends verify` names it and ends with 1."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Table

from desktop.commands.verify import verify
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.policy import Policy
from desktop.services.exchange_ports import Enrolment, Receipt
from desktop.storage import tables
from sync import protocol
from tests.storage.store_kit import MONDAY, Shop

HQ_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VICTIM, LAST = 2, 4

#: What SQL can leave in a column; `||` makes text of bytes, and text need not be UTF-8.
PUT = {
    "joined": "x'00' || substr({0}, 2)",
    "as text": "CAST({0} AS TEXT)",
    "as bytes": "CAST({0} AS BLOB)",
    "appended": "{0} || 'x'",
    "no UTF-8": "CAST(x'ff41' AS TEXT)",
    "a word": "'x'",
    "nothing": "x''",
    "huge": "9223372036854775807",
    "a fraction": "0.5",
}
#: The rows that are altered, and the event that is named for them when it is just one.
ROWS = {
    tables.event: ("seq = 2", VICTIM),
    tables.personal_value: ("seq = 2", VICTIM),
    tables.salt: ("stream = 't'", 1),
    tables.receipt: ("seq = 3", None),
    tables.chain: ("own", None),
}
COLUMNS = [(t, c.name, where, seq) for t, (where, seq) in ROWS.items() for c in t.c]
FACTS = [(f, c) for f in ("chain", "phone_key", "enrolment") for c in ("name", "value")]


@pytest.fixture(scope="module")
def enrolled_folder(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """A store with four events on two tickets, the first three countersigned."""
    shop = Shop(tmp_path_factory.mktemp("enrolled") / "data", policy)
    shop.complain("t")
    shop.act("t", AddComment("第一次"))
    shop.complain("u")
    shop.act("u", AddComment("第二次"))
    public = HQ_KEY.public_key().public_bytes_raw()
    shop.store.sync.save_enrolment(
        Enrolment("https://hq.example", "S0217", "南京路店", "A", "token", public)
    )
    chain = shop.store.sync.chain()
    head = next(e["hash"] for e in shop.table(tables.event) if e["seq"] == 3)
    message = protocol.receipt_message(chain, 3, head, MONDAY)
    shop.store.sync.accept_receipt(Receipt(chain, 3, head, MONDAY, HQ_KEY.sign(message)))
    shop.store.close()
    return shop.folder


@pytest.fixture
def enrolled(enrolled_folder: Path, tmp_path: Path, policy: Policy) -> Iterator[Shop]:
    """That store, to be altered."""
    shop = Shop(copytree(enrolled_folder, tmp_path / "enrolled"), policy)
    yield shop
    shop.store.close()


def put(shop: Shop, table: str, column: str, where: str, what: str) -> bool:
    """Alter a column as SQL with the key can; tell whether other bytes or another type are there.

    Integer columns turn numbers in text back, and the end of a chain may be what is put.
    """
    raw = shop.store.database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        stored = f"SELECT typeof({column}), hex({column}) FROM {table} ORDER BY 1, 2"
        before = cursor.execute(stored).fetchall()
        one = f"SELECT min({'field' if table == 'personal_value' else column}) FROM {table}"
        if table == "personal_value":
            where = f"{where} AND field = ({one} WHERE {where})"
        cursor.execute(f"UPDATE {table} SET {column} = {what.format(column)} WHERE {where}")
        after = cursor.execute(stored).fetchall()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    finally:
        raw.close()
    return bool(before != after)


def run(folder: Path) -> tuple[int, dict[str, Any], str]:
    result = CliRunner().invoke(verify, ["--data", str(folder), "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout), result.stderr


def test_the_store_is_well_before(enrolled: Shop) -> None:
    code, found, err = run(enrolled.folder)
    assert (code, found["events"], found["receipts"], err) == (0, LAST, 1, "")


@pytest.mark.parametrize("what", PUT)
@pytest.mark.parametrize(
    ("table", "column", "where", "seq"), COLUMNS, ids=[f"{t}.{c}" for t, c, *_ in COLUMNS]
)
def test_what_is_put_in_a_column_is_named(
    enrolled: Shop, table: Table, column: str, where: str, seq: int | None, what: str
) -> None:
    altered = put(enrolled, table.name, column, where, PUT[what])
    code, found, err = run(enrolled.folder)
    if not altered:
        assert (code, found["ok"]) == (0, True)
        return
    bad = found["first_bad"]
    assert (code, found["ok"]) == (1, False)
    assert isinstance(bad, dict), found
    assert str(bad["seq"]) in err
    if column != "chain":
        assert bad["chain"] == enrolled.store.sync.chain()
    if seq is not None:
        assert bad["seq"] == seq


@pytest.mark.parametrize("what", PUT)
@pytest.mark.parametrize(("fact", "column"), FACTS, ids=str)
def test_an_altered_fact_of_the_installation_is_said_in_one_line(
    enrolled: Shop, fact: str, column: str, what: str
) -> None:
    altered = put(enrolled, "meta", column, f"name = '{fact}'", PUT[what])
    code, found, err = run(enrolled.folder)
    assert (code, found["ok"]) == ((1, False) if altered else (0, True))
    if altered and found["first_bad"] is None:
        assert len(err.strip().splitlines()) == 1


def test_the_line_about_an_altered_fact_does_not_say_the_secret_in_it(enrolled: Shop) -> None:
    secret = "'secret-' || CAST(x'ff41' AS TEXT)"
    assert put(enrolled, "meta", "value", "name = 'phone_key'", secret)
    code, _, err = run(enrolled.folder)
    assert code == 1
    assert "value" in err
    assert "secret" not in err


def test_a_missing_identity_is_damage_and_not_made_anew(enrolled: Shop) -> None:
    enrolled.sql("DELETE FROM meta WHERE name = 'chain'")
    before = enrolled.table(tables.meta)
    assert run(enrolled.folder)[0] == 1
    assert enrolled.table(tables.meta) == before


@pytest.mark.parametrize("place", ["0", "-7", "99.5", "'x'"])
def test_an_event_put_in_outside_the_count_is_found(enrolled: Shop, place: str) -> None:
    enrolled.sql(
        f"INSERT INTO event SELECT chain, {place}, stream, kind, lc, core, digests, hash "
        "FROM event WHERE seq = 2"
    )
    code, found, _ = run(enrolled.folder)
    assert (code, found["ok"]) == (1, False)
    assert found["first_bad"]["what"] == "gap"
