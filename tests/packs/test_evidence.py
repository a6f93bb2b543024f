"""The evidence pack of an external case: dates of the notice, timeline, hashes, signed facts."""

from __future__ import annotations

import io
from datetime import date

import pypdf
from PIL import Image

from desktop.domain.analytics.report import PictureBlock, Report, TableBlock
from desktop.domain.operations.external_case import RecordExternalCase
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter


def test_the_pack_holds_the_case_its_dates_and_every_event(desk: Desk) -> None:
    """CH-05, AU-03: what an authority is handed."""
    row = next(r for r in desk.page(TicketFilter(open_only=True), None, 50))
    command = RecordExternalCase("X1", "12315", "W-2026-88", date(2026, 11, 20))
    outcome = desk.act(row.stream, command)
    assert hasattr(outcome, "external_cases"), outcome
    made = desk.use_cases.reporting.evidence(row.stream, "zh_CN")
    assert isinstance(made, Report)
    tables = {s.id: b for s in made.sections for b in s.blocks if isinstance(b, TableBlock)}
    assert tables["external"].rows[0][:3] == ("12315 平台", "W-2026-88", "2026-11-20")
    events = desk.use_cases.journal.events(row.stream)
    done = [act for row in tables["timeline"].rows for act in row[2].split("、")]
    # Acts of one minute share a row and say how often: none is left out.
    counted = sum(int(act.rpartition(" × ")[2]) if " × " in act else 1 for act in done)
    assert counted == len(events) == made.facts["e"]
    assert len(tables["timeline"].rows) < len(events)
    heads = desk.use_cases.journal.heads(row.stream)
    assert {r[2] for r in tables["chains"].rows} == {head.hex() for _, head in heads.values()}
    assert desk.report_pdf(made).startswith(b"%PDF")


def test_the_pack_shows_its_pictures_upright_with_their_hashes(desk: Desk) -> None:
    """CH-05, EV-01: small pictures of what is listed; the kept bytes stay as they were."""
    row = next(r for r in desk.page(TicketFilter(open_only=True), None, 50))
    lying = Image.new("RGB", (400, 200), "white")
    lying.paste("red", (0, 0, 80, 200))
    exif = lying.getexif()
    exif[0x0112] = 6  # stands upright when turned clockwise
    photo = io.BytesIO()
    lying.save(photo, "JPEG", exif=exif)
    use = desk.use_cases
    for name, content in (("门店照片.jpg", photo.getvalue()), ("坏.jpg", b"no picture")):
        kept = use.capturing.attach(row.stream, name, content, "photo", desk.actor())
        assert hasattr(kept, "state"), kept
    made = use.reporting.evidence(row.stream, "zh_CN")
    assert isinstance(made, Report)
    (block,) = [b for s in made.sections for b in s.blocks if isinstance(b, PictureBlock)]
    assert {p.name for p in block.pictures} == {"门店照片.jpg", "坏.jpg"}
    listed = {r[3] for s in made.sections if s.id == "evidence" for b in s.blocks
              if isinstance(b, TableBlock) for r in b.rows}  # fmt: skip
    assert all(any(h.startswith(p.note[8:24]) for h in listed) for p in block.pictures)
    pdf = pypdf.PdfReader(io.BytesIO(desk.report_pdf(made)))
    (shown,) = [image.image for page in pdf.pages for image in page.images]
    assert shown is not None
    assert shown.height > shown.width
    assert "无图" in "".join(page.extract_text() for page in pdf.pages)
