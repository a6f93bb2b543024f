"""训练评分表: the score of one run in the training store with its reasons; A4."""

from __future__ import annotations

from reportlab.platypus import Flowable

from desktop.domain.training import TrainingPaper
from desktop.reports import blocks, style
from desktop.reports.blocks import Column, Pair
from desktop.reports.formats import moment
from desktop.reports.pdf import PageInfo, build_pdf
from desktop.texts import Texts


def render_training(paper: TrainingPaper, texts: Texts) -> bytes:
    """Return the score sheet as PDF; it says on every page that nothing in it is real."""
    page = PageInfo(
        title=texts.get("training.paper_title"),
        number=moment(paper.score.started, paper.identity.timezone),
        owner=paper.identity.name,
        note=texts.get("training.not_real"),
    )
    return build_pdf(page, lambda: _story(paper, texts), texts)


def _story(paper: TrainingPaper, texts: Texts) -> list[Flowable]:
    get, result, zone = texts.get, paper.score, paper.identity.timezone
    span = int((result.ended - result.started).total_seconds())
    person = paper.people.get(result.person, result.person)
    story = blocks.masthead(
        paper.identity.name,
        get("training.not_real"),
        get("training.paper_title"),
        texts.choose(dict(paper.title)),
        None,
        texts,
    )
    story += [
        blocks.grid(
            [
                Pair(get("training.trainee"), person, bold=True),
                Pair(get("training.points"), f"{result.points} / 100", bold=True),
                Pair(get("training.started"), moment(result.started, zone)),
                Pair(get("training.took"), f"{span // 60}:{span % 60:02d}"),
            ],
            label_mm=blocks.label_mm(texts),
        ),
        *blocks.heading(get("training.parts")),
        blocks.table(
            [
                Column(get("training.part"), 44),
                Column(get("training.got"), 22, align="right"),
                Column(get("training.reason"), style.CONTENT_MM - 66),
            ],
            [
                [
                    get(f"training.mark.{mark.name}"),
                    f"{mark.got} / {mark.most}",
                    get(f"training.why.{mark.reason}", **mark.values),
                ]
                for mark in result.marks
            ],
            "",
        ),
        *blocks.heading(get("training.trap"), room_mm=14),
        blocks.quote(texts.choose(dict(paper.trap))),
        *blocks.signatures([(get("training.trainee"), person), (get("training.coach"), "")], texts),
    ]
    return story
