"""From a ticket to what its documents state; every value comes from the fold, none is guessed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from PIL import Image, UnidentifiedImageError

from desktop.domain.deadlines import Deadline
from desktop.domain.events import Absent, Event
from desktop.domain.operations.base import read_amount, read_str
from desktop.domain.papers import StoreIdentity, TicketPaper
from desktop.domain.policy import Policy
from desktop.domain.ticket import CompensationItem, Evidence, Mark, TicketState
from desktop.reports import formats, iso_record, models
from desktop.texts import Texts

#: The clocks that a customer is told of (IN-17); the others are the store's own.
PROMISED: Final = ("first_response", "interim_feedback", "progress_report", "solution", "payout")
#: Node of the SOP -> stage as the catalogue names it.
STAGES: Final = {"investigated": "investigating", "solved": "resolved", "followed_up": "survey"}
THUMBNAIL_PX: Final = 480


def store_of(identity: StoreIdentity) -> models.Store:
    """Return the store as documents print it."""
    return models.Store(identity.store, identity.name or identity.store, identity.phone)


def subject_of(state: TicketState, policy: Policy, texts: Texts) -> str:
    """Return what the complaint is about: the code's name and the product."""
    code = policy.codes.get(state.text("code"))
    parts = [state.text("product"), texts.choose(dict(code.title)) if code else ""]
    words = state.text("verbatim")
    return " · ".join(p for p in parts if p) or (words[:24] + ("…" if len(words) > 24 else ""))


def opened_at(state: TicketState) -> datetime:
    """Return when the complaint was opened; raises ValueError for none."""
    if state.opened is None:
        raise ValueError(f"ticket {state.id} is not open: nothing to print")
    return state.opened.at


def receipt(paper: TicketPaper, texts: Texts) -> models.Receipt:
    """Return the acknowledgement of a complaint (受理回执)."""
    state = paper.state
    return models.Receipt(
        store=store_of(paper.identity),
        number=state.number,
        tz=paper.identity.timezone,
        made_at=paper.printed_at,
        opened_at=opened_at(state),
        handler=_name(paper, state.text("owner")),
        customer_name=state.text("customer_name"),
        channel=state.channel,
        subject=subject_of(state, paper.policy, texts),
        customer_words=state.text("verbatim"),
        wanted=state.text("expectation"),
        promises=tuple(
            models.PromisedTime(
                d.clock.name, d.clock.due, _reason(d, paper.policy, texts), d.clock.provisional
            )
            for d in paper.deadlines
            if d.clock.name in PROMISED
        ),
        retention_years=paper.policy.thresholds.retention_years,
        journal=next(iter(_heads(paper)), None),
    )


def settlement(paper: TicketPaper, texts: Texts) -> models.Settlement:
    """Return the settlement (和解协议): only what was granted or approved is in it."""
    state = paper.state
    pay_by = [d.clock.due for d in paper.deadlines if d.clock.name == "payout"]
    return models.Settlement(
        store=store_of(paper.identity),
        number=state.number,
        tz=paper.identity.timezone,
        made_at=paper.printed_at,
        opened_at=opened_at(state),
        customer_name=state.text("customer_name"),
        customer_contact=state.text("phone"),
        handler=_name(paper, state.text("owner")),
        subject=subject_of(state, paper.policy, texts),
        facts=state.text("verbatim"),
        remedies=tuple(
            models.RemedyLine(_ledger(item), item.instrument, item.amount, _text(item.reason))
            for item in _allowed(state)
        ),
        pay_by=pay_by[0] if pay_by else None,
        terms=(_text(state.solution),) if _text(state.solution) else (),
    )


def apology(paper: TicketPaper, texts: Texts) -> models.Apology:
    """Return the apology letter (致歉信) from the facts."""
    state = paper.state
    handler = _name(paper, state.text("owner"))
    given = [
        f"{formats.label(texts, 'ledger', item.ledger)} · "
        f"{formats.label(texts, 'instrument', item.instrument)} {formats.money(item.amount)}"
        for item in _allowed(state)
    ]
    solution = _text(state.solution)
    return models.Apology(
        store=store_of(paper.identity),
        number=state.number,
        tz=paper.identity.timezone,
        made_at=paper.printed_at,
        opened_at=opened_at(state),
        customer_name=state.text("customer_name"),
        what_happened=state.text("verbatim"),
        what_we_did=(*((solution,) if solution else ()), *given),
        prevention="",
        contact_person=handler,
        contact_phone=paper.identity.phone,
        signed_by=handler,
        signed_role="",
    )


def ticket_file(paper: TicketPaper, texts: Texts) -> models.TicketFile:
    """Return the whole file of a complaint (投诉档案)."""
    state, policy = paper.state, paper.policy
    return models.TicketFile(
        store=store_of(paper.identity),
        number=state.number,
        tz=paper.identity.timezone,
        made_at=paper.printed_at,
        made_by=paper.identity.name,
        stage=_stage(state, policy),
        handler=_name(paper, state.text("owner")),
        policy_version=state.policy,
        customer=models.Customer(
            state.text("customer_name"),
            state.text("phone"),
            state.text("member_no"),
            state.text("address"),
            state.text("representative"),
        ),
        complaint=_complaint(paper),
        classification=_classification(state, policy, texts),
        assessment=iso_record.assessment(state),
        solution=_text(state.solution),
        remedies_given=_remedies_given(state),
        tracking=_tracking(paper),
        clocks=tuple(_clock_line(d, policy, texts) for d in paper.deadlines),
        compensation=tuple(_compensation(paper, item) for item in state.compensation.values()),
        timeline=tuple(_entry(paper, event, texts) for event in paper.events),
        evidence=tuple(_evidence(paper, item) for item in state.evidence),
        satisfaction=next((s.score for s in reversed(state.surveys) if s.score), None),
        journal=tuple(_heads(paper)),
    )


def _complaint(paper: TicketPaper) -> models.Complaint:
    state = paper.state
    opened = state.opened
    return models.Complaint(
        received_at=opened_at(state),
        received_by=_name(paper, opened.actor) if opened else "",
        channel=state.channel,
        words=state.text("verbatim"),
        wanted=state.text("expectation"),
        remedies_wanted=iso_record.listed(state.text("remedies_wanted")),
        happened_at=iso_record.moment(state.text("occurred_at"), paper.identity.timezone),
        recurrent=iso_record.flag(state, "recurrent"),
        immediate_action=state.text("immediate_action"),
        place=state.text("place"),
        product=state.text("product"),
        sku=state.text("sku"),
        batch=state.text("batch"),
        receipt_no=state.text("receipt_no"),
        amount=_decimal(state.text("amount")),
    )


def _classification(state: TicketState, policy: Policy, texts: Texts) -> models.Classification:
    code = policy.codes.get(state.text("code"))
    emotion = state.value("emotion")
    return models.Classification(
        code=state.text("code"),
        code_name=texts.choose(dict(code.title)) if code else "",
        level=state.level,
        emotion=emotion if isinstance(emotion, int) else None,
        tier=state.text("tier") or "ordinary",
    )


def _tracking(paper: TicketPaper) -> tuple[models.TrackingStep, ...]:
    state = paper.state
    flows = paper.policy.flows.values()
    nodes = {step.id: step.node for flow in flows for step in flow.steps}
    first: dict[str, Mark] = {}
    for step, done in sorted(state.steps_done.items(), key=lambda pair: pair[1].at):
        first.setdefault(nodes.get(step, step), done)
    informed = next((c.mark for c in state.contacts if c.reached), None)
    found = {
        "acknowledged": state.opened,
        "assessed": first.get("classified"),
        "investigated": first.get("investigated"),
        "resolved": state.solved,
        "informed": informed,
        "corrected": first.get("solved"),
        "correction_verified": iso_record.verified(state) or first.get("followed_up"),
        "closed": state.closed,
    }
    return tuple(
        models.TrackingStep(name, mark.at, _name(paper, mark.actor))
        for name, mark in found.items()
        if mark is not None
    )


def _clock_line(deadline: Deadline, policy: Policy, texts: Texts) -> models.ClockLine:
    clock = deadline.clock
    return models.ClockLine(
        clock=clock.name,
        due=clock.due,
        rule=_rule(deadline, policy, texts),
        done_at=deadline.done_at,
        lost=tuple(row.rule for row in clock.lost),
    )


def _rule(deadline: Deadline, policy: Policy, texts: Texts) -> str:
    return f"{_reason(deadline, policy, texts)} ({deadline.clock.source})"


def _reason(deadline: Deadline, policy: Policy, texts: Texts) -> str:
    """Return the winning row's title, as a customer may read it: without the rule's id."""
    rows = (row for row in policy.clocks if row.id == deadline.clock.rule)
    title = next((row.title for row in rows), deadline.clock.title)
    return texts.choose(dict(title))


def _compensation(paper: TicketPaper, item: CompensationItem) -> models.CompensationLine:
    return models.CompensationLine(
        ledger=_ledger(item),
        instrument=item.instrument,
        amount=item.amount,
        status="paid" if item.paid else item.status,
        proposed_by=_name(paper, item.proposed.actor),
        decided_by=_name(paper, item.decided.actor) if item.decided else "",
        note=_text(item.decision_reason) or _text(item.reason),
    )


def _entry(paper: TicketPaper, event: Event, texts: Texts) -> models.TimelineEntry:
    key = f"event.{event.kind}"
    return models.TimelineEntry(
        at=event.at,
        who=_name(paper, event.actor),
        what=texts.get(key) if texts.has(key) else event.kind,
        detail=_detail(paper, event, texts),
    )


def _detail(paper: TicketPaper, event: Event, texts: Texts) -> str:
    data = event.data
    match event.kind:
        case "step.completed":
            return _step_title(paper, read_str(data, "step"), texts)
        case "check.ticked":
            return _check_text(paper, read_str(data, "step"), read_str(data, "check"), texts)
        case "ticket.classified":
            return f"{read_str(data, 'code')} · {data.get('level')}"
        case "compensation.proposed":
            ledger = formats.label(texts, "ledger", read_str(data, "ledger"))
            instrument = formats.label(texts, "instrument", read_str(data, "instrument"))
            status = formats.label(texts, "status", _status(read_str(data, "decision")))
            amount = formats.money(read_amount(data, "amount"))
            return f"{ledger} · {instrument} {amount} · {status}"
        case "approval.decided":
            status = "approved" if data.get("approved") is True else "refused"
            said = event.text("reason")
            return " · ".join(x for x in (formats.label(texts, "status", status), said) if x)
        case "survey.recorded":
            score = data.get("score")
            outcome = f"ui_ticket.survey.outcome.{read_str(data, 'outcome')}"
            return f"{score} / 5" if score else texts.get(outcome) if texts.has(outcome) else ""
        case _:
            return event.text("text") or event.text("note") or event.text("name")


def _status(decision: str) -> str:
    return "granted" if decision == "granted" else "pending"


def _step_title(paper: TicketPaper, step_id: str, texts: Texts) -> str:
    steps = paper.policy.steps_of(paper.state.flow)
    step = next((s for s in steps if s.id == step_id), None)
    return texts.choose(dict(step.title)) if step else step_id


def _check_text(paper: TicketPaper, step_id: str, check_id: str, texts: Texts) -> str:
    steps = paper.policy.steps_of(paper.state.flow)
    items = [c for s in steps if s.id == step_id for c in s.do if c.id == check_id]
    return texts.choose(dict(items[0].text)) if items else check_id


def _evidence(paper: TicketPaper, item: Evidence) -> models.EvidenceItem:
    sha256 = _text(item.content)
    picture = paper.pictures.get(sha256)
    return models.EvidenceItem(
        name=_text(item.name),
        role={"form": "paper_form"}.get(item.role, item.role),
        size=item.size,
        sha256=sha256,
        added_at=item.mark.at,
        added_by=_name(paper, item.mark.actor),
        thumbnail=thumbnail(picture) if picture else None,
    )


def thumbnail(picture: bytes) -> bytes | None:
    """Return a small JPEG of a picture, or None when it is none that can be drawn."""
    try:
        with Image.open(io.BytesIO(picture)) as image:
            image.draft("RGB", (THUMBNAIL_PX, THUMBNAIL_PX))
            small = image.convert("RGB")
            small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _stage(state: TicketState, policy: Policy) -> str:
    if state.closed:
        return "closed"
    steps = policy.steps_of(state.flow)
    node = next((s.node for s in steps if s.id not in state.steps_done), "closed")
    return STAGES.get(node, node)


def _allowed(state: TicketState) -> Iterable[CompensationItem]:
    return (item for item in state.compensation.values() if item.allowed)


def _remedies_given(state: TicketState) -> tuple[str, ...]:
    paid = [item for item in state.compensation.values() if item.paid]
    refund = ("refund",) if any(item.ledger == "refund" for item in paid) else ()
    other = ("other",) if any(item.ledger != "refund" for item in paid) else ()
    return tuple(dict.fromkeys((*iso_record.listed(state.text("remedies_given")), *refund, *other)))


def _ledger(item: CompensationItem) -> models.Ledger:
    return next((known for known in models.LEDGERS if known == item.ledger), "goodwill")


def _name(paper: TicketPaper, person: str) -> str:
    return paper.people.get(person, person)


def _text(value: str | Absent) -> str:
    return value if isinstance(value, str) else ""


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _heads(paper: TicketPaper) -> Iterable[models.JournalHead]:
    return (
        models.JournalHead(chain, seq, head.hex()) for chain, (seq, head) in paper.heads.items()
    )
