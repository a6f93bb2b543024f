"""Every figure is recomputed by SQL over the events and rows alone (AN-01, NC-07, NC-11).

The SQL knows nothing of rollups, facts or measures; it reads the journal's own bytes.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from desktop.domain.analytics.report import Report
from desktop.services.desk import Desk
from desktop.storage.database import DATABASE_FILE, Database
from desktop.storage.keys import load_key

MONTH = "2026-10"
#: Events of October in Shanghai, as the journal writes them (UTC).
_SINCE, _UNTIL = "2026-09-30T16:00:00.000Z", "2026-10-31T16:00:00.000Z"
_EVENTS = """
WITH e AS (
    SELECT stream, kind, json_extract(CAST(core AS TEXT), '$.t') AS at,
           CAST(core AS TEXT) AS c FROM event),
opened AS (SELECT stream, at FROM e WHERE kind = 'ticket.opened'),
month_opened AS (SELECT * FROM opened WHERE at >= :since AND at < :until),
closed AS (SELECT stream, min(at) AS at FROM e WHERE kind = 'ticket.closed' GROUP BY stream),
solved AS (SELECT stream, min(at) AS at FROM e WHERE kind = 'solution.recorded' GROUP BY stream),
survey AS (SELECT stream, at, json_extract(c, '$.d.score') AS score FROM e
    WHERE kind = 'survey.recorded' AND json_extract(c, '$.d.score') IS NOT NULL),
money AS (
    SELECT p.stream, json_extract(p.c, '$.d.ledger') AS ledger,
           CAST(round(json_extract(p.c, '$.d.amount') * 100) AS INTEGER) AS fen,
           COALESCE((SELECT a.at FROM e a WHERE a.kind = 'approval.decided'
                AND a.stream = p.stream AND json_extract(a.c, '$.d.item') =
                json_extract(p.c, '$.d.item') AND json_extract(a.c, '$.d.approved') = 1),
               CASE json_extract(p.c, '$.d.decision') WHEN 'granted' THEN p.at END) AS at
    FROM e p WHERE p.kind = 'compensation.proposed')
"""
GOLDEN = {
    "opened": "SELECT count(*), NULL FROM month_opened",
    "closed": "SELECT count(*), NULL FROM closed WHERE at >= :since AND at < :until",
    "satisfaction": "SELECT sum(score >= 4), count(*) FROM survey "
    "WHERE at >= :since AND at < :until",
    "csat": "SELECT sum(score), count(*) FROM survey WHERE at >= :since AND at < :until",
    "closed_loop": "SELECT (SELECT count(*) FROM month_opened m JOIN closed c USING (stream)), "
    "count(*) FROM month_opened",
    "effective": "SELECT (SELECT count(*) FROM month_opened m WHERE EXISTS (SELECT 1 FROM survey s "
    "WHERE s.stream = m.stream AND s.score >= 4) OR EXISTS (SELECT 1 FROM e WHERE "
    "e.stream = m.stream AND kind = 'settlement.signed' AND json_extract(c, '$.d.how') = 'paper')),"
    " count(*) FROM month_opened",
    "resolution_hours": "SELECT round(sum((julianday(s.at) - julianday(o.at)) * 24), 2), count(*) "
    "FROM solved s JOIN opened o USING (stream) WHERE s.at >= :since AND s.at < :until",
    "mean_goodwill": "SELECT sum(fen) / 100.0, count(DISTINCT stream) FROM money "
    "WHERE ledger = 'goodwill' AND at >= :since AND at < :until",
}


@pytest.fixture(scope="module")
def report(reading: Desk) -> Report:
    made = reading.report("month", MONTH, "zh_CN")
    assert isinstance(made, Report)
    return made


def asked(folder: Path, question: str) -> list[Any]:
    database = Database.open(folder / DATABASE_FILE, load_key(folder, new=False).secret)
    try:
        with database.read() as connection:
            values = {"since": _SINCE, "until": _UNTIL}
            return [tuple(r) for r in connection.execute(text(_EVENTS + question), values)]
    finally:
        database.close()


@pytest.mark.parametrize("key", sorted(GOLDEN))
def test_a_figure_is_what_sql_over_the_journal_says(
    key: str, report: Report, region_folder: Path
) -> None:
    figure = report.figure(key)
    ((numerator, denominator),) = asked(region_folder, GOLDEN[key])
    assert figure.denominator == denominator
    # Whole seconds are counted a case; a day's fraction in SQL may differ by less.
    assert abs(figure.numerator - Decimal(str(numerator or 0))) <= Decimal("0.05")
    assert figure.numerator > 0


def test_codes_add_up_and_are_those_of_the_rows(report: Report, region_folder: Path) -> None:
    (section,) = [s for s in report.sections if s.id == "by_code"]
    (table,) = [b for b in section.blocks if hasattr(b, "rows")]
    printed = {row[0].split(" ")[0]: int(row[1]) for row in table.rows}
    rows = asked(
        region_folder,
        "SELECT r.code, count(*) FROM ticket_row r JOIN month_opened m USING (stream) "
        "WHERE r.code <> '' GROUP BY r.code",
    )
    assert {code: n for code, n in printed.items() if "-" in code} == dict(rows)
    assert int(table.total[1]) == sum(printed.values()) == report.figure("opened").numerator


def test_every_figure_says_what_it_is(report: Report) -> None:
    """AN-01, AN-15: definition, parts and n; a small n says so."""
    for figure in report.figures():
        assert len(figure.definition) > 8, figure.key
        if figure.kind in ("share", "mean", "score"):
            assert figure.denominator is not None, figure.key
            assert figure.n == figure.denominator
            assert figure.small == (figure.n < 30)
