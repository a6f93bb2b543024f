"""`amends-hq people`: letting people at headquarters in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from sync.hq.command_data import opened, with_data


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

    The password comes from the variable, else from the terminal, else from the first line of
    standard input; never from the command line.

    \b
    Example:
      amends-hq people add wangfang --name 王芳 --role department_head --data /srv/amends
    """
    from sync.hq import acts, bootstrap
    from sync.hq.people import BadAccount, People

    password = os.environ.get(password_env) or _typed_password()
    with opened(data, database_url, create=True) as hq:
        try:
            made = People(hq.engine, bootstrap.utc_now).save(login, name, role, password, scope)
        except BadAccount as error:
            raise click.UsageError(str(error)) from error
        with hq.engine.begin() as connection:
            acts.record(
                connection, acts.OPERATOR, "person_added", bootstrap.utc_now(),
                person=made, role=role, scope=scope,
            )  # fmt: skip
    click.echo(f"{login} may log in as {role}")


def _typed_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
