"""`amends erase-person`: takes a customer's personal data out of closed complaints."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.texts import LANGS, Lang, Texts


@click.command("erase-person")
@click.argument("whom")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--login", required=True, help="A supervisor or above; the password is asked for.")
@click.option(
    "--basis",
    type=click.Choice(["request", "retention"]),
    default="request",
    show_default=True,
    help="The person asked, or nothing asks for keeping it any longer.",
)
@click.option("--yes", is_flag=True, help="Do not ask again; it cannot be undone.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True)
def erase_person(whom: str, data: Path, login: str, basis: str, yes: bool, lang: Lang) -> None:
    """Erase a person: WHOM is a complaint's number, or a whole phone number for all of theirs.

    \b
    Example:
      amends erase-person S0217-A-261121-006-K --data ./store --login zhou

    Names, phone, words, pictures and their salts go here at once and, when the event is synced,
    at headquarters and every other PC; amounts, codes and times stay and the chain verifies.

    Exit codes: 0 done, 1 refused (the reason is said), 3 the data cannot be opened or saved.
    """
    from desktop.bootstrap import open_existing_desk
    from desktop.domain.outcomes import Refusal
    from desktop.services.wording import refusal_text

    texts = Texts(lang)
    desk = open_existing_desk(data)
    try:
        person = desk.log_in(login, str(click.prompt("Password", hide_input=True)))
        if isinstance(person, Refusal):
            click.echo(refusal_text(person, texts), err=True)
            raise SystemExit(1)
        erasing = desk.use_cases.erasing
        numbers = ", ".join(row.number for row in erasing.find(whom))
        if numbers and not yes:
            click.confirm(f"Erase the person of {numbers}? It cannot be undone", abort=True)
        outcome = erasing.erase(whom, basis, desk.actor())
    finally:
        desk.close()
    if isinstance(outcome, Refusal):
        click.echo(refusal_text(outcome, texts), err=True)
        raise SystemExit(1)
    click.echo(f"erased: {', '.join(outcome.numbers)}; {outcome.files} files removed")
