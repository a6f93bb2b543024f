"""Open a complaint (受理): typed at the counter or confirmed from a paper form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desktop.domain import custom_fields
from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base, take_red_channel
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import Anomaly, TicketState

KIND = "ticket.opened"
#: Facts that are no personal data; every other field is free text or names a person.
PLAIN_FIELDS = frozenset(
    {"emotion", "tier", "complexity", "amount", "receipt_no", "sku", "batch", "complaint_date"}
    | {"bought_at", "received_at", "occurred_at", "customer_posted_online", "recurrent"}
    | {"repair_promised_at", "repair_done_at", "coupon_no"}
    # What ISO 10002 (annex of forms) asks to assess: 7.5, 7.7, 7.9.
    | {"actual_severity", "potential_severity", "impact", "safety", "action_needed"}
    | {"action_possible", "compensation_likely", "remedies_wanted", "remedies_given"}
    | {"correction_verified"}
)
PERSONAL_FIELDS = frozenset(
    {"customer_name", "phone", "member_no", "verbatim", "expectation", "product"}
    | {"place", "sku_unavailable_reason", "representative", "address", "received_by"}
    | {"immediate_action", "coupon_rules"}
)


@dataclass(frozen=True, slots=True)
class OpenTicket(base.Command):
    """Facts of a new complaint; `number` is the permanent number that people read.

    IN-03: the customer's words (客户原始诉求), emotion 1–5 and the expected solution are asked for;
    `quick` (先记一句) needs the words only and is completed later (IN-02); `red` (红色通道, CL-01)
    needs nothing at all: the one act makes it level 1, the words follow. `fields` may also hold the
    pack's own fields by their ids (CF-01).
    """

    number: str
    channel: str
    store: str
    flow: str
    fields: Mapping[str, str | int | bool] = field(default_factory=dict)
    form_serial: str | None = None
    quick: bool = False
    red: bool = False
    arrived_at: datetime | None = None


def decide(state: TicketState, command: OpenTicket, context: Context) -> Decision:
    """Refuse a second opening, unknown fields, and a complaint without the customer's words."""
    if state.opened:
        return Refusal("already_open", {"number": state.number})
    own = custom_fields.of_policy(context.policy)
    unknown = command.fields.keys() - PLAIN_FIELDS - PERSONAL_FIELDS - own.keys()
    if unknown:
        raise ValueError(f"unknown ticket fields: {sorted(unknown)}")
    if command.flow not in context.policy.flows:
        return Refusal("unknown_flow", {"flow": command.flow})
    wrong = _incomplete(command)
    if wrong:
        return wrong
    urgent = command.quick or command.red
    entered = {name: value for name, value in command.fields.items() if name in own}
    kept = custom_fields.checked(entered, context.policy, missing=not urgent)
    if isinstance(kept, Refusal):
        return kept
    opened = _draft(command, *kept)
    if not command.red:
        return Accepted((opened,))
    return Accepted((opened, *take_red_channel.drafts(state)))


def _incomplete(command: OpenTicket) -> Refusal | None:
    """Return what IN-03 still asks for."""
    if not command.red and not str(command.fields.get("verbatim", "")).strip():
        return Refusal("verbatim_missing")
    emotion = command.fields.get("emotion")
    if emotion is not None and emotion not in range(1, 6):
        return Refusal("emotion_out_of_range", {"value": emotion})
    if command.quick or command.red:
        return None
    if emotion is None:
        return Refusal("emotion_missing")
    if not str(command.fields.get("expectation", "")).strip():
        return Refusal("expectation_missing")
    return None


def _draft(
    command: OpenTicket, own: Mapping[str, JsonValue], own_texts: Mapping[str, str]
) -> Draft:
    plain = {k: v for k, v in command.fields.items() if k in PLAIN_FIELDS and v != ""}
    personal = {k: str(v) for k, v in command.fields.items() if k in PERSONAL_FIELDS and v != ""}
    return Draft(
        KIND,
        {
            "number": command.number,
            "channel": command.channel,
            "store": command.store,
            "flow": command.flow,
            "fields": {**plain, **{k: v for k, v in own.items() if v != ""}},
            **({"form": command.form_serial} if command.form_serial else {}),
            **({"arrived": command.arrived_at.isoformat()} if command.arrived_at else {}),
        },
        {**personal, **{k: v for k, v in own_texts.items() if v != ""}},
    )


def apply(state: TicketState, event: Event) -> TicketState:
    """Start the ticket; who opened it owns it until a named person accepts (首问负责, AS-11).

    A second opening of the same ticket changes nothing: numbers and flows never change.
    """
    if state.opened:
        return evolve(state, anomalies=(*state.anomalies, Anomaly("opened_twice", event.id, {})))
    fields = base.set_fields(
        state,
        event,
        {**base.read_map(event.data, "fields"), **event.personal, "owner": event.actor},
    )
    return evolve(
        state,
        opened=base.mark(event),
        number=base.read_str(event.data, "number"),
        channel=base.read_str(event.data, "channel"),
        store=base.read_str(event.data, "store"),
        flow=base.read_str(event.data, "flow"),
        form_serial=base.read_str(event.data, "form") or None,
        arrived_at=base.read_time(event.data, "arrived"),
        policy=event.policy,
        fields=fields,
    )
