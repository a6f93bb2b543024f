"""Gates that hold in every procedure, whatever its author wrote: open work keeps a ticket open."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain import repairs
from desktop.domain.operations import answer_task
from desktop.domain.outcomes import Context
from desktop.domain.policy import LocalText
from desktop.domain.ticket import TicketState


@dataclass(frozen=True, slots=True)
class StandingGate:
    """What is still open, in every language."""

    id: str
    text: LocalText


_ANOTHER_OWNER = StandingGate(
    "another_owner",
    {
        "zh_CN": "重新处理的投诉须由另一人接手，请接手人先确认",
        "en": "A reopened complaint needs another owner; the one who takes it must accept first",
    },
)
_HELP = StandingGate(
    "help_open",
    {
        "zh_CN": "协办请求还没有答复；不再需要时请撤回请求",
        "en": "A request for help is not answered; withdraw it where it is no longer needed",
    },
)
_TASK = StandingGate(
    "task_open",
    {
        "zh_CN": "待财务、营销核查，结果尚未登记",
        "en": "Finance and marketing have not answered the data check yet",
    },
)
_EXTERNAL = StandingGate(
    "external_reply",
    {
        "zh_CN": "外部案件（12315 等）还没有登记答复",
        "en": "An external case (12315 and the like) has no reply recorded",
    },
)
_PROMISE = StandingGate(
    "promise_open",
    {
        "zh_CN": "还有承诺没有兑现；已兑现的请登记，没有兑现的请写明原因",
        "en": "A promise is open: record that it was kept, or why it was not",
    },
)
_REPAIR = StandingGate(
    "repair_dates",
    {
        "zh_CN": "维修超期须登记承诺修复日期和实际修好日期，或写明无法取得的原因",
        "en": "A late repair needs the promised and the actual day, or why they cannot be had",
    },
)


def standing(state: TicketState, context: Context, closing: bool) -> tuple[StandingGate, ...]:
    """Return what blocks a step, or only the closing one.

    R11, AS-09, CL-09, CH-05; CO-08 for promises, CL-08 for the dates of a late repair.
    """
    waiting = state.handover
    found = [_ANOTHER_OWNER] if waiting and waiting.role else []
    if not closing:
        return tuple(found)
    if any(asked.open for asked in state.help_requests.values()):
        found.append(_HELP)
    if answer_task.blocking(state, context.policy):
        found.append(_TASK)
    if any(case.reply_by and not case.replied for case in state.external_cases.values()):
        found.append(_EXTERNAL)
    if any(promise.open for promise in state.promises.values()):
        found.append(_PROMISE)
    if not state.withdrawn and repairs.dates_missing(state, context):
        found.append(_REPAIR)
    return tuple(found)
