"""Every figure is recomputed by SQL over the events and rows alone (AN-01, NC-07, NC-11).

The SQL knows nothing of rollups, facts or measures; it reads the journal's own bytes.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from desktop.domain.analytics.report import ChartBlock, Report, TableBlock, TextBlock
from desktop.domain.operations.link_tickets import LinkTicket
from desktop.domain.ticket import TicketState
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
    FROM e p WHERE p.kind = 'compensation.proposed'),
last_survey AS (SELECT s.stream, max(s.at) AS at FROM survey s GROUP BY s.stream),
rated AS (SELECT r.stream, s.at, json_extract(r.c, '$.d.survey_nps') AS nps,
                 json_extract(r.c, '$.d.survey_ces') AS ces
    FROM e r JOIN last_survey s USING (stream) WHERE r.kind = 'survey.rated' AND r.at =
        (SELECT max(x.at) FROM e x WHERE x.kind = 'survey.rated' AND x.stream = r.stream)),
spoken AS (SELECT stream, min(at) AS at FROM e WHERE kind = 'solution.recorded' OR
    (kind = 'customer.contacted' AND json_extract(c, '$.d.reached') = 1) GROUP BY stream),
repeated AS (SELECT DISTINCT stream FROM e WHERE kind = 'ticket.reopened' OR
    (kind = 'ticket.linked' AND json_extract(c, '$.d.kind') = 'repeat')),
moved AS (SELECT DISTINCT stream FROM e WHERE kind IN ('ticket.handed_over', 'ticket.reopened'))
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
    "nps": "SELECT sum(nps >= 9) - sum(nps <= 6), count(nps) FROM rated "
    "WHERE at >= :since AND at < :until",
    "ces": "SELECT sum(ces), count(ces) FROM rated WHERE at >= :since AND at < :until",
    "response_minutes": "SELECT sum((julianday(s.at) - julianday(m.at)) * 1440), count(s.at) "
    "FROM month_opened m JOIN spoken s USING (stream)",
    "fcr": "SELECT sum(date(o.at, '+8 hours') = date(s.at, '+8 hours') AND o.stream NOT IN moved), "
    "count(*) FROM solved s JOIN opened o USING (stream) WHERE s.at >= :since AND s.at < :until",
    "compensated": "SELECT sum(stream IN (SELECT stream FROM money WHERE at IS NOT NULL)), "
    "count(*) FROM closed WHERE at >= :since AND at < :until",
    # 6 minutes of 45 yuan an act of a person, 2 yuan a case, and the month's goodwill (CO-09).
    "cost": "SELECT 4.5 * (SELECT count(*) FROM (SELECT DISTINCT e.stream, e.at, "
    "json_extract(e.c, '$.a') FROM e JOIN month_opened USING (stream))) + 2 * (SELECT count(*) "
    "FROM month_opened) + (SELECT sum(fen) / 100.0 FROM money WHERE ledger = 'goodwill' AND "
    "at >= :since AND at < :until), (SELECT count(*) FROM month_opened)",
    "mean_goodwill": "SELECT sum(fen) / 100.0, count(DISTINCT stream) FROM money "
    "WHERE ledger = 'goodwill' AND at >= :since AND at < :until",
}


@pytest.fixture(scope="module")
def report(reading: Desk) -> Report:
    made = reading.report("month", MONTH, "zh_CN")
    assert isinstance(made, Report)
    return made


def asked(folder: Path, question: str, since: str = _SINCE, until: str = _UNTIL) -> list[Any]:
    database = Database.open(folder / DATABASE_FILE, load_key(folder, new=False).secret)
    try:
        with database.read() as connection:
            values = {"since": since, "until": until}
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


def test_repeats_and_reopened_are_counted_from_their_events(
    desk: Desk, tmp_path: Path, region_folder: Path
) -> None:
    """NC-07: the share of complaints that are about the outcome of an earlier one."""
    drill = desk.report("month", MONTH, "zh_CN")
    assert isinstance(drill, Report)
    found = drill.figure("opened").drill
    assert found is not None
    before = drill.figure("repeat").numerator
    first, second, third = desk.report_cases(found)[:3]
    for one, other in ((second, first), (third, first)):
        outcome = desk.act(one.stream, LinkTicket(other.stream, other.number, "repeat"))
        assert isinstance(outcome, TicketState), outcome
    made = desk.report("month", MONTH, "zh_CN")
    assert isinstance(made, Report)
    question = "SELECT count(*), (SELECT count(*) FROM month_opened) FROM month_opened m "
    ((repeats, opened),) = asked(
        tmp_path / "region", question + "WHERE m.stream IN (SELECT stream FROM repeated)"
    )
    figure = made.figure("repeat")
    assert (figure.numerator, figure.denominator) == (repeats, opened)
    assert repeats >= before + 2


@pytest.mark.parametrize(
    ("clock", "began", "met", "hours"),
    [
        ("回访", "SELECT s.stream, s.at FROM solved s JOIN ticket_row r USING (stream) "
            "WHERE r.level < 4", "kind = 'survey.recorded'", 48),
        ("补偿", "SELECT stream, min(at) AS at FROM money WHERE at IS NOT NULL GROUP BY stream",
         "kind = 'compensation.paid'", 24),
    ],
)  # fmt: skip
def test_a_clock_is_met_as_often_as_its_events_say(
    clock: str, began: str, met: str, hours: int, report: Report, region_folder: Path
) -> None:
    """SL-01 …: a wall clock needs no policy to be computed again (NC-05 48 h, CO-06 24 h).

    Suggestions have no clocks (R4).
    """
    (section,) = [s for s in report.sections if s.id == "sla"]
    table = next(b for b in section.blocks if isinstance(b, TableBlock))
    (row,) = [row for row in table.rows if clock in row[0]]
    due = f"strftime('%Y-%m-%dT%H:%M:%fZ', b.at, '+{hours} hours')"
    done = f"(SELECT min(x.at) FROM e x WHERE x.stream = b.stream AND x.{met} AND x.at >= b.at)"
    ((due_in_month, in_time),) = asked(
        region_folder,
        f"SELECT count(*), sum({done} <= {due}) FROM ({began}) b "
        f"WHERE {due} >= :since AND {due} < :until AND ({done} IS NOT NULL OR {due} < :until)",
    )
    assert (int(row[1]), int(row[2])) == (due_in_month, in_time)


def test_the_top_three_and_the_pareto_are_those_of_the_rows(
    report: Report, region_folder: Path
) -> None:
    """AN-06, AN-11: order, counts, running shares and where 80 % are reached."""
    counts = asked(
        region_folder,
        "SELECT r.code, count(*) AS n FROM ticket_row r JOIN month_opened m USING (stream) "
        "GROUP BY r.code ORDER BY n DESC, r.code",
    )
    sections = {section.id: section for section in report.sections}
    (top,) = [b for b in sections["top"].blocks if isinstance(b, TableBlock)]
    assert [(r[1].split(" ")[0], int(r[2])) for r in top.rows] == counts[:3]
    total = sum(n for _, n in counts)
    assert [r[3] for r in top.rows] == [f"{n * 100 / total:.1f}%" for _, n in counts[:3]]
    (chart,) = [b for b in sections["pareto"].blocks if isinstance(b, ChartBlock)]
    assert [(m.label.split(" ")[0], int(m.value)) for m in chart.marks] == counts
    running, vital = 0, 0
    for _code, n in counts:
        running, vital = running + n, vital + 1
        if running * 100 >= total * 80:
            break
    lead = next(b.text for b in sections["pareto"].blocks if isinstance(b, TextBlock))
    assert str(vital) in lead
    assert f"{running * 100 / total:.1f}%" in lead


def test_the_heat_map_and_the_days_are_those_of_the_events(
    report: Report, region_folder: Path
) -> None:
    """AN-05: hour and weekday in the store's zone."""
    found = asked(
        region_folder,
        "SELECT (CAST(strftime('%w', at, '+8 hours') AS INTEGER) + 6) % 7 * 24 + "
        "CAST(strftime('%H', at, '+8 hours') AS INTEGER), count(*) FROM month_opened GROUP BY 1",
    )
    sections = {section.id: section for section in report.sections}
    (heat,) = [b for b in sections["heat"].blocks if isinstance(b, ChartBlock)]
    assert {at: int(m.value) for at, m in enumerate(heat.marks) if m.value} == dict(found)
    by_day = asked(
        region_folder,
        "SELECT CAST(strftime('%d', at, '+8 hours') AS INTEGER), count(*) FROM month_opened "
        "GROUP BY 1",
    )
    (days,) = [b for b in sections["daily"].blocks if isinstance(b, ChartBlock)]
    assert {int(m.label): int(m.value) for m in days.marks if m.value} == dict(by_day)


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
