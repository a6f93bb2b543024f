"""The store's schema: migrations make what the tables say, and old data comes through whole."""

import json
import re
import resource
import sys
from pathlib import Path
from shutil import copyfile, copytree

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from desktop.policy import load_policy
from desktop.services.ports import StorageFault, StorageFull
from desktop.storage import schema, tables
from desktop.storage.database import make_engine
from sync import protocol

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))
from tests.storage.store_kit import Shop

KEY = bytes(32)
#: One folder a released revision, written by that revision's program (make_store_data.py).
RELEASED = sorted((Path(__file__).parent / "store_data").iterdir())


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_KEYRING", "off")


def objects(connection: Connection) -> dict[str, str]:
    """Everything of the schema by name, as SQLite keeps it."""
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {row.name: " ".join(row.sql.split()) for row in found}


def revision_in(path: Path, folder: Path) -> str | None:
    """The schema revision of a database file under the key of `folder`."""
    engine = make_engine(path, bytes.fromhex((folder / "key").read_text()))
    with engine.connect() as connection:
        found = schema.revision_of(connection)
    engine.dispose()
    return found


def chained(path: Path, folder: Path) -> int:
    """How many events the file holds, after SQLite has found it sound."""
    engine = make_engine(path, bytes.fromhex((folder / "key").read_text()))
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        count: int = connection.execute(text("SELECT count(*) FROM event")).scalar_one()
    engine.dispose()
    return count


def test_the_migrated_schema_equals_the_tables(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "a.db", KEY)
    schema.upgrade(engine, tmp_path / "a.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                # The index's own shadow tables belong to FTS5.
                "include_name": lambda name, kind, parents: (
                    not (kind == "table" and (name or "").startswith("ticket_search"))
                ),
            },
        )
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_what_alembic_cannot_compare_is_the_same_too(tmp_path: Path) -> None:
    """Checks, partial indexes, WITHOUT ROWID and the search index, by SQLite's own record."""
    migrated = make_engine(tmp_path / "a.db", KEY)
    schema.upgrade(migrated, tmp_path / "a.db")
    created = make_engine(tmp_path / "b.db", KEY)
    with created.begin() as connection:
        tables.metadata.create_all(connection)
        connection.execute(text(tables.TICKET_SEARCH_DDL))
    with migrated.connect() as one, created.connect() as other:
        have, wanted = objects(one), objects(other)
    have.pop("alembic_version")
    assert sorted(have) == sorted(wanted)
    for name, definition in wanted.items():
        # The order of constraints means nothing; every word of the definition counts.
        assert sorted(re.findall(r"\S[^\s,()]*", have[name])) == sorted(
            re.findall(r"\S[^\s,()]*", definition)
        ), name
    migrated.dispose()
    created.dispose()


def test_the_program_knows_the_newest_revision() -> None:
    script = ScriptDirectory(str(schema.MIGRATIONS))
    assert script.get_heads() == [schema.HEAD]
    assert schema.HEAD in schema.known_revisions()


def test_every_released_revision_has_its_data() -> None:
    assert {folder.name for folder in RELEASED} == schema.known_revisions()


@pytest.mark.parametrize("released", RELEASED, ids=lambda folder: folder.name)
def test_data_of_a_released_revision_comes_through_whole(released: Path, tmp_path: Path) -> None:
    """What that version showed is what this one shows, and every chain verifies."""
    folder = copytree(released, tmp_path / "data")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    shop = Shop(folder, load_policy())
    stored = [
        [str(e.id), e.stream, e.kind, e.lc, e.at.isoformat(), dict(e.data), dict(e.personal)]
        for stream in expected["streams"]
        for e in shop.store.journal.events(stream)
    ]
    assert stored == expected["events"]
    rows = {row["stream"]: row["number"] for row in shop.table(tables.ticket_row)}
    assert rows == expected["numbers"]
    assert shop.found('"退款" *') == expected["found"]
    report = shop.store.verify(protocol.verify_receipt)
    assert report.first_bad is None
    assert report.events == len(expected["events"])
    shop.complain("new")
    shop.store.close()
    kept = folder / f"amends.schema-{released.name}.db"
    assert kept.exists() is (released.name != schema.HEAD)
    if kept.exists():
        assert revision_in(kept, folder) == released.name
        assert chained(kept, folder) == len(expected["events"])


def test_an_upgrade_keeps_a_copy_of_the_file_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revision that is yet to come: the copy holds the data as it was, under the same key."""
    folder = copytree(RELEASED[-1], tmp_path / "data")
    revision = RELEASED[-1].name
    later = tmp_path / "migrations"
    copytree(schema.MIGRATIONS, later)
    (later / "versions" / "next.py").write_text(
        f'revision = "next"\ndown_revision = "{revision}"\n'
        "from alembic import op\nimport sqlalchemy as sa\n"
        "def upgrade():\n"
        '    op.add_column("setting", sa.Column("extra", sa.Text()))\n'
    )
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "HEAD", "next")
    shop = Shop(folder, load_policy())
    assert shop.state("t0").opened is not None
    shop.store.close()
    kept = folder / f"amends.schema-{revision}.db"
    old = tmp_path / "old"
    copytree(RELEASED[-1], old)
    copyfile(kept, old / "amends.db")
    monkeypatch.undo()
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    before = Shop(old, load_policy())
    assert before.state("t0").opened is not None
    assert before.store.verify(protocol.verify_receipt).first_bad is None
    before.store.close()


@pytest.mark.parametrize("released", [RELEASED[0], RELEASED[-1]], ids=lambda folder: folder.name)
def test_a_migration_that_fails_leaves_the_data_as_it_was(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last step of the way fails: the steps before it are taken back with it."""
    folder = copytree(released, tmp_path / "data")
    database = folder / "amends.db"
    events = chained(database, folder)
    later = tmp_path / "migrations"
    copytree(schema.MIGRATIONS, later)
    (later / "versions" / "next.py").write_text(
        f'revision = "next"\ndown_revision = "{RELEASED[-1].name}"\n'
        "from alembic import op\n"
        "def upgrade():\n"
        '    op.execute("DROP TABLE ticket_row")\n'
        '    raise RuntimeError("power cut")\n'
    )
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", later)
        patch.setattr(schema, "HEAD", "next")
        with pytest.raises(RuntimeError, match="power cut"):
            Shop(folder, load_policy())
    assert revision_in(database, folder) == released.name
    assert chained(database, folder) == events
    assert chained(folder / f"amends.schema-{released.name}.db", folder) == events
    shop = Shop(folder, load_policy())
    assert shop.store.queries.row("t0") is not None
    assert shop.store.verify(protocol.verify_receipt).first_bad is None
    shop.store.close()


def test_no_upgrade_begins_while_its_copy_cannot_be_kept(tmp_path: Path) -> None:
    """The disk takes no file as large as the copy: a clear fault, and nothing half written."""
    folder = copytree(RELEASED[0], tmp_path / "data")
    database = folder / "amends.db"
    events = chained(database, folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (database.stat().st_size // 2, limits[1]))
    try:
        with pytest.raises((StorageFault, StorageFull)):
            Shop(folder, load_policy())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(folder.glob("amends.schema-*"))
    assert revision_in(database, folder) == RELEASED[0].name
    assert chained(database, folder) == events
    shop = Shop(folder, load_policy())
    assert shop.state("t0").opened is not None
    shop.store.close()
