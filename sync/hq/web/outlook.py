"""What is expected and how complaints were handled: the forecast and the index (AN-10, AN-13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request, Response

from desktop.domain.analytics.forecasting import Forecast
from desktop.domain.analytics.report import ChartBlock, Mark, PairBlock, Report, Section, TableBlock
from desktop.domain.improvement.reviews import CHECKS
from desktop.services.reporting_forecast import SHOWN, forecast_blocks
from desktop.texts import Texts
from sync.hq import outlook
from sync.hq.approvals import TIMEZONE
from sync.hq.web.core import headers, language, page, pages_of, reading, user_of
from sync.hq.web.drawn import svg

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

routes: Final = APIRouter()


@routes.get("/outlook")
async def show(request: Request) -> Response:
    """Show the weeks ahead with their back-test, and the index of the last four weeks."""
    pages = pages_of(request)
    user = await user_of(request, "outlook")
    now, policies = pages.now(), pages.publishing.policies
    found = await reading(request, lambda c: outlook.expected(c, user, now))
    index = await reading(request, lambda c: outlook.quality(c, user, policies, now))
    texts = Texts(language(request))
    blocks = forecast_blocks(texts, found)
    return page(
        request,
        "outlook",
        user=user,
        forecast=found if isinstance(found, Forecast) else None,
        words=[block.text for block in blocks if hasattr(block, "text")],
        table=next((b for b in blocks if isinstance(b, TableBlock)), None),
        pairs=next((b.pairs for b in blocks if isinstance(b, PairBlock)), ()),
        chart=svg(_weeks(found), texts.get("forecast.title"))
        if isinstance(found, Forecast)
        else "",
        index=index,
        checks=CHECKS,
        days=svg(index.chart(), texts.get("service_quality.title")) if index.n else "",
    )


@routes.get("/outlook.xlsx")
async def workbook(request: Request) -> Response:
    """Return the forecast as a workbook; the same data give the same bytes."""
    from desktop.reports.workbook import render_workbook

    pages = pages_of(request)
    user = await user_of(request, "outlook")
    now = pages.now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = await reading(request, lambda c: outlook.expected(c, user, pages.now()))
    texts = Texts(language(request))
    title = texts.get("forecast.title")
    report = Report(
        kind="forecast",
        lang=texts.lang,
        title=title,
        period=now.date().isoformat(),
        scope=user.scope or texts.get("hq.title"),
        contact="",
        note="",
        made_at=now,
        timezone=TIMEZONE,
        sections=(Section("forecast", title, forecast_blocks(texts, found)),),
    )
    name = {"content-disposition": f'attachment; filename="forecast-{now.date()}.xlsx"'}
    return Response(render_workbook(report), media_type=_XLSX, headers=headers(request) | name)


def _weeks(found: Forecast) -> ChartBlock:
    past = found.past[-SHOWN:]
    first = found.until - timedelta(weeks=len(past))
    marks = tuple(
        Mark(f"{first + timedelta(weeks=at):%m/%d}", n, str(n))
        for at, n in enumerate((*past, *found.weeks))
    )
    return ChartBlock("columns", "", marks, at=len(past))
