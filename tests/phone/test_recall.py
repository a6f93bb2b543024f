"""Envelopes that HQ recalls: out of use at both ends, a release before that is named (CO-04)."""

from __future__ import annotations

from desktop.domain.outcomes import Refusal
from sync.hq import bootstrap, envelope_stock
from tests.phone.phone_kit import PASSWORD, World
from tests.sync.hq_process import hq_command


def recall(world: World) -> int:
    with world.hq.engine.begin() as connection:
        return envelope_stock.recall(connection, world.luo, "luo", "S0217", bootstrap.utc_now())


def test_a_recalled_envelope_gives_no_code_and_releases_nothing(world: World) -> None:
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    # When HQ recalls all five and both PCs have synced
    assert recall(world) == 5
    world.exchange(world.store, world.mine)
    # Then the approver's PC gives no code, and the store has nothing to ask with
    assert isinstance(world.give(challenge), Refusal)
    assert isinstance(world.store.phone_challenge(stream, item, ""), Refusal)
    # And new envelopes work again
    world.issue()
    world.exchange(world.store, world.mine)
    assert world.code(world.asked(stream, item))


def test_a_release_after_the_recall_is_named(world: World) -> None:
    # Given a code that was given before, and a store that was offline when HQ recalled
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    assert recall(world) == 5
    # When the store releases by it
    world.store.phone_approve(stream, item, code)
    assert world.status(stream, item) == "approved"
    world.exchange(world.store, world.mine)
    # Then HQ names it
    assert "after_recall" in {m.code for m in world.mismatches()}


def test_an_approver_who_gets_another_pc_is_asked_by_envelopes_that_it_holds(
    world: World,
) -> None:
    # Given unused envelopes whose secrets are on a PC that is replaced
    stream, item = world.waiting()
    other = world.pc("other", "R0002", "luo", "罗薇", "region:苏南")
    with world.hq.engine.begin() as connection:
        now = bootstrap.utc_now()
        moved = envelope_stock.move_approver(connection, world.luo, "luo", world.device(other), now)
    assert moved == 5
    # When new ones were made and everybody has synced
    world.issue()
    world.exchange(world.store, world.mine, other)
    # Then the store asks by one that the new PC answers
    challenge = world.asked(stream, item)
    world.mine = other
    assert world.code(challenge)
    # And what a PC without access could answer is recalled too
    with world.hq.engine.begin() as connection:
        who, device = world.luo, world.device(other)
        assert envelope_stock.recall_answered_on(connection, who, device, now) == 5


def test_a_role_given_by_command_recalls_what_the_old_one_could_answer(world: World) -> None:
    # Given an approver with five unused envelopes
    stream, item = world.waiting()
    challenge = world.asked(stream, item)

    def add(role: str) -> str:
        done = hq_command(
            "people", "add", "luo", "--name", "罗薇", "--role", role,
            data=world.hq.data, url=world.hq.database_url, stdin=f"{PASSWORD}\n",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    # When the same role is given once more, nothing changes
    assert "recalled" not in add("department_head")
    # When another role is given, all five are out of use at both ends
    assert "5 envelopes" in add("clerk")
    world.exchange(world.store, world.mine)
    assert isinstance(world.give(challenge), Refusal)
    assert isinstance(world.store.phone_challenge(stream, item, ""), Refusal)
