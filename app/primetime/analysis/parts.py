"""What a topic's score is made from: the measures of its papers, before they are set against a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.citation_growth import FEWEST_CITED, Cited, growth, mean_of
from primetime.analysis.forecast import Refused
from primetime.analysis.reference import Array, Field, percentile, percentiles_of

PARTS = ("novelty", "velocity", "recency")
# What novelty is made from, and each measure's share where all are known: how far a topic is from prior work before
# how old that is and what is combined. What velocity is made from; recency is a measure by itself.
NOVELTY = {"distance": 0.5, "old": 0.25, "rarity": 0.25}
VELOCITY = ("papers", "citations")
WINDOW_YEARS = 3
FEWEST_ARTICLES = 15
FEWEST_RECENT = 5
FEWEST_TOPICS = 5
# Papers added to both windows, spread as the whole corpus is: growth from 1 to 3 papers must not beat 40 to 90.
SHRINKAGE = 10


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Papers of one topic and of the whole dated corpus, in the last three complete years and the three before."""

    recent: int
    earlier: int
    corpus_recent: int
    corpus_earlier: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is known of each of n articles, NaN where it is not."""

    years: NDArray[np.int64]
    """0: unknown"""
    distance: Array
    old: Array
    rarity: Array
    ratio: Array
    looked_up: NDArray[np.datetime64]
    """the day on which iCite told the ratio"""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What is known of each dated article of a topic, in ascending order of year and distance; None: unknown.

    A list is empty where it is known of none.
    """

    years: list[int]
    distances: list[float | None]
    """mean cosine distance to its nearest earlier articles; None: an older article, or too little earlier work"""
    old: list[float | None] = field(default_factory=list)
    """share of those that are old"""
    rarity: list[float | None] = field(default_factory=list)
    """of its MeSH headings' meeting"""
    ratios: list[float | None] = field(default_factory=list)
    """relative citation ratio"""
    looked_up: list[str] = field(default_factory=list)
    """the first and the last day on which the ratios were looked up"""


@dataclass(frozen=True, kw_only=True)
class RawParts:
    """A topic's measures, each the greater the more there is of it."""

    measures: dict[str, float]
    """distance, papers and recency always; old, rarity and citations where enough is known"""
    articles: int
    windows: Windows
    cited: Cited
    sample: Sample

    @property
    def velocity(self) -> float:
        return sum(self.measures.get(name, 0.0) for name in VELOCITY)

    @property
    def recency(self) -> float:
        return self.measures["recency"]


def windows(years: NDArray[np.int64], field: Field) -> Windows:
    """Count the windows of a topic's publication years (unknown ones are 0) within a field."""
    last = field.last_complete_year
    recent, earlier = last - WINDOW_YEARS + 1, last - 2 * WINDOW_YEARS + 1
    return Windows(
        recent=int(((years >= recent) & (years <= last)).sum()),
        earlier=int(((years >= earlier) & (years < recent)).sum()),
        corpus_recent=field.count(recent, last),
        corpus_earlier=field.count(earlier, recent - 1),
    )


def paper_growth(counts: Windows) -> float | None:
    """log of the topic's growth over the field's, both shrunk towards the field; None where a window is empty."""
    if counts.corpus_recent == 0 or counts.corpus_earlier == 0:
        return None
    return float(_paper_growth(np.asarray(counts.recent, float), np.asarray(counts.earlier, float), counts))


def _paper_growth(recent: Array, earlier: Array, of: Windows) -> Array:
    both = of.corpus_recent + of.corpus_earlier
    shrunk = (recent + SHRINKAGE * of.corpus_recent / both) / (earlier + SHRINKAGE * of.corpus_earlier / both)
    return np.asarray(np.log(shrunk) - np.log(of.corpus_recent / of.corpus_earlier))


def sample_of(figures: Figures, members: NDArray[np.int64]) -> Sample:
    """A topic's sample, from its articles' indices."""
    dated = members[figures.years[members] > 0]
    distances = np.round(figures.distance[dated], 6)
    own = dated[np.lexsort((distances, figures.years[dated]))]
    told = figures.looked_up[own][~np.isnan(figures.ratio[own])]
    return Sample(
        years=figures.years[own].tolist(),
        distances=_listed(figures.distance[own]),
        old=_known(figures.old[own]),
        rarity=_known(figures.rarity[own]),
        ratios=_known(figures.ratio[own]),
        looked_up=[str(told.min()), str(told.max())] if len(told) else [],
    )


def _listed(values: Array) -> list[float | None]:
    return [None if np.isnan(one) else round(float(one), 6) for one in values]


def _known(values: Array) -> list[float | None]:
    return [] if np.isnan(values).all() else _listed(values)


def raw_parts(sample: Sample, field: Field) -> RawParts | Refused:
    """One topic's measures within a field; refused where papers are too few."""
    if len(sample.years) < FEWEST_ARTICLES:
        return Refused(reason=f"{len(sample.years)} articles with a year are too few, {FEWEST_ARTICLES} are needed")
    last = field.last_complete_year
    compared = sum(one is not None for one in sample.distances)
    if compared < FEWEST_RECENT:
        found = f"{compared} articles since {last - WINDOW_YEARS + 1} have earlier work to compare with"
        return Refused(reason=f"{found}, {FEWEST_RECENT} are needed")
    counts = windows(np.asarray(sample.years, dtype=np.int64), field)
    if counts.corpus_recent == 0 or counts.corpus_earlier == 0:
        return Refused(reason=f"the corpus has no articles in one of the {2 * WINDOW_YEARS} years up to {last}")
    cited = _cited(sample, field)
    found_measures, _ = measures_of(sample, field, counts, cited, np.arange(len(sample.years))[None])
    return RawParts(
        measures={name: float(value[0]) for name, value in found_measures.items()},
        articles=len(sample.years),
        windows=counts,
        cited=cited,
        sample=sample,
    )


def measures_of(
    sample: Sample, field: Field, counts: Windows, cited: Cited, drawn: NDArray[np.int64]
) -> tuple[dict[str, Array], NDArray[np.bool_]]:
    """The measures of draws of a sample's articles (indices [draws, articles]), each [draws].

    Second, which draws have an article for every measure; the others' figures mean nothing.
    """
    years = np.asarray(sample.years, dtype=np.int64)
    recent, earlier = _in_windows(years, field)
    measures = {
        "papers": _paper_growth(recent[drawn].sum(axis=1), earlier[drawn].sum(axis=1), counts),
        "recency": field.rank(years)[drawn].mean(axis=1),
    }
    usable = np.ones(len(drawn), dtype=bool)
    for name, listed in (("distance", sample.distances), ("old", sample.old), ("rarity", sample.rarity)):
        known, value = _columns(listed, len(years))
        if known.sum() >= FEWEST_RECENT:
            compared = known[drawn].sum(axis=1)
            usable &= compared > 0
            measures[name] = value[drawn].sum(axis=1) / np.maximum(compared, 1)
    if cited.enough:
        known, ratio = _columns(sample.ratios, len(years))
        logs = np.log1p(ratio)
        now, before = known & recent, known & earlier
        measures["citations"] = growth(
            (logs * now)[drawn].sum(axis=1),
            (logs * before)[drawn].sum(axis=1),
            now[drawn].sum(axis=1),
            before[drawn].sum(axis=1),
            cited,
        )
    return measures, usable


def _in_windows(years: NDArray[np.int64], field: Field) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    first = field.last_complete_year - WINDOW_YEARS + 1
    recent = (years >= first) & (years <= field.last_complete_year)
    return recent, (years >= first - WINDOW_YEARS) & (years < first)


def _columns(listed: Sequence[float | None], articles: int) -> tuple[NDArray[np.bool_], Array]:
    """Which articles' figure is known, and the figures, 0 where it is not."""
    value = np.asarray([np.nan if one is None else one for one in listed or [None] * articles])
    known = ~np.isnan(value)
    return known, np.where(known, value, 0.0)


def _cited(sample: Sample, field: Field) -> Cited:
    recent, earlier = _in_windows(np.asarray(sample.years, dtype=np.int64), field)
    known, _ = _columns(sample.ratios, len(sample.years))
    first = field.last_complete_year - WINDOW_YEARS + 1
    return Cited(
        recent=int((known & recent).sum()),
        earlier=int((known & earlier).sum()),
        field_recent=mean_of(field.ratios, first, field.last_complete_year),
        field_earlier=mean_of(field.ratios, first - WINDOW_YEARS, first - 1),
    )


def novelty_of(measures: Mapping[str, Array], reference: Mapping[str, Sequence[float]]) -> Array:
    """Novelty before it is placed: the weighed mean of its measures' [draws] places among the reference's topics.

    A measure that either does not know is left out, and the others keep their proportion. The method before knew the
    distance alone, and placed it as it was.
    """
    if "distance" not in reference:
        return measures["distance"]
    known = [one for one in NOVELTY if one in measures and one in reference]
    weighed = [NOVELTY[one] * percentile(measures[one], reference[one]) for one in known]
    return np.asarray(np.sum(weighed, axis=0) / sum(NOVELTY[one] for one in known))


def novelty_value(parts: RawParts, reference: Mapping[str, Sequence[float]]) -> float:
    """A topic's novelty before it is placed, from its measures as a receipt keeps them: to six digits."""
    measures = {name: np.asarray([round(value, 6)]) for name, value in parts.measures.items()}
    return round(float(novelty_of(measures, reference)[0]), 6)


def reference_of(parts: Sequence[RawParts]) -> dict[str, list[float]]:
    """The distributions over a corpus's topics, as 21 percentiles each: of novelty's measures, and of the parts.

    A measure that fewer than five topics know has none, and is not part of novelty.
    """
    known = {name: [one.measures[name] for one in parts if name in one.measures] for name in NOVELTY}
    grids = {name: percentiles_of(values) for name, values in known.items() if len(values) >= FEWEST_TOPICS}
    return {
        **grids,
        "novelty": percentiles_of([novelty_value(one, grids) for one in parts]),
        "velocity": percentiles_of([one.velocity for one in parts]),
        "recency": percentiles_of([one.recency for one in parts]),
    }


def left_out(parts: RawParts, reference: Mapping[str, Sequence[float]]) -> list[str]:
    """What the score was made without, and why."""
    said = []
    if "rarity" not in parts.measures or "rarity" not in reference:
        known = sum(one is not None for one in parts.sample.rarity)
        why = (
            f"known of {known} of its recent papers, {FEWEST_RECENT} are needed"
            if known < FEWEST_RECENT
            else f"known of fewer than {FEWEST_TOPICS} of the reference's topics"
        )
        said.append(f"novelty is without the rarity of its MeSH headings' meeting: {why}")
    if "citations" not in parts.measures:
        counts, cited = parts.windows, parts.cited
        said.append(
            f"velocity is of papers alone: the citation ratio is known of {cited.recent} of its {counts.recent} papers "
            f"of the last three complete years and {cited.earlier} of {counts.earlier} of the three before, "
            f"{FEWEST_CITED} each are needed"
        )
    return said
