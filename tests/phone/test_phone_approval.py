"""A release by phone, both sides offline: what is let through, and everything that is not."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from desktop.bootstrap import open_desk
from desktop.domain import phone_approval
from desktop.domain.outcomes import Refusal
from desktop.domain.ticket import TicketState
from desktop.services.linking import Linking
from desktop.services.phone_codes import GivenCode
from tests.phone.phone_kit import PASSWORD, World

CENT = Decimal("0.01")


def codes(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else "done"


def wrong(code: str, seed: int) -> str:
    """A well-formed code that is another one: its check character fits."""
    value = phone_approval.read_code(code)
    assert value is not None
    flipped = random.Random(seed).randrange(1, 1 << phone_approval.SECRET_BITS)
    return phone_approval.format_code(value ^ flipped)


def test_a_code_releases_the_item_with_both_sides_offline(world: World) -> None:
    stream, item = world.waiting()
    world.hq.close()
    challenge = world.asked(stream, item)
    assert challenge.facts.amount == Decimal("6800.00")
    assert challenge.approver == "罗薇"
    state = world.store.phone_approve(stream, item, world.code(challenge))
    assert isinstance(state, TicketState)
    released = state.compensation[item]
    assert released.status == "approved"
    assert released.phone_envelope == challenge.envelope
    assert released.decided is not None
    assert released.decided.actor == world.luo
    assert released.limit is None


def test_the_event_names_the_envelope_and_never_the_code(world: World) -> None:
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    code = world.code(challenge)
    world.store.phone_approve(stream, item, code)
    event = world.store.use_cases.journal.events(stream)[-1]
    assert event.kind == "approval.by_phone"
    assert event.data["envelope"] == challenge.envelope
    assert event.actor == world.store.person.id
    bare = code.replace("-", "")
    assert bare[:-1] not in str(event).replace("-", "")


def test_the_ticket_shows_who_approved_by_name(world: World) -> None:
    stream, item = world.waiting()
    world.store.phone_approve(stream, item, world.code(world.asked(stream, item)))
    page = world.store.ticket(stream)
    assert page is not None
    assert page.names[world.luo] == "罗薇"


def test_people_type_codes_as_they_hear_them(world: World) -> None:
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert codes(world.store.phone_approve(stream, item, f"  {typed} ")) == "done"


def test_asking_again_gives_the_same_envelope_and_the_same_code(world: World) -> None:
    stream, item = world.waiting()
    first = world.asked(stream, item)
    assert world.asked(stream, item) == first
    one, two = world.give(first), world.give(first)
    assert isinstance(one, GivenCode)
    assert isinstance(two, GivenCode)
    assert (one.code, one.again, two.again) == (two.code, False, True)


def test_no_phone_approval_before_enrolment(world: World) -> None:
    desk = open_desk(world.folder / "alone", world.clock)
    desk.set_up("S0300", "新店", "1", "wu", "吴", PASSWORD)
    desk.log_in("wu", PASSWORD)
    stream = world.ticket(desk)
    command = desk.new_compensation("voucher", "goodwill", Decimal("6800"), "customer", "x")
    desk.act(stream, command)
    facts = world.asked(*world.waiting()).facts
    assert codes(desk.phone_challenge(stream, command.item)) == "phone_not_enrolled"
    assert codes(desk.phone_approve(stream, command.item, "x")) == "phone_not_enrolled"
    assert codes(desk.phone_code(1, facts, "00")) == "phone_not_enrolled"
    desk.close()


@pytest.mark.parametrize(
    ("heard", "refusal"),
    [
        ({"amount": Decimal("6800.01")}, "phone_check_differs"),
        ({"amount": Decimal("8600")}, "phone_check_differs"),
        ({"instrument": "cash"}, "phone_check_differs"),
        ({"ledger": "refund"}, "phone_check_differs"),
        ({"payee": "P1"}, "phone_check_differs"),
        ({"ticket": "S0217-A-261121-008-X"}, "phone_ticket_typo"),
        ({"amount": Decimal("0")}, "amount_invalid"),
        ({"amount": Decimal("20000.01")}, "phone_over_cap"),
        ({"instrument": "gold"}, "phone_check_differs"),
    ],
)
def test_a_misheard_fact_is_found_before_the_code_is_given(
    world: World, heard: dict[str, object], refusal: str
) -> None:
    """Two digits find 99 of 100 slips, so another envelope is asked when chance let one through."""
    for _ in range(3):
        challenge = world.asked(*world.waiting())
        outcome = world.give(challenge, **heard)
        if isinstance(outcome, Refusal):
            break
    assert codes(outcome) == refusal


def test_a_slip_in_the_code_costs_no_try(world: World) -> None:
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    for place, character in enumerate(code):
        if character == "-":
            continue
        other = "7" if character != "7" else "8"
        slipped = code[:place] + other + code[place + 1 :]
        assert codes(world.store.phone_approve(stream, item, slipped)) == "phone_code_typo"
    assert codes(world.store.phone_approve(stream, item, code)) == "done"


@pytest.mark.parametrize("change", ["cent", "digit", "ticket", "store", "approver", "instrument",
                                    "ledger", "payee", "envelope"])  # fmt: skip
def test_a_code_for_anything_else_is_refused(world: World, change: str) -> None:
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    facts, terms = challenge.facts, {}
    match change:
        case "cent":
            facts = replace(facts, amount=facts.amount - CENT)
        case "digit":
            facts = replace(facts, amount=Decimal("6900"))
        case "ticket":
            other = world.store.ticket(world.ticket())
            assert other is not None
            facts = replace(facts, ticket=other.state.number)
        case "instrument":
            facts = replace(facts, instrument="cash")
        case "ledger":
            facts = replace(facts, ledger="statutory")
        case "payee":
            facts = replace(facts, payee="P2")
        case "store":
            terms = {"store": "S0218"}
        case "approver":
            terms = {"approver": "P-other"}
        case "envelope":
            terms = {"number": challenge.envelope + 1}
    code = world.code_for_other_facts(challenge, facts, **terms)
    assert codes(world.store.phone_approve(stream, item, code)) == "phone_wrong_code"
    assert world.status(stream, item) == "pending"


def test_a_used_code_releases_nothing_else(world: World) -> None:
    """Replay: on the item itself, on the same amount of another ticket, on the same ticket."""
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    assert codes(world.store.phone_approve(stream, item, code)) == "done"
    assert codes(world.store.phone_approve(stream, item, code)) == "already_decided"
    for again in (world.waiting(), world.waiting(ticket=stream)):
        assert codes(world.store.phone_approve(*again, code)) == "phone_no_challenge"
        assert world.asked(*again).envelope != 1
        assert codes(world.store.phone_approve(*again, code)) == "phone_wrong_code"


def test_one_envelope_answers_for_one_set_of_facts(world: World) -> None:
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    world.code(challenge)
    facts = replace(challenge.facts, amount=Decimal("100"))
    held = world.mine.phone_held()[0].envelope
    check = phone_approval.check_digits(facts, held)
    outcome = world.mine.phone_code(challenge.envelope, facts, check)
    assert codes(outcome) == "phone_given_otherwise"


def test_an_envelope_expires_by_hqs_time_even_when_the_clock_is_set_back(world: World) -> None:
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    code = world.code(challenge)
    world.clock.moved = timedelta(days=31)
    assert codes(world.store.phone_approve(stream, item, code)) == "phone_expired"
    assert codes(world.give(challenge)) == "phone_expired"
    world.clock.moved = timedelta(0)
    assert codes(world.store.phone_approve(stream, item, code)) == "phone_expired"
    world.exchange(world.store)
    assert codes(world.store.phone_approve(stream, item, code)) == "done"


def test_a_clock_set_back_before_the_first_use_revives_nothing(world: World) -> None:
    """The device's last receipt and newest envelope bound its clock from below."""
    world.clock.moved = timedelta(days=-400)
    world.exchange(world.store)
    stream, item = world.waiting()
    assert world.asked(stream, item).expires_at > world.clock.now() + timedelta(days=400)
    at = world.store.use_cases.phone._envelopes.hq_time(world.clock.now() - timedelta(days=99))
    assert abs(at - (world.clock.now() + timedelta(days=400))) < timedelta(minutes=1)


def test_a_lower_rank_releases_nothing_above_its_authority(world: World) -> None:
    world.people.save("qian", "钱区", "regional_manager", PASSWORD)
    boss = world.pc("qian", "R0002", "qian", "钱区", "region:苏南")
    world.bind("qian", boss)
    numbers = world.issue(login="qian")
    world.exchange(world.store, boss)
    stream, item = world.waiting("5000.01")
    offered = world.store.phone_approvers(stream, item)
    assert [p.name for p in offered] == ["罗薇"]
    qian = next(
        lock.envelope.approver
        for lock in world.store.phone_locks()
        if lock.envelope.number == numbers[0]
    )
    assert codes(world.store.phone_challenge(stream, item, qian)) == "approver_role"
    boss.close()


def test_the_sum_is_what_binds_not_the_item(world: World) -> None:
    """Cap and rank hold for the whole of the complaint, the current item included (D4)."""
    ticket = world.ticket()
    first = world.waiting("12000", ticket)
    assert codes(world.store.phone_approve(*first, world.code(world.asked(*first)))) == "done"
    second = world.waiting("8000.01", ticket)
    assert codes(world.store.phone_challenge(*second)) == "phone_over_cap"
    third = world.waiting("8000", world.ticket())
    assert codes(world.store.phone_challenge(*third)) == "done"


def test_linked_complaints_count_for_rank_and_cap(world: World) -> None:
    """An amount split over linked complaints needs what the whole needs (D4)."""
    cases = world.store.use_cases
    linking = Linking(cases.journal, cases.handling, cases.queries)
    first, second = world.waiting("12000"), world.waiting("8000.01")
    assert codes(world.store.phone_challenge(*second)) == "done"
    linking.link(first[0], second[0], "same_incident", world.store.actor())
    assert codes(world.store.phone_challenge(*second)) == "phone_over_cap"
    assert codes(world.store.phone_approve(*second, "0000-0000-0000-0")) == "phone_over_cap"


def test_nobody_releases_what_they_proposed_or_are_paid(world: World) -> None:
    """The approver has an account at the store under the same login."""
    added = world.store.add_person("luo", "罗薇", "supervisor", PASSWORD)
    stream, item = world.waiting(payee=added.id)
    assert codes(world.store.phone_challenge(stream, item)) == "payee_approves"
    world.store.log_in("luo", PASSWORD)
    own = world.waiting()
    assert codes(world.store.phone_challenge(*own)) == "self_approval"


def test_only_the_approver_gives_codes_on_the_approvers_device(world: World) -> None:
    challenge = world.asked(*world.waiting())
    world.mine.add_person("guest", "来客", "supervisor", PASSWORD)
    world.mine.log_in("guest", PASSWORD)
    assert world.mine.phone_held() == ()
    assert codes(world.give(challenge)) == "phone_unknown_envelope"


def test_five_wrong_codes_kill_an_envelope_and_are_told(world: World) -> None:
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    for tries in range(4):
        outcome = world.store.phone_approve(stream, item, wrong(code, tries))
        assert outcome == Refusal("phone_wrong_code", {"left": 4 - tries})
    assert codes(world.store.phone_approve(stream, item, wrong(code, 9))) == "phone_envelope_locked"
    assert codes(world.store.phone_approve(stream, item, code)) == "phone_envelope_locked"
    page = world.store.ticket(stream)
    assert page is not None
    assert [a.code for a in page.state.anomalies] == ["phone_locked"]
    again = world.asked(stream, item)
    assert codes(world.store.phone_approve(stream, item, world.code(again))) == "done"


def test_ten_wrong_codes_a_day_stop_the_device_also_after_a_restart(world: World) -> None:
    for _ in range(2):
        stream, item = world.waiting()
        code = world.code(world.asked(stream, item))
        for tries in range(5):
            world.store.phone_approve(stream, item, wrong(code, tries))
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    assert codes(world.store.phone_approve(stream, item, code)) == "phone_device_locked"
    world.store.close()
    world.store = open_desk(world.folder / "store", world.clock)
    world.store.log_in("wang", PASSWORD)
    assert codes(world.store.phone_approve(stream, item, code)) == "phone_device_locked"
    world.clock.moved = timedelta(hours=25)
    assert codes(world.store.phone_approve(stream, item, code)) == "done"


def test_an_envelope_that_hq_did_not_sign_is_not_used(world: World) -> None:
    """Whoever writes a lock of their own into the database has no signature for it."""
    from sqlalchemy import update

    from desktop.storage.database import Database
    from desktop.storage.keys import load_key
    from desktop.storage.phone_tables import phone_lock
    from tests.phone.phone_kit import cheap_lock

    stream, item = world.waiting()
    folder = world.folder / "store"
    database = Database.open(folder / "amends.db", load_key(folder, new=False).secret)
    forged = cheap_lock(phone_approval.secret_bytes(7))
    with database.write() as connection:
        connection.execute(update(phone_lock).values(lock=forged))
    database.close()
    assert codes(world.store.phone_challenge(stream, item)) == "phone_not_hqs"


@pytest.mark.parametrize("seed", range(8))
def test_random_codes_and_facts_release_nothing(world: World, seed: int) -> None:
    """Seeded fuzz over the service: whatever is typed, only the code for the facts releases."""
    rng = random.Random(seed)
    stream, item = world.waiting(f"{rng.randrange(500_001, 2_000_000) / 100:.2f}")
    challenge = world.asked(stream, item)
    code = world.code(challenge)
    for _ in range(4):
        cents = rng.randrange(1, 2_000_000)
        other = replace(challenge.facts, amount=Decimal(cents).scaleb(-2))
        typed = rng.choice(
            [
                world.code_for_other_facts(challenge, other),
                wrong(code, rng.randrange(10**9)),
                phone_approval.format_code(rng.randrange(1 << 60)),
                "".join(rng.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ -!中", k=14)),
            ]
        )
        if typed == code:
            continue
        outcome = world.store.phone_approve(stream, item, typed)
        assert codes(outcome) in ("phone_wrong_code", "phone_code_typo")
    assert world.status(stream, item) == "pending"
    assert codes(world.store.phone_approve(stream, item, code)) == "done"


def test_the_approvers_log_does_not_stop_the_stores_exchange(world: World) -> None:
    """It comes from a regional chain of which the store sees only its own part."""
    for _ in range(2):
        stream, item = world.waiting()
        code = world.code(world.asked(stream, item))
        assert codes(world.store.phone_approve(stream, item, code)) == "done"
        world.exchange(world.mine, world.store, world.mine, world.store)
    status = world.store.sync_status()
    assert (status.pending, status.quarantined) == (0, 0)
    assert world.mismatches() == []
