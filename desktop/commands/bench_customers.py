"""`amends bench customers`: members and orders read in from CSV, then found, with the memory."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from desktop.commands.bench_report import peak

if TYPE_CHECKING:
    from desktop.services.customer_card import CustomerCards
    from desktop.services.customers import Customers
    from desktop.services.use_cases import UseCases

_NAMES: Final = ("王芳", "李伟", "欧阳静怡", "张敏", "刘洋", "陈思远", "何丽", "赵磊")
_GOODS: Final = ("纯牛奶250毫升12盒", "空气炸锅4.5升", "花生油5升", "儿童书包", "草莓酸奶6杯")
_STORES: Final = ("无锡滨湖店", "成都人民路店", "厦门万达广场店")
#: How often a snapshot is looked into.
LOOKS: Final = 1_000


@click.command("customers")
@click.option("--rows", type=click.IntRange(1, 1_000_000), default=100_000, show_default=True,
              help="Members, and as many orders.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_customers(rows: int, as_json: bool) -> None:
    """Measure the import of customers into a new store, again over itself, and stopped half way.

    \b
    Example:
      amends bench customers --rows 100000

    The files are made up and the store is removed afterwards. Times are by the wall clock and of
    the processor; memory is the most that this process ever held, beside what it held before.
    """
    from desktop.bootstrap import open_desk

    with tempfile.TemporaryDirectory(prefix="amends-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        files = [_file(folder / "members.csv", _members(rows)),
                 _file(folder / "orders.csv", _orders(rows))]  # fmt: skip
        desk = open_desk(folder / "store")
        try:
            found = _measured(desk.use_cases, files, rows)
        finally:
            desk.close()
    click.echo(json.dumps(found) if as_json else _table(found))


def _members(rows: int) -> Iterator[str]:
    yield "会员号,姓名,手机号"
    for n in range(rows):
        yield f"M{n:09},{_NAMES[n % len(_NAMES)]},{_phone(n)}"


def _orders(rows: int) -> Iterator[str]:
    yield "小票号,会员号,手机号,购买日期,金额,商品,门店"
    for n in range(rows):
        who = n * 7919 % rows
        day, amount = f"2026/{n % 12 + 1:02}/{n % 28 + 1:02}", f'"¥{n % 4000:,}.50"'
        goods, store = _GOODS[n % len(_GOODS)], _STORES[n % len(_STORES)]
        yield f"R{n:010},M{who:09},{_phone(who)},{day},{amount},{goods},{store}"


def _file(path: Path, lines: Iterator[str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        out.writelines(f"{line}\r\n" for line in lines)
    return path


def _measured(use: UseCases, files: list[Path], rows: int) -> dict[str, Any]:
    import psutil  # type: ignore[import-untyped]

    from desktop.domain.outcomes import Refusal

    customers = use.paper.customers
    process = psutil.Process()
    before = process.memory_info().rss

    def take() -> None:
        made = customers.replace([path.read_bytes() for path in files])
        if isinstance(made, Refusal) or (made.members, made.orders) != (rows, rows):
            raise click.ClickException(f"not everything came in: {made}")

    first = _timed(take)
    top = peak(process.memory_info())
    return {
        "members": rows,
        "orders": rows,
        "files_mb": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "first": first,
        "again": _timed(take),
        "stop_seconds": _stopped(customers, files),
        "card_by_phone_ms": _looks(use.customer_cards, lambda n: {"phone": _phone(n)}, rows),
        "card_by_receipt_ms": _looks(
            use.customer_cards, lambda n: {"receipt_no": f"R{n:010}"}, rows
        ),
        "memory_before_mb": round(before / 1e6),
        "peak_memory_mb": round(top / 1e6),
    }


def _phone(n: int) -> str:
    return f"1{38 + n % 2}{n:08}"


def _timed(act: Callable[[], object]) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    act()
    return {
        "seconds": round(time.perf_counter() - began, 2),
        "cpu": round(time.process_time() - used, 2),
    }


def _stopped(customers: Customers, files: list[Path]) -> float:
    """Return the seconds from the wish to stop half way until everything is left as it was."""
    from desktop.services.exporting import Cancelled

    wished: list[float] = []

    def progress(done: int, total: int) -> None:
        if done * 2 >= total and not wished:
            wished.append(time.perf_counter())

    try:
        customers.replace([path.read_bytes() for path in files], progress, lambda: bool(wished))
    except Cancelled:
        return round(time.perf_counter() - wished[0], 3)
    raise click.ClickException("the import did not stop")


def _looks(
    cards: CustomerCards, typed: Callable[[int], dict[str, str]], rows: int
) -> dict[str, float]:
    """Return p50 and p99 in milliseconds of customer cards asked for while somebody types."""
    taken = []
    for look in range(LOOKS):
        began = time.perf_counter()
        if cards.find(typed(look * 104_729 % rows)) is None:
            raise click.ClickException("a customer that was read in is not found")
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "p50": round(statistics.median(taken), 2),
        "p99": round(statistics.quantiles(taken, n=100)[98], 2),
    }


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['members']} members, {found['orders']} orders, {found['files_mb']} MB of CSV"]
    for name in ("first", "again"):
        taken = found[name]
        lines.append(f"{name:20} {taken['seconds']:.2f} s, {taken['cpu']:.2f} s of processor")
    lines.append(f"{'stopped half way':20} after {found['stop_seconds'] * 1000:.0f} ms")
    for name in ("card_by_phone_ms", "card_by_receipt_ms"):
        taken = found[name]
        lines.append(f"{name:20} p50 {taken['p50']}, p99 {taken['p99']}")
    before, top = found["memory_before_mb"], found["peak_memory_mb"]
    lines.append(f"{'memory':20} {before} MB before, at most {top} MB")
    return "\n".join(lines)
