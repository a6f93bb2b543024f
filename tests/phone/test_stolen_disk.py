"""A copy of the store's whole data folder, key included, mints no code."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from desktop.bootstrap import open_desk
from desktop.domain import phone_approval
from desktop.domain.outcomes import Refusal
from desktop.services.phone_ports import opens
from desktop.storage.database import Database
from desktop.storage.keys import load_key
from tests.phone.phone_kit import PASSWORD, World

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def everything(connection: Connection) -> list[bytes]:
    """Every value of every table, the journal, keys and drafts included, as bytes."""
    found: list[bytes] = []
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')):
            for value in row:
                if isinstance(value, bytes):
                    found.append(value)
                elif value is not None:
                    found.append(str(value).encode())
    return found


def copied(world: World) -> Path:
    return Path(shutil.copytree(world.folder / "store", world.folder / "stolen"))


def written(secret: int) -> set[bytes]:
    """The ways in which a secret could lie somewhere."""
    raw = phone_approval.secret_bytes(secret)
    plain = phone_approval.format_code(secret)
    return {
        raw,
        raw[::-1],
        raw.hex().encode(),
        raw.hex().upper().encode(),
        str(secret).encode(),
        plain.encode(),
        plain.replace("-", "")[:-1].encode(),
    }


def test_nothing_on_the_stores_disk_is_or_holds_a_secret(world: World) -> None:
    """One code of five was asked for and given; the folder is copied before it is typed."""
    stream, item = world.waiting()
    code = world.code(world.asked(stream, item))
    stolen = copied(world)
    secrets = [
        int.from_bytes(h.secret, "big")
        for h in world.mine.use_cases.phone_codes.held(world.mine.person)
    ]
    assert len(secrets) == 5
    database = Database.open(stolen / "amends.db", load_key(stolen, new=False).secret)
    with database.read() as connection:
        values = everything(connection)
    database.close()
    files = [p.read_bytes() for p in stolen.rglob("*") if p.is_file()]
    assert len(values) > 100
    sought = set().union(*(written(secret) for secret in secrets)) | {code.encode()}
    for value in (*values, *files):
        assert not [s for s in sought if s in value]


def test_no_value_of_the_stores_disk_opens_a_lock(world: World) -> None:
    """Tried as a secret and as a code for the facts: every eight bytes of every value kept."""
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    stolen = copied(world)
    held = next(
        lock for lock in world.store.phone_locks() if lock.envelope.number == challenge.envelope
    )
    database = Database.open(stolen / "amends.db", load_key(stolen, new=False).secret)
    with database.read() as connection:
        of_phone = [
            value
            for table in ("phone_lock", "meta")
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
            for value in row
            if isinstance(value, bytes | str)
        ]
    database.close()
    mask = (1 << phone_approval.SECRET_BITS) - 1
    candidates = {0, mask}
    for value in of_phone:
        raw = value if isinstance(value, bytes) else value.encode()
        windows = [raw[i : i + 8] for i in range(max(1, len(raw) - 7))]
        candidates |= {int.from_bytes(w, "big") & mask for w in windows}
        candidates |= {int.from_bytes(w, "big") >> 4 for w in windows}
    assert len(candidates) > 1000
    for candidate in candidates:
        assert not opens(held.lock, phone_approval.secret_bytes(candidate))
        as_code = phone_approval.secret_in(candidate, challenge.facts, held.envelope)
        assert not opens(held.lock, as_code)


def test_a_used_code_of_the_copy_opens_no_other_lock(world: World) -> None:
    """What a thief saw used before the theft says nothing of the other envelopes."""
    stream, item = world.waiting()
    challenge = world.asked(stream, item)
    code = phone_approval.read_code(world.code(challenge))
    assert code is not None
    locks = world.store.phone_locks()
    used = next(lock for lock in locks if lock.envelope.number == challenge.envelope)
    secret = phone_approval.secret_in(code, challenge.facts, used.envelope)
    assert opens(used.lock, secret)
    others = [lock for lock in locks if lock is not used]
    assert len(others) == 4
    assert not any(opens(lock.lock, secret) for lock in others)


def test_the_program_on_a_copy_takes_as_few_guesses_as_on_the_pc(world: World) -> None:
    stream, item = world.waiting()
    world.asked(stream, item)
    thief = open_desk(copied(world), world.clock)
    thief.log_in("wang", PASSWORD)
    answers = []
    for guess in range(8):
        outcome = thief.phone_approve(stream, item, phone_approval.format_code(guess))
        assert isinstance(outcome, Refusal)
        answers.append(outcome.code)
    thief.close()
    assert answers == ["phone_wrong_code"] * 4 + ["phone_envelope_locked"] * 4


def test_secrets_reach_the_approvers_device_only_and_leave_hq(world: World) -> None:
    with world.hq.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM envelope")).scalar_one() == 5
    world.exchange(world.mine)
    with world.hq.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT count(*) FROM envelope WHERE secret IS NOT NULL")
        ).scalar_one()
    assert kept == 0
    assert world.store.use_cases.phone_codes.held(world.store.person) == ()
    assert list(world.mine.phone_locks()) == []
    assert len(world.store.phone_locks()) == 5
