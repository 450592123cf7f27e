"""MeSH headings and their entry terms, learned from MeSH, from the records seen and from PubMed's translations."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psycopg

from primetime.database.queries import load_queries
from primetime.sources.eutils_replies import Translation
from primetime.sources.mesh import Descriptor, WantedHeading
from primetime.sources.shared import QUERIES as SOURCE_QUERIES

_QUERIES = load_queries("primetime.keywords")
_HEADING = re.compile(r'"([^"]+)"\[MeSH Terms\]')
_LONGEST_TERM = 200
# MeSH changes once a year, and a little in between.
_FRESH_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class EntryTerms:
    """What else a heading is called."""

    terms: list[str]
    known: bool  # whether MeSH itself has been heard; without it there may be more than `terms`, or none at all


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


def entry_terms(connection: psycopg.Connection, headings: Sequence[str]) -> dict[str, EntryTerms]:
    """The entry terms of headings (in any case), by the heading as given; without the heading itself.

    MeSH's own come first, then the words that PubMed has translated to the heading.
    """
    lowered = {"headings": [one.lower() for one in headings]}
    said: dict[str, list[str]] = dict(connection.execute(SOURCE_QUERIES["mesh_terms"], lowered).fetchall())
    translated: dict[str, list[str]] = dict(connection.execute(SOURCE_QUERIES["entry_terms"], lowered).fetchall())
    return {
        heading: EntryTerms(
            terms=in_their_order(heading, [*said.get(key, ()), *translated.get(key, ())]), known=key in said
        )
        for heading in headings
        for key in (heading.lower(),)
    }


def in_their_order(heading: str, terms: Iterable[str]) -> list[str]:
    """The terms, each once, without the heading and without those that only exchange another one's words.

    MeSH lists "Infarction, Myocardial" beside "Myocardial Infarction": nobody writes so in a text.
    """
    distinct: dict[str, str] = {}
    for one in (heading, *terms):
        distinct.setdefault(one.lower(), one)
    straight = {_words(one) for one in distinct.values() if "," not in one}
    kept = [one for one in distinct.values() if "," not in one or _words(one) not in straight]
    return [one for one in kept if one.lower() != heading.lower() and len(one) <= _LONGEST_TERM]


def headings_to_ask(connection: psycopg.Connection, names: Sequence[str]) -> list[WantedHeading]:
    """Those of the headings that MeSH has not been asked about lately."""
    rows = connection.execute(
        SOURCE_QUERIES["mesh_fresh"], {"headings": [one.lower() for one in names], "days": _FRESH_DAYS}
    )
    fresh = {heading for (heading,) in rows}
    stale = [name for name in names if name.lower() not in fresh]
    identifiers = known_headings(connection, stale)
    return [WantedHeading(name=name, identifier=identifiers.get(name) or None) for name in stale]


def learn_headings(
    connection: psycopg.Connection, asked: Iterable[WantedHeading], answers: Mapping[str, Descriptor]
) -> None:
    """Remember what MeSH said of the headings that it was asked about; what it said before stays where it is silent."""
    with connection.cursor() as cursor:
        cursor.executemany(
            SOURCE_QUERIES["remember_heading"],
            [
                {"heading": one.name.lower(), "terms": list(answers[one.name].terms) if one.name in answers else None}
                for one in asked
            ],
        )


def headings_of(connection: psycopg.Connection, terms: Sequence[str]) -> list[str]:
    """The headings, in lower case, that words are known to be entry terms of."""
    rows = connection.execute(SOURCE_QUERIES["headings_of_terms"], {"terms": [one.lower() for one in terms]})
    return [heading for (heading,) in rows]


def terms_of_articles(
    connection: psycopg.Connection, pmids: Sequence[int], *, limit: int = 400
) -> list[tuple[str, str, int]]:
    """What articles are filed under: (mesh or keyword, term, in how many of them), most frequent first."""
    return connection.execute(_QUERIES["terms_of_articles"], {"pmids": list(pmids), "limit": limit}).fetchall()


def known_headings(connection: psycopg.Connection, names: Sequence[str]) -> dict[str, str | None]:
    """Those of the names that are headings of stored articles, with MeSH's identifier where an article tells it."""
    return dict(connection.execute(_QUERIES["headings_named"], {"names": list(names)}).fetchall())


def _words(term: str) -> tuple[str, ...]:
    return tuple(sorted(term.lower().replace(",", " ").split()))
