"""Erase persons (删除个人信息, D10): of one complaint, or of all with a phone number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain import commands, fold
from desktop.domain.operations.erase_person import ErasePerson
from desktop.domain.outcomes import Actor, Refusal
from desktop.services.handling import Handling
from desktop.services.ports import Attachments, Journal
from desktop.services.same_number import numbered
from desktop.services.ticket_ports import TicketQueries, TicketRow


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: the complaints' numbers and how many files went with them."""

    numbers: tuple[str, ...]
    files: int


class Erasing:
    """Erases; values and salts go here at once, elsewhere when the event arrives there."""

    def __init__(
        self,
        journal: Journal,
        handling: Handling,
        queries: TicketQueries,
        attachments: Attachments,
    ) -> None:
        self._journal = journal
        self._handling = handling
        self._queries = queries
        self._attachments = attachments

    def find(self, asked: str) -> Sequence[TicketRow]:
        """Return what a complaint's id or number or a whole phone number stands for."""
        known = self._queries.row(asked) or self._queries.by_number(asked)
        if known:
            return (known,)
        return numbered(self._queries, asked) or self._queries.by_phone(asked)

    def erase(self, asked: str, basis: str, actor: Actor) -> Erased | Refusal:
        """Erase all that `asked` stands for, or nothing: the first refusal keeps all of it."""
        found = self.find(asked)
        if not found:
            return Refusal("nobody_found", {"asked": asked})
        if len(found) > 1 and asked.strip().upper() == found[0].number:
            # Two people's complaints, by two PCs that counted by themselves.
            return Refusal("number_shared", {"number": found[0].number, "n": len(found)})
        command = ErasePerson(basis)
        with self._journal.write() as writer:
            for row in found:
                state = fold.fold(row.stream, writer.events(row.stream))
                context = self._handling.context_of(state, actor, writer.events)
                decision = commands.decide(state, command, context)
                if isinstance(decision, Refusal):
                    return decision
            for row in found:
                self._handling.execute_in(writer, row.stream, command, actor)
        return Erased(tuple(row.number for row in found), self._attachments.remove_erased())
