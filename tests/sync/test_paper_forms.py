"""Paper between PCs and HQ: a scan stays where it was made, the key of its pad travels (IN-04)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import Engine, select

from desktop.bootstrap import open_desk
from desktop.data_folder import form_keys
from desktop.domain.form_template import FormCode
from desktop.domain.forms import Box, FieldReading, FormReading
from desktop.reports.form_seal import judge_form
from desktop.services.desk import Desk
from desktop.services.exchange_ports import Enrolment, ExchangeReport
from desktop.services.paper import ConfirmedForm
from desktop.services.ports import Person
from desktop.services.ticket_ports import TicketRow
from ocr.codes import find_form_codes
from sync.hq.models import attachment
from tests.sync.conftest import ServedHq

PASSWORD = "counter-desk-1"
PAGES = 3


def desk_of(folder: Path, served: ServedHq, store: str = "S0217") -> Desk:
    desk = open_desk(folder)
    assert isinstance(desk.set_up(store, "无锡滨湖店", "0510-8218", "he", "何丽", PASSWORD), Person)
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    joined = desk.enrol(served.url, served.code(store))
    assert isinstance(joined, Enrolment), joined
    return desk


def exchange(desk: Desk) -> ExchangeReport:
    outcome = desk.exchange()
    assert isinstance(outcome, ExchangeReport), outcome
    return outcome


@pytest.fixture
def one(tmp_path: Path, served: ServedHq) -> Iterator[Desk]:
    with closing(desk_of(tmp_path / "one", served)) as desk:
        yield desk


@pytest.fixture
def two(tmp_path: Path, served: ServedHq) -> Iterator[Desk]:
    with closing(desk_of(tmp_path / "two", served)) as desk:
        yield desk


def scan(path: Path) -> bytes:
    """Write a PDF scan of several pages that is too large to be sent."""
    pages = [
        Image.effect_noise((1240, 1754), 60 + number).convert("RGB") for number in range(PAGES)
    ]
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return path.read_bytes()


def confirm(desk: Desk, path: Path, page: int) -> str:
    """Open the complaint of a page as a person confirmed it; return its stream."""
    said = FieldReading("里面发现异物", 0.9, True, Box(1, 1, 9, 9))
    wish = FieldReading("全额退款", 0.9, True, Box(1, 20, 9, 9))
    fields = {"description": said, "expected_resolution": wish}
    reading = FormReading(str(path), page, fields=fields)
    values = {key: field.value for key, field in fields.items()}
    opened = desk.accept_form(ConfirmedForm(path, reading, values, emotion=2))
    assert isinstance(opened, TicketRow), opened
    return opened.stream


def test_the_original_stays_as_evidence_and_the_small_copy_arrives_with_its_hash(
    one: Desk, two: Desk, served: ServedHq, engine: Engine, tmp_path: Path
) -> None:
    original = scan(tmp_path / "forms.pdf")
    stream = confirm(one, tmp_path / "forms.pdf", 2)
    kept = {e.role: str(e.content) for e in one.ticket(stream).state.evidence}
    assert kept["form_original"] == hashlib.sha256(original).hexdigest()

    report = exchange(one)

    # HQ holds the copy, whole and under its own hash, and nothing of the original.
    with engine.connect() as connection:
        held = {row.sha256: row for row in connection.execute(select(attachment))}
    assert set(held) == {kept["form"]}
    assert held[kept["form"]].complete
    blob = (served.data / "attachments" / "blobs" / "S0217" / kept["form"]).read_bytes()
    assert hashlib.sha256(blob).hexdigest() == kept["form"]
    assert max(Image.open(io.BytesIO(blob)).size) <= 1500
    assert report.bytes_sent < len(original) / 2
    assert one.sync_status().pending_attachments == 0
    # Here the original is still whole; the other PC gets the copy and does without it.
    assert one.use_cases.attachments.get(kept["form_original"]) == original
    exchange(two)
    assert two.use_cases.attachments.get(kept["form"]) == blob
    assert two.use_cases.attachments.get(kept["form_original"]) is None
    again = exchange(two)
    assert (again.received, again.pending) == (0, 0)


def printed_code(desk: Desk, out: Path) -> FormCode:
    """Print a sheet and read the code off it, as a scan of the sheet would show it."""
    assert len(desk.print_forms(out, 1)) == 1
    with closing(pypdfium2.PdfDocument(out)) as document:
        page = document[0].render(scale=150 / 72, rev_byteorder=True).to_numpy()
    return find_form_codes(np.ascontiguousarray(page[:, :, :3]))[0]


def test_a_sheet_printed_at_another_pc_of_the_store_is_verified_once_its_key_arrived(
    one: Desk, two: Desk, tmp_path: Path
) -> None:
    code = printed_code(one, tmp_path / "pad.pdf")
    assert judge_form(code, form_keys(tmp_path / "one")) == "verified"
    assert judge_form(code, form_keys(tmp_path / "two")) == "unknown"

    exchange(one)
    exchange(two)

    assert judge_form(code, form_keys(tmp_path / "two")) == "verified"
    swapped = replace(code, signed=code.signed.replace(code.serial, "000000129"))
    assert judge_form(swapped, form_keys(tmp_path / "two")) == "forged"


def test_a_key_is_told_once_and_stays_in_its_store(
    one: Desk, served: ServedHq, tmp_path: Path
) -> None:
    before = one.figures()["events"]
    printed_code(one, tmp_path / "first.pdf")
    code = printed_code(one, tmp_path / "second.pdf")
    assert one.figures()["events"] == before + 1
    exchange(one)
    with closing(desk_of(tmp_path / "other", served, "S0300")) as other:
        exchange(other)
    assert judge_form(code, form_keys(tmp_path / "other")) == "unknown"
