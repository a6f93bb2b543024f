"""`amends screenshots --story paper`: from a dropped form to its complaint, as pictures."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

import click


def play_paper_story(out: Path) -> None:
    """Play the story in a new store; write a picture a stage and `story.json` into `out`.

    Exits 3 when the story breaks off or takes a person longer than two minutes.
    """
    from ruamel.yaml import YAML

    from desktop.bootstrap import open_desk
    from desktop.commands.seed import STORE_NAMES
    from desktop.seeding.people import DEMO_PASSWORD, make_crew
    from ui.paper_story import MOST_SECONDS, StoryError
    from ui.tour import play_story

    out.mkdir(parents=True, exist_ok=True)
    demo = files("resources") / "demo"
    written = YAML(typ="safe").load((demo / "our_form.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, as_file(demo / "our_form.jpg") as form:
        desk = open_desk(Path(folder))
        try:
            desk.use_cases.identity.set("S0217", STORE_NAMES[0], "0510-8888 1200")
            make_crew(desk.use_cases.staff)
            desk.log_in("lin", DEMO_PASSWORD)
            told = play_story(desk, out, form, written)
        except StoryError as error:
            click.echo(f"The story broke off: {error}.", err=True)
            raise SystemExit(3) from error
        finally:
            desk.close()
    for stage in told.stages:
        click.echo(f"{stage.seconds:6.1f} s  {stage.picture}")
    click.echo(f"{told.keys} keys, {len(told.corrected)} fields corrected, {told.seconds:.0f} s")
    record = {
        "seconds": round(told.seconds, 1),
        "bound": MOST_SECONDS,
        "keys": told.keys,
        "corrected": list(told.corrected),
        "stages": [
            {"name": stage.name, "seconds": round(stage.seconds, 1), "picture": stage.picture}
            for stage in told.stages
        ],
    }
    (out / "story.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    if told.seconds > MOST_SECONDS:
        raise SystemExit(3)
