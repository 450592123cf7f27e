"""Pairs of MeSH headings that are each common near an idea and rarely together: observed against expected, tested."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.stats import false_discovery_control, hypergeom

from primetime.analysis.forecast import Refused
from primetime.analysis.stop_words import CHECK_TAGS

# A heading on this share of the articles near the idea, and on so many of them, is common there.
COMMON_SHARE, COMMON_FEWEST = 0.05, 10
FEWEST_ARTICLES = 50
# The share of false discoveries among the pairs that are shown (Benjamini & Hochberg 1995).
FALSE_DISCOVERIES = 0.05
SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class ConceptGap:
    """Two headings of the articles near an idea."""

    one: str
    other: str
    with_one: int
    with_other: int
    together: int
    expected: float
    """together, if the one told nothing of the other"""
    p: float
    """the chance of so few together then (hypergeometric, one-sided)"""
    q: float
    """p corrected for all pairs that were tested"""


@dataclass(frozen=True, kw_only=True)
class ConceptGaps:
    gaps: list[ConceptGap]
    """the surest first"""
    articles: int
    """that have headings"""
    headings: int
    """common near the idea"""
    tested: int
    """pairs"""


def concept_gaps(headings: Sequence[Sequence[str]]) -> ConceptGaps | Refused:
    """Find the gaps among the headings of the articles near an idea.

    Check tags are left out, as are pairs of which one heading's words hold the other's: MeSH gives an article the
    narrower of two such headings alone. Refused where fewer than 50 articles have headings.
    """
    tagged = [set(one) - CHECK_TAGS for one in headings if one]
    if len(tagged) < FEWEST_ARTICLES:
        return Refused(
            reason=f"{len(tagged)} of the {len(headings)} nearest articles have MeSH headings, "
            f"{FEWEST_ARTICLES} are needed"
        )
    everywhere: dict[str, int] = {}
    for one in tagged:
        for heading in one:
            everywhere[heading] = everywhere.get(heading, 0) + 1
    fewest = max(COMMON_FEWEST, COMMON_SHARE * len(tagged))
    common = sorted(heading for heading, count in everywhere.items() if count >= fewest)
    place = {heading: number for number, heading in enumerate(common)}
    cells = [(row, place[heading]) for row, one in enumerate(tagged) for heading in one if heading in place]
    rows, columns = np.asarray(cells, dtype=np.int64).reshape(-1, 2).T
    uses = sparse.csr_matrix((np.ones(len(rows), dtype=np.int64), (rows, columns)), (len(tagged), len(common)))
    together = np.asarray((uses.T @ uses).todense())
    words = [frozenset(re.findall(r"\w+", heading.lower())) for heading in common]
    pairs = [
        (i, j) for i, j in combinations(range(len(common)), 2) if not (words[i] <= words[j] or words[j] <= words[i])
    ]
    if not pairs:
        return ConceptGaps(gaps=[], articles=len(tagged), headings=len(common), tested=0)
    first, second = np.asarray(pairs).T
    counts = np.diag(together)
    met = together[first, second]
    expected = counts[first] * counts[second] / len(tagged)
    p = hypergeom.cdf(met, len(tagged), counts[first], counts[second])
    q = false_discovery_control(p, method="bh")
    order = np.lexsort((met - expected, q))
    found = [int(pair) for pair in order if q[pair] <= FALSE_DISCOVERIES][:SHOWN]
    return ConceptGaps(
        gaps=[
            ConceptGap(
                one=common[first[pair]],
                other=common[second[pair]],
                with_one=int(counts[first[pair]]),
                with_other=int(counts[second[pair]]),
                together=int(met[pair]),
                expected=round(float(expected[pair]), 2),
                p=float(p[pair]),
                q=float(q[pair]),
            )
            for pair in found
        ],
        articles=len(tagged),
        headings=len(common),
        tested=len(pairs),
    )
