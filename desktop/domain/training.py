"""The training store (训练店, SY-05, QA-09): scripted customers, and how a run is scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.outcomes import Role
from desktop.domain.papers import Lang, StoreIdentity
from desktop.domain.policy import LocalText, Policy
from desktop.domain.ticket import TicketState

KIND_SCORED: Final = "training.scored"
#: Streams of training runs begin with R.
STREAM_PREFIX: Final = "R"

Milestone = Literal["start", "opened", "classified", "contacted", "proposed", "solved"]
MILESTONES: Final[tuple[Milestone, ...]] = (
    "start",
    "opened",
    "classified",
    "contacted",
    "proposed",
    "solved",
)
MarkName = Literal[
    "response", "code", "level", "emotion", "gates", "promises", "money", "law", "solved"
]
#: What each part of the score is worth; together 100.
WORTH: Final[Mapping[MarkName, int]] = {
    "response": 15,
    "code": 15,
    "level": 15,
    "emotion": 5,
    "gates": 15,
    "promises": 10,
    "money": 10,
    "law": 5,
    "solved": 10,
}
_PER_REFUSAL: Final = 5
#: Refusals that only say that a field is missing are no attempt to pass a gate.
_TYPING: Final = ("missing", "empty", "invalid", "vague", "past", "range")


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """What the customer says once `after` is reached, and a hint for the trainee."""

    after: Milestone
    say: LocalText
    hint: LocalText


@dataclass(frozen=True, slots=True)
class LawQuestion:
    """A question on the law; `right` counts from 1, `card` is the law card that answers it."""

    question: LocalText
    answers: tuple[LocalText, ...]
    right: int
    card: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scripted customer: what they say, the facts they give, what a good run looks like.

    `codes` are those that count as right, `most` the highest goodwill in yuan that is reasonable,
    `trap` what the customer tries to make the trainee give.
    """

    id: str
    title: LocalText
    about: LocalText
    limit: timedelta
    first_response: timedelta
    customer: Mapping[str, str]
    codes: tuple[str, ...]
    level: int
    emotion: int
    most: Decimal
    lines: tuple[SpokenLine, ...]
    trap: LocalText
    law: LawQuestion


@dataclass(frozen=True, slots=True)
class Run:
    """What happened in one run; `refused` are the codes of refusals, `answer` counts from 1."""

    started: datetime
    ended: datetime
    state: TicketState | None
    role: Role
    refused: tuple[str, ...] = ()
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One part of the score; `reason` names a text `training.why.<reason>`, `values` fill it."""

    name: MarkName
    got: int
    most: int
    reason: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """A scored run; 100 points at most."""

    scenario: str
    person: str
    started: datetime
    ended: datetime
    marks: tuple[Mark, ...]

    @property
    def points(self) -> int:
        """The sum of the marks."""
        return sum(mark.got for mark in self.marks)


@dataclass(frozen=True, slots=True)
class TrainingPaper:
    """What prints of a scored run."""

    score: Score
    title: LocalText
    trap: LocalText
    people: Mapping[str, str]
    identity: StoreIdentity
    printed_at: datetime
    lang: Lang


def reached(state: TicketState | None) -> frozenset[Milestone]:
    """Return the milestones that a complaint has reached; without one, only the start."""
    if state is None or state.opened is None:
        return frozenset({"start"})
    facts: tuple[tuple[Milestone, bool], ...] = (
        ("start", True),
        ("opened", True),
        ("classified", bool(state.text("code"))),
        ("contacted", bool(state.contacts)),
        ("proposed", bool(state.compensation)),
        ("solved", state.solved is not None),
    )
    return frozenset(name for name, holds in facts if holds)


def spoken(scenario: Scenario, state: TicketState | None) -> tuple[SpokenLine, ...]:
    """Return what the customer has said by now, in the order of the script.

    A line waits for those before it, so that skipping ahead does not jumble the talk.
    """
    known = reached(state)
    far = max(MILESTONES.index(name) for name in known)
    return tuple(line for line in scenario.lines if MILESTONES.index(line.after) <= far)


def score(scenario: Scenario, run: Run, person: str, policy: Policy) -> Score:
    """Return the score with a reason for every part (QA-09)."""
    marks = (
        _response(scenario, run),
        _code(scenario, run),
        _level(scenario, run),
        _emotion(scenario, run),
        _gates(run),
        _promises(run, policy),
        _money(scenario, run),
        _law(scenario, run),
        _solved(run),
    )
    return Score(scenario.id, person, run.started, run.ended, marks)


def _mark(name: MarkName, share: float, reason: str, **values: object) -> Mark:
    most = WORTH[name]
    words = {key: str(value) for key, value in values.items()}
    return Mark(name, round(most * share), most, f"{name}.{reason}", words)


def _response(scenario: Scenario, run: Run) -> Mark:
    limit = scenario.first_response
    minutes = int(limit.total_seconds()) // 60
    contacts = run.state.contacts if run.state else ()
    if contacts and contacts[0].mark.at - run.started <= limit:
        return _mark("response", 1, "in_time", limit=minutes)
    opened = run.state.opened if run.state else None
    if opened is not None and opened.at - run.started <= limit:
        return _mark("response", 0.6, "opened_only", limit=minutes)
    return _mark("response", 0, "late" if opened else "nothing", limit=minutes)


def _code(scenario: Scenario, run: Run) -> Mark:
    chosen = run.state.text("code") if run.state else ""
    wanted = " / ".join(scenario.codes)
    if chosen in scenario.codes:
        return _mark("code", 1, "right", code=chosen)
    if not chosen:
        return _mark("code", 0, "none", wanted=wanted)
    near = chosen[:2] in {code[:2] for code in scenario.codes}
    return _mark("code", 0.4 if near else 0, "wrong", code=chosen, wanted=wanted)


def _level(scenario: Scenario, run: Run) -> Mark:
    chosen = run.state.value("level") if run.state else None
    if chosen == scenario.level:
        return _mark("level", 1, "right", level=scenario.level)
    if chosen is None:
        return _mark("level", 0, "none", wanted=scenario.level)
    return _mark("level", 0, "wrong", level=chosen, wanted=scenario.level)


def _emotion(scenario: Scenario, run: Run) -> Mark:
    chosen = run.state.value("emotion") if run.state else None
    if not isinstance(chosen, int):
        return _mark("emotion", 0, "none", wanted=scenario.emotion)
    far = abs(chosen - scenario.emotion)
    share = {0: 1.0, 1: 0.6}.get(far, 0.0)
    return _mark("emotion", share, "seen" if share else "far", n=chosen, wanted=scenario.emotion)


def _gates(run: Run) -> Mark:
    tried = [code for code in run.refused if not any(word in code for word in _TYPING)]
    if run.state is None:
        return _mark("gates", 0, "nothing")
    if not tried:
        return _mark("gates", 1, "respected")
    lost = min(len(tried) * _PER_REFUSAL, WORTH["gates"])
    return _mark("gates", 1 - lost / WORTH["gates"], "tried", n=len(tried))


def _promises(run: Run, policy: Policy) -> Mark:
    if run.state is None:
        return _mark("promises", 0, "nothing")
    if any(promise.over_authority for promise in run.state.promises.values()):
        return _mark("promises", 0, "over_authority")
    said = forbidden_words(_written(run.state), run.role, policy)
    if said:
        return _mark("promises", 0, "words", words="、".join(said))
    return _mark("promises", 1, "kept_small")


def forbidden_words(texts: Sequence[str], role: Role, policy: Policy) -> tuple[str, ...]:
    """Return the words in `texts` that promise what `role` may not give (CO-08, R15)."""
    may = {row.instrument for row in policy.authority if row.role == role}
    whole = "\n".join(texts).lower()
    return tuple(
        word
        for row in policy.promises
        if row.instrument is None or row.instrument not in may
        for words in row.words.values()
        for word in words
        if word.lower() in whole
    )


def _written(state: TicketState) -> list[str]:
    texts: list[object] = [promise.text for promise in state.promises.values()]
    texts += [contact.note for contact in state.contacts]
    texts += [comment.text for comment in state.comments]
    texts.append(state.solution)
    return [text for text in texts if isinstance(text, str)]


def _money(scenario: Scenario, run: Run) -> Mark:
    if run.state is None:
        return _mark("money", 0, "nothing")
    given = sum((i.amount for i in run.state.open_items if i.ledger == "goodwill"), Decimal(0))
    values = {"given": f"{given:,.2f}", "most": f"{scenario.most:,.2f}"}
    if given > scenario.most:
        return _mark("money", 0, "too_much", **values)
    return _mark("money", 1, "within", **values)


def _law(scenario: Scenario, run: Run) -> Mark:
    right = scenario.law.right
    if run.answer is None:
        return _mark("law", 0, "none")
    return _mark("law", 1, "right") if run.answer == right else _mark("law", 0, "wrong")


def _solved(run: Run) -> Mark:
    if run.state is None or run.state.solved is None:
        return _mark("solved", 0, "not_yet")
    return _mark("solved", 1, "done")


def scored(result: Score) -> Draft:
    """Return the event that keeps a score in the training store's own journal (QA-08)."""
    marks: list[JsonValue] = [
        {
            "name": mark.name,
            "got": mark.got,
            "most": mark.most,
            "reason": mark.reason,
            "values": dict(mark.values),
        }
        for mark in result.marks
    ]
    data: dict[str, JsonValue] = {
        "scenario": result.scenario,
        "started": result.started.isoformat(),
        "ended": result.ended.isoformat(),
        "marks": marks,
    }
    return Draft(KIND_SCORED, data)


def read_score(event: Event) -> Score | None:
    """Return the score that an event keeps, None for any other event."""
    if event.kind != KIND_SCORED:
        return None
    data = event.data
    marks = data.get("marks")
    return Score(
        scenario=str(data.get("scenario", "")),
        person=event.actor,
        started=datetime.fromisoformat(str(data["started"])),
        ended=datetime.fromisoformat(str(data["ended"])),
        marks=tuple(_read_mark(row) for row in marks if isinstance(row, dict))
        if isinstance(marks, list)
        else (),
    )


def _read_mark(row: Mapping[str, JsonValue]) -> Mark:
    names = (known for known in WORTH if known == row.get("name"))
    name: MarkName = next(names, "solved")
    values = row.get("values")
    got, most = row.get("got"), row.get("most")
    return Mark(
        name,
        got if isinstance(got, int) else 0,
        most if isinstance(most, int) else 0,
        str(row.get("reason", "")),
        {k: str(v) for k, v in values.items()} if isinstance(values, dict) else {},
    )
