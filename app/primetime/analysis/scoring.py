"""The scores of a run's topics, against the reference in force or a new one made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.forecast import Refused
from primetime.analysis.opportunity import (
    FEWEST_TOPICS,
    WINDOW_YEARS,
    Opportunity,
    RawParts,
    distance_to_prior_work,
    raw_parts,
    reference_of,
    sample_of,
    score,
)
from primetime.analysis.reference import Field, Reference, field_of


@dataclass(frozen=True, kw_only=True)
class Scores:
    """One score or refusal a topic, and what they were measured against."""

    topics: list[Opportunity | Refused]
    reference: Reference | None
    """None where no topic could be measured against one"""


def score_topics(
    members: Sequence[NDArray[np.int64]],
    *,
    years: NDArray[np.int64],
    vectors: NDArray[np.float32],
    last_complete_year: int,
    in_force: Reference | None,
    renew: str | None,
    weights: Mapping[str, float],
    made_by: Mapping[str, str],
) -> Scores:
    """Score topics, each given by its articles' indices into `years` [n] and `vectors` [n, dimension].

    `renew` says why a new reference is to be made from these very topics; without it `in_force` is used as it is.
    Where too few topics can be measured to make one, the earlier one stays in force if there is one.
    """
    if renew is not None or in_force is None:
        field = field_of(years, last_complete_year)
        raw = _raw(members, years, vectors, field)
        measured = [one for one in raw if isinstance(one, RawParts)]
        if len(measured) >= FEWEST_TOPICS:
            made = Reference(
                model_hash=made_by["model_hash"],
                snapshot=made_by["snapshot"],
                articles=len(years),
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
    return _against(in_force, _raw(members, years, vectors, in_force.field), weights, made_by)


def _raw(
    members: Sequence[NDArray[np.int64]], years: NDArray[np.int64], vectors: NDArray[np.float32], field: Field
) -> list[RawParts | Refused]:
    distances = distance_to_prior_work(vectors, years, field.last_complete_year - WINDOW_YEARS + 1)
    return [raw_parts(sample_of(years[one], distances[one]), field) for one in members]


def _against(
    reference: Reference,
    raw: Sequence[RawParts | Refused],
    weights: Mapping[str, float],
    made_by: Mapping[str, str],
) -> Scores:
    topics = [one if isinstance(one, Refused) else score(one, reference, weights, made_by) for one in raw]
    return Scores(topics=topics, reference=reference)
