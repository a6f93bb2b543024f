"""`amends print-form`: blank paper complaint forms and where their fields are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from desktop.files import fault_line, write_whole
from desktop.texts import Texts

if TYPE_CHECKING:
    from desktop.services.ports import FormOrder

#: The example store, printed where no store's data is given.
_EXAMPLE_STORE = "S0217"


@click.command("print-form")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--layout", type=click.Path(dir_okay=False, path_type=Path), help="Fields as JSON.")
@click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.option("--variant", type=click.Choice(["zh", "bilingual"]), default="zh", show_default=True)
@click.option("--store", help="Code of the store; that of --data unless given.")
@click.option("--first-serial", type=click.IntRange(min=1), help="First serial number.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where this PC keeps its data: its key signs, and the next serial stays there.",
)
@click.pass_context
def print_form(
    ctx: click.Context,
    out: Path,
    layout: Path | None,
    count: int,
    variant: Literal["zh", "bilingual"],
    store: str | None,
    first_serial: int | None,
    data: Path | None,
) -> None:
    """Print blank paper complaint forms, serial-numbered and signed.

    \b
    Example:
      amends print-form --out FORM.pdf --layout LAYOUT.json --count 20 --data ./store

    Exit codes: 0 printed, 2 wrong use, 3 a file cannot be read or written.
    """
    from desktop.services.ports import FormOrder

    order = FormOrder(count, store or _EXAMPLE_STORE, variant, first_serial)
    try:
        _print(order, out, data or _data_of_program(ctx), store)
        if layout is not None:
            _write_layout(layout, count)
    except OSError as error:
        click.echo(f"amends print-form: {fault_line(error)}", err=True)
        raise SystemExit(3) from error


def _print(order: FormOrder, out: Path, data: Path | None, store: str | None) -> None:
    """Write the sheets, under the keys of `data` where it is given; raises OSError."""
    from dataclasses import replace

    from desktop import bootstrap
    from desktop.domain.outcomes import Refusal
    from desktop.services.wording import refusal_text

    if data is None:
        click.echo("signed with a key of this run only; give --data DIR to keep one", err=True)
        outcome = bootstrap.loose_forms().print(out, order)
    else:
        desk = bootstrap.open_desk(data)
        try:
            order = order if store else replace(order, store=desk.store.store)
            outcome = desk.use_cases.forms.print(out, order)
        finally:
            desk.close()
    if isinstance(outcome, Refusal):
        raise click.UsageError(refusal_text(outcome, Texts("en")))


def _write_layout(layout: Path, count: int) -> None:
    from desktop.reports.paper_form import form_layout, store_complaint_template

    entries = form_layout(store_complaint_template(), count)
    write_whole(layout, (json.dumps(entries, ensure_ascii=False, indent=1) + "\n").encode())


def _data_of_program(ctx: click.Context) -> Path | None:
    """Return the folder given to the program itself, `amends --data DIR print-form`."""
    given = ctx.parent.params.get("data") if ctx.parent else None
    return Path(given) if given else None
