"""What every command of `amends-hq` needs: where HQ's data are, and faults in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from sync.hq.embedded import DatabaseFault
from sync.hq.keys import KeyFault

if TYPE_CHECKING:
    from sync.hq.bootstrap import Hq

EXIT_FAULT: Final = 3

F = TypeVar("F", bound=Callable[..., Any])


class Fault(click.ClickException):
    """What keeps HQ from running, in one line."""

    exit_code = EXIT_FAULT


def with_data(command: F) -> F:
    """Give a command --data and --database-url."""
    data = click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("amends-hq-data"),
        show_default=True,
        envvar="AMENDS_HQ_DATA",
        help="Folder of HQ's key, attachments and, without a database URL, its PostgreSQL.",
    )
    database_url = click.option(
        "--database-url",
        envvar="AMENDS_HQ_DATABASE_URL",
        help="PostgreSQL to use instead of HQ's own: postgresql://user@host/database",
    )
    return data(database_url(command))


@contextmanager
def opened(
    data: Path, database_url: str | None, create: bool = False, attachments_url: str = ""
) -> Iterator[Hq]:
    """Open HQ's data; every fault becomes one line.

    Only with `create` is an HQ made where there is none: a mistyped folder is not an empty HQ.
    """
    from sync.hq import bootstrap

    if not create and not bootstrap.holds_data(data, database_url):
        raise Fault(f"{data} holds no data of HQ; name the right folder with --data")
    try:
        with bootstrap.open_hq(data, database_url, attachments_url) as hq:
            yield hq
    except (DatabaseFault, KeyFault, bootstrap.ObjectsFault, bootstrap.PolicyError) as error:
        raise Fault(str(error)) from error
    except (SQLAlchemyError, psycopg.Error) as error:
        reason = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
        raise Fault(f"the database refuses: {reason}") from error
