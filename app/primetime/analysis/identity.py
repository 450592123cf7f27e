"""Which topic is which from one analysis to the next: topics keep their number, and what became of each is recorded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from primetime.analysis.stability import jaccard

# The same topic shares at least this much of its articles (Jaccard) with what it was.
SAME = 0.3
# A topic went into another, or came out of it, with at least this share of its articles.
MOST = 0.5

Kind = Literal["born", "merged", "split", "died"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One event between two analyses."""

    kind: Kind
    topic_key: int
    """the topic that was born, split off, was merged into another, or died"""
    other_key: int | None
    """the topic it split from or was merged into"""
    share: float | None
    """of its articles that are in the other one"""


@dataclass(frozen=True, kw_only=True)
class Identities:
    keys: list[int]
    """for each topic its number for life"""
    agreement: list[float | None]
    """for each topic the Jaccard index with its former self; None: new"""
    changes: list[Change]


def identify(
    labels: NDArray[np.int64],
    pmids: NDArray[np.int64],
    before: Mapping[int, int],
    *,
    next_key: int,
    former_keys: Collection[int] = (),
) -> Identities:
    """Give topics 0..max(labels) of articles `pmids` [n] the keys of those they continue, or new ones.

    `before` has the key of the topic that each article was in (articles in none left out), `former_keys` all keys of
    then, those among them whose articles are gone; `next_key` is the first that was never used. Only articles that both
    analyses know count. The pairs are those with the greatest sum of Jaccard indices (Hungarian method, Kuhn 1955),
    less those below 0.3.
    """
    count = int(labels.max(initial=-1)) + 1
    known = sorted({*before.values(), *former_keys})
    place = {key: index for index, key in enumerate(known)}
    former = np.asarray([place.get(before.get(int(pmid), -1), -1) for pmid in pmids], dtype=np.int64)
    # An article that is new says nothing of what a topic was, nor one that has since gone of what it is.
    both = np.asarray([int(pmid) in before for pmid in pmids], dtype=bool)
    now = np.where(both, labels, -1)
    alike = jaccard(now, former, count)[:, : len(known)]
    alike = np.pad(alike, ((0, 0), (0, len(known) - alike.shape[1])))
    rows, columns = linear_sum_assignment(-alike)
    pairs = {int(row): int(column) for row, column in zip(rows, columns, strict=True) if alike[row, column] >= SAME}
    keys, changes = [], []
    for topic in range(count):
        if topic in pairs:
            keys.append(known[pairs[topic]])
        else:
            keys.append(next_key)
            next_key += 1
    continued = {column: row for row, column in pairs.items()}
    for topic in sorted(set(range(count)) - set(pairs)):
        members = labels == topic
        origin, share = _bulk(former[members], int(members.sum()))
        split = origin is not None
        changes.append(
            Change(
                kind="split" if split else "born",
                topic_key=keys[topic],
                other_key=known[origin] if origin is not None else None,
                share=share,
            )
        )
    for column in sorted(set(range(len(known))) - set(continued)):
        target, share = _bulk(labels[former == column], int((former == column).sum()))
        changes.append(
            Change(
                kind="died" if target is None else "merged",
                topic_key=known[column],
                other_key=None if target is None else keys[target],
                share=share,
            )
        )
    return Identities(
        keys=keys,
        agreement=[round(float(alike[topic, pairs[topic]]), 4) if topic in pairs else None for topic in range(count)],
        changes=changes,
    )


def _bulk(labels: NDArray[np.int64], total: int) -> tuple[int | None, float | None]:
    """The group that at least half of `total` articles are in, and their share; None where there is none."""
    inside = labels[labels >= 0]
    if not len(inside):
        return None, None
    counts = np.bincount(inside)
    best = int(counts.argmax())
    share = float(counts[best]) / total
    return (best, round(share, 4)) if share >= MOST else (None, None)
