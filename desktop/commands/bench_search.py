"""`amends bench search`: how quickly the list finds and pages, and whether it misses anything."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from desktop.benches.million import Words
    from desktop.storage.queries import SqlTicketQueries

#: What people type: one character of Chinese, two, more of them, initials, tails, two words.
QUESTIONS: Final = (
    "退", "冰箱 漏",
    "退款", "过期", "漏水", "异味", "电饭煲", "速冻水饺", "积分", "多收了钱", "楼下来敲门",
    "牛奶 过期", "冰箱 维修", "S0217", "PQ-07", "李娜", "王建国", "空气炸锅 退款",
    "refund", "air fryer",
)  # fmt: skip
INITIALS: Final = ("zw", "wjg", "ln", "dfb", "sdsj", "zhangw")
PAGE: Final = 50
ROUNDS: Final = 15
#: Slowest questions that are named.
WORST: Final = 5
#: The plan's limits in milliseconds.
SEARCH_LIMIT: Final = 30.0
PAGE_LIMIT: Final = 20.0


@click.command("bench-search")
@click.option("--rows", type=click.IntRange(1000, 5_000_000), default=1_000_000, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the store made for this, or use it again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--recall/--times-only", default=True, help="Count what is missed, too (minutes).")
def bench_search(rows: int, data: Path | None, as_json: bool, recall: bool) -> None:
    """Measure list and search over many rows; recall is counted against reading every row.

    \b
    Example:
      amends bench search --rows 1000000 --data ./million

    Exit codes: 0 within the limits, 1 not.
    """
    with filled(rows, data) as folder:
        figures = measure(folder, rows, recall)
    if as_json:
        click.echo(json.dumps(figures))
    else:
        for name, value in figures.items():
            click.echo(f"{name:28} {value}")
    good = (
        figures.get("recall", 1.0) == 1.0
        and figures["search_p99_ms"] <= SEARCH_LIMIT
        and figures["first_page_p99_ms"] <= PAGE_LIMIT
    )
    raise SystemExit(0 if good else 1)


@contextmanager
def filled(rows: int, data: Path | None) -> Iterator[Path]:
    """Give a store's folder with `rows` rows; a throw-away one unless `data` names a place."""
    from zoneinfo import ZoneInfo

    from desktop.benches.million import count_rows, fill_rows
    from desktop.bootstrap import open_desk
    from desktop.services.identity import DEFAULT_TIMEZONE
    from desktop.storage.ids import RandomIds
    from desktop.storage.store import open_store

    made = Path(tempfile.mkdtemp(prefix="amends-bench-")) if data is None else None
    folder = made or data or Path()
    try:
        open_desk(folder).close()
        store = open_store(folder, RandomIds(), _no_rows, ZoneInfo(DEFAULT_TIMEZONE))
        try:
            if not count_rows(store):
                click.echo(f"making {rows:,} rows …", err=True)
                fill_rows(store, rows)
            elif count_rows(store) != rows:
                raise click.UsageError(f"{folder} holds {count_rows(store):,} rows, not {rows:,}")
            elif store.catch_up.behind() is not None:
                raise click.UsageError(f"{folder} was made by an older version; remove it")
        finally:
            store.close()
        yield folder
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _no_rows(_state: object, _at: object) -> Any:
    raise RuntimeError("rows are written in bulk here")


def measure(folder: Path, rows: int, recall: bool = True) -> dict[str, Any]:
    """Return the figures over the store in `folder`, times in milliseconds.

    Counting the recall reads every row several times and takes minutes.
    """
    from zoneinfo import ZoneInfo

    from desktop.services.identity import DEFAULT_TIMEZONE
    from desktop.storage.ids import RandomIds
    from desktop.storage.store import open_store

    store = open_store(folder, RandomIds(), _no_rows, ZoneInfo(DEFAULT_TIMEZONE))
    try:
        queries = store.queries
        return {
            "rows": rows,
            **_paging(queries),
            **_searching(queries, rows, recall),
        }
    finally:
        store.close()


def _paging(queries: SqlTicketQueries) -> dict[str, float]:
    from datetime import UTC, datetime

    from desktop.services.ticket_ports import PageCursor, TicketFilter

    quarter = TicketFilter(
        opened_from=datetime(2024, 6, 30, 16, tzinfo=UTC),
        opened_before=datetime(2024, 9, 30, 16, tzinfo=UTC),
        families=frozenset({"PQ"}),
    )
    filters = (
        TicketFilter(),
        TicketFilter(open_only=True),
        TicketFilter(levels=frozenset({2})),
        TicketFilter(families=frozenset({"TD"})),
        TicketFilter(open_only=True, levels=frozenset({4})),
        quarter,
        TicketFilter(open_only=True, text="退款"),
    )
    first, following, counts = [], [], []
    for wanted in filters * ROUNDS:
        took, rows = _timed(partial(queries.page, wanted, None, PAGE))
        first.append(took)
        cursor = PageCursor(rows[-1].opened_at, rows[-1].stream)
        following.append(_timed(partial(queries.page, wanted, cursor, PAGE))[0])
    for wanted in filters:
        counts.append(_timed(partial(queries.count, wanted))[0])
    return {
        "first_page_p50_ms": _at(first, 0.5),
        "first_page_p99_ms": _at(first, 0.99),
        "next_page_p99_ms": _at(following, 0.99),
        "count_slowest_ms": round(max(counts), 2),
    }


def _worst(slowest: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the slowest questions, each once."""
    first: dict[str, float] = {}
    for took, text in slowest:
        first.setdefault(text, took)
    return [(took, text) for text, took in list(first.items())[:WORST]]


def _by_kind(took: Iterable[tuple[float, str]]) -> dict[str, float]:
    """Return the 99th percentile of each kind of question, in milliseconds."""
    kinds: dict[str, list[float]] = {}
    for ms, text in took:
        kinds.setdefault(_kind(text), []).append(ms)
    return {f"search_p99_{kind}_ms": _at(found, 0.99) for kind, found in sorted(kinds.items())}


def _kind(text: str) -> str:
    if any(letter.isdigit() for letter in text):
        return "numbers"
    if text.isascii():
        return "letters"
    return "two_characters" if len(text) == 2 else "chinese"


def _searching(queries: SqlTicketQueries, rows: int, recall: bool) -> dict[str, Any]:
    from desktop.benches.million import invented
    from desktop.services.ticket_ports import TicketFilter

    chance = Random(3)  # noqa: S311 - which rows are asked for
    wanted = {chance.randrange(rows): "" for _ in range(40)}
    tails = [made.texts[0][-9:] for number, made in enumerate(invented(rows)) if number in wanted]
    asked = [*QUESTIONS, *INITIALS, *tails]
    typed = [text[:end] for text in asked for end in range(1, len(text) + 1)]
    took = []
    for text in typed * 3:
        took.append(_timed(partial(queries.page, TicketFilter(text=text), None, PAGE))[0])
    slowest = sorted(zip(took, typed * 3, strict=True), reverse=True)
    timed = {
        "questions_typed": len(took),
        "search_p50_ms": _at(took, 0.5),
        "search_p99_ms": _at(took, 0.99),
        "search_slowest_ms": round(slowest[0][0], 2),
        "search_slowest": ", ".join(f"{text} {ms:.1f} ms" for ms, text in _worst(slowest)),
        **_by_kind(zip(took, typed * 3, strict=True)),
    }
    if not recall:
        return timed
    missed, checked = _missed(queries, [*QUESTIONS, *INITIALS, *tails[:5]], rows)
    lost = sum(missed.values())
    return {
        **timed,
        "recall": 1.0 if not lost else round(1 - lost / checked, 6),
        "recall_rows_checked": checked,
        "recall_missed": ", ".join(f"{text} {count}" for text, count in missed.items()),
    }


def _missed(
    queries: SqlTicketQueries, questions: list[str], rows: int
) -> tuple[dict[str, int], int]:
    """Compare the whole answer to each question with a reading of every row by other means.

    Returns the rows that each question missed, of those that miss any, and the rows compared.
    """
    from desktop.benches.million import invented
    from desktop.services.ticket_ports import TicketFilter

    due = dict.fromkeys(questions, 0)
    tests: dict[str, Callable[[Words], bool]] = {q: _holds(q) for q in questions}
    for made in invented(rows):
        for question, test in tests.items():
            due[question] += test(made)
    lacking = {
        question: count - queries.count(TicketFilter(text=question))
        for question, count in due.items()
    }
    return {question: lack for question, lack in lacking.items() if lack > 0}, sum(due.values())


def _holds(question: str) -> Callable[[Words], bool]:
    """Return a test by plain text: every word is in the row, or begins a name's initials."""
    if question in INITIALS:
        letters = question

        def by_initials(made: Words) -> bool:
            return any(
                _initials(name)[i:].startswith(letters)
                for name in made.names
                for i in range(len(name))
            )

        return by_initials
    words = question.lower().split()
    return lambda made: all(any(w in text.lower() for text in made.texts) for w in words)


_LETTERS: dict[str, str] = {}


def _initials(name: str) -> str:
    from pypinyin import Style, lazy_pinyin

    if name not in _LETTERS:
        _LETTERS[name] = "".join(p[:1] for p in lazy_pinyin(name, style=Style.FIRST_LETTER))
    return _LETTERS[name]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return (time.perf_counter() - began) * 1000, result


def _at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2)
