"""What is one article, and what only looks like it."""

import gzip
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from primetime.articles.duplicates.finding import Pair, find_pairs, groups
from primetime.articles.duplicates.fingerprint import fingerprint, first_page
from primetime.articles.duplicates.linking import choose_links
from primetime.articles.duplicates.matching import match, same_journal
from primetime.articles.formats.recognising import read_articles
from primetime.articles.record import Article, Author, PublicationDate

LOCAL = 5_000_000_000_000_000


def dated(year: int) -> PublicationDate:
    return PublicationDate(printed=str(year), first=date(year, 1, 1), last=date(year, 12, 31))


ARTICLE = Article(
    pmid=LOCAL,
    title="Effect of copper-impregnated bed linens on infections in a long-term care ward",
    journal="The Journal of hospital infection",
    journal_abbreviation="J Hosp Infect",
    volume="100",
    pages="e130-e134",
    publication_date=dated(2018),
    authors=(Author(last_name="Butler", initials="JP"), Author(last_name="Öz", initials="A")),
    doi="10.1016/j.jhin.2018.05.013",
)
BARE = replace(ARTICLE, doi=None)


def same(one: Article, other: Article) -> str | None:
    found, back = match(fingerprint(one, 1), fingerprint(other, 2)), match(fingerprint(other, 2), fingerprint(one, 1))
    assert found == back
    return found.reason if found else None


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (replace(ARTICLE, doi="10.1016/J.JHIN.2018.05.013", volume="", pages=""), "doi"),
        (replace(BARE, title=BARE.title.upper() + "."), "fuzzy"),
        (replace(BARE, title=f"[{BARE.title}]", authors=(Author(last_name="Oz"),)), "fuzzy"),
        (replace(BARE, journal="J Hosp Infect", journal_abbreviation="", pages="E130"), "fuzzy"),
        (replace(BARE, publication_date=dated(2019), pages=""), "fuzzy"),
        (replace(BARE, title=BARE.title.replace("linens", "linnen"), volume=""), "fuzzy"),
        (replace(BARE, title="Copper-impregnated linens reduce infections in long-term care"), "fuzzy"),
        (replace(BARE, authors=()), "fuzzy"),
    ],
)
def test_one_article_printed_in_other_ways(other: Article, reason: str) -> None:
    assert same(ARTICLE, other) == reason


@pytest.mark.parametrize(
    "other",
    [
        replace(BARE, title=f"Erratum: {BARE.title}"),
        replace(BARE, publication_date=dated(2020)),
        replace(BARE, authors=(Author(last_name="Zimmermann"),)),
        replace(BARE, journal="Blood", journal_abbreviation="", volume="12", pages="S43"),  # a conference abstract
        replace(BARE, title=BARE.title.replace("a long-term", "2 long-term")),
        replace(ARTICLE, doi="10.1/other", pages="", title=BARE.title),
        replace(ARTICLE, title="Wilson's disease in pregnancy", pages="S12"),  # a supplement's DOI
    ],
)
def test_another_article_that_looks_like_it(other: Article) -> None:
    assert same(ARTICLE, other) is None


def test_two_pmids_are_two_articles_and_one_is_one() -> None:
    assert same(replace(ARTICLE, pmid=1), replace(ARTICLE, pmid=2)) is None
    assert same(replace(ARTICLE, pmid=1), replace(ARTICLE, pmid=1, title="Otherwise")) == "pmid"


def test_short_titles_need_their_place_in_print() -> None:
    editorial = replace(BARE, title="Editorial", authors=())
    assert same(editorial, replace(editorial, pages="")) is None
    assert same(editorial, editorial) == "fuzzy"


def test_registrations_of_trials_differ_by_their_address() -> None:
    trial = replace(BARE, volume="", pages="", journal="https://clinicaltrials.gov/show/NCT1", journal_abbreviation="")
    assert same(trial, trial) == "fuzzy"
    assert same(trial, replace(trial, journal="https://clinicaltrials.gov/show/NCT2")) is None


@pytest.mark.parametrize(
    ("pages", "page"),
    [
        ("S568‐", "s568"),
        ("083-087", "83"),
        ("e115-8", "e115"),
        ("1202-1207", "1202"),
        ("", ""),
        ("in press", ""),
        ("Suppl", ""),
        ("xii-xv", "xii"),
    ],
)
def test_first_pages(pages: str, page: str) -> None:
    assert first_page(pages) == page


def test_journals() -> None:
    assert same_journal("am j infect control", "american journal of infection control")
    assert same_journal("aust n z j obstet gynaecol", "australian and new zealand journal of obstetrics gynaecology")
    assert not same_journal("journal of hospital infection", "journal of clinical microbiology")
    assert not same_journal("blood", "blood coagulation and fibrinolysis") or same_journal("blood", "blood")


words = st.lists(st.sampled_from(["copper", "renal", "dose", "trial", "elderly", "zinc"]), min_size=4, max_size=9)


@given(words, st.integers(1950, 2020), st.integers(1, 999))
def test_a_copy_is_always_found_and_what_is_told_is_in_order(title: list[str], year: int, page: int) -> None:
    article = replace(BARE, title=" ".join(title), publication_date=dated(year), pages=str(page))
    noise = [replace(BARE, title=f"{number} other things entirely", pages=f"{number}") for number in range(3)]
    records = [fingerprint(one, key) for key, one in enumerate([article, *noise, article])]
    assert [(pair.first, pair.second) for pair in find_pairs(records)] == [(0, 4)]


def test_a_common_beginning_does_not_compare_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(*pair: object) -> None:
        nonlocal compared
        compared += 1

    monkeypatch.setattr("primetime.articles.duplicates.finding.match", counted)
    count = 2_000
    find_pairs(
        [
            fingerprint(
                replace(BARE, title=f"A randomised controlled trial of the drug {key}", pages="", volume="", doi=None),
                key,
            )
            for key in range(count)
        ]
    )
    assert compared < count * 50  # each with each would be a million times


def pair(first: int, second: int, score: float = 1.0) -> Pair:
    return Pair(first=first, second=second, reason="fuzzy", score=score)


def test_groups_are_what_pairs_connect() -> None:
    assert groups([pair(1, 2), pair(3, 4), pair(2, 5)]) == [[1, 2, 5], [3, 4]]


def test_links_lead_to_the_article_with_a_pmid() -> None:
    links = choose_links([pair(7, LOCAL), pair(LOCAL, LOCAL + 1), pair(LOCAL + 2, LOCAL + 3)])
    assert [(link.duplicate, link.kept) for link in links] == [(LOCAL, 7), (LOCAL + 1, 7), (LOCAL + 3, LOCAL + 2)]


def test_articles_with_pmids_are_never_linked_nor_what_a_person_refused() -> None:
    assert choose_links([pair(7, 8)]) == []
    assert choose_links([pair(7, LOCAL)], {(7, LOCAL)}) == []
    assert [(link.duplicate, link.kept) for link in choose_links([pair(7, LOCAL), pair(8, LOCAL)])] == [(LOCAL, 7)]


def test_a_library_whose_duplicates_people_marked(shared_data: Path) -> None:
    """dedupe-sweep's: the caption marks every record that has another of the same article."""
    path = shared_data / "dedupe" / "copper.endnote.xml.gz"
    captions = [
        record.find("caption") for record in etree.fromstring(gzip.decompress(path.read_bytes())).iter("record")
    ]
    marked = {key for key, caption in enumerate(captions) if caption is not None}
    records = [
        fingerprint(record, key) for key, record in enumerate(read_articles(path)) if isinstance(record, Article)
    ]
    found = {key for one in find_pairs(records) for key in (one.first, one.second)}
    assert (len(records), len(marked)) == (505, 281)
    assert len(found & marked) / len(marked) >= 0.99
    assert 1 - len(found - marked) / (len(records) - len(marked)) >= 0.995
