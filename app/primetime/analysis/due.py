"""What has to be done so that what is published is of what is stored: nothing, placing what is new, or an analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from primetime.analysis.corpus import count_articles, count_encoded, since
from primetime.analysis.reading import Run, latest_run
from primetime.analysis.reference import why_renew
from primetime.analysis.storing import reference_in_force
from primetime.analysis.topics import FEWEST_ARTICLES
from primetime.errors import BadInput
from primetime.settings import Settings

# The settings that an analysis's outcome depends on, by how their names begin.
_ASKED = ("hdbscan_", "umap_", "topic_", "near_duplicate_", "forecast_", "arima_", "novelty_", "velocity_", "recency_")


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is due: a new analysis where `run` is None, else places for the `new` articles among that one's; and nothing
    while there are too few."""

    run: Run | None
    """the newest analysis, if it stands"""
    new: int
    """articles that it does not know yet"""
    why: str
    """in words"""
    too_few: bool = False
    """there are fewer articles with an up-to-date vector than topics need"""


def asked(settings: Settings) -> dict[str, Any]:
    """The settings that an analysis's outcome depends on."""
    return {name: value for name, value in settings.model_dump().items() if name.startswith(_ASKED)}


def what_is_due(connection: Connection[Any], model_hash: str, settings: Settings, *, to_come: int = 0) -> Due:
    """What is due now, or when `to_come` more articles are encoded.

    The newest analysis stands while its articles, the settings, the release, the calendar year and the reference are
    what they were, and as long as few articles have come since: at most a share of `refit_share` of its own, and none,
    nor other citations or headings, once it is `refit_days` old. What came is placed in its topics meanwhile.
    """
    encoded = min(count_encoded(connection, model_hash, enough=FEWEST_ARTICLES) + to_come, FEWEST_ARTICLES)
    if encoded < FEWEST_ARTICLES:
        why = f"{encoded} of {FEWEST_ARTICLES} articles that topics need"
        return Due(run=None, new=0, why=why, too_few=True)
    run = latest_run(connection)
    if run is None:
        return Due(run=None, new=0, why="nothing was analysed yet")
    now = datetime.now(UTC)
    now_stored = since(connection, model_hash, run.id)
    new = now_stored.unknown + to_come
    came = now_stored.placed + new
    why = _why_anew(connection, run, model_hash, settings, now)
    if not why and now_stored.content != run.parameters.get("content"):
        why = f"articles of analysis {run.id} are no longer what they were"
    if not why and came > settings.refit_share * run.articles:
        why = f"{came} articles came since analysis {run.id} of {run.articles}"
    old = (now - run.finished_at).days
    if not why and came and settings.refit_days and old >= settings.refit_days:
        why = f"articles came since analysis {run.id}, which is {old} days old"
    # Some citations are looked up every night: they wait, so that not every night's analysis is of everything.
    if not why and now_stored.snapshot != run.snapshot and settings.refit_days and old >= settings.refit_days:
        why = f"citations or headings changed since analysis {run.id}, which is {old} days old"
    if why:
        return Due(run=None, new=new, why=why)
    if came:
        return Due(
            run=run, new=new, why=f"few articles came since analysis {run.id}, which stands: {came} of {run.articles}"
        )
    return Due(run=run, new=0, why=f"nothing changed since analysis {run.id}, which stands")


def require_enough(connection: Connection[Any], pmids: Sequence[int] | None = None) -> None:
    """Raise BadInput where fewer articles are stored (of `pmids`, where given) than topics need, encoded or not."""
    stored = count_articles(connection, pmids, enough=FEWEST_ARTICLES)
    if stored < FEWEST_ARTICLES:
        raise BadInput(
            f"there are {stored} stored articles, and topics need {FEWEST_ARTICLES}",
            remedy="search for more or import them" if pmids is None else "make a wider search",
        )


def _why_anew(connection: Connection[Any], run: Run, model_hash: str, settings: Settings, now: datetime) -> str:
    if run.model_hash != model_hash:
        return f"another model serves than made analysis {run.id}"
    if run.release_id != settings.release_id:
        return f"another release made analysis {run.id}"
    if run.started_at.astimezone(UTC).year != now.year:
        return f"analysis {run.id} is of another calendar year"
    if run.parameters.get("asked") != asked(settings):
        return f"other settings made analysis {run.id}"
    reference = reference_in_force(connection, model_hash)
    renew = reference and why_renew(reference, articles=run.articles, now=now, days=settings.reference_days)
    return f"the reference is to be made anew: {renew}" if renew else ""
