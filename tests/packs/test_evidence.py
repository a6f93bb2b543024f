"""The evidence pack of an external case: dates of the notice, timeline, hashes, signed facts."""

from __future__ import annotations

from datetime import date

from desktop.domain.analytics.report import Report, TableBlock
from desktop.domain.operations.external_case import RecordExternalCase
from desktop.services.desk import Desk
from desktop.services.ports import TicketFilter


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
    assert len(tables["timeline"].rows) == len(events) == made.facts["e"]
    heads = desk.use_cases.journal.heads(row.stream)
    assert {r[2] for r in tables["chains"].rows} == {head.hex() for _, head in heads.values()}
    assert desk.report_pdf(made).startswith(b"%PDF")
