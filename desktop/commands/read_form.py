"""`amends read-form`: what the reader sees on scans, photos and PDFs of complaint forms."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from desktop.domain.forms import FormReading


@click.command("read-form")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per page per line.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "rapidocr", "tesseract"]),
    default="auto",
    show_default=True,
    help="Which recogniser reads; auto takes the first that works.",
)
def read_form(files: tuple[Path, ...], as_json: bool, engine: str) -> None:
    """Read filled-in paper complaint forms: JPEG, PNG, TIFF, WebP, BMP or PDF.

    \b
    Example:
      amends read-form scan.jpg photo.png pad.pdf --json

    Exit codes: 0 every page was read, 1 at least one was not (the reason is on stderr).
    """
    from ocr.engines.fallback import named_engine
    from ocr.reader import FormReader

    reader = FormReader(named_engine(engine))
    failed = False
    for number, file in enumerate(files, start=1):
        if sys.stderr.isatty():
            click.echo(f"[{number}/{len(files)}] {file.name}", err=True)
        for reading in reader.read(file):
            if reading.error is not None:
                failed = True
                click.echo(f"{reading.file} p.{reading.page}: {reading.error.message}", err=True)
            if as_json:
                click.echo(json.dumps(reading.to_json(), ensure_ascii=False))
            elif reading.error is None:
                click.echo("\n".join(_table(reading)))
    if failed:
        raise SystemExit(1)


def _table(reading: FormReading) -> Iterable[str]:
    """Yield lines for people: certain fields marked, the others to be checked."""
    yield f"{reading.file}  p.{reading.page}  {reading.seconds:.1f} s"
    for key, field in reading.fields.items():
        mark = "✓" if field.certain else "?"
        yield f"  {mark} {key:20} {field.confidence:4.0%}  {field.value}"
    for group, options in reading.ticks.items():
        yield f"    {group}: {'、'.join(options) or '-'}"
