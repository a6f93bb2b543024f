"""The store's side of the exchange with headquarters (architecture.md, Sync)."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

import httpx

from desktop.services.exchange_ports import (
    ChainFork,
    ChainGap,
    Enrolment,
    ExchangeFailure,
    ExchangeOutcome,
    ExchangeReport,
    Progress,
    Receipt,
    SyncStatus,
    SyncStore,
)
from desktop.services.phone_ports import EnvelopeStore
from desktop.services.ports import Attachments, Clock
from sync import protocol
from sync.client import batches, envelopes, feed, intake, pushing, rechaining
from sync.client.attachment_lane import Lane
from sync.client.transport import Failed, Forked, Line, LineOptions, Traffic, is_own

#: How HQ answers bytes that it cannot take; why else it took nothing is not in them.
_NOT_TAKEN: Final = ("fork", "refused")
#: HQ may say this often in one exchange that it holds less than before (it was restored).
_MOST_RESENDS: Final = 3
#: Another process on the same data may be quicker this often in one exchange.
_MOST_OUTRUN: Final = 5
#: While attachments are on their way HQ is asked for news this often, in seconds.
_NEWS_EVERY: Final = 15.0
#: A clock that drifts less than this is not written down again, in milliseconds.
_OFFSET_STEP: Final = 1000
_LETTER: Final = re.compile(r"[A-Z]{1,3}")


@dataclass(slots=True)
class _Run:
    """One exchange in progress."""

    enrolment: Enrolment
    line: Line
    progress: Progress | None
    files: Progress | None = None
    asked: float = 0.0
    total: int = 0
    sent: int = 0
    received: int = 0
    done: int = 0
    resends: int = 0
    outrun: int = 0
    stalls: int = 0
    pushes: bool = True

    def advance(self, count: int) -> None:
        self.done += count
        if self.progress is not None:
            self.progress(self.done, max(self.total, self.done))


def _brings_nothing(answer: protocol.SyncResponse) -> bool:
    """Tell whether nothing here changes by an answer."""
    came = answer.receipt or answer.feed or answer.cursor or answer.envelopes or answer.more
    return not came


class HqClient:
    """Speaks to HQ for one store PC; blocking. Nothing is held open in the store meanwhile."""

    def __init__(
        self,
        store: SyncStore,
        files: Attachments,
        clock: Clock,
        options: LineOptions = LineOptions(),  # noqa: B008 - frozen
        transport: httpx.BaseTransport | None = None,
        batch_events: int = protocol.MAX_EVENTS,
        phone: EnvelopeStore | None = None,
        keep_line: bool = False,
        new_chain: Callable[[], str] | None = None,
        name: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._options = options
        self._transport = transport
        self._batch_events = batch_events
        self._phone = phone
        self._offset_ms: int | None = None
        self._keep_line = keep_line
        self._new_chain = new_chain or (lambda: f"c{secrets.token_hex(8).upper()}")
        self._name = name
        self._kept: Line | None = None
        self._lane = Lane(store, files, clock)

    def close(self) -> None:
        """Hang up, if the line was to be kept between exchanges."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def enrol(self, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Join this PC to HQ by a one-time code; HQ's key is pinned from here on."""
        try:
            line = self._line(url)
        except Failed as failed:
            return failed.failure
        try:
            return self._enrol(line, url.rstrip("/"), code)
        except Failed as failed:
            return failed.failure
        finally:
            line.close()

    def exchange(
        self, progress: Progress | None = None, files: Progress | None = None
    ) -> ExchangeOutcome:
        """Send what HQ lacks, receive what this store lacks, until nothing is left."""
        enrolment = self._store.enrolment()
        if enrolment is None:
            return ExchangeFailure("not_enrolled", "")
        started = time.monotonic()
        try:
            if self._kept is not None and self._kept.url != enrolment.url:
                self.close()
            line, self._kept = self._kept or self._line(enrolment.url), None
        except Failed as failed:
            return failed.failure
        line.traffic = Traffic()
        try:
            run = _Run(enrolment, line, progress, files)
            try:
                status = self._events(run)
            except Forked as forked:
                rechaining.go_on(self._store, line, enrolment, self._new_chain, forked)
                run.enrolment = self._store.enrolment() or enrolment
                status = self._events(run)
            if status.pending_attachments or status.wanted_attachments:
                run.asked = time.monotonic()
                moved = partial(self._moved, run)
                self._lane.send(line, run.enrolment.token, moved)
                self._lane.fetch(line, run.enrolment.token, moved)
                status = self._store.status()
            report = self._report(run, status, time.monotonic() - started)
            if self._keep_line:
                self._kept = line
            return report
        except Failed as failed:
            return failed.failure
        finally:
            # Another network may be what mends it: the next line is made from the start.
            if self._kept is not line:
                line.close()

    def _moved(self, run: _Run, done: int, total: int) -> None:
        """Tell how far attachments are; what is saved meanwhile goes before their next part."""
        if run.files is not None:
            run.files(done, total)
        waited = time.monotonic() - run.asked
        if waited > _NEWS_EVERY or self._store.status().pending:
            self._events(run)
            run.asked = time.monotonic()

    def _line(self, url: str) -> Line:
        if not url.startswith(("http://", "https://")):
            raise Failed(ExchangeFailure("bad_address", f"{url!r}"))
        try:
            if not (url.startswith("https://") or self._options.allow_plain or is_own(url)):
                raise Failed(ExchangeFailure("plain_http", f"{url!r}"))
            return Line(url, self._options, self._transport)
        except (httpx.InvalidURL, ValueError) as error:
            raise Failed(ExchangeFailure("bad_address", f"{url!r}: {error}")) from error

    def _enrol(self, line: Line, url: str, code: str) -> Enrolment:
        key, chain, code = self._store.device_key(), self._store.chain(), code.strip()
        request = protocol.EnrolRequest(
            version=protocol.VERSION,
            code=code,
            chain=chain,
            public_key=protocol.public_key(key),
            signature=protocol.sign(key, protocol.enrol_message(code, chain)),
            name=self._name,
        )
        answer = line.ask(protocol.ENROL_PATH, request, protocol.EnrolResponse)
        if len(answer.hq_key) != 32 or not answer.token:
            raise Failed(ExchangeFailure("bad_answer", "HQ gave no key or token"))
        if not _LETTER.fullmatch(answer.letter):
            raise Failed(ExchangeFailure("bad_answer", "HQ gave no letter for the numbers"))
        enrolment = Enrolment(
            url=url,
            store=answer.store,
            store_name=answer.store_name,
            device=answer.device,
            token=answer.token,
            hq_key=answer.hq_key,
            letter=answer.letter,
        )
        self._store.save_enrolment(enrolment)
        return enrolment

    def _events(self, run: _Run) -> SyncStatus:
        """Trip after trip until HQ holds all that is ours and we all that is for us."""
        status = self._store.status()
        after, run.total = status.acked_seq, status.pending
        while True:
            if run.pushes and status.seq - after > self._batch_events:
                pushed = self._pushed(run, status, after)
                if pushed is None:
                    continue
                batch, answer = pushed
            else:
                batch, answer = self._sent(run, status, after)
            acked = answer.acked
            if _brings_nothing(answer) and (acked, status.pending) == (after, 0):
                return status
            self._take_receipt(run, answer, batch, status)
            self._take_feed(run, answer)
            if self._phone is not None:
                envelopes.take(self._phone, answer, run.enrolment)
            if acked < batch.last_seq:
                run.resends += 1
                if run.resends > _MOST_RESENDS:
                    raise Failed(ExchangeFailure("bad_answer", f"HQ stays at {acked}"))
            run.sent += max(0, acked - after)
            run.advance(max(0, acked - after))
            after, status = acked, self._store.status()
            if after >= status.seq and not answer.more:
                return status

    def _pushed(
        self, run: _Run, status: SyncStatus, after: int
    ) -> tuple[batches.Batch, protocol.SyncResponse] | None:
        """Send batch after batch in one request; return the last with HQ's answer.

        None when HQ knows no such request (it is older). After a cut one trip without events asks
        where HQ stands; that HQ has not moved may happen as often as a request is tried again.
        """
        sender = batches.Sender.of(self._store, self._phone, status)
        push = pushing.Push(self._store, self._clock, sender, after, self._batch_events)
        try:
            answer = run.line.push(
                protocol.PUSH_PATH, push.bodies(), protocol.SyncResponse, run.enrolment.token
            )
        except Failed as failed:
            if failed.failure.code in _NOT_TAKEN:
                # It may be our own bytes that HQ could not take: those are named, then.
                batches.check(self._store, after, self._batch_events)
            if failed.failure.code != "bad_answer" or push.batch is None:
                raise
            run.pushes = False
            return None
        if isinstance(answer, protocol.SyncResponse) and push.batch and push.at:
            self._note_clock(answer.at, push.at, self._clock.now())
            return push.batch, answer
        batch = batches.next_batch(self._store, after, 0)
        answer = self._trip(run, batch, sender)
        run.stalls = 0 if answer.acked > after else run.stalls + 1
        if run.stalls > self._options.attempts:
            raise Failed(ExchangeFailure("unreachable", "the line carries no whole batch"))
        return batch, answer

    def _sent(
        self, run: _Run, status: SyncStatus, after: int
    ) -> tuple[batches.Batch, protocol.SyncResponse]:
        """Send the next batch and return it with HQ's answer.

        When HQ holds more of our chain than we said, another process on this data (the app beside
        `amends sync`) may have written and sent meanwhile: then our chain has grown here too.
        """
        while True:
            try:
                # The trip that most trips are asks the database nothing more.
                idle = after == status.seq
                limit, head = (0, status.head) if idle else (self._batch_events, b"")
                batch = batches.next_batch(self._store, after, limit, head)
                sender = batches.Sender.of(self._store, self._phone, status)
                return batch, self._trip(run, batch, sender)
            except Failed as failed:
                now = self._store.status()
                grown = now.seq > status.seq
                if failed.failure.code != "fork" or not grown or run.outrun >= _MOST_OUTRUN:
                    raise
            run.outrun += 1
            status, after = now, max(after, now.acked_seq)

    def _trip(
        self, run: _Run, batch: batches.Batch, sender: batches.Sender
    ) -> protocol.SyncResponse:
        before = self._clock.now()
        answer = run.line.ask(
            protocol.SYNC_PATH,
            sender.request(batch, before),
            protocol.SyncResponse,
            run.enrolment.token,
        )
        self._note_clock(answer.at, before, self._clock.now())
        return answer

    def _note_clock(self, hq_ms: int, before: datetime, after: datetime) -> None:
        """Remember HQ's clock against the middle of the trip on ours."""
        ours = (protocol.milliseconds(before) + protocol.milliseconds(after)) // 2
        offset = hq_ms - ours
        if self._offset_ms is None or abs(offset - self._offset_ms) > _OFFSET_STEP:
            self._store.set_clock_offset(offset)
            self._offset_ms = offset

    def _take_receipt(
        self, run: _Run, answer: protocol.SyncResponse, batch: batches.Batch, status: SyncStatus
    ) -> None:
        """Keep a receipt that HQ signed for the very chain that is here.

        Without one HQ may only confirm what it has signed before: receipts are never taken back.
        """
        sent = answer.receipt
        if sent is None:
            if answer.acked > status.acked_seq and answer.acked > self._store.status().acked_seq:
                raise Failed(ExchangeFailure("bad_answer", "a confirmation without a receipt"))
            return
        if sent.seq != answer.acked:
            raise Failed(ExchangeFailure("bad_answer", "a receipt for another place"))
        try:
            signed_at = datetime.fromtimestamp(sent.signed_at / 1000, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise Failed(ExchangeFailure("bad_answer", "a receipt without a time")) from error
        receipt = Receipt(self._store.chain(), sent.seq, sent.head, signed_at, sent.signature)
        if not protocol.verify_receipt(run.enrolment.hq_key, receipt):
            raise Failed(ExchangeFailure("bad_answer", "a receipt that HQ did not sign"))
        own = batch.head if sent.seq == batch.last_seq else batches.hash_at(self._store, sent.seq)
        if own != sent.head:
            place = f"{receipt.chain}:{sent.seq}"
            raise Failed(ExchangeFailure("fork", f"{place}: HQ holds another event"))
        self._store.accept_receipt(receipt)

    def _take_feed(self, run: _Run, answer: protocol.SyncResponse) -> None:
        if not answer.feed and not answer.cursor:
            return
        key = run.enrolment.hq_key
        runs = feed.incoming(answer.feed, answer.salts, key, self._store.give_way)
        cursor = {**self._store.status().cursor, **answer.cursor}
        taking = intake.Intake(self._store, answer.salts)
        try:
            run.received += taking.take(runs, cursor)
        except ChainFork as error:
            raise Failed(ExchangeFailure("fork", str(error))) from error
        except ChainGap as error:
            raise Failed(ExchangeFailure("bad_answer", str(error))) from error
        run.advance(sum(len(part.events) for part in runs))

    def _report(self, run: _Run, status: SyncStatus, seconds: float) -> ExchangeReport:
        return ExchangeReport(
            sent=run.sent,
            received=run.received,
            bytes_sent=run.line.traffic.sent,
            bytes_received=run.line.traffic.received,
            acked_seq=status.acked_seq,
            head=status.head.hex(),
            pending=status.pending,
            quarantined=status.quarantined,
            seconds=round(seconds, 3),
            pending_attachments=status.pending_attachments,
        )
