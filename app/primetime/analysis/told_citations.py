"""What sources have told of the citations of articles, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from primetime.analysis.storing import QUERIES


@dataclass(frozen=True, kw_only=True)
class ToldCitations:
    """What is known of the citations by year of a topic's articles."""

    known: int
    """of so many articles"""
    oldest: int
    """the year of the oldest answer"""
    newest: int
    by_year: dict[int, int]
    """years without citations are left out"""


def citations_of_topics(
    connection: Connection[Any], pmids: NDArray[np.int64], members: Sequence[NDArray[np.int64]]
) -> dict[int, ToldCitations]:
    """By topic, of topics whose articles are `members`, indices into `pmids`; only of those where some are known."""
    own = np.concatenate(members) if members else np.empty(0, dtype=np.int64)
    topics = np.repeat(np.arange(len(members)), [len(one) for one in members])
    values = {"pmids": pmids[own].tolist(), "topics": topics.tolist()}
    return {
        topic: ToldCitations(
            known=known,
            oldest=oldest,
            newest=newest,
            by_year={int(year): citations for year, citations in by_year.items()},
        )
        for topic, known, oldest, newest, by_year in connection.execute(QUERIES["citations_of_topics"], values)
    }


def citations_by_year(
    connection: Connection[Any], pmids: NDArray[np.int64]
) -> tuple[dict[int, dict[int, int]], NDArray[np.int64]]:
    """Citations by year of the articles of which a source tells them: index into `pmids` → year → citations.

    Second the year in which it told so, [n], 0 where none did.
    """
    place = {int(pmid): index for index, pmid in enumerate(pmids)}
    told_in = np.zeros(len(pmids), dtype=np.int64)
    by_year: dict[int, dict[int, int]] = {}
    for pmid, years, told in connection.execute(QUERIES["citations_by_year"], {"pmids": pmids.tolist()}):
        by_year[place[pmid]] = {one["year"]: one["citations"] for one in years}
        told_in[place[pmid]] = told
    return by_year, told_in
