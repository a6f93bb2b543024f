"""Which flow a complaint takes, who takes it first, and what else the pack declares about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from desktop.domain.policy import Condition, LocalText, Role

ROUTE_FACTS: Mapping[str, type] = MappingProxyType(
    {
        "channel": str,  # counter, paper, phone, online, mail, 12315 …
        "level": int,  # 1..4; 0 while not set
        "tier": str,  # vip | ordinary
        "class": str,  # technical | attitude | contract | ""
        "complexity": str,  # ordinary | complex
        "family": str,  # PQ SP TD RL LD | ""
        "code": str,
        "emotion": int,  # 1..5
    }
)
"""What a condition of routing may name: all of it may be known when a complaint is opened."""

_UNKNOWN: Mapping[str, object] = MappingProxyType(
    {name: kind() for name, kind in ROUTE_FACTS.items()}
    | {"tier": "ordinary", "complexity": "ordinary", "emotion": 1}
)

FieldKind = Literal["text", "number", "date", "choice", "yes_no"]
FieldPlace = Literal["intake", "ticket", "search", "export", "pdf"]


@dataclass(frozen=True, slots=True)
class FlowRule:
    """A complaint of which `when` holds takes `flow`; the first rule that holds wins."""

    id: str
    when: Condition
    flow: str
    title: LocalText
    source: str


@dataclass(frozen=True, slots=True)
class RouteRow:
    """Who takes a complaint first (AS-01, AS-02, AS-08): a role here, a contact when it leaves.

    A row with keywords also needs one of them in the customer's words.
    """

    id: str
    when: Condition
    keywords: tuple[str, ...]
    role: Role
    contact: str
    title: LocalText
    source: str


@dataclass(frozen=True, slots=True)
class RouteHit:
    """A row that holds for a complaint, with the words that led to it."""

    row: RouteRow
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that the company adds (CF-01): where it appears and what may be entered."""

    id: str
    label: LocalText
    kind: FieldKind
    required: bool
    shown: frozenset[FieldPlace]
    choices: Mapping[str, LocalText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """Words by which a script promises something (CO-08); `instrument` None is without limit."""

    id: str
    instrument: str | None
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled complaint from which suggestions learn (CL-17); `level` 3 is the default."""

    words: str
    code: str
    level: int = 3


def filled(facts: Mapping[str, object]) -> dict[str, object]:
    """Return every fact of ROUTE_FACTS; what the caller does not know counts as unknown."""
    return {name: facts.get(name, unknown) for name, unknown in _UNKNOWN.items()}


def first_flow(rules: Sequence[FlowRule], facts: Mapping[str, object]) -> FlowRule | None:
    """Return the first rule that holds, None when the default flow is taken."""
    known = filled(facts)
    return next((rule for rule in rules if rule.when(known)), None)


def routes(
    rows: Sequence[RouteRow], facts: Mapping[str, object], words: str, synonyms: Mapping[str, str]
) -> tuple[RouteHit, ...]:
    """Return every row that holds, in the pack's order; the first is the one to follow."""
    known, text = filled(facts), unify(words, synonyms)
    hits: list[RouteHit] = []
    for row in rows:
        found = tuple(word for word in row.keywords if unify(word, synonyms) in text)
        if (found or not row.keywords) and row.when(known):
            hits.append(RouteHit(row, found))
    return tuple(hits)


def unify(words: str, synonyms: Mapping[str, str]) -> str:
    """Return the words in one spelling (IN-14): half-width, lower case, synonyms by their term.

    For comparing only: the customer's own words stay as they are (IN-15).
    """
    text = unicodedata.normalize("NFKC", words).casefold()
    for word, term in synonyms.items():
        text = text.replace(word, term)
    return text
