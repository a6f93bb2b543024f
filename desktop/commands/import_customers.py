"""`amends import-customers`: the customer snapshot that forms are checked against offline."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.texts import Lang, Texts


@click.command("import-customers")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(["zh_CN", "en"]), default="zh_CN", show_default=True)
def import_customers(files: tuple[Path, ...], data: Path, lang: Lang) -> None:
    """Replace the customer snapshot by CSV exports of members and of orders.

    The heading names the columns: member_no, name, phone for members; receipt_no, member_no,
    phone, bought_on, amount, product, store for orders; Chinese headings (会员号, 小票号 …) too.

    \b
    Example:
      amends import-customers members.csv orders.csv --data ./store

    Exit codes: 0 imported, 1 a file cannot be used (nothing was replaced), 3 data unusable.
    """
    from desktop.bootstrap import open_desk
    from desktop.domain.outcomes import Refusal
    from desktop.services.wording import refusal_text

    desk = open_desk(data)
    try:
        made = desk.use_cases.paper.customers.replace([path.read_bytes() for path in files])
    finally:
        desk.close()
    if isinstance(made, Refusal):
        click.echo(refusal_text(made, Texts(lang)), err=True)
        raise SystemExit(1)
    click.echo(Texts(lang).get("ocr.imported", members=made.members, orders=made.orders))
