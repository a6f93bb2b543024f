"""HQ matches the approver's log with the store's releases and finds whatever does not fit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from desktop.domain import phone_approval
from desktop.domain.events import Draft, JsonValue
from desktop.domain.operations import approve_by_phone
from desktop.domain.phone_approval import Challenge
from desktop.domain.ticket import TicketState
from desktop.services.desk import Desk
from desktop.services.ports import Author
from desktop.texts import LANGS, Texts
from sync.hq import envelope_records
from tests.phone.phone_kit import World
from tests.sync.hq_browser import add_people, browsing


def found(world: World) -> list[str]:
    return [m.code for m in world.mismatches()]


def patched(
    world: World, stream: str, challenge: Challenge, desk: Desk | None = None, **said: JsonValue
) -> None:
    """What an altered program at the store writes: a release with no code at all."""
    desk = desk or world.store
    item = next(
        i.id
        for i in world.store.ticket(stream).state.compensation.values()  # type: ignore[union-attr]
        if i.status == "pending"
    )
    envelope = next(
        lock.envelope
        for lock in world.store.phone_locks()
        if lock.envelope.number == challenge.envelope
    )
    data: dict[str, JsonValue] = {
        "item": item,
        "role": envelope.role,
        "limit": None,
        "approver": envelope.approver,
        "envelope": envelope.number,
        "facts": phone_approval.digest_for(challenge.facts, envelope).hex(),
        **said,
    }
    write(desk, stream, Draft(approve_by_phone.KIND, data))


def write(desk: Desk, stream: str, draft: Draft) -> None:
    author = Author(desk.actor().person, desk.now(), desk.policy.version)
    with desk.use_cases.journal.write() as writer:
        writer.append(stream, [draft], author)


def test_a_release_that_was_given_and_used_fits(world: World) -> None:
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    assert isinstance(world.store.phone_approve(stream, item, code), TicketState)
    world.exchange(world.store, world.mine)
    assert found(world) == []


def test_order_of_arrival_does_not_matter(world: World) -> None:
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    world.store.phone_approve(stream, item, code)
    world.exchange(world.store)
    (waiting,) = world.mismatches()
    assert (waiting.code, waiting.heard) == ("used_not_given", False)
    world.exchange(world.mine)
    assert found(world) == []


def test_a_code_that_was_given_and_not_used_is_listed(world: World) -> None:
    world.code(world.asked(*world.waiting()))
    world.exchange(world.mine)
    (mismatch,) = world.mismatches()
    assert (mismatch.code, mismatch.envelope, mismatch.store) == ("given_not_used", 1, "S0217")


def test_a_release_without_a_code_is_found(world: World) -> None:
    stream, item = world.waiting()
    patched(world, stream, world.asked(stream, item))
    assert world.status(stream, item) == "approved"
    world.exchange(world.store, world.mine)
    (mismatch,) = world.mismatches()
    assert (mismatch.code, mismatch.stream) == ("used_not_given", stream)


def test_a_code_turned_to_another_sum_is_found(world: World) -> None:
    """Patched software learns the secret from a code and releases 9000 instead of 6800."""
    stream, item = world.waiting("6800")
    world.code(world.asked(stream, item))
    other, large = world.waiting("9000")
    challenge = replace(world.asked(other, large), envelope=1)
    patched(world, other, challenge)
    world.exchange(world.store, world.mine)
    assert found(world) == ["facts_differ"]
    assert "6800.00" in world.mismatches()[0].detail
    assert "9000.00" in world.mismatches()[0].detail
    # And HQ's page says so in the person's language
    add_people(world.hq.engine, ("reader", "郑律", "legal", ""))
    with browsing(world.hq.url, "reader") as legal:
        assert "给码说的是 6800.00 元，发放的是 9000.00 元" in legal.get("/reconciliation").text
        legal.get("/lang/en")
        page = legal.get("/reconciliation").text
        assert "the code was for ¥ 6800.00, the release was ¥ 9000.00" in page


def test_an_envelope_used_twice_is_found(world: World) -> None:
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    world.store.phone_approve(stream, item, world.code(challenge))
    other, _ = world.waiting()
    patched(world, other, challenge)
    world.exchange(world.store, world.mine)
    assert "used_twice" in found(world)
    assert "record_altered" in found(world)


def test_an_envelope_that_hq_never_made_is_found(world: World) -> None:
    stream, item = world.waiting()
    patched(world, stream, world.asked(stream, item), envelope=99)
    world.exchange(world.store, world.mine)
    assert found(world) == ["unknown_envelope"]


def test_an_altered_release_is_found_whatever_it_says(world: World) -> None:
    for said, code in (
        ({"approver": "P-other"}, "other_approver"),
        ({"role": "supervisor"}, "other_approver"),
        ({"facts": "00"}, "record_altered"),
    ):
        stream, item = world.waiting()
        challenge = world.asked(stream, item)
        world.code(challenge)
        patched(world, stream, challenge, **said)
        world.exchange(world.store, world.mine)
        assert code in [m.code for m in world.mismatches() if m.envelope == challenge.envelope]


def test_a_release_above_the_cap_is_found(world: World) -> None:
    stream, item = world.waiting("12000")
    challenge = world.asked(stream, item)
    world.code(challenge)
    patched(world, stream, challenge)
    _, second = world.waiting("9000", stream)
    patched(world, stream, replace(challenge, envelope=2), item=second)
    world.exchange(world.store, world.mine)
    assert "over_cap" in [m.code for m in world.mismatches() if m.envelope == 2]


def test_a_release_after_expiry_is_found(world: World) -> None:
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    world.code(challenge)
    world.clock.moved = timedelta(days=31)
    patched(world, stream, challenge)
    world.clock.moved = timedelta(0)
    world.exchange(world.store, world.mine)
    assert "after_expiry" in found(world)


def test_a_release_below_rank_or_of_ones_own_is_found(world: World) -> None:
    """The envelope's own terms are judged, not what the event says of them."""
    low = world.people.save("qian", "钱区", "regional_manager", "一二三四五六七八九十")
    boss = world.pc("qian", "R0002", "qian", "钱区", "region:苏南")
    world.bind("qian", boss)
    (number, *_) = world.issue(login="qian")
    world.exchange(world.store, boss)
    stream, item = world.waiting("6800", payee=low)
    patched(world, stream, replace(world.asked(stream, item), envelope=number))
    world.exchange(world.store, boss)
    codes = [m.code for m in world.mismatches() if m.envelope == number]
    assert {"low_rank", "own_item", "used_not_given"} <= set(codes)
    boss.close()


def test_a_forged_log_of_the_approver_is_found(world: World) -> None:
    """The store's PC writes that a code was given: it is not the approver's chain that says so."""
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    patched(world, stream, challenge)
    facts = challenge.facts
    data: dict[str, JsonValue] = {
        "envelope": challenge.envelope, "store": "S0217", "ticket": facts.ticket,
        "instrument": facts.instrument, "ledger": facts.ledger, "amount": "6800.00",
        "payee": facts.payee, "facts": "",
    }  # fmt: skip
    write(world.store, "Vforged", Draft(phone_approval.CODE_GIVEN, data))
    world.exchange(world.store, world.mine)
    assert sorted(found(world)) == ["given_elsewhere", "used_not_given"]


def test_a_release_on_another_device_is_found(world: World) -> None:
    second = world.pc("second", "S0217", "li", "李", "S0217")
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    world.code(challenge)
    world.exchange(world.store, second)
    patched(world, stream, challenge, desk=second)
    world.exchange(second, world.mine)
    assert "used_elsewhere" in found(world)
    second.close()


def test_two_codes_for_one_envelope_are_found(world: World) -> None:
    """An approver's program that was altered gives a second one."""
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    world.store.phone_approve(stream, item, world.code(challenge))
    data: dict[str, JsonValue] = {
        "envelope": challenge.envelope, "store": "S0217", "ticket": challenge.facts.ticket,
        "instrument": "voucher", "ledger": "goodwill", "amount": "1.00", "payee": "customer",
        "facts": "",
    }  # fmt: skip
    write(world.mine, "Vsecond", Draft(phone_approval.CODE_GIVEN, data))
    world.exchange(world.store, world.mine)
    assert found(world) == ["given_twice"]


def test_wrong_codes_are_told_to_hq(world: World) -> None:
    stream, item = world.waiting()
    world.asked(stream, item)
    for guess in range(5):
        world.store.phone_approve(stream, item, phone_approval.format_code(guess))
    world.exchange(world.store)
    (mismatch,) = world.mismatches()
    assert (mismatch.code, mismatch.detail) == ("tries_locked", "5 wrong codes")


def test_records_that_make_no_sense_disturb_nothing(world: World) -> None:
    for number in (-1, 2**70, "x", None, True):
        write(world.store, "Vodd", Draft(phone_approval.CODE_GIVEN, {"envelope": str(number)}))
    write(world.store, "Vodd", Draft(phone_approval.CODE_GIVEN, {"envelope": 2**53 - 1}))
    stream, item = world.waiting()
    world.store.phone_approve(stream, item, world.code(world.asked(stream, item)))
    world.exchange(world.store, world.mine)
    assert found(world) == ["unknown_envelope"]
    assert world.store.ticket(stream).state.compensation[item].amount == Decimal("6800.00")  # type: ignore[union-attr]


def test_what_is_told_of_a_mismatch_is_there_in_both_languages() -> None:
    chinese, english = (Texts(lang) for lang in LANGS)
    keys = [f"hq_reconciliation.detail_{code}" for code in envelope_records.GRAVEST]
    told = [key for key in keys if chinese.has(key)]
    assert len(told) == 11
    for key in told:
        assert fields_of(chinese.get(key)) == fields_of(english.get(key)), key


def fields_of(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
