"""The schema's versions: which one a file has, and bringing it up to date with a copy first."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, inspect, text

from desktop.storage.faults import NewerSchema

MIGRATIONS: Final = Path(__file__).parent / "migrations"
#: The revision that this version of the program reads and writes.
HEAD: Final = "0010"


def revision_of(connection: Connection) -> str | None:
    """Return the schema revision of the file, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return found


def upgrade(engine: Engine, path: Path) -> None:
    """Bring the file to HEAD; raises NewerSchema when a newer program wrote it."""
    with engine.connect() as connection:
        found = revision_of(connection)
    if found == HEAD:
        return
    if found is not None:
        if found not in known_revisions():
            raise NewerSchema(
                f"{path} was written by a newer version of Amends (schema {found}, this one "
                f"knows {HEAD}); install the newer version to open it"
            )
        _keep_copy(engine, path, found)
    with engine.connect() as plain:
        connection = plain.execution_options(amends_write="FULL")
        with connection.begin():
            # Another process may have upgraded while this one waited for the lock.
            if revision_of(connection) != HEAD:
                run(connection, HEAD)


def run(connection: Connection, revision: str) -> None:
    """Run the migrations up to `revision` inside the connection's transaction."""
    # Alembic is only needed when a file is new or old, and costs a tenth of a second to load.
    from alembic import command

    command.upgrade(_config(connection), revision)


def known_revisions() -> frozenset[str]:
    """Return every revision that this program can upgrade from."""
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory.from_config(_config(None))
    return frozenset(script.revision for script in directory.walk_revisions())


def copy(engine: Engine, target: Path) -> None:
    """Write a consistent copy of the database under the same key to a file that does not exist."""
    # VACUUM runs outside any transaction, and SQLAlchemy's connections always begin one.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(target),))


def _keep_copy(engine: Engine, path: Path, revision: str) -> None:
    target = path.with_name(f"{path.stem}.schema-{revision}{path.suffix}")
    partial = target.with_suffix(".part")
    partial.unlink(missing_ok=True)
    try:
        copy(engine, partial)
        partial.replace(target)
    except BaseException:
        # Half a copy helps nobody and takes room on a disk that may be full.
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def _config(connection: Connection | None) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
