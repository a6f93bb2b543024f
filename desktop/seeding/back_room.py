"""What stands in a store's back room: a handover signed, a root cause in hand, two PCs at odds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from desktop.domain.improvement.root_cause import AddBone, AnswerWhy, Command, Conclude, PlanAction
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.outcomes import Refusal
from desktop.seeding.people import DEMO_PASSWORD
from desktop.services.courier_ports import Carried, Exported
from desktop.services.handover import Signature

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desktop.services.desk import Desk
    from desktop.services.ticket_ports import TicketRow

#: How long the action of a root cause has.
DUE_IN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Analysis:
    """What the store found out: whys, root cause, bones as (rib, words), and what it does."""

    whys: tuple[str, ...]
    root: str
    bones: tuple[tuple[str, str], ...]
    action: str


#: By the family of the code; the rest is about people waiting for somebody.
_ANALYSES: Final = {
    "PQ": _Analysis(
        ("外箱在末端配送时被压坏", "重货压在轻货上面，装车没有分层", "装车单没有写堆码要求"),
        "装车单缺少堆码要求，司机无从遵守",
        (("method", "没有堆码标准"), ("material", "外箱抗压不足")),
        "装车单增加堆码层数和方向",
    ),
    "TD": _Analysis(
        ("收银价与货架价签不一致", "改价当晚没有换完价签", "换签没有清单，换没换无人核对"),
        "改价后没有换签清单和复核",
        (("method", "没有换签清单"), ("measurement", "开门前不核价")),
        "改价当晚打印换签清单，开门前两人核价",
    ),
}
_WAITING: Final = _Analysis(
    ("约好的日子没有人上门", "派单只看片区，不看师傅手上还有几单", "派单表里没有在手单数"),
    "派单不看在手单数，排满了也没有人知道",
    (("method", "派单只看片区"), ("measurement", "过期未上门没有提醒")),
    "派单表增加在手单数，超过六单改派",
)


def hand_over(desk: Desk, taker: str) -> None:
    """Let the person logged in sign a handover to `taker`; RuntimeError where it is refused."""
    giver = desk.person
    if giver is None:
        raise RuntimeError("nobody is logged in to hand over")
    handovers, actor = desk.use_cases.handovers, desk.actor()
    sheet = handovers.draft(actor).sheet
    own, other = (Signature(login, DEMO_PASSWORD) for login in (giver.login, taker))
    _sure(handovers.sign(sheet, actor, own, other))


def seek_cause(desk: Desk, now: datetime) -> None:
    """Work on the root cause of the month's first signal, where there is one."""
    month = f"{now:%Y-%m}"
    found = desk.signals(month, "zh_CN")
    if not found:
        return
    signal, name, *_rest = found[0]
    cause = desk.open_cause(signal, month, f"{month} {name} {signal.n} 件")
    told = _ANALYSES.get(signal.key[:2], _WAITING)
    whys = [AnswerWhy(number, words) for number, words in enumerate(told.whys, start=1)]
    owner = next(person.id for person in desk.people() if person.role == "supervisor")
    plan = PlanAction(desk.new_action(), told.action, owner, (now + DUE_IN).date())
    bones = [AddBone(rib, words) for rib, words in told.bones]
    acts: list[Command] = [*whys, *bones, Conclude(told.root), plan]
    for act in acts:
        _sure(desk.work_on_cause(cause, act))


def part_ways(here: Desk, there: Desk, row: TicketRow, folder: Path) -> None:
    """Let two PCs of the store classify one complaint at once, each carrying it to the other."""
    _carry(here, there, folder / "out.amends")
    _sure(here.act(row.stream, ClassifyTicket("SP-11", 3)))
    _sure(there.act(row.stream, ClassifyTicket("SP-01", 3)))
    _carry(there, here, folder / "back.amends")


def _carry(source: Desk, target: Desk, path: Path) -> None:
    store = source.store.store
    written = source.use_cases.courier.export_to_peer(path, store)
    if not isinstance(written, Exported):
        raise RuntimeError(f"a courier file was refused: {written.code}")
    taken = target.use_cases.courier.take(path, written.code, store)
    if not isinstance(taken, Carried):
        raise RuntimeError(f"a courier file was not taken: {taken.code}")


def _sure(outcome: object) -> None:
    if isinstance(outcome, Refusal):
        raise RuntimeError(f"an act of the back room was refused: {outcome.code} {outcome.values}")
