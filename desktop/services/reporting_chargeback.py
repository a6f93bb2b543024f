"""What a supplier is charged back with (供应商索赔, QA-10): quality cases, with proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from desktop.domain import fold
from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.report import (
    Column,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
)
from desktop.services.ports import Journal
from desktop.services.reporting_numbers import Numbers
from desktop.services.reporting_ports import CaseQuery

#: The family of codes that a supplier answers for.
QUALITY: Final = "PQ"
#: Cases that the paper names with their proof; all count in the sums.
MOST_CASES: Final = 60
#: Digits of a hash that identify a file among a case's.
HASH_DIGITS: Final = 12
_FEN: Final = Decimal(100)


def chargeback(numbers: Numbers, journal: Journal) -> Sequence[Section]:
    """Return sums by product and batch, the cases with dates, money and hashes, and lines to sign.

    Only complaints of the product quality family that name a SKU or batch: without one nobody can
    be charged. Sums are what was paid for them until now, whenever it was decided.
    """
    frame, text = numbers.frame, numbers.frame.texts.get
    query = CaseQuery(frame.stores, frame.period.since, frame.period.until, "family", QUALITY)
    cases = [f for f in numbers.rollups.cases(query) if f.sku or f.batch]
    lines = (
        WriteBlock(text("chargeback.supplier"), 1),
        WriteBlock(text("chargeback.clause"), 1),
        WriteBlock(text("chargeback.signature"), 1),
    )
    return (
        Section("chargeback", text("chargeback.title"), _products(numbers, cases)),
        Section("chargeback_cases", text("chargeback.cases"), _cases(numbers, journal, cases)),
        Section("chargeback_sign", text("chargeback.sign"), lines),
    )


def _products(numbers: Numbers, cases: Sequence[CaseFacts]) -> tuple[TextBlock | TableBlock, ...]:
    frame, text = numbers.frame, numbers.frame.texts.get
    by_product: dict[tuple[str, str], list[CaseFacts]] = defaultdict(list)
    for facts in cases:
        by_product[facts.sku, facts.batch].append(facts)
    ordered = sorted(by_product.items(), key=lambda each: (-_paid(each[1]), each[0]))
    rows = tuple(
        (sku or "—", batch or "—", str(len(found)), f"{_paid(found):,.2f}")
        for (sku, batch), found in ordered
    )
    drills = tuple(
        frame.drill("batch", batch, batch) if batch else frame.drill("sku", sku, sku)
        for (sku, batch), _ in ordered
    )
    columns = (
        Column(text("pack.dim.sku"), 0.36),
        Column(text("pack.dim.batch"), 0.24),
        Column(text("pack.col.cases"), 0.16, "right"),
        Column(text("pack.col.yuan"), 0.24, "right"),
    )
    total = (text("pack.total"), "", str(len(cases)), f"{_paid(cases):,.2f}") if cases else ()
    lead = TextBlock(text("chargeback.lead"), small=True)
    return (lead, TableBlock(columns, rows, text("pack.no_traces"), drills, total))


def _cases(
    numbers: Numbers, journal: Journal, cases: Sequence[CaseFacts]
) -> tuple[TextBlock | TableBlock, ...]:
    frame, text = numbers.frame, numbers.frame.texts.get
    named = sorted(cases, key=lambda f: (-_paid([f]), f.number))[:MOST_CASES]
    rows = tuple(
        (
            facts.number,
            facts.opened.isoformat(),
            f"{frame.code_name(facts.code)}\n{facts.sku} {facts.batch}".strip(),
            f"{_paid([facts]):,.2f}",
            _hashes(journal, facts.stream),
        )
        for facts in named
    )
    drills = tuple(frame.drill("case", f.stream, f.number) for f in named)
    columns = (
        Column(text("pack.col.number"), 0.25),
        Column(text("pack.col.opened"), 0.14),
        Column(text("pack.col.code"), 0.27),
        Column(text("pack.col.yuan"), 0.13, "right"),
        Column(text("chargeback.hashes"), 0.21, "right"),
    )
    lead = TextBlock(text("chargeback.cases_lead", n=len(named), all=len(cases)), small=True)
    return (lead, TableBlock(columns, rows, text("pack.no_traces"), drills))


def _paid(cases: Sequence[CaseFacts]) -> Decimal:
    """Return the yuan paid for cases, all ledgers together."""
    return Decimal(sum(item.fen for facts in cases for item in facts.money)) / _FEN


def _hashes(journal: Journal, stream: str) -> str:
    """Return the start of each evidence's SHA-256, in the order it was taken in."""
    state = fold.fold(stream, journal.events(stream))
    found = [item.content for item in state.evidence if isinstance(item.content, str)]
    return "\n".join(sha256[:HASH_DIGITS] for sha256 in found) or "—"
