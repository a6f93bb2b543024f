"""A root cause (根因分析) as the fold of its events: 5 Whys, fishbone, actions, verification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, Final, Literal, TypeAlias

from desktop.domain.events import Draft, Event, JsonValue, PersonalValue
from desktop.domain.improvement.blame import blames_a_person
from desktop.domain.improvement.effects import EFFECT_DAYS, LEAST_EFFECT_DAYS
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Actor, Decision, Refusal
from desktop.domain.parts import Mark

KIND: Final = "cause.opened"
KIND_WHY: Final = "cause.why"
KIND_BONE: Final = "cause.bone"
KIND_CONCLUDED: Final = "cause.concluded"
KIND_ACTION: Final = "cause.action"
KIND_DONE: Final = "cause.action_done"
KIND_VERIFIED: Final = "cause.verified"

WHYS: Final = 5
#: A chain of fewer whys has hardly left the symptom.
FEWEST_WHYS: Final = 3
#: 人机料法环测 (QA-04).
RIBS: Final = ("people", "machine", "material", "method", "environment", "measurement")
MANAGERS: Final = frozenset({"supervisor", "department_head", "regional_manager"})

Outcome: TypeAlias = Literal["effective", "not_effective"]


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action: who does it until when, its evidence, and whether it worked.

    `effective` is the day from which it works; the effect is measured around it. `attachment` is
    the SHA-256 of the file that proves it, as it was when it was taken in; `file` its name.
    """

    id: str
    mark: Mark
    text: PersonalValue
    owner: str
    due: date
    done: Mark | None = None
    effective: date | None = None
    evidence: str = ""
    attachment: str = ""
    file: PersonalValue = ""
    note: PersonalValue = ""
    verified: Mark | None = None
    outcome: str = ""
    finding: PersonalValue = ""

    def state(self, today: date) -> str:
        """Return open, overdue, done, verified or failed."""
        if self.verified:
            return "verified" if self.outcome == "effective" else "failed"
        if self.done:
            return "done"
        return "overdue" if today > self.due else "open"

    def to_verify(self, today: date) -> date | None:
        """Return by when its quarterly verification is asked for; None where it is not yet.

        It can be judged 30 days after it took effect, and is to be judged within 90 (QA-06).
        """
        if self.done is None or self.verified or self.effective is None:
            return None
        if today < self.effective + timedelta(days=LEAST_EFFECT_DAYS):
            return None
        return self.effective + timedelta(days=EFFECT_DAYS)


@dataclass(frozen=True, slots=True)
class RootCause:
    """One root cause analysis; `key` is the kind of complaint (code|sku:… or code|batch:…)."""

    id: str
    opened: Mark | None = None
    key: str = ""
    month: str = ""
    stores: tuple[str, ...] = ()
    rule: str = ""
    count: int = 0
    problem: PersonalValue = ""
    whys: Mapping[int, PersonalValue] = field(default_factory=dict)
    bones: tuple[tuple[str, PersonalValue], ...] = ()
    root: PersonalValue = ""
    concluded: Mark | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The complaint code of its kind."""
        return self.key.split("|")[0]

    @property
    def ended(self) -> bool:
        """Whether it is concluded and every action is verified."""
        return (
            self.concluded is not None
            and bool(self.actions)
            and all(action.verified for action in self.actions.values())
        )


@dataclass(frozen=True, slots=True)
class OpenCause:
    """Why it is opened: QA-02 (repeats), AN-09 (rise), AN-02 (emerging), or manual."""

    key: str
    month: str
    stores: tuple[str, ...]
    rule: str
    count: int
    problem: str


@dataclass(frozen=True, slots=True)
class AnswerWhy:
    """The answer to the n-th why, 1 to 5; a later one replaces it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class AddBone:
    """A possible cause on one rib of the fishbone."""

    rib: str
    text: str


@dataclass(frozen=True, slots=True)
class Conclude:
    """The root cause in a sentence."""

    root: str


@dataclass(frozen=True, slots=True)
class PlanAction:
    """A new action: `owner` is a person's id."""

    action: str
    text: str
    owner: str
    due: date


@dataclass(frozen=True, slots=True)
class FinishAction:
    """The action is done: from when it works, and what proves it: a reference or a file kept here.

    `attachment` is the SHA-256 of the file, `file` its name.
    """

    action: str
    effective: date
    evidence: str
    note: str = ""
    attachment: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class VerifyAction:
    """The quarterly verification of an action (QA-06)."""

    action: str
    outcome: Outcome
    finding: str


Command: TypeAlias = (
    OpenCause | AnswerWhy | AddBone | Conclude | PlanAction | FinishAction | VerifyAction
)


def decide(state: RootCause, command: Command, actor: Actor, today: date) -> Decision:
    """Return the changes of a command, or why not; analyses are for managers."""
    if actor.role not in MANAGERS:
        return Refusal("cause_role")
    if isinstance(command, OpenCause):
        return _open(state, command)
    if state.opened is None:
        return Refusal("cause_unknown")
    deciders: dict[type, Callable[..., Decision]] = {
        AnswerWhy: _why,
        AddBone: _bone,
        Conclude: _conclude,
        PlanAction: _plan,
        FinishAction: _finish,
        VerifyAction: _verify,
    }
    return deciders[type(command)](state, command, actor, today)


def _open(state: RootCause, command: OpenCause) -> Decision:
    if state.opened:
        return Accepted(())
    if not command.problem.strip():
        return Refusal("cause_empty")
    data: dict[str, JsonValue] = {
        "key": command.key,
        "month": command.month,
        "stores": list(command.stores),
        "rule": command.rule,
        "count": command.count,
    }
    return Accepted((Draft(KIND, data, {"problem": command.problem.strip()}),))


def _why(state: RootCause, command: AnswerWhy, _actor: Actor, _today: date) -> Decision:
    if not 1 <= command.number <= WHYS:
        raise ValueError(f"there is no why number {command.number}")
    if not command.text.strip():
        return Refusal("cause_empty")
    if state.whys.get(command.number) == command.text.strip():
        return Accepted(())
    if command.number > 1 and command.number - 1 not in state.whys:
        return Refusal("cause_why_order", {"number": command.number - 1})
    return Accepted((Draft(KIND_WHY, {"n": command.number}, {"text": command.text.strip()}),))


def _bone(_state: RootCause, command: AddBone, _actor: Actor, _today: date) -> Decision:
    if command.rib not in RIBS:
        raise ValueError(f"the fishbone has no rib {command.rib}")
    if not command.text.strip():
        return Refusal("cause_empty")
    return Accepted((Draft(KIND_BONE, {"rib": command.rib}, {"text": command.text.strip()}),))


def _conclude(state: RootCause, command: Conclude, _actor: Actor, _today: date) -> Decision:
    """Refuse too few whys and a cause that stops at a careless person (QA-03)."""
    if not command.root.strip():
        return Refusal("cause_empty")
    if len(state.whys) < FEWEST_WHYS:
        return Refusal("cause_whys_few", {"least": FEWEST_WHYS})
    if blames_a_person(command.root):
        return Refusal("cause_blames")
    return Accepted((Draft(KIND_CONCLUDED, {}, {"root": command.root.strip()}),))


def _plan(state: RootCause, command: PlanAction, _actor: Actor, today: date) -> Decision:
    if command.action in state.actions:
        return Accepted(())
    if not command.text.strip():
        return Refusal("cause_empty")
    if not command.owner:
        return Refusal("action_owner")
    if command.due < today:
        return Refusal("action_due", {"day": command.due.isoformat()})
    data = {"action": command.action, "owner": command.owner, "due": command.due.isoformat()}
    return Accepted((Draft(KIND_ACTION, data, {"text": command.text.strip()}),))


def _finish(state: RootCause, command: FinishAction, _actor: Actor, today: date) -> Decision:
    action = state.actions.get(command.action)
    if action is None or action.done:
        return Refusal("action_unknown")
    if not command.evidence.strip() and not command.attachment:
        return Refusal("action_evidence")
    if command.effective > today:
        return Refusal("action_future", {"day": command.effective.isoformat()})
    data = {"action": action.id, "effective": command.effective.isoformat()}
    if command.attachment:
        data["attachment"] = command.attachment
    texts = base.personal(evidence=command.evidence, note=command.note, file=command.file)
    return Accepted((Draft(KIND_DONE, data, texts),))


def _verify(state: RootCause, command: VerifyAction, actor: Actor, today: date) -> Decision:
    """Refuse before there is an effect to see, and by the one who did it."""
    action = state.actions.get(command.action)
    if action is None or action.done is None or action.effective is None:
        return Refusal("action_not_done")
    if action.verified:
        return Refusal("action_verified")
    if actor.person == action.owner:
        return Refusal("action_self")
    ready = action.effective + timedelta(days=LEAST_EFFECT_DAYS)
    if today < ready:
        return Refusal("action_early", {"day": ready.isoformat()})
    if not command.finding.strip():
        return Refusal("cause_empty")
    data = {"action": action.id, "outcome": command.outcome}
    return Accepted((Draft(KIND_VERIFIED, data, {"finding": command.finding.strip()}),))


def fold(stream: str, events: Iterable[Event]) -> RootCause:
    """Return the analysis that the events make; it never refuses."""
    return reduce(apply, sorted(events, key=lambda e: e.order), RootCause(stream))


def apply(state: RootCause, event: Event) -> RootCause:
    """Return the analysis after one more event; unknown kinds change nothing."""
    change = _APPLY.get(event.kind)
    return change(state, event) if change else state


def _opened(state: RootCause, event: Event) -> RootCause:
    if state.opened:
        return state
    return replace(
        state,
        opened=base.mark(event),
        key=base.read_str(event.data, "key"),
        month=base.read_str(event.data, "month"),
        stores=base.read_strs(event.data, "stores"),
        rule=base.read_str(event.data, "rule"),
        count=base.read_int(event.data, "count") or 0,
        problem=event.personal.get("problem", ""),
    )


def _answered(state: RootCause, event: Event) -> RootCause:
    number = base.read_int(event.data, "n") or 0
    return replace(state, whys={**state.whys, number: event.personal.get("text", "")})


def _boned(state: RootCause, event: Event) -> RootCause:
    bone = (base.read_str(event.data, "rib"), event.personal.get("text", ""))
    return replace(state, bones=(*state.bones, bone))


def _ended(state: RootCause, event: Event) -> RootCause:
    return replace(state, root=event.personal.get("root", ""), concluded=base.mark(event))


def _planned(state: RootCause, event: Event) -> RootCause:
    name = base.read_str(event.data, "action")
    due = base.read_date(event.data, "due")
    if not name or due is None or name in state.actions:
        return state
    text, owner = event.personal.get("text", ""), base.read_str(event.data, "owner")
    action = Action(name, base.mark(event), text, owner, due)
    return replace(state, actions={**state.actions, name: action})


def _finished(state: RootCause, event: Event) -> RootCause:
    evidence = event.personal.get("evidence", "")
    return _changed(
        state,
        event,
        done=base.mark(event),
        effective=base.read_date(event.data, "effective"),
        evidence=evidence if isinstance(evidence, str) else "",
        attachment=base.read_str(event.data, "attachment"),
        file=event.personal.get("file", ""),
        note=event.personal.get("note", ""),
    )


def _checked(state: RootCause, event: Event) -> RootCause:
    outcome, finding = base.read_str(event.data, "outcome"), event.personal.get("finding", "")
    return _changed(state, event, verified=base.mark(event), outcome=outcome, finding=finding)


def _changed(state: RootCause, event: Event, **changes: Any) -> RootCause:
    action = state.actions.get(base.read_str(event.data, "action"))
    if action is None:
        return state
    return replace(state, actions={**state.actions, action.id: replace(action, **changes)})


_APPLY: Final[dict[str, Callable[[RootCause, Event], RootCause]]] = {
    KIND: _opened,
    KIND_WHY: _answered,
    KIND_BONE: _boned,
    KIND_CONCLUDED: _ended,
    KIND_ACTION: _planned,
    KIND_DONE: _finished,
    KIND_VERIFIED: _checked,
}


def shown(value: PersonalValue) -> str:
    """Return a personal value as text; empty when it was erased or has not arrived."""
    return value if isinstance(value, str) else ""
