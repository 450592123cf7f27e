import numpy as np
import pytest
from scipy.stats import fisher_exact

from primetime.analysis.forecast import Refused
from primetime.analysis.gaps import ConceptGaps, concept_gaps


def articles(seed: int = 0) -> list[list[str]]:
    """Four hundred articles: Asthma and Zinc are each on a third and avoid each other, the others do not care."""
    random = np.random.default_rng(seed)
    headings = []
    for _ in range(400):
        own = {name for name in ("Obesity", "Exercise", "Diet", "Sleep") if random.random() < 0.3}
        own.add("Humans")
        if random.random() < 0.35:
            own.add("Asthma")
        if random.random() < (0.04 if "Asthma" in own else 0.5):
            own.add("Zinc")
        headings.append(sorted(own))
    return headings


def test_a_planted_gap_is_found_with_its_counts() -> None:
    headings = articles()
    found = concept_gaps(headings)
    assert isinstance(found, ConceptGaps)
    (gap,) = found.gaps
    # By the definition: the least p of fifteen tests, of which it is the only one so small.
    assert gap.q == pytest.approx(gap.p * found.tested)
    assert (gap.one, gap.other) == ("Asthma", "Zinc")
    assert gap.with_one == sum("Asthma" in one for one in headings)
    assert gap.together == sum({"Asthma", "Zinc"} <= set(one) for one in headings)
    assert gap.expected == pytest.approx(gap.with_one * gap.with_other / 400, abs=0.01)
    assert gap.together < gap.expected
    assert (found.headings, found.tested, found.articles) == (6, 15, 400)
    table = [
        [gap.together, gap.with_one - gap.together],
        [gap.with_other - gap.together, 400 - gap.with_one - gap.with_other + gap.together],
    ]
    assert gap.p == pytest.approx(fisher_exact(table, alternative="less").pvalue)
    assert gap.p <= gap.q <= 0.05


def test_chance_alone_is_rarely_taken_for_a_gap() -> None:
    random = np.random.default_rng(1)
    names = [f"Heading {number}" for number in range(30)]
    wrong = 0
    for _ in range(20):
        headings = [[name for name in names if random.random() < 0.2] for _ in range(200)]
        found = concept_gaps(headings)
        assert isinstance(found, ConceptGaps)
        wrong += bool(found.gaps)
    assert wrong <= 4, "at a false discovery rate of 5 % about one in twenty"


def test_check_tags_rare_headings_and_narrower_ones_are_no_pairs() -> None:
    headings = [["Humans", "Asthma"] if number % 2 else ["Female", "Asthma, Exercise-Induced"] for number in range(200)]
    headings += [["Rare thing", "Asthma"]] * 3
    found = concept_gaps(headings)
    assert found == ConceptGaps(gaps=[], articles=203, headings=2, tested=0)


@pytest.mark.parametrize("headings", [[], [[]] * 300, [["Asthma", "Zinc"]] * 49 + [[]] * 251])
def test_too_few_headings_are_refused_with_why(headings: list[list[str]]) -> None:
    found = concept_gaps(headings)
    assert isinstance(found, Refused)
    assert f"of the {len(headings)} nearest articles have MeSH headings, 50 are needed" in found.reason


def test_articles_all_alike_have_no_gap() -> None:
    found = concept_gaps([["Asthma", "Zinc", "Diet"]] * 300)
    assert isinstance(found, ConceptGaps)
    assert (found.gaps, found.tested) == ([], 3)
