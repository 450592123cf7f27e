"""Finding the pairs of duplicates among many records without comparing each with each.

Records are compared only where they share a key: a PMID, a DOI, the beginning or the end of the title, or the place in
print. Where a key is common (the beginning of a title that many have), the records of it are put in the order of their
titles and compared with their neighbours, the sorted neighbourhood of Hernández and Stolfo 1995
(doi:10.1145/568271.223807). So the work grows with the number of records, not with its square.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from primetime.articles.duplicates.fingerprint import Fingerprint
from primetime.articles.duplicates.matching import Match, Reason, match

_TITLE_LETTERS = 24
_LARGEST_BLOCK = 40
_NEIGHBOURS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    first: int  # the keys of the two fingerprints, in their order
    second: int
    reason: Reason
    score: float


def find_pairs(records: Sequence[Fingerprint]) -> list[Pair]:
    """The pairs that are duplicates, in the records' order."""
    pairs: list[Pair] = []
    for first, second in sorted(_candidates(records)):
        found: Match | None = match(records[first], records[second])
        if found is not None:
            pairs.append(
                Pair(first=records[first].key, second=records[second].key, reason=found.reason, score=found.score)
            )
    return pairs


def groups(pairs: Iterable[Pair]) -> list[list[int]]:
    """The records that pairs connect, directly or through others."""
    parent: dict[int, int] = {}

    def root(key: int) -> int:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for pair in pairs:
        parent[root(pair.second)] = root(pair.first)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for key in sorted(parent):
        found[root(key)].append(key)
    return sorted(found.values())


def _candidates(records: Sequence[Fingerprint]) -> set[tuple[int, int]]:
    blocks: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        for key in _keys(record):
            blocks[key].append(position)
    candidates: set[tuple[int, int]] = set()
    for block in blocks.values():
        reach = len(block)
        if reach > _LARGEST_BLOCK:
            block.sort(key=lambda position: records[position].title)
            reach = _NEIGHBOURS
        for place, position in enumerate(block):
            for other in block[place + 1 : place + 1 + reach]:
                candidates.add((position, other) if position < other else (other, position))
    return candidates


def _keys(record: Fingerprint) -> Iterator[tuple[object, ...]]:
    if record.pmid is not None:
        yield "pmid", record.pmid
    if record.doi:
        yield "doi", record.doi
    if record.title:
        yield "begins", record.title[:_TITLE_LETTERS]
        yield "ends", record.title[-_TITLE_LETTERS:]
    if record.first_page and record.volume:
        yield "place", record.volume, record.first_page
    if record.first_page and record.year is not None:
        for name in record.authors:
            yield "author", name, record.year, record.first_page
