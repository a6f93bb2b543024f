"""`amends-hq people`: letting people at headquarters in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.hq.command_data import opened, with_data

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.group()
def people() -> None:
    """Let people at headquarters in."""


@people.command("add")
@click.argument("login")
@with_data
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["clerk", "supervisor", "department_head", "regional_manager", "legal"]),
    help="What the person may decide.",
)
@click.option("--scope", default="", help="A store's id or region:NAME; without it every store.")
@click.option(
    "--password-env",
    default="AMENDS_PASSWORD",
    show_default=True,
    help="Variable that holds the password; without it the password is asked for or read.",
)
def people_add(
    login: str,
    data: Path,
    database_url: str | None,
    name: str,
    role: str,
    scope: str,
    password_env: str,
) -> None:
    """Add a person, or replace name, role, scope and password.

    Envelopes that a person could answer under another role or scope are recalled.

    The password comes from the variable, else from the terminal, else from the first line of
    standard input; never from the command line.

    \b
    Example:
      amends-hq people add wangfang --name 王芳 --role department_head --data /srv/amends
    """
    from sync.hq import acts, bootstrap, envelope_stock
    from sync.hq.people import BadAccount, People

    recalled: list[int] = []

    def recall(connection: Connection, changed: str) -> None:
        now = bootstrap.utc_now()
        recalled.append(envelope_stock.recall_given_by(connection, acts.OPERATOR, changed, now))

    password = os.environ.get(password_env) or _typed_password()
    with opened(data, database_url, create=True) as hq:
        try:
            made = People(hq.engine, bootstrap.utc_now).save(
                login, name, role, password, scope, changed=recall
            )
        except BadAccount as error:
            raise click.UsageError(str(error)) from error
        with hq.engine.begin() as connection:
            acts.record(
                connection, acts.OPERATOR, "person_added", bootstrap.utc_now(),
                person=made, role=role, scope=scope,
            )  # fmt: skip
    click.echo(f"{login} may log in as {role}")
    if any(recalled):
        click.echo(f"{sum(recalled)} envelopes of another role or scope are recalled")


def _typed_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
