"""`amends policy`: the tools for authors of policy packs."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.policy import PolicyError


class NoSuchFolder(click.ClickException):
    """The folder given is none: exit code 2."""

    exit_code = 2


@click.group()
def policy() -> None:
    """Work on policy packs (政策包)."""


@policy.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def check(folder: Path | None) -> None:
    """Check the pack in FOLDER, or the built-in one, and name what is wrong by file and line.

    Example: amends policy check my-pack

    Exit codes: 0 fit to publish, 1 problems found, 2 no such folder.
    """
    from desktop.policy.checker import examine_folder
    from desktop.policy.loading import built_in_folder

    target = folder or built_in_folder()
    if not target.is_dir():
        raise NoSuchFolder(f"there is no folder {target}; name the folder of a pack")
    try:
        found = examine_folder(target)
        problems, loaded, situations = found.problems, found.policy, found.situations
    except PolicyError as error:
        problems, loaded, situations = error.problems, None, 0
    for problem in problems:
        click.echo(str(problem), err=True)
    if loaded is None or problems:
        raise click.ClickException(f"{len(problems)} problem(s) in {target}")
    click.echo(
        f"{loaded.version}: {len(loaded.flows)} flow(s), {len(loaded.codes)} codes, "
        f"{len(loaded.clocks)} time limits, {len(loaded.authority)} authorities; "
        f"no problem in {situations} situations. Digest {loaded.digest}"
    )


@policy.command()
def pin() -> None:
    """Pin the built-in pack after its sources changed (developers; refuses a faulty pack).

    Example: amends policy pin
    """
    from desktop.policy.checker import check_folder
    from desktop.policy.loading import built_in_folder
    from desktop.policy.pinning import pin_built_in

    try:
        problems = check_folder(built_in_folder())
    except PolicyError as error:
        problems = error.problems
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise click.ClickException("not pinned: correct the problems above first")
    click.echo(f"pinned {pin_built_in()}")
