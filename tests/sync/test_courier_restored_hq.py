"""SY-02: where only sticks go, an HQ that was restored from a backup gets back what it lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from desktop.services.courier_ports import Carried, Exported
from desktop.storage.store import StoreData
from sync.hq import bootstrap, courier, database
from sync.hq.exchange import Exchange
from sync.hq.rates import Rates
from tests.sync.conftest import ServedHq
from tests.sync.stores import client, complain, open_pc
from tests.sync.test_courier import exported, taken


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[StoreData]:
    one = open_pc(tmp_path / "one")
    yield one
    one.close()


def carried(
    pc: StoreData, served: ServedHq, engine: Engine, place: Path
) -> tuple[Exported, Carried]:
    """A file there and its answer back."""
    file = exported(pc, place.with_suffix(".amends"))
    found = courier.take(
        Exchange(engine, served.key, bootstrap.utc_now),
        served.files,
        file.path.read_bytes(),
        file.code,
    )
    place.write_bytes(found.answer)
    return file, taken(pc, place, file.code)


def test_the_next_file_begins_where_the_restored_hq_ends(
    pc: StoreData, tmp_path: Path, engine: Engine, database_url: str
) -> None:
    served = ServedHq(tmp_path, engine, database_url, Rates())
    client(pc).enrol(served.url, served.code())
    complain(pc, 1)
    carried(pc, served, engine, tmp_path / "1")
    served.close()
    # Given a backup of HQ's database, and two complaints that it does not know
    engine.dispose()
    name = f"{make_url(database_url).database}_backup"
    admin = database.connect(
        make_url(database_url).set(database="postgres").render_as_string(hide_password=False)
    )
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text(f"CREATE DATABASE {name} TEMPLATE {make_url(database_url).database}")
        )
    admin.dispose()
    complain(pc, 2)
    late = exported(pc, tmp_path / "late.amends")
    early = courier.take(
        Exchange(engine, served.key, bootstrap.utc_now),
        served.files,
        late.path.read_bytes(),
        late.code,
    )
    complain(pc, 3)
    carried(pc, served, engine, tmp_path / "3")
    assert pc.sync.status().acked_seq == 3
    # An older answer that comes late says nothing of a loss
    (tmp_path / "late").write_bytes(early.answer)
    assert taken(pc, tmp_path / "late", late.code).lost_after is None
    # When HQ runs on its backup and a file comes
    restored = database.connect(
        make_url(database_url).set(database=name).render_as_string(hide_password=False)
    )
    try:
        complain(pc, 4)
        file, answer = carried(pc, served, restored, tmp_path / "4")
        assert (file.events, answer.lost_after) == (1, 1)
        # Then the next file brings what is missing, and the one after is an ordinary one
        file, answer = carried(pc, served, restored, tmp_path / "5")
        assert (file.events, answer.lost_after, answer.acked_seq) == (3, None, 4)
        file, answer = carried(pc, served, restored, tmp_path / "6")
        assert (file.events, answer.lost_after) == (0, None)
        with restored.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM event")).scalar_one() == 4
    finally:
        restored.dispose()
