"""`amends-hq courier`: take a store's file from a stick and write the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sync.hq.command_data import opened, with_data

if TYPE_CHECKING:
    from sync.stick import StickFault

_WHY: Final = {
    "not_read": "the file cannot be read; plug the stick in and try again; nothing was taken",
    "no_file": "this is no courier file of Amends",
    "wrong_code": "the code is wrong, or the file is torn or altered; nothing was taken",
    "damaged": "the file cannot be read; nothing was taken",
    "not_for_hq": "this file is for a store's PC, not for headquarters",
    "unknown_device": "no enrolled PC writes this chain; enrol it or give it access again",
    "not_signed": "the file is not signed by the PC that it names; nothing was taken",
    "fork": "the PC's chain is not the one held here; let it exchange over the network",
}


@click.command("courier")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--code", required=True, help="Code that the store tells, by phone or on paper.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write for the same PC; it opens with the same code.",
)
@with_data
def take_courier(file: Path, code: str, out: Path, data: Path, database_url: str | None) -> None:
    """Take a store's courier file and write the answer. Twice or out of order does no harm.

    \b
    Example:
      amends-hq courier /media/stick/S0217.amends --code 7K2M-… --out answer.amends

    Exit codes: 0 taken, 1 not taken, 3 HQ's data or database cannot be used.
    """
    from sync.courier import BadBundle, read
    from sync.hq import bootstrap, courier
    from sync.hq.exchange import Exchange
    from sync.stick import StickFault, write_whole

    try:
        content = read(file)
    except OSError as error:
        raise click.ClickException(f"{_WHY['not_read']} ({error.strerror})") from error
    except BadBundle as bad:
        raise click.ClickException(_WHY[bad.code]) from bad
    with opened(data, database_url) as hq:
        exchange = Exchange(hq.engine, hq.key, bootstrap.utc_now)
        try:
            taken = courier.take(exchange, bootstrap.open_attachments(hq), content, code)
        except BadBundle as bad:
            raise click.ClickException(_WHY.get(bad.code, bad.code)) from bad
    try:
        write_whole(out, taken.answer)
    except StickFault as fault:
        raise click.ClickException(_not_answered(out, fault)) from fault
    click.echo(
        f"{taken.store}: chain {taken.chain} is here up to {taken.acked}, "
        f"{taken.attachments} attachments; the answer is in {out}"
    )


def _not_answered(out: Path, fault: StickFault) -> str:
    """Say that only the answer is missing: HQ holds what the file brought."""
    sizes = f", {fault.needed:,} bytes needed, {fault.free:,} free"
    why = fault.detail + (sizes if fault.code == "stick_full" else "")
    return (
        f"the file was taken, but the answer is not in {out}: {why}; "
        "plug in a stick with room and give the same command again, which changes nothing else"
    )
