"""`amends phone`: approval by phone, each step of it, on either side.

Exit codes: 0 done, 1 refused (the reason is said), 2 the command line is wrong, 3 the data cannot
be opened.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from desktop.domain.outcomes import Refusal
from desktop.domain.policy import INSTRUMENTS, LEDGERS
from desktop.services.wording import refusal_text
from desktop.texts import LANGS, Lang, Texts

if TYPE_CHECKING:
    from desktop.services.desk import Desk

EXIT_REFUSED: Final = 1

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def _options(command: F) -> F:
    """Give a command the data folder, who acts, and the language."""

    @click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        help="The data folder.",
    )
    @click.option("--login", required=True, help="Who acts.")
    @click.option(
        "--password-env",
        default="AMENDS_PASSWORD",
        show_default=True,
        help="Variable that holds the password; without it the password is asked for or read.",
    )
    @click.option("--lang", type=click.Choice(LANGS), default="zh_CN", show_default=True)
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @wraps(command)
    def with_options(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return with_options  # type: ignore[return-value]


@click.group(epilog="Exit codes: 0 done, 1 refused, 2 wrong usage, 3 data cannot be opened.")
def phone() -> None:
    """Approve a compensation by phone, with no network on either side (电话审批).

    \b
    At the store:         amends phone challenge … , then amends phone approve …
    At the approver's:    amends phone code …
    """


@phone.command("challenge")
@click.argument("ticket")
@click.option("--item", default="", help="Compensation item; needed when several wait.")
@click.option("--approver", default="", help="Person to call; the first who may, if left out.")
@_options
def challenge(ticket: str, item: str, approver: str, **common: Any) -> None:
    """Say what to read out to the approver.

    \b
    Example:
      amends phone challenge S0217-A-261121-006-W --data ./store --login wang

    Exit codes: 0 said, 1 refused, 3 the data cannot be opened.
    """
    with _logged_in(common) as (desk, texts):
        stream, wanted = _waiting(desk, ticket, item, texts)
        asked = _or_end(desk.phone_challenge(stream, wanted, approver), texts)
        facts = asked.facts
        _say(
            texts,
            "phone.challenge",
            common["as_json"],
            envelope=asked.envelope,
            check=asked.check,
            ticket=facts.ticket,
            instrument=facts.instrument,
            ledger=facts.ledger,
            amount=f"{facts.amount:.2f}",
            payee=facts.payee,
            approver=asked.approver,
            item=wanted,
            expires_at=asked.expires_at.isoformat(timespec="minutes"),
        )


@phone.command("approve")
@click.argument("ticket")
@click.argument("code")
@click.option("--item", default="", help="Compensation item; needed when several wait.")
@click.option("--envelope", type=int, help="Envelope; needed when several approvers were asked.")
@_options
def approve(ticket: str, code: str, item: str, envelope: int | None, **common: Any) -> None:
    """Release a compensation by the code that the approver gave.

    \b
    Example:
      amends phone approve S0217-A-261121-006-W 4K2M-0QZ8-R1T7-X --data ./store --login wang

    Exit codes: 0 released, 1 refused, 3 the data cannot be opened.
    """
    with _logged_in(common) as (desk, texts):
        stream, wanted = _waiting(desk, ticket, item, texts)
        state = _or_end(desk.phone_approve(stream, wanted, code, envelope), texts)
        released = state.compensation[wanted]
        _say(
            texts,
            "phone.approved",
            common["as_json"],
            ticket=state.number,
            item=wanted,
            amount=f"{released.amount:.2f}",
            envelope=released.phone_envelope,
        )


@phone.command("code")
@click.argument("ticket")
@click.option("--envelope", type=int, required=True, help="Envelope number, as read out.")
@click.option("--check", required=True, help="The two check digits, as read out.")
@click.option("--instrument", type=click.Choice(INSTRUMENTS), required=True)
@click.option("--ledger", type=click.Choice(LEDGERS), default="goodwill", show_default=True)
@click.option("--amount", required=True, help="In yuan.")
@click.option("--payee", default="customer", show_default=True)
@_options
def code(
    ticket: str,
    envelope: int,
    check: str,
    instrument: str,
    ledger: str,
    amount: str,
    payee: str,
    **common: Any,
) -> None:
    """Say the code for facts as the store read them out.

    \b
    Example:
      amends phone code S0217-A-261121-006-W --envelope 12 --check 07 --instrument voucher \\
        --amount 6800 --data ./mine --login wangfang

    Exit codes: 0 said, 1 refused, 3 the data cannot be opened.
    """
    from desktop.domain.phone_approval import PhoneFacts

    try:
        facts = PhoneFacts(ticket.strip().upper(), instrument, ledger, Decimal(amount), payee)
    except InvalidOperation as error:
        raise click.UsageError(f"--amount {amount!r} is no sum in yuan") from error
    with _logged_in(common) as (desk, texts):
        given = _or_end(desk.phone_code(envelope, facts, check), texts)
        _say(
            texts,
            "phone.code_again" if given.again else "phone.code",
            common["as_json"],
            code=given.code,
            envelope=envelope,
            ticket=facts.ticket,
            amount=f"{facts.amount:.2f}",
            store=given.envelope.store,
        )


@phone.command("list")
@_options
def listed(**common: Any) -> None:
    """Say which envelopes this device holds: those that may release here, those to answer.

    \b
    Example:
      amends phone list --data ./store --login wang

    Exit codes: 0 said, 1 not logged in, 3 the data cannot be opened.
    """
    from desktop.domain.phone_approval import TRIES_PER_ENVELOPE

    with _logged_in(common) as (desk, texts):
        found = []
        for lock in desk.phone_locks():
            dead = lock.tries >= TRIES_PER_ENVELOPE
            state = (
                "used" if lock.used_at else "locked" if dead else "asked" if lock.item else "free"
            )
            found.append(_line(lock.envelope, "release", state))
        for held in desk.phone_held():
            found.append(_line(held.envelope, "answer", "given" if held.given_at else "free"))
        if common["as_json"]:
            click.echo(json.dumps({"envelopes": found}, ensure_ascii=False))
            return
        for line in found:
            side, state = texts.get(f"phone.{line['side']}"), texts.get(f"phone.{line['state']}")
            click.echo(texts.get("phone.line", **{**line, "side": side, "state": state}))
        if not found:
            click.echo(texts.get("phone.none"))


def _line(envelope: Any, side: str, state: str) -> dict[str, object]:
    return {
        "envelope": envelope.number,
        "side": side,
        "state": state,
        "store": envelope.store,
        "approver": envelope.name,
        "cap": f"{envelope.cap:.2f}",
        "expires_at": envelope.expires_at.isoformat(timespec="minutes"),
    }


@contextmanager
def _logged_in(common: dict[str, Any]) -> Iterator[tuple[Desk, Texts]]:
    """Open the desk with the person logged in; a refused login ends the program with its reason."""
    from desktop import bootstrap

    lang: Lang = common["lang"]
    texts = Texts(lang)
    password = os.environ.get(common["password_env"]) or _typed_password()
    desk = bootstrap.open_existing_desk(common["data"])
    try:
        _or_end(desk.log_in(common["login"], password), texts)
        yield desk, texts
    finally:
        desk.close()


def _typed_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True))
    return sys.stdin.readline().rstrip("\r\n")


def _waiting(desk: Desk, ticket: str, item: str, texts: Texts) -> tuple[str, str]:
    """Return the ticket's stream and the item that waits; ends the program where it is not one."""
    row = desk.use_cases.queries.by_number(ticket) or desk.use_cases.queries.row(ticket)
    if row is None:
        return _or_end(Refusal("no_such_ticket", {"ticket": ticket}), texts)
    page = desk.ticket(row.stream)
    items = [i.id for i in page.state.open_items if i.status == "pending"] if page else []
    if item:
        return row.stream, item
    if len(items) != 1:
        key = "phone.which_item" if items else "phone.nothing_waits"
        click.echo(texts.get(key, ticket=row.number, items=", ".join(items)), err=True)
        raise SystemExit(EXIT_REFUSED)
    return row.stream, items[0]


def _or_end(outcome: T | Refusal, texts: Texts) -> T:
    """Return what was done; a refusal ends the program with its reason."""
    if isinstance(outcome, Refusal):
        click.echo(refusal_text(outcome, texts), err=True)
        raise SystemExit(EXIT_REFUSED)
    return outcome


def _say(texts: Texts, key: str, as_json: bool, **values: object) -> None:
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    words = {**values}
    for name in ("instrument", "ledger"):
        word = f"report.{name}.{values.get(name)}"
        if texts.has(word):
            words[name] = texts.get(word)
    if values.get("payee") == "customer":
        words["payee"] = texts.get("phone.customer")
    click.echo(texts.get(key, **words))
