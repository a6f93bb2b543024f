"""Fills a store's data, or a region's with many stores, each on a chain of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from desktop.domain.outcomes import Actor, Role
from desktop.seeding.history import History, PlayedClock, Progress
from desktop.seeding.people import DEMO_PASSWORD, SeedRefused, make_crew
from desktop.seeding.quick import QuickHandling
from desktop.services.identity import Identity
from desktop.services.intake import Intake
from desktop.services.ports import Journal
from desktop.services.reporting import STORE_NAMES
from desktop.services.ticket_ports import TicketFilter
from desktop.services.use_cases import UseCases

STORE_NAMES_SHOWN: Final = (
    "无锡滨湖店",
    "成都人民路店",
    "厦门万达广场店",
    "长沙五一店",
    "杭州西湖店",
)
PHONE: Final = "0510-8888 1200"
SINGLE_STORE: Final = "S0217"
#: From so many complaints on each of a store's is played to its end at once, far quicker.
MANY: Final = 2_000

JournalOf = Callable[[str], Journal]
"""Returns a journal that writes on the chain of a store."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much history: complaints, random seed, stores (None for one), from when to when."""

    tickets: int
    number: int
    stores: int | None
    since: datetime
    until: datetime
    code: str = SINGLE_STORE
    name: str = STORE_NAMES_SHOWN[0]


class MemorySettings:
    """Settings of an invented store; nothing is kept (ports.Settings)."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def get(self, name: str, default: str = "") -> str:
        """Return a setting."""
        return self._values.get(name, default)

    def set(self, name: str, value: str) -> None:
        """Keep a setting for this run."""
        self._values[name] = value


def prepare(use: UseCases, wanted: Wanted) -> dict[str, str]:
    """Name the stores and their people; return the names by code.

    Raises SeedRefused where there are complaints.
    """
    if use.queries.count(TicketFilter()):
        raise SeedRefused("the folder holds complaints already; choose another")
    names = store_names(wanted)
    first = next(iter(names))
    use.identity.set(first, names[first], PHONE)
    if wanted.stores is not None:
        use.settings.set(STORE_NAMES, json.dumps(names, ensure_ascii=False))
    make_crew(use.staff)
    use.settings.set("demo.hint", DEMO_PASSWORD)
    return names


def store_names(wanted: Wanted) -> dict[str, str]:
    """Return the stores to fill, in order, with their names."""
    if wanted.stores is None:
        return {wanted.code: wanted.name}
    return {f"S{n:04d}": _name(n - 1) for n in range(1, wanted.stores + 1)}


def fill(
    use: UseCases,
    clock: PlayedClock,
    wanted: Wanted,
    journal_of: JournalOf,
    progress: Progress,
    part: tuple[int, int] = (0, 1),
) -> int:
    """Make the history of `prepare`d stores, of every `of`-th one with `part` = (which, of).

    Returns how many complaints opened. Each store has a random sequence of its own, so that parts
    made by several processes are together what one would make.
    """
    names = store_names(wanted)
    actors = make_crew(use.staff)
    opened = 0
    for index, code in enumerate(names):
        if index % part[1] != part[0]:
            continue
        share = wanted.tickets // len(names) + (index < wanted.tickets % len(names))
        rng = Random(wanted.number + index)  # noqa: S311 - invented history, nothing secret
        history = _history(use, clock, wanted, journal_of, code, names[code], actors, rng)
        before = opened

        def say(done: int, _total: int, before: int = before) -> None:
            progress(before + done, wanted.tickets)

        whole = wanted.stores is not None or wanted.tickets >= MANY
        play = history.play_whole if whole else history.play
        opened += play(share, wanted.since, wanted.until, say)
    return opened


def _history(
    use: UseCases,
    clock: PlayedClock,
    wanted: Wanted,
    journal_of: JournalOf,
    code: str,
    name: str,
    actors: dict[Role, list[Actor]],
    rng: Random,
) -> History:
    """Return what plays one store's complaints, in a region each on a chain of its own."""
    journal, identity = use.journal, use.identity
    if wanted.stores is not None:
        journal, identity = journal_of(code), Identity(MemorySettings())
        identity.set(code, name, PHONE)
    handling = QuickHandling(journal, use.policies, clock, identity)
    intake = Intake(
        journal,
        handling,
        use.queries,
        use.attachments,
        use.drafts,
        use.policies,
        clock,
        use.ids,
        identity,
    )
    return History(journal, handling, intake, use.ids, clock, actors, rng)


def _name(at: int) -> str:
    base = STORE_NAMES_SHOWN[at % len(STORE_NAMES_SHOWN)]
    return base if at < len(STORE_NAMES_SHOWN) else f"{base[:2]}{at + 1}号店"
