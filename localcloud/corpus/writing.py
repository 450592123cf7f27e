"""Plans how many articles each topic has each year and writes them one after another."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import math
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, cast

from localcloud.corpus.records import article_xml
from localcloud.corpus.topics import TOPICS, Topic

FIRST_PMID = 900_000_001
YEARS = 20
NOISE = 0.12  # standard deviation of a topic's yearly output around its trend, on the log scale
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n'
    "<!-- A made-up corpus: no article in it exists. -->\n"
    "<PubmedArticleSet>\n"
)
TAIL = "</PubmedArticleSet>\n"


def plan(articles: int, until: int, seed: int) -> dict[tuple[int, str], int]:
    """Articles for each (year, topic key): the planted trends with some noise, adding up to `articles`.

    The twenty years end with the one before `until`, which may not be over yet.
    """
    years = range(until - YEARS, until)
    middle = (years[0] + years[-1]) / 2
    rng = random.Random(seed)  # noqa: S311  # reproducible, not secret
    weights = {
        (year, topic.key): topic.weight(year, middle) * math.exp(rng.gauss(0, NOISE))
        for year in years
        for topic in TOPICS
    }
    scale = articles / sum(weights.values())
    counts = {cell: int(weight * scale) for cell, weight in weights.items()}
    # Largest remainders get what rounding down left over; ties fall by the cell's name, never by chance.
    by_remainder = sorted(weights, key=lambda cell: (int(weights[cell] * scale) - weights[cell] * scale, cell))
    for cell in by_remainder[: articles - sum(counts.values())]:
        counts[cell] += 1
    return counts


def write_corpus(output: Path, *, articles: int, seed: int, until: int, truth: Path | None = None) -> None:
    """Writes `output` (gzip if so named) and, beside it, the truth as CSV: pmid, topic, trend.

    The same arguments give the same bytes. Both files appear whole or not at all; memory does not grow with
    `articles`. Raises OSError when they cannot be written.
    """
    with contextlib.ExitStack() as stack:
        xml = io.TextIOWrapper(stack.enter_context(_replacing(output)), encoding="utf-8", newline="\n")
        table = None
        if truth is not None:
            text = io.TextIOWrapper(stack.enter_context(_replacing(truth)), encoding="utf-8", newline="")
            table = csv.writer(text, lineterminator="\n")
            table.writerow(("pmid", "topic", "trend"))
        xml.write(HEAD)
        for pmid, (year, topic) in enumerate(_order(plan(articles, until, seed), seed), FIRST_PMID):
            xml.write(article_xml(topic, year, pmid, seed))
            if table is not None:
                table.writerow((pmid, topic.key, topic.trend))
        xml.write(TAIL)
        xml.flush()
        xml.detach()
        if truth is not None:
            text.flush()
            text.detach()


def _order(counts: dict[tuple[int, str], int], seed: int) -> Iterator[tuple[int, Topic]]:
    """Year by year, as PMIDs are given out, with the topics of a year mixed."""
    topics = {topic.key: topic for topic in TOPICS}
    for year in sorted({year for year, _ in counts}):
        keys = [key for (cell_year, key), count in counts.items() if cell_year == year for _ in range(count)]
        random.Random(f"{seed}:{year}").shuffle(keys)  # noqa: S311  # reproducible, not secret
        for key in keys:
            yield year, topics[key]


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as raw, _compressed(raw, path) as stream:
            yield stream
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _compressed(raw: IO[bytes], path: Path) -> AbstractContextManager[IO[bytes]]:
    if path.suffix != ".gz":
        return contextlib.nullcontext(raw)
    # Neither name nor time go into the header: the same articles are the same bytes.
    return cast(IO[bytes], gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0))
