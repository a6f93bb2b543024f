"""A busy afternoon on top of a store's history: who waits, what is promised and proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.operations.record_promise import RecordPromise
from desktop.domain.outcomes import Refusal

if TYPE_CHECKING:
    from desktop.domain.operations.base import Command
    from desktop.seeding.history import PlayedClock
    from desktop.services.desk import Desk


@dataclass(frozen=True, slots=True)
class _Case:
    """A complaint `ago` minutes back; `does` follows at once, `waits` are minutes at the counter.

    `promise` is (words, minutes from the end of play until it is due, less than 0 where it ran
    out).
    """

    ago: int
    words: str
    wants: str
    name: str
    phone: str
    product: str
    emotion: int = 3
    vip: bool = False
    waits: int = 0
    code: str = ""
    level: int = 3
    contact: bool = True
    proposed: Decimal | None = None
    promise: tuple[str, int] | None = None


_CASES: Final = (
    _Case(
        *(4400, "空调装好三天就不制冷，约了两次都没人来", "今天必须有人来修", "孙浩"),
        *("13900004402", "挂机空调1.5匹"),
        code="SP-11",
        promise=("师傅上门前先来电话", -40),
    ),
    _Case(
        *(2900, "冰箱门封开裂漏冷，里面的海鲜都坏了", "换门封，赔海鲜", "陈玉兰"),
        *("13900004403", "对开门冰箱560L"),
        code="PQ-06",
        level=2,
        proposed=Decimal("3200.00"),
        promise=("补偿到账", 70),
    ),
    _Case(
        *(1500, "按摩椅送来就有划痕，客服让我自己找厂家", "换一台新的", "刘芳"),
        *("13900004404", "家用按摩椅"),
        code="PQ-01",
        emotion=4,
        proposed=Decimal("2600.00"),
    ),
    _Case(
        *(200, "洗衣机维修后再次漏水，楼下都来敲门了", "换新机，或者全额退款", "王建国"),
        *("13900004405", "滚筒洗衣机TG100"),
        code="PQ-06",
        vip=True,
        promise=("上门检测", 25),
    ),
    _Case(
        *(45, "会员价没有生效，多收了我六十块", "退差价", "赵欣怡"),
        *("13900004406", "进口牛奶礼盒"),
        vip=True,
        contact=False,
    ),
    _Case(
        *(14, "孩子吃了酸奶以后一直吐，现在在医院", "赔医药费，查清楚", "周慧"),
        *("13900004401", "草莓酸奶6杯"),
        emotion=5,
        code="PQ-02",
        level=1,
        contact=False,
        waits=12,
    ),
    _Case(
        *(7, "买的电饭煲内胆掉涂层，才用了一个月", "换货", "李明"),
        *("13900004407", "电饭煲4L"),
        contact=False,
        waits=6,
    ),
)


def play(desk: Desk, clock: PlayedClock, until: datetime) -> None:
    """Open the day's complaints as the person logged in, ending at `until`.

    Raises RuntimeError where the rules refuse what is played.
    """
    for case in _CASES:
        clock.at = until - timedelta(minutes=case.ago)
        _open(desk, clock, case, until)
    clock.at = until


def _open(desk: Desk, clock: PlayedClock, case: _Case, until: datetime) -> None:
    opened = desk.open_ticket(
        {
            "verbatim": case.words,
            "expectation": case.wants,
            "emotion": case.emotion,
            "customer_name": case.name,
            "phone": case.phone,
            "product": case.product,
            "tier": "vip" if case.vip else "ordinary",
        },
        channel="walk_in" if case.waits else "store_phone",
        quick=False,
        arrived_at=until - timedelta(minutes=case.waits) if case.waits else None,
        draft=None,
    )
    if isinstance(opened, Refusal):
        raise RuntimeError(f"a complaint of the busy day was refused: {opened.code}")
    for command in _acts(desk, case, until):
        clock.at += timedelta(minutes=1)
        done = desk.act(opened.stream, command)
        if isinstance(done, Refusal):
            raise RuntimeError(f"an act of the busy day was refused: {done.code} {done.values}")


def _acts(desk: Desk, case: _Case, until: datetime) -> list[Command]:
    new_id = desk.use_cases.ids.new_id
    acts: list[Command] = []
    if case.contact:
        acts.append(ContactCustomer("first_response", "phone"))
    if case.code:
        acts.append(ClassifyTicket(case.code, case.level))
    if case.proposed is not None:
        item = new_id("I")
        acts.append(
            ProposeCompensation(item, "voucher", "goodwill", case.proposed, reason=case.wants)
        )
    if case.promise is not None:
        words, minutes = case.promise
        acts.append(RecordPromise(new_id("P"), words, due=until + timedelta(minutes=minutes)))
    return acts
