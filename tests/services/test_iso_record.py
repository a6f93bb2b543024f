"""Every field of the annex forms of ISO 10002 is held by a ticket and printed in its file."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.open_ticket import PERSONAL_FIELDS, PLAIN_FIELDS
from desktop.domain.operations.record_solution import RecordSolution

#: Annex item -> the ticket's field, what is entered, and how the English file prints it.
FIELDS = {
    "complainant": ("customer_name", "Zhang San", "Zhang San"),
    "representative": ("representative", "Lawyer Li", "Lawyer Li"),
    "address": ("address", "Renmin Road 5", "Renmin Road 5"),
    "telephone": ("phone", "13800000000", "13800000000"),
    "product": ("product", "Kettle K2", "Kettle K2"),
    "order reference": ("receipt_no", "R-4711", "R-4711"),
    "problem in the customer's words": ("verbatim", "It leaks", "It leaks"),
    "date of the problem": ("occurred_at", "2026-11-14T09:30", "2026-11-14 09:30"),
    "place of the problem": ("place", "Kitchen shelf", "Kitchen shelf"),
    "recurrent": ("recurrent", True, "Recurrent"),
    "immediate action": ("immediate_action", "Taken off sale", "Taken off sale"),
    "actual severity": ("actual_severity", "minor", "minor"),
    "potential severity": ("potential_severity", "scalding", "scalding"),
    "complexity": ("complexity", "complex", "omplex"),
    "impact": ("impact", "one batch", "one batch"),
    "safety": ("safety", True, "afety"),
    "action needed": ("action_needed", True, "ction needed"),
    "action possible": ("action_possible", True, "possible"),
    "compensation likely": ("compensation_likely", True, "ompensation likely"),
    "remedy requested": ("expectation", "A new one", "A new one"),
    "remedies requested, ticked": ("remedies_wanted", "exchange,apology", "Exchange"),
    "remedies given, ticked": ("remedies_given", "repair", "Repair or rework"),
}
TRACKING = ("Acknowledged", "informed", "Resolved", "Correction verified")


@pytest.fixture
def printed(desk, tmp_path: Path) -> str:
    """The text of the file of a complaint in which everything is filled in."""
    fields = {field: value for field, value, _ in FIELDS.values()}
    fields["emotion"] = 3
    row = desk.open_ticket(fields, channel="phone", quick=False, arrived_at=None, draft=None)
    for command in (
        ClassifyTicket("PQ-03", 3),
        ContactCustomer("first_response", "phone"),
        RecordSolution("Exchanged"),
        CorrectTicket({"correction_verified": True}),
    ):
        desk.act(row.stream, command)
    out = desk.document(row.stream, "ticket", "en", tmp_path / "file.pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(out).pages)
    return f"{row.number}\n{text}"


def test_the_schema_holds_every_field_of_the_annex():
    assert {field for field, *_ in FIELDS.values()} <= PLAIN_FIELDS | PERSONAL_FIELDS
    assert "correction_verified" in PLAIN_FIELDS


def test_iso_10002_every_field_that_was_filled_in_is_printed(printed):
    number, text = printed.split("\n", 1)
    missing = [item for item, (_, _, shown) in FIELDS.items() if shown not in text]
    assert missing == []
    assert number in text


def test_iso_10002_tracking_has_date_and_name_up_to_the_verified_correction(printed):
    rows = {step: line for step in TRACKING for line in printed.splitlines() if step in line}
    assert set(rows) == set(TRACKING)
    block = printed[printed.index("Acknowledged") :]
    assert "2026-11-16 10:00" in block
    assert "王敏" in block
