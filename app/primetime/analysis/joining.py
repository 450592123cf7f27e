"""How articles join a topic in whose dense region they are not: those on its edge, outliers, and later papers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.blocks import in_blocks, one_thread_each
from primetime.encoder.pooling import to_unit_length

OUTLIER = -1
# An outlier joins the topic whose centre is nearest when it is no farther from it than this share of the topic's dense
# articles are.
FARTHEST_SHARE = 0.01
# A later article joins a topic that has this share of its neighbours' similarity.
VOTE_SHARE = 0.3
_ROWS = 1024


def take_in_outliers(vectors: NDArray[np.float32], dense: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels [n] in which outliers of the dense regions [n] have the topic of the nearest centre, if it is near enough.

    Near enough: as similar to the centre as all of the topic's dense articles but the farthest hundredth. Its nearest
    articles tell less of an outlier than the centres do: it lies between dense regions, and they are outliers too.
    """
    labels = dense.copy()
    count = int(dense.max(initial=OUTLIER)) + 1
    outliers = np.flatnonzero(dense == OUTLIER)
    if not count or not len(outliers):
        return labels
    centres = centroids_of(vectors, dense, count)
    floor = np.empty(count, dtype=np.float32)
    for topic in range(count):
        floor[topic] = np.quantile(vectors[dense == topic] @ centres[topic], FARTHEST_SHARE)
    best, similarity = _nearest_centre(vectors, outliers, centres)
    labels[outliers] = np.where(similarity >= floor[best], best, OUTLIER)
    return labels


def settle(vectors: NDArray[np.float32], labels: NDArray[np.int64], near: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels [n] in which articles at a border are in the topic of the nearest centre, if their neighbours agree.

    They agree when as many of an article's neighbours [n, k] are in that topic as in its own. A layout in few
    dimensions puts some articles into a region that they have little to do with; the centre alone would take some out
    of regions of other shapes than a ball. No topic is emptied.
    """
    count = int(labels.max(initial=OUTLIER)) + 1
    theirs = labels[near]
    own = labels[:, None]
    border = np.flatnonzero((labels >= 0) & ((theirs >= 0) & (theirs != own)).any(axis=1))
    settled = labels.copy()
    if count < 2 or not len(border):
        return settled
    best, _ = _nearest_centre(vectors, border, centroids_of(vectors, labels, count))
    there = (theirs[border] == best[:, None]).sum(axis=1)
    agreed = (there > 0) & (there >= (theirs == own)[border].sum(axis=1))
    settled[border[agreed]] = best[agreed]
    emptied = np.flatnonzero(np.bincount(settled[settled >= 0], minlength=count) == 0)
    back = np.isin(labels, emptied)
    settled[back] = labels[back]
    return settled


def vote(theirs: NDArray[np.int64], distances: NDArray[np.float32]) -> NDArray[np.int64]:
    """The topic [m] that weighs most among the topics [m, k] of articles' neighbours, or -1 where none weighs enough.

    A neighbour weighs as much as it is similar: 1 - distance [m, k], never less than 0.
    """
    count = int(theirs.max(initial=OUTLIER)) + 1
    if count == 0 or not len(theirs):
        return np.full(len(theirs), OUTLIER, dtype=np.int64)
    similarity = np.maximum(1 - distances, 0)
    rows, columns = np.nonzero(theirs != OUTLIER)
    votes = sparse.csr_matrix(
        (similarity[rows, columns].astype(np.float64), (rows, theirs[rows, columns])), shape=(len(theirs), count)
    )
    best = np.asarray(votes.argmax(axis=1)).ravel()
    weight = votes.max(axis=1).toarray().ravel()
    clear = weight >= VOTE_SHARE * np.maximum(similarity.sum(axis=1), 1e-9)
    return np.where(clear, best, OUTLIER).astype(np.int64)


def centroids_of(vectors: NDArray[np.float32], labels: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Unit vectors [count, dimension] of the groups' means."""
    inside = np.flatnonzero(labels >= 0)
    membership = sparse.csr_matrix(
        (np.ones(len(inside), dtype=np.float32), (labels[inside], inside)), (count, len(labels))
    )
    return to_unit_length(membership @ vectors)


def _nearest_centre(
    vectors: NDArray[np.float32], rows: NDArray[np.int64], centres: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each of the rows [m] the centre that is nearest to its vector, and how similar the two are."""

    def nearest(block: slice) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        similarity = vectors[rows[block]] @ centres.T
        best = similarity.argmax(axis=1)
        return best, similarity[np.arange(len(best)), best]

    with one_thread_each():
        best, similarity = zip(*in_blocks(nearest, len(rows), _ROWS), strict=True)
    return np.concatenate(best), np.concatenate(similarity)
