"""Tables and charts of every kind of pack, recomputed by SQL over the events and rows alone.

The SQL knows nothing of rollups, facts or measures (AN-01); figures are in test_golden_figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.domain.analytics.report import Block, ChartBlock, Report, TableBlock
from desktop.services.desk import Desk
from tests.packs import test_golden_figures as golden
from tests.packs.test_golden_figures import MONTH

_IN = "{at} >= :since AND {at} < :until"
_OPENED = "FROM month_opened JOIN ticket_row USING (stream)"
_TRACE = """(SELECT stream, (SELECT json_extract(x.c, '$.d.fields.{name}') FROM e x
    WHERE x.stream = m.stream AND json_extract(x.c, '$.d.fields.{name}') IS NOT NULL
    ORDER BY x.at DESC LIMIT 1) AS {name} FROM month_opened m)"""


def made(desk: Desk, kind: str, period: str) -> Report:
    report = desk.report(kind, period, "zh_CN")
    assert isinstance(report, Report)
    return report


def blocks(report: Report, section: str) -> tuple[Block, ...]:
    (found,) = [s for s in report.sections if s.id == section]
    return found.blocks


def table(report: Report, section: str, at: int = 0) -> TableBlock:
    return [b for b in blocks(report, section) if isinstance(b, TableBlock)][at]


@pytest.mark.parametrize(
    ("section", "at", "columns", "question"),
    [
        ("by_level", 0, (1,), f"SELECT count(*) {_OPENED} GROUP BY level ORDER BY level"),
        ("by_channel", 0, (1,), "SELECT count(*) FROM e JOIN month_opened USING (stream) WHERE "
            "kind = 'ticket.opened' GROUP BY json_extract(c, '$.d.channel') "
            "ORDER BY 1 DESC, json_extract(c, '$.d.channel')"),
        ("compensation", 0, (1, 2), "SELECT count(*), sum(fen) / 100.0 FROM money WHERE "
            + _IN.format(at="at") + " GROUP BY ledger ORDER BY ledger"),
        ("stores", 0, (0, 1), f"SELECT store, count(*) {_OPENED} GROUP BY store ORDER BY store"),
        ("stores", 0, (6,), "SELECT sum(fen) / 100.0 FROM money JOIN ticket_row USING (stream) "
            "WHERE ledger = 'goodwill' AND " + _IN.format(at="at")
            + " GROUP BY store ORDER BY store"),
        ("traces", 0, (0, 1), "SELECT sku, count(*) FROM " + _TRACE.format(name="sku")
            + " WHERE sku IS NOT NULL GROUP BY sku ORDER BY 2 DESC, 1 LIMIT 15"),
        ("traces", 1, (0, 1), "SELECT batch, count(*) FROM " + _TRACE.format(name="batch")
            + " WHERE batch IS NOT NULL GROUP BY batch ORDER BY 2 DESC, 1 LIMIT 15"),
    ],
)  # fmt: skip
def test_a_table_of_the_month_is_what_sql_says(
    section: str,
    at: int,
    columns: tuple[int, ...],
    question: str,
    reading: Desk,
    region_folder: Path,
) -> None:
    """AN-01, AN-02, AN-04, CO-03."""
    rows = table(made(reading, "month", MONTH), section, at).rows
    asked = golden.asked(region_folder, question)
    assert asked
    assert [tuple(value(row[c]) for c in columns) for row in rows] == asked


def value(cell: str) -> object:
    """A cell as SQL returns it; a store's by its code."""
    try:
        number = float(cell.replace(",", ""))
    except ValueError:
        return cell.split(maxsplit=1)[0]
    return cell if cell.isdigit() and len(cell) > 6 else number


def test_people_and_stars_are_those_of_the_events(reading: Desk, region_folder: Path) -> None:
    """AN-01, NC-07."""
    month = made(reading, "month", MONTH)
    people = sorted(int(row[1]) for row in table(month, "people").rows)
    by_owner = golden.asked(region_folder, f"SELECT count(*) {_OPENED} GROUP BY owner ORDER BY 1")
    assert people == [n for (n,) in by_owner]
    (stars,) = [b for b in blocks(month, "satisfaction") if isinstance(b, ChartBlock)]
    by_score = dict(
        golden.asked(
            region_folder,
            f"SELECT score, count(*) FROM survey WHERE {_IN.format(at='at')} GROUP BY score",
        )
    )
    assert [mark.value for mark in stars.marks] == [by_score.get(n, 0) for n in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize(
    ("kind", "period", "since", "until"),
    [
        ("week", "2026-W46", "2026-11-08T16:00:00.000Z", "2026-11-15T16:00:00.000Z"),
        ("daily", "2026-11-13", "2026-11-12T16:00:00.000Z", "2026-11-13T16:00:00.000Z"),
        ("quarter", "2026-Q4", "2026-09-30T16:00:00.000Z", "2026-12-31T16:00:00.000Z"),
        ("stores", MONTH, "2026-09-30T16:00:00.000Z", "2026-10-31T16:00:00.000Z"),
        ("management", "2026", "2025-12-31T16:00:00.000Z", "2026-12-31T16:00:00.000Z"),
        ("audit", MONTH, "2026-09-30T16:00:00.000Z", "2026-10-31T16:00:00.000Z"),
    ],
)
def test_every_kind_counts_what_was_opened_and_closed(
    kind: str, period: str, since: str, until: str, reading: Desk, region_folder: Path
) -> None:
    """AN-01: days and weeks are summed by another way than months; both are the events'."""
    report = made(reading, kind, period)
    for key in ("opened", "closed"):
        ((numerator, _),) = golden.asked(region_folder, golden.GOLDEN[key], since, until)
        assert report.figure(key).numerator == numerator, key
    assert report.figure("opened").numerator > 0


def test_the_supplier_pack_sums_what_was_paid_for_quality(
    reading: Desk, region_folder: Path
) -> None:
    """CO-09: product quality complaints with a SKU or batch, and all that was paid on them."""
    total = table(made(reading, "chargeback", MONTH), "chargeback").total
    ((cases, paid),) = golden.asked(
        region_folder,
        "SELECT count(*), COALESCE(sum((SELECT sum(fen) FROM money p WHERE p.stream = t.stream "
        "AND p.at IS NOT NULL)), 0) / 100.0 FROM " + _TRACE.format(name="sku") + " t "
        "JOIN ticket_row r USING (stream) WHERE r.family = 'PQ' AND t.sku IS NOT NULL",
    )
    assert (value(total[-2]), value(total[-1])) == (cases, paid)


def test_the_audit_pack_names_every_chain_with_its_end(reading: Desk, region_folder: Path) -> None:
    """AU-05."""
    rows = table(made(reading, "audit", MONTH), "chains").rows
    ends = golden.asked(
        region_folder,
        "SELECT chain, max(seq) || '', lower(hex(hash)) FROM event GROUP BY chain ORDER BY chain",
    )
    assert [(chain, seq, head) for chain, seq, head in rows] == [
        (chain, seq, head[:16]) for chain, seq, head in ends
    ]


def test_the_daily_paper_lists_the_open_urgent_ones(reading: Desk, region_folder: Path) -> None:
    """CL-02: level 2, open, received by that day."""
    rows = table(made(reading, "daily", "2026-11-21"), "lines").rows
    numbers = golden.asked(
        region_folder,
        "SELECT number FROM ticket_row WHERE level = 2 AND NOT closed ORDER BY number",
    )
    assert sorted(row[0] for row in rows) == [number for (number,) in numbers]


def test_overtime_is_the_sum_of_the_clocks(reading: Desk) -> None:
    """SL-01: the department's figure and the table of limits are counted apart."""
    report = made(reading, "sla", MONTH)
    rows = table(report, "sla").rows
    figure = report.figure("overtime")
    assert figure.numerator == sum(int(row[3]) for row in rows) > 0
    assert figure.denominator == sum(int(row[1]) for row in rows)


def test_time_at_the_nodes_adds_up_to_the_way_to_closing(
    reading: Desk, region_folder: Path
) -> None:
    """AN-01: the seconds of all nodes are those from opening to the last step, by the events."""
    rows = table(made(reading, "sla", MONTH), "nodes").rows
    hours = sum(int(row[1]) * float(row[2]) for row in rows)
    ((cases, whole),) = golden.asked(
        region_folder,
        "SELECT count(*), sum((julianday((SELECT max(x.at) FROM e x WHERE x.stream = d.stream "
        "AND x.kind = 'step.completed')) - julianday(o.at)) * 24) "
        "FROM closed d JOIN opened o USING (stream) WHERE d.at >= :since AND d.at < :until",
    )
    assert [row[0] for row in rows][:3] == ["接收", "记录", "分类"]
    assert max(int(row[1]) for row in rows) == cases
    # Printed to a tenth of an hour for each case of each node.
    assert abs(hours - whole) <= 0.05 * sum(int(row[1]) for row in rows)
