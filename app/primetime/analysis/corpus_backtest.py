"""Whether the score ranks what grew: the stored corpus frozen at every year T, scored, and judged by T + 1 to T + 3.

At T nothing later is seen: the topics are found anew among the articles up to T, and the parts, the field, the
percentiles and the citations counted until then are theirs. Later papers are then given to the topics of their nearest
frozen articles. Four things are today's: which articles are stored, since today's searches gathered them, and a field
that came to nothing is among them more seldom than one that came to be looked for (survivorship); the encoder, trained
on texts of later years; MeSH headings, by PubMed's present vocabulary; and the score's own design, decided with years
in sight that it is judged on here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.backtest import (
    CHOSEN,
    FORECAST,
    GROWTH_YEARS,
    NAIVE,
    OPPORTUNITY,
    PAST,
    Backtest,
    best,
    figures,
    gain,
    judge,
)
from primetime.analysis.forecast import rolling
from primetime.analysis.joining import vote
from primetime.analysis.parts import PARTS, WINDOW_YEARS, RawParts, novelty_value, reference_of
from primetime.analysis.reference import Field, field_of, percentile
from primetime.analysis.scoring import Articles, raw_of
from primetime.analysis.topics import NEIGHBOURS, Partition, Sizes, check_vectors, partition
from primetime.analysis.yearly import yearly_counts
from primetime.errors import BadInput

Array = NDArray[np.float64]
Years = NDArray[np.int64]
Vectors = NDArray[np.float32]
Weights = tuple[float, float, float]

FEWEST_TOPICS = 10
FEWEST_ARTICLES = 200
# The weightings that one may be chosen from: all shares of the three parts in steps of a fifth.
CANDIDATES: Mapping[str, Weights] = {
    f"{n / 5:g}/{v / 5:g}/{(5 - n - v) / 5:g}": (n / 5, v / 5, (5 - n - v) / 5)
    for n, v in product(range(6), range(6))
    if n + v <= 5
}
STANDARD: Weights = (0.4, 0.4, 0.2)
_ABLATED = {part: f"without {part}" for part in PARTS}
_ALONE: Mapping[str, Weights] = {f"{part} alone": tuple(float(one == part) for one in PARTS) for part in PARTS}  # type: ignore[misc]
EARLIER_SCORE = "as opportunity-2"
# What the score is made without, to tell what each of its newer measures is worth.
_MEASURES: Mapping[str, tuple[str, ...]] = {
    "without age of prior work": ("old",),
    "without rarity": ("rarity",),
    "without citations": ("citations",),
    EARLIER_SCORE: ("old", "rarity", "citations"),
}
SHOWN = (OPPORTUNITY, *_MEASURES, *_ABLATED.values(), *_ALONE, FORECAST, CHOSEN, PAST, NAIVE)


def name_of(weights: Weights) -> str:
    """A weighting's name: 0.4/0.4/0.2, of novelty, velocity and recency."""
    return "/".join(f"{one:g}" for one in weights)


@dataclass(frozen=True, kw_only=True)
class CorpusBacktest(Backtest):
    """`series` are the topics judged at each origin, `recommended` and `chosen` weightings such as "0.4/0.4/0.2"."""

    articles: list[int] = field(default_factory=list)
    """articles up to each origin"""
    later: list[int] = field(default_factory=list)
    """articles of the three years after it that belong to one of its topics"""
    known: dict[str, int] = field(default_factory=dict)
    """measure → the topics of all origins that it was known of; 0: the score was judged without it"""
    weights: str = name_of(STANDARD)
    """of the score, named as weightings are"""

    @property
    def own(self) -> str:
        return self.weights


def backtest_corpus(
    vectors: Vectors,
    years: Years,
    last_complete_year: int,
    *,
    seed: int,
    weights: Weights = STANDARD,
    mesh: Sequence[Sequence[str]] | None = None,
    ratios_at: Callable[[int], Array] | None = None,
    sizes: Sizes | None = None,
    first: int | None = None,
    last: int | None = None,
    each: Callable[[int, int], None] | None = None,
) -> CorpusBacktest:
    """Judge the score on unit vectors [n, dimension] of articles with publication `years` [n] (0: unknown).

    `weights` are the score's, of novelty, velocity and recency: 0 or more, and not all 0.
    `mesh` holds each article's headings. `ratios_at` gives for an origin each article's citation ratio [n] as it stood
    then (NaN: unknown). Without them the score is judged without rarity and without citations.
    Every origin from `first` to `last` is used that has 200 articles, ten topics that can be scored, and three complete
    years after it. `each` is called with (origin, its articles) after each. Raises BadInput where there is none, and
    for vectors that cannot be grouped.
    """
    check_vectors(vectors)
    origins: list[int] = []
    articles: list[int] = []
    later: list[int] = []
    judged: list[int] = []
    chosen: list[str] = []
    measured: list[dict[str, Array]] = []
    candidates = [name_of(weights), *CANDIDATES]
    known_of = dict.fromkeys(("old", "rarity", "citations"), 0)
    headings = mesh if mesh is not None else [()] * len(years)
    dated = years[years > 0]
    earliest = int(dated.min(initial=last_complete_year)) + 2 * WINDOW_YEARS
    for origin in range(max(earliest, first or earliest), last_complete_year - GROWTH_YEARS + 1):
        so_far = int(((years > 0) & (years <= origin)).sum())
        if (last is not None and origin > last) or so_far < FEWEST_ARTICLES:
            continue
        ratios = np.full(len(years), np.nan) if ratios_at is None else ratios_at(origin)
        # Nothing of an origin outlives the call: its copy of the vectors is gone before the next one is made.
        try:
            scored = _at(origin, vectors, years, headings, ratios, seed=seed, weights=weights, sizes=sizes)
        except BadInput:  # no topics at this origin: it cannot be judged
            continue
        if each is not None:
            each(origin, so_far)
        if scored is None:
            continue
        results = {name: judge(score, scored.growth) for name, score in scored.scores.items()}
        for measure in known_of:
            known_of[measure] += scored.known[measure]
        # Outcomes of origins less than three years back are not known yet.
        known = [one for one, earlier in zip(measured, origins, strict=True) if earlier + GROWTH_YEARS <= origin]
        chosen.append(best(known, candidates))
        measured.append({**results, CHOSEN: results[chosen[-1]]})
        origins.append(origin)
        articles.append(so_far)
        later.append(scored.later)
        judged.append(len(scored.growth))
    if not origins:
        raise BadInput(
            f"no year of the corpus has {FEWEST_ARTICLES} articles and {FEWEST_TOPICS} topics that can be scored, "
            f"with {GROWTH_YEARS} complete years after it",
            remedy="import more articles over more years, or give a table with --counts",
        )
    mean, low, high = gain(measured, CHOSEN, OPPORTUNITY)
    return CorpusBacktest(
        origins=origins,
        series=judged,
        scores=figures(measured, [one for one in SHOWN if one in measured[0] and _can_be_told(one, known_of)]),
        chosen=chosen,
        recommended=best(measured, candidates),
        articles=articles,
        later=later,
        gain=mean,
        gain_low=low,
        gain_high=high,
        known=known_of,
        weights=name_of(weights),
    )


def _can_be_told(score: str, known: Mapping[str, int]) -> bool:
    """Whether leaving its measures out left anything out."""
    return score not in _MEASURES or any(known[one] for one in _MEASURES[score])


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What was scored at one origin, and what became of it."""

    scores: dict[str, Array]
    """of the topics that can be scored"""
    growth: Array
    later: int
    """later papers that fell to a topic"""
    known: dict[str, int]
    """measure → topics that it is known of"""


def _at(
    origin: int,
    vectors: Vectors,
    years: Years,
    mesh: Sequence[Sequence[str]],
    ratios: Array,
    *,
    seed: int,
    weights: Weights,
    sizes: Sizes | None,
) -> Origin | None:
    """Find the topics among the articles up to the origin anew, and judge their scores; as `score_origin` does."""
    frozen = np.flatnonzero((years > 0) & (years <= origin))
    after = np.flatnonzero((years > origin) & (years <= origin + GROWTH_YEARS))
    topics = partition(vectors[frozen], seed=seed, sizes=sizes)
    later = assign_later(vectors[after], topics)
    articles = Articles(
        years=years[frozen],
        file=topics.file,
        mesh=[mesh[int(one)] for one in frozen],
        ratios=ratios[frozen],
        looked_up=np.full(len(frozen), np.datetime64("NaT", "D")),
    )
    return score_origin(topics, articles, later, field_of(articles.years, origin, articles.ratios), weights)


def score_origin(
    topics: Partition, articles: Articles, later: NDArray[np.int64], field: Field, weights: Weights = STANDARD
) -> Origin | None:
    """Score the topics of the frozen `articles`, and judge them by the topics of the `later` ones, -1: none.

    None where fewer than ten topics can be scored.
    """
    years = articles.years
    origin = field.last_complete_year
    members = [topics.members(topic) for topic in range(topics.count)]
    raw = raw_of(members, articles, field)
    usable = [topic for topic, one in enumerate(raw) if isinstance(one, RawParts)]
    if len(usable) < FEWEST_TOPICS:
        return None
    parts = [one for one in raw if isinstance(one, RawParts)]
    placed = _placed(parts)
    future = np.bincount(later[later >= 0], minlength=topics.count)[usable].astype(np.float64)
    recent = np.asarray([one.windows.recent for one in parts], dtype=np.float64)
    before = np.asarray([one.windows.earlier for one in parts], dtype=np.float64)
    scores = {name: _weigh(placed, one) for name, one in _weighings(weights).items()}
    for name, measures in _MEASURES.items():
        scores[name] = _weigh(_placed(_without(parts, measures)), weights)
    scores[FORECAST] = _expected_growth([years[members[topic]] for topic in usable], origin, recent)
    scores[PAST] = np.log1p(recent) - np.log1p(before)
    scores[NAIVE] = np.zeros(len(usable))
    return Origin(
        scores=scores,
        growth=np.log1p(future) - np.log1p(recent),
        later=int((later >= 0).sum()),
        known={name: sum(name in one.measures for one in parts) for name in ("old", "rarity", "citations")},
    )


def _weighings(weights: Weights) -> dict[str, Weights]:
    """Every weighting that is judged, by its name; a part that has all the weight cannot be left out."""
    without: dict[str, Weights] = {
        _ABLATED[left_out]: tuple(0.0 if part == left_out else one for part, one in zip(PARTS, weights, strict=True))  # type: ignore[misc]
        for left_out in PARTS
    }
    possible = {name: one for name, one in without.items() if sum(one) > 0}
    return {OPPORTUNITY: weights, name_of(weights): weights, **possible, **_ALONE, **CANDIDATES}


def _placed(parts: Sequence[RawParts]) -> Array:
    """Each part's place among the very topics, [parts, topics]."""
    grids = reference_of(parts)
    columns = {
        "novelty": [novelty_value(one, grids) for one in parts],
        "velocity": [one.velocity for one in parts],
        "recency": [one.recency for one in parts],
    }
    return np.stack([percentile(np.asarray(columns[part]), grids[part]) for part in PARTS])


def _without(parts: Sequence[RawParts], measures: Sequence[str]) -> list[RawParts]:
    return [
        replace(one, measures={name: value for name, value in one.measures.items() if name not in measures})
        for one in parts
    ]


def assign_later(after: Vectors, topics: Partition) -> NDArray[np.int64]:
    """The topic of each later vector [m, dimension]: that of most of its nearest frozen articles; -1: none is clear.

    The same rule by which articles that come after an analysis are placed in its topics.
    """
    found = topics.file.nearest_of(after, min(NEIGHBOURS, len(topics.labels)))
    return vote(topics.labels[found.indices], found.distances)


def _weigh(placed: Array, weights: Weights) -> Array:
    return np.asarray(np.asarray(weights) @ placed / sum(weights))


def _expected_growth(years: list[Years], origin: int, recent: Array) -> Array:
    """What the default forecast expects of the next three years over the last three, on the outcome's scale."""
    counts = [yearly_counts(one, origin) for one in years]
    first = min(min(one) for one in counts)
    series = np.full((len(counts), origin - first + 1), np.nan)
    for row, one in enumerate(counts):
        for year, papers in one.items():
            series[row, year - first] = np.log1p(papers)
    made = rolling(series, GROWTH_YEARS, "automatic")[:, -1]
    # A topic too young to have a drift is expected to go on as it is.
    made = np.where(np.isnan(made), series[:, -1:], made)
    return np.asarray(np.log1p(np.maximum(np.expm1(made), 0).sum(axis=1)) - np.log1p(recent))
