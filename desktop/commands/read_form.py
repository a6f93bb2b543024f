"""`amends read-form`: what the reader sees on scans, photos and PDFs of complaint forms."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desktop.domain.forms import FormReading
from desktop.texts import Lang, Texts

if TYPE_CHECKING:
    from desktop.domain.form_template import FormCode
    from desktop.domain.forms import Seal


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
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="A store's data: its key checks the codes, its labels.yaml adds words.",
)
@click.option("--lang", type=click.Choice(["zh_CN", "en"]), help="Language of messages.")
@click.pass_context
def read_form(
    ctx: click.Context,
    files: tuple[Path, ...],
    as_json: bool,
    engine: str,
    data: Path | None,
    lang: Lang | None,
) -> None:
    """Read filled-in paper complaint forms: JPEG, PNG, TIFF, WebP, BMP or PDF.

    \b
    Example:
      amends read-form scan.jpg photo.png pad.pdf --json

    Exit codes: 0 every page was read, 1 at least one was not (the reason is on stderr).
    """
    from ocr.engines.fallback import named_engine
    from ocr.engines.tesseract import TesseractEngine
    from ocr.labels import labels_with
    from ocr.reader import FormReader

    given = ctx.parent.params if ctx.parent else {}
    folder = data or (Path(given["data"]) if given.get("data") else None)
    texts = Texts(lang or given.get("lang") or "zh_CN")
    try:
        labels = labels_with(folder / "labels.yaml" if folder else None)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault
    second = TesseractEngine() if engine == "auto" else None
    reader = FormReader(named_engine(engine), second, labels, _judge(folder))
    failed = False
    for number, file in enumerate(files, start=1):
        if sys.stderr.isatty():
            click.echo(f"[{number}/{len(files)}] {file.name}", err=True)
        for reading in reader.read(file):
            failed |= reading.error is not None
            for line in _remarks(reading, texts, judged=folder is not None):
                click.echo(f"{reading.file} p.{reading.page}: {line}", err=True)
            if as_json:
                click.echo(json.dumps(reading.to_json(), ensure_ascii=False))
            elif reading.error is None:
                click.echo("\n".join(_table(reading)))
    if failed:
        raise SystemExit(1)


class _Judge:
    """Checks codes with the key of a store's data."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys

    def __call__(self, code: FormCode) -> Seal:
        from desktop.reports.form_seal import judge_form

        return judge_form(code, self._keys)


def _judge(folder: Path | None) -> _Judge:
    if folder is None:
        return _Judge({})
    from desktop.data_folder import form_keys

    return _Judge(form_keys(folder))


def _remarks(reading: FormReading, texts: Texts, *, judged: bool) -> Iterable[str]:
    """Yield what is to be said of a page: why it was not read, whose code it carries."""
    if reading.error is not None:
        key = f"ocr.{reading.error.code}"
        yield texts.get(key) if texts.has(key) else reading.error.message
    elif judged and reading.seal in ("forged", "unknown"):
        yield texts.get(f"ocr.seal_{reading.seal}")


def _table(reading: FormReading) -> Iterable[str]:
    """Yield lines for people: certain fields marked, the others to be checked."""
    serial = f"  {reading.form} {reading.serial}" if reading.serial else ""
    yield f"{reading.file}  p.{reading.page}  {reading.seconds:.1f} s{serial}"
    for key, field in reading.fields.items():
        mark = "✓" if field.certain else "?"
        yield f"  {mark} {key:20} {field.confidence:4.0%}  {field.value}"
    for group, options in reading.ticks.items():
        yield f"    {group}: {'、'.join(options) or '-'}"
