"""Tells headquarters what it cannot know: this store's opening hours, what became of its packs.

News are events on a stream of this PC's own. They go up with the next exchange, once each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.events import Draft
from desktop.domain.store_news import NEWS_STREAM, hours_set, pack_refused, pack_taken
from desktop.services.identity import DEFAULT_HOURS, Identity
from desktop.services.ports import Author, Clock, Journal, Policies, Settings

_TOLD_HOURS = "told.hours"
#: Who is named when no person did it.
NOBODY = "amends"


@dataclass(frozen=True, slots=True)
class StoreNews:
    """Writes what is new; `chain` names this PC's chain, "" while it has joined no HQ."""

    journal: Journal
    settings: Settings
    identity: Identity
    policies: Policies
    clock: Clock
    chain: Callable[[], str]

    def tell(self, packs: Mapping[str, str]) -> int:
        """Write the hours if they changed, and `packs`: versions tried and why each was refused.

        "" as reason means installed. Returns how many events were written.
        """
        chain = self.chain()
        if not chain:
            return 0
        hours = self.identity.current().hours
        told = json.dumps({day: list(span) for day, span in hours.items()}, sort_keys=True)
        drafts: list[Draft] = []
        if told != self.settings.get(_TOLD_HOURS, _DEFAULT):
            drafts.append(hours_set(hours))
        drafts += [
            pack_refused(version, why) if why else pack_taken(version)
            for version, why in packs.items()
        ]
        if drafts:
            self._write(f"{NEWS_STREAM}{chain}", drafts)
            self.settings.set(_TOLD_HOURS, told)
        return len(drafts)

    def _write(self, stream: str, drafts: Sequence[Draft]) -> None:
        author = Author(NOBODY, self.clock.now(), self.policies.current().version)
        with self.journal.write() as writer:
            # What an earlier run of the program has told is not told again.
            known = {(e.kind, e.data.get("version")) for e in writer.events(stream)}
            new = [d for d in drafts if "version" not in d.data or _key(d) not in known]
            if new:
                writer.append(stream, new, author)


def _key(draft: Draft) -> tuple[str, object]:
    return draft.kind, draft.data.get("version")


_DEFAULT = json.dumps({day: list(span) for day, span in DEFAULT_HOURS.items()}, sort_keys=True)
