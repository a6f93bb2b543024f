"""What papers print (打印件): one ticket, or the tickets of a period, with their store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from desktop.domain.deadlines import Deadline
from desktop.domain.events import Event
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState

Lang: TypeAlias = Literal["zh_CN", "en"]


@dataclass(frozen=True, slots=True)
class StoreIdentity:
    """Which store and device this is, and when the store is open (by weekday: mon … sun)."""

    store: str
    name: str
    device: str
    phone: str
    timezone: str
    hours: Mapping[str, tuple[str, str]]


DocumentKind: TypeAlias = Literal["receipt", "slip", "settlement", "apology", "ticket"]


@dataclass(frozen=True, slots=True)
class TicketPaper:
    """What a document about one ticket may print."""

    kind: DocumentKind
    state: TicketState
    events: Sequence[Event]
    deadlines: Sequence[Deadline]
    policy: Policy
    identity: StoreIdentity
    people: Mapping[str, str]
    pictures: Mapping[str, bytes]
    heads: Mapping[str, tuple[int, bytes]]
    printed_at: datetime
    lang: Lang
