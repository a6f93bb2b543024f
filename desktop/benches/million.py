"""A store's list at full size: rows and search words written in bulk by the projections' code.

The rows have no events behind them; they serve lists and search, not tickets. Each row's values
and words come from the same functions as a real ticket's, so the index is as it would be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from desktop.domain.rows import Summary
from desktop.storage import list_rows
from desktop.storage.list_rows import key_floor
from desktop.storage.projections import Projector
from desktop.storage.store import StoreData
from desktop.storage.tables import ticket_row

#: Complaints that are open.
OPEN: Final = 200
_AT_ONCE: Final = 10_000
_END: Final = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
_SPAN: Final = timedelta(days=3 * 365)
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾"
_GIVEN: Final = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超霞平刚文博雨欣子涵思远建国志华玉兰"
_GOODS: Final = (
    "速冻水饺", "纯牛奶", "婴儿奶粉", "酸奶", "冷鲜鸡", "电饭煲", "行李箱", "洗衣液", "五花肉",
    "草莓", "面包", "保温杯", "儿童自行车", "羽绒服", "花生油", "火锅底料", "空气炸锅", "冰箱",
)  # fmt: skip
_TROUBLES: Final = (
    "买回家打开有异味", "生产日期看不清，怀疑过期", "结账价格和价签不一样，多收了钱",
    "促销写着第二件半价，收银说不参加", "用了两天就坏了", "包装破损，漏了一地", "里面吃出异物",
    "说好当天送到，等到晚上也没来", "店员态度不好，问了三次没人理", "称重少了快一百克",
    "会员积分没有到账", "维修后又出现同样的问题", "楼下来敲门说漏水", "扫码付款扣了两次",
)  # fmt: skip
_WISHES: Final = ("退款", "换货", "按海报价结算", "道歉并退货", "补齐差价", "维修", "赔偿")
_CODES: Final = (
    ("PQ-01", "PQ", 3), ("PQ-02", "PQ", 2),
    ("PQ-07", "PQ", 3), ("SP-01", "SP", 4), ("TD-01", "TD", 3),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What one row was filled with, to check what a search finds."""

    key: int
    texts: tuple[str, ...]
    names: tuple[str, ...]


def fill_rows(data: StoreData, rows: int, seed: int = 1) -> None:
    """Add `rows` rows of invented complaints over three years up to a fixed day."""
    projector = data.projector
    chance = Random(seed)  # noqa: S311 - invented history, nothing secret
    for at in range(0, rows, _AT_ONCE):
        count = min(_AT_ONCE, rows - at)
        with data.database.write() as connection:
            _write(connection, projector, [_summary(chance, at + n, rows) for n in range(count)])


def count_rows(data: StoreData) -> int:
    """Return how many rows there are."""
    with data.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(ticket_row)).scalar_one())


def _write(connection: Connection, projector: Projector, made: Sequence[Summary]) -> None:
    list_rows.replace(connection, {summary.stream: projector.row(summary, 0) for summary in made})


def _summary(chance: Random, number: int, of: int) -> Summary:
    opened = _END - _SPAN + _SPAN * ((number + 1) / of)
    # Whole milliseconds apart, as keys are made from them.
    opened = opened.replace(microsecond=opened.microsecond // 1000 * 1000)
    local = opened.astimezone(ZoneInfo("Asia/Shanghai"))
    name = chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2))))
    goods, trouble = chance.choice(_GOODS), chance.choice(_TROUBLES)
    words = f"{goods}，{trouble}，要求{chance.choice(_WISHES)}"
    code, family, level = chance.choice(_CODES)
    shown = f"S0217-A-{local:%y%m%d}-{number % 1000:03d}-{chance.choice('ABCDEFGHJKMNPQRSTVWXYZ')}"
    # A store has few complaints open at a time, however many it ever had.
    closed = number < of - OPEN
    phone = f"1{chance.choice('3578')}{chance.randrange(10**9):09d}"
    return Summary(
        stream=f"T{number:012d}",
        number=shown,
        opened_at=opened,
        updated_at=opened + timedelta(hours=2),
        node="closed" if closed else "investigated",
        closed_at=opened + timedelta(hours=30) if closed else None,
        solved_at=opened + timedelta(hours=20) if closed else None,
        level=level,
        code=code,
        family=family,
        emotion=chance.randint(1, 5),
        tier="ordinary",
        channel="counter",
        store="S0217",
        owner="P6DGHK5D89A905",
        customer_name=name,
        phone=phone,
        form_serial=None,
        product=goods,
        summary=words,
        due_at=None if closed else _END + timedelta(minutes=chance.randrange(-600, 6000)),
        due_clock="" if closed else "first_response",
        due_rule="" if closed else "ordinary",
        pending_approvals=0 if closed else int(chance.random() < 0.05),
        conflicts=0,
        anomalies=0,
        waiting_since=None,
        waiting_due=None,
        surveyed_at=None,
        survey_score=None,
        words=(shown, name, goods, words, code),
        names=(name, goods),
    )


def invented(rows: int, seed: int = 1) -> Iterator[Words]:
    """Yield again what `fill_rows` wrote with the same figures."""
    chance = Random(seed)  # noqa: S311 - the same invented history
    for number in range(rows):
        made = _summary(chance, number, rows)
        yield Words(key_floor(made.opened_at), (*made.words, made.phone_tail), made.names)
