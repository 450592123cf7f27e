"""What an analysis found, as the rows that are published."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from primetime.analysis.corpus import Corpus
from primetime.analysis.due import asked
from primetime.analysis.forecast import METHODS, Refused
from primetime.analysis.identity import Identities
from primetime.analysis.joining import FARTHEST_SHARE
from primetime.analysis.naming import TopicName
from primetime.analysis.opportunity import Opportunity
from primetime.analysis.outlook import Outlook, forecast_json
from primetime.analysis.parts import WINDOW_YEARS, paper_growth, windows
from primetime.analysis.recommendation import recommend
from primetime.analysis.reference import Field, Reference
from primetime.analysis.topics import Topics, representatives
from primetime.analysis.yearly import yearly_counts
from primetime.settings import Settings


def topic_row(
    topic: int,
    topics: Topics,
    name: TopicName,
    scored: Opportunity | Refused,
    outlook: Outlook,
    corpus: Corpus,
    now: Field | None,
) -> dict[str, Any]:
    """A topic as it is stored: name, place, growth, forecast, opportunity with its receipt."""
    members = topics.members(topic)
    years = corpus.years[members]
    growth = paper_growth(windows(years, now)) if now else None
    all_years = yearly_counts(years, int(years.max(initial=0)))
    return {
        "id": topic,
        "name": name.name,
        "terms": [*name.mesh, *(term for term in name.terms if term not in name.mesh)],
        "articles": len(members),
        "x": float(topics.centres[topic, 0]),
        "y": float(topics.centres[topic, 1]),
        "growth": None if growth is None else round(float(np.exp(growth)) ** (1 / WINDOW_YEARS) - 1, 4),
        "years": Jsonb([{"year": year, "articles": articles} for year, articles in all_years.items()]),
        "forecast": Jsonb(forecast_json(outlook.papers[topic])),
        "months": Jsonb(outlook.months[topic]),
        "citations": Jsonb(outlook.citations[topic]),
        "opportunity": Jsonb(_opportunity_json(scored)),
        "recommendation": recommend(scored) if isinstance(scored, Opportunity) else "",
        "receipt": Jsonb(scored.receipt) if isinstance(scored, Opportunity) else None,
        "representative": corpus.pmids[representatives(corpus.vectors, topics, topic)].tolist(),
    }


def life_row(topic: int, topics: Topics, certain: NDArray[np.float64], lives: Identities) -> dict[str, Any]:
    """What is stored of a topic from run to run: its number for life, its stability, its theme."""
    return {
        "key": lives.keys[topic],
        "stability": round(float(certain[topic]), 4) if len(certain) else None,
        "agreement": lives.agreement[topic],
        "theme": int(topics.themes[0][topic]) if topics.themes else None,
    }


def _opportunity_json(scored: Opportunity | Refused) -> dict[str, Any]:
    if isinstance(scored, Refused):
        return {"refused": scored.reason}
    return {key: value for key, value in asdict(scored).items() if key != "receipt"}


def parameters(
    topics: Topics,
    content: str,
    weights: dict[str, float],
    now: Field | None,
    reference: Reference | None,
    settings: Settings,
    outlook: Outlook,
    seed: int,
) -> dict[str, Any]:
    """With what a run was computed: enough to do it again."""
    return {
        "asked": asked(settings),
        "content": content,
        "seed": seed,
        "sizes": asdict(topics.sizes),
        "farthest_share": FARTHEST_SHARE,
        "weights": weights,
        "window_years": WINDOW_YEARS,
        "last_complete_year": now.last_complete_year if now else None,
        "last_complete_month": outlook.last_month,
        "reference": {
            "id": reference.id,
            "snapshot": reference.snapshot,
            "articles": reference.articles,
            "topics": reference.topics,
            "last_complete_year": reference.field.last_complete_year,
            "why": reference.why,
        }
        if reference
        else None,
        "last_year_rule": "the newest year of the corpus and the current calendar year are never counted as complete, "
        "nor a year with less than a tenth of the busiest year's articles",
        "forecast_method": METHODS[settings.forecast_model],
        "forecast_model": settings.forecast_model,
        "arima_order": settings.arima_order,
        **{name: asdict(one) if one else None for name, one in outlook.measured.items()},
    }
