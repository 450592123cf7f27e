"""The scores of a run's topics, against the reference in force or a new one made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.forecast import Refused
from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.opportunity import Opportunity, score
from primetime.analysis.parts import FEWEST_TOPICS, WINDOW_YEARS, Figures, RawParts, raw_parts, reference_of, sample_of
from primetime.analysis.prior_work import prior_work
from primetime.analysis.rarity import rarity
from primetime.analysis.reference import Array, Field, Reference, field_of


@dataclass(frozen=True, kw_only=True)
class Articles:
    """What scores are made from, of n articles."""

    years: NDArray[np.int64]
    """0: unknown"""
    file: InvertedFile
    """of their unit vectors"""
    mesh: Sequence[Sequence[str]]
    """each one's headings"""
    ratios: Array
    """citation ratios, NaN: unknown"""
    looked_up: NDArray[np.datetime64]
    """the day on which each ratio was told"""


@dataclass(frozen=True, kw_only=True)
class Scores:
    """One score or refusal a topic, and what they were measured against."""

    topics: list[Opportunity | Refused]
    reference: Reference | None
    """None where no topic could be measured against one"""


def score_topics(
    members: Sequence[NDArray[np.int64]],
    *,
    articles: Articles,
    last_complete_year: int,
    in_force: Reference | None,
    renew: str | None,
    weights: Mapping[str, float],
    made_by: Mapping[str, str],
) -> Scores:
    """Score topics, each given by its articles' indices into `articles`.

    `renew` says why a new reference is to be made from these very topics; without it `in_force` is used as it is.
    Where too few topics can be measured to make one, the earlier one stays in force if there is one.
    """
    if renew is not None or in_force is None:
        field = field_of(articles.years, last_complete_year, articles.ratios)
        raw = raw_of(members, articles, field)
        measured = [one for one in raw if isinstance(one, RawParts)]
        if len(measured) >= FEWEST_TOPICS:
            made = Reference(
                model_hash=made_by["model_hash"],
                snapshot=made_by["snapshot"],
                articles=len(articles.years),
                topics=len(measured),
                field=field,
                percentiles=reference_of(measured),
                release_id=made_by["release_id"],
                why=renew or "",
            )
            return _against(made, raw, weights, made_by)
        if in_force is None:
            reason = f"{len(measured)} topics can be measured, {FEWEST_TOPICS} are needed to compare with"
            refused = [one if isinstance(one, Refused) else Refused(reason=reason) for one in raw]
            return Scores(topics=list(refused), reference=None)
    return _against(in_force, raw_of(members, articles, in_force.field), weights, made_by)


def raw_of(members: Sequence[NDArray[np.int64]], articles: Articles, field: Field) -> list[RawParts | Refused]:
    """The measures of each topic, its articles compared with all the others."""
    since = field.last_complete_year - WINDOW_YEARS + 1
    some = np.unique(np.concatenate(members)) if members else np.asarray([], dtype=np.int64)
    before = prior_work(articles.file, articles.years, since, field, only=some)
    figures = Figures(
        years=articles.years,
        distance=before.distance,
        old=before.old,
        rarity=rarity(articles.mesh, articles.years, since, only=some),
        ratio=articles.ratios,
        looked_up=articles.looked_up,
    )
    return [raw_parts(sample_of(figures, one), field) for one in members]


def _against(
    reference: Reference,
    raw: Sequence[RawParts | Refused],
    weights: Mapping[str, float],
    made_by: Mapping[str, str],
) -> Scores:
    topics = [one if isinstance(one, Refused) else score(one, reference, weights, made_by) for one in raw]
    return Scores(topics=topics, reference=reference)
