"""All that is forecast of topics: papers a year, papers a month where there are enough, and citations a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from primetime.analysis.arima import Order
from primetime.analysis.citation_growth import COVERED_YEARS
from primetime.analysis.corpus import Corpus
from primetime.analysis.counted_forecast import Forecast, forecast_counts
from primetime.analysis.forecast import Refused
from primetime.analysis.forecast_error import Measured
from primetime.analysis.monthly import Months, forecast_months, last_complete_month, month_name, months_of
from primetime.analysis.told_citations import ToldCitations, citations_of_topics
from primetime.analysis.yearly import yearly_counts
from primetime.settings import Settings

# Of a topic's papers: how many citations by year must be known of.
KNOWN_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """One forecast or refusal a topic, of each kind, and how each kind did at earlier years or months."""

    papers: list[Forecast | Refused]
    months: list[dict[str, Any]]
    """{"counts": [{"month": "2019-03", "articles": 5}, …], "forecast": …}, as it is stored"""
    citations: list[dict[str, Any]]
    """{"counts": [{"year": 2019, "citations": 5}, …], "known": of how many articles, "forecast": …}"""
    last_month: str | None
    """the last complete one, such as 2026-10; None where no article has a month"""
    measured: dict[str, Measured | None]
    """by the names under which a run keeps them"""


def look_ahead(
    connection: Connection[Any],
    corpus: Corpus,
    members: Sequence[NDArray[np.int64]],
    *,
    last_year: int | None,
    this_month: int,
    order: Order,
    settings: Settings,
) -> Outlook:
    """Forecast all topics, whose articles are `members`, indices into the corpus.

    `last_year` is the last complete one, None where no article has a year; `this_month` is the current month's number
    (12 * year + month - 1).
    """
    model = settings.forecast_model
    papers, measured = forecast_counts(
        [yearly_counts(corpus.years[one], last_year) if last_year else {} for one in members],
        model=model,
        order=order,
        horizon=settings.forecast_periods,
    )
    last = last_complete_month(corpus.months, this_month)
    monthly = [months_of(corpus.months[one], corpus.years[one], last or 0) for one in members]
    of_months, measured_months = forecast_months(
        monthly,
        months_of(corpus.months, corpus.years, last or 0).counts,
        model=model,
        order=order,
        horizon=settings.forecast_months,
    )
    told = citations_of_topics(connection, corpus.pmids, members)
    counts, why_not = yearly_citations(told, [len(one) for one in members])
    of_citations, measured_citations = forecast_counts(
        counts, model=model, order=order, horizon=settings.forecast_periods, what="citations"
    )
    return Outlook(
        papers=papers,
        months=[_monthly_json(*pair) for pair in zip(monthly, of_months, strict=True)],
        citations=[
            {
                "counts": [{"year": year, "citations": value} for year, value in one.items()],
                "known": told[topic].known if topic in told else 0,
                "forecast": forecast_json(why_not[topic] or of_citations[topic]),
            }
            for topic, one in enumerate(counts)
        ],
        last_month=None if last is None else month_name(last),
        measured={
            "forecast_measured": measured,
            "months_forecast_measured": measured_months,
            "citations_forecast_measured": measured_citations,
        },
    )


def yearly_citations(
    told: Mapping[int, ToldCitations], sizes: Sequence[int]
) -> tuple[list[dict[int, int]], list[Refused | None]]:
    """Citations of each topic's papers in every year that the source tells whole, and why there are none.

    The years are the same for all topics: from nine before the newest answer to the one before the oldest.
    """
    counts: list[dict[int, int]] = []
    refused: list[Refused | None] = []
    first = max((one.newest for one in told.values()), default=0) - COVERED_YEARS + 1
    last = min((one.oldest for one in told.values()), default=0) - 1
    for topic, size in enumerate(sizes):
        known = told[topic].known if topic in told else 0
        if known < KNOWN_SHARE * size:
            counts.append({})
            refused.append(Refused(reason=f"citations by year are known of {known} of its {size} articles"))
        else:
            counts.append({year: told[topic].by_year.get(year, 0) for year in range(first, last + 1)})
            refused.append(None)
    return counts, refused


def forecast_json(ahead: Forecast | Refused) -> dict[str, Any]:
    """A forecast as it is stored: {"refused": why}, or its fields."""
    return {"refused": ahead.reason} if isinstance(ahead, Refused) else asdict(ahead)


def _monthly_json(months: Months, ahead: Forecast | Refused) -> dict[str, Any]:
    forecast = forecast_json(ahead)
    # Months that nothing is forecast of are many and tell little.
    counts = {} if isinstance(ahead, Refused) else months.counts
    for point in forecast.get("points", []):
        point["month"] = month_name(point.pop("year"))
    return {
        "counts": [{"month": month_name(month), "articles": articles} for month, articles in counts.items()],
        "forecast": forecast,
    }
