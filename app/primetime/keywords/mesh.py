"""MeSH headings and their entry terms, learned from the records seen and from PubMed's own translations."""

import re
from collections.abc import Iterable, Sequence

import psycopg

from primetime.database.queries import load_queries
from primetime.sources.eutils_replies import Translation
from primetime.sources.shared import QUERIES as SOURCE_QUERIES

_QUERIES = load_queries("primetime.keywords")
_HEADING = re.compile(r'"([^"]+)"\[MeSH Terms\]')
_LONGEST_TERM = 200


def headings_in(meaning: str) -> list[str]:
    """The MeSH headings in a translation's meaning, in lower case as PubMed writes them there."""
    return list(dict.fromkeys(heading.lower() for heading in _HEADING.findall(meaning)))


def learn(connection: psycopg.Connection, translations: Iterable[Translation]) -> None:
    """Remember which words PubMed translated to which heading: they are its entry terms."""
    pairs = [
        {"term": term, "heading": heading}
        for translation in translations
        for heading in headings_in(translation.meaning)
        if 1 < len(term := " ".join(translation.words.lower().split())) <= _LONGEST_TERM and "[" not in term
    ]
    with connection.cursor() as cursor:
        cursor.executemany(SOURCE_QUERIES["remember_entry_term"], pairs)


def entry_terms(connection: psycopg.Connection, headings: Sequence[str]) -> dict[str, list[str]]:
    """The known entry terms of headings (in any case), by the heading as given; without the heading itself."""
    rows = connection.execute(SOURCE_QUERIES["entry_terms"], {"headings": [one.lower() for one in headings]})
    known: dict[str, list[str]] = dict(rows.fetchall())
    return {heading: known.get(heading.lower(), []) for heading in headings}


def headings_of(connection: psycopg.Connection, terms: Sequence[str]) -> list[str]:
    """The headings, in lower case, that words are known to be entry terms of."""
    rows = connection.execute(SOURCE_QUERIES["headings_of_terms"], {"terms": [one.lower() for one in terms]})
    return [heading for (heading,) in rows]


def terms_of_articles(
    connection: psycopg.Connection, pmids: Sequence[int], *, limit: int = 400
) -> list[tuple[str, str, int]]:
    """What articles are filed under: (mesh or keyword, term, in how many of them), most frequent first."""
    return connection.execute(_QUERIES["terms_of_articles"], {"pmids": list(pmids), "limit": limit}).fetchall()


def known_headings(connection: psycopg.Connection, names: Sequence[str]) -> list[str]:
    """Those of the names that are headings of stored articles."""
    return [name for (name,) in connection.execute(_QUERIES["headings_named"], {"names": list(names)})]
