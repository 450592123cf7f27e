"""A planted corpus frozen at each year: what grew for good is found, and nothing later is seen."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from primetime.analysis.backtest import METRICS
from primetime.analysis.corpus_backtest import (
    CANDIDATES,
    SHOWN,
    CorpusBacktest,
    assign_later,
    backtest_corpus,
    score_origin,
)
from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.reference import field_of
from primetime.analysis.scoring import Articles
from primetime.analysis.topics import partition
from primetime.encoder.pooling import to_unit_length
from primetime.errors import BadInput

TOPICS, EACH = 12, 50
Corpus = tuple[NDArray[np.float32], NDArray[np.int64]]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Twelve fields over 2000 to 2012; the higher its number, the later a field has its papers."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(TOPICS, 48))
    topic, number = np.divmod(np.arange(TOPICS * EACH), EACH)
    years = 2012 - ((number / EACH) ** (0.7 + topic / 8) * 13).astype(np.int64)
    return to_unit_length(centres[topic] + random.normal(size=(len(topic), 48)) * 0.3), years


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> CorpusBacktest:
    return backtest_corpus(*corpus, 2012, seed=1)


def test_every_year_that_the_corpus_allows_is_judged(found: CorpusBacktest, corpus: Corpus) -> None:
    assert found.origins == list(range(found.origins[0], 2010))
    assert len(found.origins) >= 3
    for origin, articles, later, topics in zip(found.origins, found.articles, found.later, found.series, strict=True):
        assert articles == (corpus[1] <= origin).sum()
        assert 0 < later <= ((corpus[1] > origin) & (corpus[1] <= origin + 3)).sum()
        assert 10 <= topics <= TOPICS


def test_lasting_growth_is_found_and_naive_finds_nothing(found: CorpusBacktest) -> None:
    spearman = {name: figures["spearman"] for name, figures in found.scores.items()}
    assert set(spearman) == set(SHOWN) - {"without rarity", "without citations"}, "neither is known here"
    assert found.known["rarity"] == found.known["citations"] == 0
    assert found.known["old"] == sum(found.series)
    assert spearman["naive"].value == 0
    assert spearman["velocity alone"].value > 0.5
    assert spearman["past growth continues"].difference == 0
    for name in spearman:
        for metric in METRICS:
            one = found.scores[name][metric]
            assert one.low <= one.value <= one.high
            assert one.difference_low <= one.difference <= one.difference_high


def test_a_weighting_is_chosen_by_earlier_outcomes_alone(found: CorpusBacktest) -> None:
    assert found.chosen[:3] == ["0.4/0.4/0.2"] * 3, "the outcome of the first origin is known three years later"
    assert set(found.chosen) | {found.recommended} <= set(CANDIDATES)
    assert found.alternative in (None, found.recommended)
    assert found.alternative is None or found.gain_low > 0


def test_the_score_is_judged_by_the_weights_that_are_set(corpus: Corpus, found: CorpusBacktest) -> None:
    velocity = backtest_corpus(*corpus, 2012, seed=1, weights=(0.0, 2.0, 0.0), first=2008, last=2008)
    assert velocity.weights == "0/2/0"
    assert velocity.scores["opportunity"] == velocity.scores["velocity alone"]
    assert "without velocity" not in velocity.scores, "then nothing would be left"
    assert velocity.scores["without recency"] == velocity.scores["opportunity"]
    assert velocity.chosen == ["0/2/0"], "the score's own weights stand until something is known"
    assert found.weights == "0.4/0.4/0.2"
    assert found.scores["opportunity"] != found.scores["velocity alone"]


def articles_of(vectors: NDArray[np.float32], years: NDArray[np.int64], ratios: NDArray[np.float64]) -> Articles:
    return Articles(
        years=years,
        file=InvertedFile.of(vectors),
        mesh=[()] * len(years),
        ratios=ratios,
        looked_up=np.full(len(years), np.datetime64("NaT", "D")),
    )


def test_what_comes_after_cannot_move_a_score(corpus: Corpus) -> None:
    vectors, years = corpus
    frozen = years <= 2008
    topics = partition(vectors[frozen], seed=1)
    field = field_of(years[frozen], 2008)
    after = vectors[(years > 2008) & (years <= 2011)]
    then = articles_of(vectors[frozen], years[frozen], np.full(frozen.sum(), np.nan))
    one = score_origin(topics, then, assign_later(after, topics), field)
    other = score_origin(topics, then, assign_later(after[:5], topics), field)
    assert one is not None
    assert other is not None
    assert one.scores.keys() == other.scores.keys()
    for name, score in one.scores.items():
        np.testing.assert_array_equal(score, other.scores[name])
    assert not np.array_equal(one.growth, other.growth)


def test_headings_and_citations_are_judged_where_they_are_known(corpus: Corpus) -> None:
    """Made-up headings, and made-up citations: the papers of later fields are cited more and more."""
    vectors, years = corpus
    topic = np.arange(len(years)) // EACH
    mesh = [[f"H{number}", f"H{(number + article) % TOPICS}", "Humans"] for article, number in enumerate(topic)]
    ratios = 1 + np.maximum(years - 2000, 0) * topic / 40

    def ratios_at(origin: int) -> NDArray[np.float64]:
        return np.where(years <= origin, ratios, np.nan)

    found = backtest_corpus(vectors, years, 2012, seed=1, first=2008, last=2009, mesh=mesh, ratios_at=ratios_at)
    assert set(found.scores) == set(SHOWN)
    assert found.known["rarity"] == sum(found.series)
    assert found.known["citations"] > 10
    with_all, without = found.scores["opportunity"]["spearman"], found.scores["without citations"]["spearman"]
    assert with_all.value != without.value


def test_what_comes_after_the_outcome_cannot_move_an_origin(corpus: Corpus) -> None:
    vectors, years = corpus
    until = years <= 2011
    one = backtest_corpus(vectors, years, 2012, seed=1, first=2008, last=2008)
    other = backtest_corpus(vectors[until], years[until], 2011, seed=1)
    assert other.origins[-1] == 2008
    assert one.series == other.series[-1:]
    assert one.later == other.later[-1:]
    assert asdict(one) == asdict(backtest_corpus(vectors[until], years[until], 2011, seed=1, first=2008))


def test_later_papers_go_to_the_topic_of_their_nearest(corpus: Corpus) -> None:
    vectors, years = corpus
    labels = np.arange(TOPICS * EACH) // EACH
    labels[labels == 3] = -1
    early = years <= 2009
    topics = replace(partition(vectors[early], seed=1), labels=labels[early])
    given = assign_later(vectors[~early], topics)
    truth = labels[~early]
    assert (given[truth >= 0] == truth[truth >= 0]).mean() > 0.95
    assert (given[truth < 0] == -1).mean() > 0.6
    assert assign_later(vectors[:0], topics).tolist() == []


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        (slice(0, 0), "0 articles with a vector"),
        (slice(0, 1), "1 article with a vector"),
        (slice(0, 150), "no year of the corpus"),
        (slice(0, EACH * 5), "no year of the corpus"),
    ],
)
def test_a_corpus_that_allows_no_origin_is_refused(corpus: Corpus, kept: slice, reason: str) -> None:
    vectors, years = corpus
    with pytest.raises(BadInput, match=reason):
        backtest_corpus(vectors[kept], years[kept], 2012, seed=1)


def test_articles_all_alike_without_years_or_of_zeros_are_refused(corpus: Corpus) -> None:
    vectors, years = corpus
    with pytest.raises(BadInput, match="same vector"):
        backtest_corpus(np.repeat(vectors[:1], len(years), axis=0), years, 2012, seed=1)
    with pytest.raises(BadInput, match="no year of the corpus"):
        backtest_corpus(vectors, np.zeros_like(years), 2012, seed=1)
    with pytest.raises(BadInput, match="600 of the 600 articles have a vector of zeros"):
        backtest_corpus(np.zeros_like(vectors), years, 2012, seed=1)


def test_few_origins_prove_no_other_weights() -> None:
    figures = {"series": [], "scores": {}, "chosen": [], "recommended": "0/0/1", "gain": 0.1, "gain_low": 0.05}
    judged = {origins: CorpusBacktest(origins=list(range(origins)), gain_high=0.2, **figures) for origins in (9, 10)}
    assert [judged[origins].alternative for origins in (9, 10)] == [None, "0/0/1"]
