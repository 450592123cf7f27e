"""Which candidates say most of an idea while saying different things."""

import numpy as np
from numpy.typing import NDArray

# How much being different weighs against being near, 0..1.
DIVERSITY = 0.4


def maximal_marginal_relevance(
    relevance: NDArray[np.float32], vectors: NDArray[np.float32], *, count: int, diversity: float = DIVERSITY
) -> list[int]:
    """The indices of up to `count` candidates, chosen one after another.

    Each next one has the greatest (1 - diversity) × relevance - diversity × (likeness to the nearest chosen one):
    maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998), as KeyBERT (Grootendorst 2020) uses it for
    keywords. `relevance` [n]: cosine of each to the idea; `vectors` [n, dimension] of length 1.
    """
    if not len(relevance):
        return []
    chosen = [int(np.argmax(relevance))]
    nearest_chosen = vectors @ vectors[chosen[0]]
    while len(chosen) < min(count, len(relevance)):
        gain = (1 - diversity) * relevance - diversity * nearest_chosen
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
        nearest_chosen = np.maximum(nearest_chosen, vectors @ vectors[chosen[-1]])
    return chosen


def group(vectors: NDArray[np.float32], *, likeness: float) -> list[list[int]]:
    """The texts in groups that mean about the same, in the order given: each joins the group whose first one it is
    most like, if by at least `likeness` (cosine), or begins a group. `vectors` [n, dimension] of length 1.
    """
    groups: list[list[int]] = []
    for index, vector in enumerate(vectors):
        alike = [float(vectors[members[0]] @ vector) for members in groups]
        best = int(np.argmax(alike)) if alike else -1
        if alike and alike[best] >= likeness:
            groups[best].append(index)
        else:
            groups.append([index])
    return groups
