"""How rarely an article's MeSH headings had met before it.

For each pair of its headings, the earlier articles that have the rarer of the two are set against those that have
both, one added to each: log((rarer + 1) / (both + 1)). So a pair of which one was hardly ever used tells nothing, one
of two common headings that always met is 0, and one of two common headings that never met tells most. The article's
rarity is that of the rarest tenth of its pairs, as in Lee, Walsh & Wang, "Creativity in scientific teams" (Research
Policy 2015). Their commonness also knows the size of the corpus, which anybody's search would move: it is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.stop_words import CHECK_TAGS

# Earlier articles with headings: below so many nothing is common.
FEWEST_EARLIER = 100
_TENTH = 0.1
_BLOCK = 2_048

Array = NDArray[np.float64]


def rarity(
    mesh: Sequence[Sequence[str]],
    years: NDArray[np.int64],
    first_year: int,
    *,
    only: NDArray[np.int64] | None = None,
) -> Array:
    """The rarity of each article since `first_year` among the articles of earlier years than its own, [n].

    `mesh` holds each article's headings, `years` [n] (0: unknown). Check tags are left out. NaN for older articles,
    unknown years, fewer than two headings, and where fewer than 100 earlier articles have any. `only`: the indices of
    the articles that it is wanted of.
    """
    found = np.full(len(years), np.nan)
    uses = _uses(mesh)
    many = np.diff(uses.indptr)
    wanted = (years >= max(first_year, 1)) & (many >= 2)
    if only is not None:
        wanted &= np.isin(np.arange(len(years)), only)
    for year in np.unique(years[wanted]):
        earlier = uses[(years > 0) & (years < year) & (many > 0)]
        if earlier.shape[0] < FEWEST_EARLIER:
            continue
        together = (earlier.T @ earlier).tocsr()
        rows = np.flatnonzero(wanted & (years == year))
        for block in range(0, len(rows), _BLOCK):
            some = rows[block : block + _BLOCK]
            found[some] = _rarest_tenth(uses[some], together)
    return found


def _uses(mesh: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Which articles have which headings, [n, headings]."""
    place: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for headings in mesh:
        columns += [place.setdefault(one, len(place)) for one in sorted(set(headings) - CHECK_TAGS)]
        ends.append(len(columns))
    shape = (len(mesh), max(len(place), 1))
    return sparse.csr_matrix((np.ones(len(columns), dtype=np.int32), columns, ends), shape)


def _rarest_tenth(uses: sparse.csr_matrix, together: sparse.csr_matrix) -> Array:
    """For each row of `uses`, two headings or more in each, the rarity that a tenth of its pairs pass."""
    pairs = [np.triu_indices(count, 1) for count in np.diff(uses.indptr)]
    of = np.repeat(np.arange(len(pairs)), [len(one[0]) for one in pairs])
    starts = uses.indptr[:-1]
    one = uses.indices[np.concatenate([start + at[0] for start, at in zip(starts, pairs, strict=True)])]
    other = uses.indices[np.concatenate([start + at[1] for start, at in zip(starts, pairs, strict=True)])]
    alone = together.diagonal().astype(np.float64)
    met = np.asarray(together[one, other], dtype=np.float64).ravel()
    rare = np.log((np.minimum(alone[one], alone[other]) + 1) / (met + 1))
    order = np.lexsort((-rare, of))
    counts = np.bincount(of, minlength=len(pairs))
    return np.asarray(rare[order][np.cumsum(counts) - counts + (_TENTH * counts).astype(np.int64)])
