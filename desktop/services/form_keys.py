"""Keys by which sheets are known as the store's own: this PC's, and its other PCs' by sync."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from desktop.domain import form_keys as rules
from desktop.services.policy_book import PolicyBook
from desktop.services.ports import Author, Clock, Ids, Journal
from desktop.services.room_ports import Streams

#: A store has a few PCs; each tells its key once.
_MOST_KEYS: Final = 200


@dataclass(frozen=True, slots=True)
class OwnKey:
    """This PC's public key (32 bytes) and chain, read when they are asked for."""

    public: Callable[[], bytes]
    chain: Callable[[], str]


class FormKeys:
    """Tells this PC's key before its first sheets are printed, and knows those of the others.

    `name` gives a key's short name, which stands in the code of a sheet.
    """

    def __init__(
        self,
        journal: Journal,
        streams: Streams,
        own: OwnKey,
        name: Callable[[bytes], str],
        policies: PolicyBook,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._journal = journal
        self._streams = streams
        self._own = own
        self._name = name
        self._policies = policies
        self._clock = clock
        self._ids = ids

    def known(self) -> dict[str, bytes]:
        """Return every key known here by its short name."""
        told = self._told()
        own = self._own.public()
        return {**told, self._name(own): own}

    def tell(self) -> None:
        """Tell this PC's key to the store's other PCs, once."""
        own = self._own.public()
        if self._name(own) in self._told():
            return
        author = Author(self._own.chain(), self._clock.now(), self._policies.current().version)
        with self._journal.write() as writer:
            writer.append(self._ids.new_id(rules.STREAM_PREFIX), (rules.shown(own),), author)

    def _told(self) -> Mapping[str, bytes]:
        streams = self._streams.of_prefix(rules.STREAM_PREFIX, _MOST_KEYS)
        keys = (rules.read(self._journal.events(stream)) for stream in streams)
        return {self._name(key): key for key in keys if key is not None}
