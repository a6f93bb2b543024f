"""The courier (U 盘交换) at a store PC: its batches out to a file, HQ's or a peer's file in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from desktop.journal.chain import GENESIS
from desktop.services.courier_ports import Carried, CourierRefusal, Exported
from desktop.services.exchange_ports import ChainFork, ChainGap, Enrolment, Stuck, SyncStore
from desktop.services.phone_ports import EnvelopeStore
from desktop.services.ports import Attachments, Clock
from sync import courier, protocol, stick
from sync.client import batches, bundle_check, envelopes, feed, intake
from sync.client.attachment_lane import content_of
from sync.client.bundle_check import AlteredBundle
from sync.client.feed import Run
from sync.client.transport import Failed
from sync.courier import BadBundle, Bundle
from sync.stick import StickFault

_ATTACHMENTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Courier:
    """Implements the port `desktop.services.courier_ports.Courier`."""

    store: SyncStore
    files: Attachments
    clock: Clock
    phone: EnvelopeStore | None = None

    def export_to_hq(self, path: Path) -> Exported | CourierRefusal:
        """Write what HQ has given no receipt for, and where our copy of its feed ends."""
        enrolment = self.store.enrolment()
        if enrolment is None:
            return CourierRefusal("not_enrolled")
        try:
            acked, holds = self.store.status().acked_seq, self.store.hq_holds()
            acked = acked if holds is None else min(acked, holds)
            prev = batches.hash_at(self.store, acked)
            bodies, events = self._batches(acked, courier.MAX_BATCHES)
        except Failed as failed:
            return CourierRefusal("own_chain", failed.failure.detail)
        attached, stuck = self._attached()
        outcome = self._write(path, "up", enrolment.store, bodies, events, attached, prev)
        return replace(outcome, stuck=stuck) if isinstance(outcome, Exported) else outcome

    def export_to_peer(self, path: Path, store: str) -> Exported | CourierRefusal:
        """Write the whole own chain for another PC of the store; needs no HQ."""
        try:
            bodies, events = self._batches(0, courier.MAX_FILE)
        except Failed as failed:
            return CourierRefusal("own_chain", failed.failure.detail)
        return self._write(path, "peer", store, bodies, events, {})

    def take(self, path: Path, code: str, store: str) -> Carried | CourierRefusal:
        """Take a file in; one that came before or too early changes nothing. Raises StorageFull."""
        try:
            content = courier.read(path)
        except OSError as error:
            return CourierRefusal("not_read", error.strerror or str(error))
        except BadBundle as bad:
            return CourierRefusal(bad.code)
        try:
            bundle = courier.unseal(content, code)
            if bundle.kind == "down":
                return self._from_hq(bundle)
            if bundle.kind == "peer":
                return self._from_peer(bundle, store)
            return CourierRefusal("for_hq")
        except BadBundle as bad:
            return CourierRefusal(bad.code)
        except AlteredBundle as altered:
            return CourierRefusal("not_signed", str(altered))
        except protocol.BadMessage as error:
            return CourierRefusal("damaged", str(error))
        except ChainGap as gap:
            return CourierRefusal("too_early", str(gap))
        except ChainFork as fork:
            return CourierRefusal("fork", str(fork))
        except Failed as failed:
            return CourierRefusal("not_signed", failed.failure.detail)

    def _write(
        self,
        path: Path,
        kind: str,
        store: str,
        bodies: tuple[bytes, ...],
        events: int,
        attached: dict[str, bytes],
        prev: bytes = GENESIS,
    ) -> Exported | CourierRefusal:
        key = self.store.device_key()
        bundle = Bundle(
            kind=kind,
            store=store,
            chain=self.store.chain(),
            at=protocol.milliseconds(self.clock.now()),
            public_key=protocol.public_key(key),
            bodies=bodies,
            attachments=attached,
            prev=prev,
        )
        code = courier.new_code()
        content = courier.seal(courier.signed(bundle, key), code)
        if len(content) > courier.MAX_FILE:
            return CourierRefusal("too_large")
        try:
            stick.write_whole(path, content)
        except StickFault as fault:
            return CourierRefusal(fault.code, fault.detail, fault.needed, fault.free)
        return Exported(path, code, events, len(attached), len(content))

    def _batches(self, after: int, most: int) -> tuple[tuple[bytes, ...], int]:
        """Return the bodies that would go over the line; one at least, for HQ's answer.

        No more are begun beyond `most` bytes: for HQ the rest goes with the next file.
        """
        bodies: list[bytes] = []
        sender = batches.Sender.of(self.store, self.phone)
        count = 0
        while True:
            batch = batches.next_batch(self.store, after, protocol.MAX_EVENTS)
            if bodies and (not batch.events or sum(map(len, bodies)) > most):
                return tuple(bodies), count
            bodies.append(protocol.pack(sender.request(batch, self.clock.now())))
            count += len(batch.events)
            after = batch.last_seq
            if not batch.events:
                return tuple(bodies), count

    def _attached(self) -> tuple[dict[str, bytes], int]:
        """Return what goes with a file, and how many could not: those are named to a person."""
        found: dict[str, bytes] = {}
        size = stuck = 0
        for sha256 in self.store.pending_attachments(_ATTACHMENTS):
            content = content_of(self.files, sha256)
            if isinstance(content, Stuck):
                self.store.attachment_stuck(sha256, content, self.clock.now())
                stuck += 1
            elif size + len(content) <= courier.MAX_ATTACHED:
                found[sha256] = content
                size += len(content)
        return found, stuck

    def _from_hq(self, bundle: Bundle) -> Carried | CourierRefusal:
        enrolment = self.store.enrolment()
        if enrolment is None:
            return CourierRefusal("not_enrolled")
        if not courier.is_signed(bundle, enrolment.hq_key):
            return CourierRefusal("not_signed")
        if bundle.chain != self.store.chain():
            return CourierRefusal("for_another")
        new = holds = 0
        for body in bundle.bodies:
            answer = protocol.unpack(body, protocol.SyncResponse)
            self._take_receipt(answer, enrolment)
            holds = answer.acked
            runs = feed.incoming(answer.feed, answer.salts, enrolment.hq_key)
            kept = self.store.status().cursor
            # An older file must not move the cursor back.
            cursor = {of: max(at, kept.get(of, 0)) for of, at in answer.cursor.items()}
            new += intake.Intake(self.store, answer.salts).take(runs, cursor)
            if self.phone is not None:
                envelopes.take(self.phone, answer, enrolment)
        for sha256, content in bundle.attachments.items():
            if not content:
                self.store.attachment_acknowledged(sha256)
            elif self.files.put(content) == sha256:
                self.store.attachment_arrived(sha256)
        return self._after_hq(bundle, new, holds)

    def _after_hq(self, bundle: Bundle, new: int, holds: int) -> Carried:
        """Tell what came, and whether HQ lost something since its last receipt (a restored backup).

        The next file begins there, then. An older file that comes late says nothing of that.
        """
        status = self.store.status()
        last = status.last_receipt
        late = last is not None and bundle.at < protocol.milliseconds(last.signed_at)
        lost = holds < status.acked_seq and not late
        if lost or self.store.hq_holds() is not None:
            self.store.set_hq_holds(holds if lost else None)
        return Carried(new, status.acked_seq, holds if lost else None)

    def _take_receipt(self, answer: protocol.SyncResponse, enrolment: Enrolment) -> None:
        """Keep a receipt that HQ signed for our chain as it is; an older one is no news."""
        sent = answer.receipt
        if sent is None or sent.seq <= self.store.status().acked_seq:
            return
        receipt = feed.receipt_of(self.store.chain(), sent)
        if not protocol.verify_receipt(enrolment.hq_key, receipt):
            raise BadBundle("not_signed")
        self.store.accept_receipt(receipt)

    def _from_peer(self, bundle: Bundle, store: str) -> Carried | CourierRefusal:
        """Take another PC's chain; who knew the code vouches for it, its key for every batch.

        HQ's chains come from HQ alone: what stands on them is carried out.
        """
        if bundle.chain == self.store.chain():
            return CourierRefusal("own")
        if bundle.store != store:
            return CourierRefusal("for_another")
        forged = protocol.is_hq_chain(bundle.chain)
        if forged or not courier.is_signed(bundle, bundle.public_key):
            return CourierRefusal("not_signed")
        new = 0
        for request, events in bundle_check.batches_of(bundle, GENESIS):
            new += intake.Intake(self.store, request.salts).take([Run(events, None)], {})
        return Carried(new, self.store.status().acked_seq)
