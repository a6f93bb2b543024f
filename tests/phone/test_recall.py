"""Envelopes that HQ recalls: out of use at both ends, a release before that is named (CO-04)."""

from __future__ import annotations

from desktop.domain.outcomes import Refusal
from sync.hq import bootstrap, envelope_stock
from tests.phone.phone_kit import World


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
