"""`amends bench report`: reports, dashboard and drills on data of any size, with their memory."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from desktop.services.reporting import Reporting

#: What each may take at a million complaints, in seconds.
LIMITS: Final = {"dashboard": 0.2, "month": 3.0, "quarter": 6.0}
RUNS: Final = 3


@click.command("report")
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--month", help="YYYY-MM; the last whole month when it is left out.")
@click.option(
    "--add-facts",
    type=click.IntRange(0, 5_000_000),
    default=0,
    show_default=True,
    help="First add so many cases to the counters alone, copied from those there (no events).",
)
@click.option(
    "--recompute",
    is_flag=True,
    help="Afterwards make all counters anew from the cases and tell how many differed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_report(
    data: Path, month: str | None, add_facts: int, recompute: bool, as_json: bool
) -> None:
    """Measure reports on a region's data; best and median of three runs, and the processor's time.

    \b
    Example:
      amends seed --data ./region --stores 100 --tickets 20000 --days 425
      amends bench report --data ./region --json

    --add-facts changes the data: use a copy.
    """
    from desktop.bootstrap import open_existing_desk
    from desktop.domain.analytics.periods import period_of
    from desktop.domain.outcomes import Actor

    if add_facts:
        _add_facts(data, add_facts)
    desk = open_existing_desk(data)
    try:
        reader = Actor("", "regional_manager")
        use = desk.use_cases
        last = period_of("month", datetime.now(UTC).date()).before.text if month is None else month
        quarter = period_of("quarter", date.fromisoformat(f"{last}-01")).text
        found = _measured(use.reporting, last, quarter, reader)
        if recompute:
            began = time.perf_counter()
            found["counters_differing"] = use.reporting.recompute()
            found["recompute_seconds"] = round(time.perf_counter() - began, 1)
    finally:
        desk.close()
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _table(found))


def _measured(reporting: Reporting, month: str, quarter: str, reader: Any) -> dict[str, object]:
    import psutil  # type: ignore[import-untyped]

    from desktop.domain.analytics.report import Report

    def made(kind: str, period: str) -> Report:
        report = reporting.report(kind, period, "zh_CN", reader)
        if not isinstance(report, Report):
            raise click.ClickException(f"no report: {report.code}")
        return report

    overview = made("overview", month)
    chart = next(b for s in overview.sections if s.id == "pareto" for b in s.blocks[1:])
    drill = chart.marks[0].drill  # type: ignore[union-attr]
    acts: dict[str, Callable[[], object]] = {
        "dashboard": lambda: made("overview", month),
        "month": lambda: made("month", month),
        "month_pdf": lambda: reporting.pdf(made("month", month)),
        "quarter": lambda: made("quarter", quarter),
        "quarter_pdf": lambda: reporting.pdf(made("quarter", quarter)),
        "drill": lambda: reporting.cases(drill, reader) if drill else None,
    }
    seconds = {name: _timed(act) for name, act in acts.items()}
    memory = psutil.Process().memory_info()
    return {
        "cases_in_month": int(overview.figure("opened").numerator),
        "cases": int(sum(f.numerator for f in _years(reporting, reader))),
        "stores": len(reporting.scope(reader)),
        "seconds": seconds,
        "limits": LIMITS,
        "memory_mb": round(memory.rss / 1e6),
        "peak_memory_mb": round(peak(memory) / 1e6),
    }


def peak(memory: Any) -> int:
    """Return the most bytes that this process ever held."""
    if sys.platform == "win32":
        return int(memory.peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _years(reporting: Reporting, reader: Any) -> list[Any]:
    years = {m[:4] for m in reporting.months(reader)}
    totals = (reporting.report("stores", year, "zh_CN", reader) for year in sorted(years))
    return [report.figure("opened") for report in totals]  # type: ignore[union-attr]


def _timed(act: Callable[[], object]) -> dict[str, float]:
    taken, worked = [], []
    for _ in range(RUNS):
        began, used = time.perf_counter(), time.process_time()
        act()
        taken.append(time.perf_counter() - began)
        worked.append(time.process_time() - used)
    return {
        "best": round(min(taken), 3),
        "median": round(statistics.median(taken), 3),
        "cpu": round(min(worked), 3),
    }


def _table(found: dict[str, Any]) -> str:
    counted = f"{found['cases']} cases in {found['stores']} stores"
    lines = [f"{counted}, {found['cases_in_month']} in the month"]
    for name, taken in found["seconds"].items():
        limit = f"  (limit {LIMITS[name]} s)" if name in LIMITS else ""
        best, median = f"{taken['best']:.3f} s best", f"{taken['median']:.3f} s median"
        lines.append(f"{name:12} {best}, {median}, {taken['cpu']:.3f} s of processor{limit}")
    lines.append(f"memory {found['memory_mb']} MB, at most {found['peak_memory_mb']} MB")
    if "counters_differing" in found:
        differing, seconds = found["counters_differing"], found["recompute_seconds"]
        lines.append(f"all counters made anew in {seconds} s: {differing} differed")
    return "\n".join(lines)


def _add_facts(data: Path, count: int) -> None:
    from desktop.data_folder import multiply_facts

    def say(done: int) -> None:
        click.echo(f"{done}/{count} facts", err=True)

    multiply_facts(data, count, say)
