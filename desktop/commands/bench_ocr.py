"""`amends bench ocr`: how long a page of ours and a foreign page take, and whole-page reading."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ocr.reader import FormReader


@click.command("ocr")
@click.option("--runs", type=click.IntRange(1, 100), default=7, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_ocr(runs: int, as_json: bool) -> None:
    """Time the form reader on the bundled pages, models loaded, both cores its own.

    Our own form is read from its known places; the same picture is also read as a whole page,
    as a form without markers would be, in the same run.

    \b
    Example:
      amends bench ocr --runs 7
    """
    from ocr.engines.fallback import default_engine
    from ocr.reader import FormReader

    reader = FormReader(default_engine())
    loaded = _timed(reader.warm, 1)
    demo = files("resources") / "demo"
    ours, foreign = ((demo / f"{name}.jpg").read_bytes() for name in ("our_form", "paper_form"))
    figures = {
        "models loaded": loaded,
        "ours": _timed(lambda: reader.read_bytes(ours, "ours"), runs),
        "ours as a whole page": _timed(lambda: _whole(reader, ours), runs),
        "foreign": _timed(lambda: reader.read_bytes(foreign, "foreign"), runs),
    }
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if as_json:
        click.echo(json.dumps({**figures, "load": round(load, 2), "runs": runs}))
        return
    for name, figure in figures.items():
        click.echo(
            f"{name:22} median {figure['median']:5.2f} s, worst {figure['worst']:5.2f} s, "
            f"processor {figure['processor']:5.2f} s"
        )
    click.echo(f"{runs} runs each; load average {load:.1f} on {os.cpu_count()} processors")


def _whole(reader: FormReader, content: bytes) -> None:
    from ocr.loading import Page, load_pages

    for page in load_pages(content):
        if isinstance(page, Page):
            reader.read_unregistered(page)


def _timed(work: Callable[[], object], runs: int) -> dict[str, float]:
    """Return the median and the worst of wall seconds, and the median of processor seconds."""
    if runs > 1:
        work()
    walls, processors = [], []
    for _ in range(runs):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return {
        "median": round(statistics.median(walls), 3),
        "worst": round(max(walls), 3),
        "processor": round(statistics.median(processors), 3),
    }
