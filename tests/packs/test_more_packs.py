"""Packs that a row of the requirements names by itself: chargeback, journey, associations."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from desktop.domain import fold
from desktop.domain.analytics.periods import parse_period
from desktop.domain.analytics.report import Report, TableBlock, TextBlock
from desktop.domain.analytics.signals import growth_confidence
from desktop.services.desk import Desk
from desktop.services.reporting_numbers import Numbers
from desktop.services.reporting_ports import CaseQuery


def report_of(desk: Desk, kind: str, period: str = "2026-10") -> Report:
    made = desk.report(kind, period, "zh_CN")
    assert isinstance(made, Report)
    return made


def table(report: Report, section: str) -> TableBlock:
    (found,) = [s for s in report.sections if s.id == section]
    return next(block for block in found.blocks if isinstance(block, TableBlock))


def test_a_supplier_is_charged_with_what_was_paid_and_its_proof(reading: Desk) -> None:
    """QA-10: sums by product, every case with its money and the hashes of its evidence."""
    report = report_of(reading, "chargeback")
    use = reading.use_cases
    stores = use.reporting.scope(reading.actor())
    drill = report_of(reading, "month").figure("opened").drill
    assert drill is not None
    cases = [
        f
        for f in use.reporting._rollups.cases(CaseQuery(stores, drill.since, drill.until, "opened"))
        if f.code.startswith("PQ-") and (f.sku or f.batch)
    ]
    assert cases
    paid = {f.number: Decimal(sum(item.fen for item in f.money)) / 100 for f in cases}
    products = table(report, "chargeback")
    assert products.total[2:] == (str(len(cases)), f"{sum(paid.values()):,.2f}")
    by_product = {(f.sku or "—", f.batch or "—") for f in cases}
    assert {row[:2] for row in products.rows} == by_product
    named = table(report, "chargeback_cases")
    assert len(named.rows) == min(len(cases), 60)
    streams = {f.number: f.stream for f in cases}
    for row in named.rows:
        assert row[3] == f"{paid[row[0]]:,.2f}"
        state = fold.fold(streams[row[0]], use.journal.events(streams[row[0]]))
        hashes = [str(item.content)[:12] for item in state.evidence]
        assert row[4].split("\n") == (hashes or ["—"])
    assert sum(Decimal(row[3].replace(",", "")) > 0 for row in named.rows)


def test_the_journey_is_a_page_to_fill_in_at_the_meeting(reading: Desk) -> None:
    """QA-05: seven stages of the customer, five columns, room to write."""
    sheet = table(report_of(reading, "journey"), "journey")
    assert len(sheet.rows) == 7
    assert len(sheet.columns) == 5
    assert all(row[1].count("\n") == 3 and not any(row[2:]) for row in sheet.rows)


def test_codes_and_channels_that_come_together_are_told_by_their_lift(reading: Desk) -> None:
    """AN-07: count over what both shares let expect, recounted from every case."""
    report = report_of(reading, "month")
    drill = report.figure("opened").drill
    assert drill is not None
    query = CaseQuery(drill.stores, drill.since, drill.until, "opened")
    cases = reading.use_cases.reporting._rollups.cases(query)
    pairs = table(report, "associations")
    assert pairs.rows
    for row, found in zip(pairs.rows, pairs.drills, strict=True):
        assert found is not None
        code, channel = found.key.split("|")
        both = sum(f.code == code and f.channel == channel for f in cases)
        expected = (
            sum(f.code == code for f in cases) * sum(f.channel == channel for f in cases)
        ) / len(cases)
        assert (int(row[2]), row[3]) == (both, f"{both / expected:.2f}")
        assert both >= 5


def test_products_show_share_growth_and_how_sure_it_is(reading: Desk) -> None:
    """AN-02: share and growth by SKU with confidence and n; few cases say so instead."""
    report = report_of(reading, "month")
    rows = table(report, "traces").rows
    total = report.figure("opened").numerator
    assert rows
    for _sku, n, share, before, _growth, confidence in rows:
        assert share == f"{int(n) * 100 / total:.1f}%"
        sure = growth_confidence(int(n), int(before), 31, 30)
        if before == "0":
            assert confidence == "—"
        elif sure is None:
            assert f"n={int(n) + int(before)}" in confidence
        else:
            assert confidence == f"{sure * 100:.2f}%"
    assert growth_confidence(5, 4, 31, 30) is None


def test_the_goal_of_improvement_stands_on_the_quarterly_pack(reading: Desk) -> None:
    """AN-19: 30 % fewer of the kind within three months, beside the effects that show it."""
    report = report_of(reading, "quarter", "2026-Q4")
    (plan,) = [s for s in report.sections if s.id == "plan"]
    words = [block.text for block in plan.blocks if isinstance(block, TextBlock)]
    assert any("30%" in line and "三个月" in line for line in words)
    assert "check" in {s.id for s in report.sections}


def test_a_store_beside_others_has_the_figures_that_it_has_alone(reading: Desk) -> None:
    """AN-04: limits that ran out on open cases are late in the comparison of stores as well."""
    reporting, month = reading.use_cases.reporting, parse_period("2026-11")
    assert month is not None
    region = reporting.frame(month, "zh_CN", reading.actor())
    found = Numbers(reporting._rollups, region).by_store(("clock",))
    assert set(found) == region.stores
    for store, totals in found.items():
        alone = Numbers(reporting._rollups, replace(region, stores=frozenset({store})))
        assert totals.keys("clock") == alone.now.keys("clock")
    assert reporting._rollups.late(region.stores, month.since, month.until, region.made_at)
