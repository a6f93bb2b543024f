"""`amends explain`: what the rules say about a case, for policy authors and for tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import click

from desktop.commands import explain_cases
from desktop.policy import PolicyError, load_policy

CASE = click.argument("case", type=click.Path(path_type=Path, allow_dash=True), metavar="CASE.json")
PACK = click.option(
    "--policy",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of another policy pack than the built-in one.",
)
LANG = click.option(
    "--lang", type=click.Choice(["zh_CN", "en"]), default="zh_CN", show_default=True
)


class WrongCase(click.ClickException):
    """A case that cannot be explained: one line on stderr, exit code 2."""

    exit_code = 2


@click.group()
def explain() -> None:
    """Explain what the rules say about a case given as JSON.

    Exit codes: 0 explained, 2 the case cannot be read or is wrong.
    """


@explain.command()
@CASE
@PACK
def clocks(case: Path, folder: Path | None) -> None:
    """Print every named clock of a complaint, the winning row and the rows that lost.

    Example: amends explain clocks case.json
    """
    _answer(case, lambda data: explain_cases.clocks(data, load_policy(folder)))


@explain.command()
@CASE
@PACK
@LANG
def authority(case: Path, folder: Path | None, lang: str) -> None:
    """Print who may grant each proposal of a complaint and why.

    Example: amends explain authority case.json
    """
    _answer(case, lambda data: explain_cases.authority(data, load_policy(folder), lang))


@explain.command()
@CASE
@PACK
@LANG
def law(case: Path, folder: Path | None, lang: str) -> None:
    """Print what the law gives for a purchase whose facts are known.

    Example: amends explain law case.json
    """
    _answer(case, lambda data: explain_cases.law(data, load_policy(folder), lang))


def _answer(case: Path, rule: Callable[[Mapping[str, object]], object]) -> None:
    try:
        answer = rule(_read(case))
    except explain_cases.CaseError as error:
        _fail(f"{case}: {error}")
    except PolicyError as error:
        _fail(str(error).splitlines()[0])
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _read(case: Path) -> Mapping[str, object]:
    try:
        with click.open_file(str(case), encoding="utf-8-sig") as stream:
            data = json.load(stream, parse_float=str)
    except OSError as error:
        raise explain_cases.CaseError(f"cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise explain_cases.CaseError(f"is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise explain_cases.CaseError("must hold one JSON object")
    return data


def _fail(message: str) -> NoReturn:
    raise WrongCase(" ".join(message.split()))
