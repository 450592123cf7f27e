"""The stand-in's query language over a dozen articles whose matches can be counted by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.literature.corpus import Document
from localcloud.literature.index import Index
from localcloud.literature.searching import by_relevance, read_date, search
from primetime.articles.record import Article, Author, MeshHeading, PublicationDate


def document(pmid: int, title: str, abstract: str = "", **more: object) -> Document:
    year = int(more.pop("year", 2010))  # type: ignore[call-overload]
    mesh = tuple(MeshHeading(ui="", name=str(name), major=pmid % 2 == 0) for name in more.pop("mesh", ()))  # type: ignore[attr-defined]
    day = date(year, 6, 15)
    article = Article(
        pmid=pmid,
        title=title,
        abstract=abstract,
        mesh=mesh,
        publication_date=PublicationDate(printed=str(year), first=day, last=day),
        **more,  # type: ignore[arg-type]
    )
    return Document(article=article, xml=b"")


INDEX = Index(
    [
        document(1, "Asthma in children", "Inhaled corticosteroids.", mesh=("Asthma", "Child"), year=2001),
        document(2, "Childhood asthma and exercise", mesh=("Asthma",), languages=("ger",), year=2005),
        document(3, "Myocardial infarction", mesh=("Myocardial Infarction",), year=2008),
        document(4, "A heart attack of the old", "Heart failure, attack of asthma.", year=2010),
        document(5, "Hypertension", publication_types=("Review",), mesh=("Hypertension",), year=2012),
        document(6, "Hypertensive crisis: a trial", publication_types=("Randomized Controlled Trial",), year=2015),
        document(7, "Blood pressure", "High pressure of blood.", doi="10.1/ABC", year=2020),
        document(8, "Café-au-lait spots", authors=(Author(last_name="Smith", initials="JA"),), year=2021),
    ]
)


def found(query: str) -> list[int]:
    return [INDEX.documents[number].pmid for number in search(INDEX, query).numbers]


@pytest.mark.parametrize(
    ("query", "pmids"),
    [
        ("asthma", [1, 2, 4]),
        ("asthma[ti]", [1, 2]),
        ("asthma[tiab] AND exercise[tiab]", [2]),
        ("asthma[mh] NOT child[mh]", [2]),
        ("asthma[majr]", [2]),
        ("asthma OR hypertension", [1, 2, 4, 5]),
        # From left to right: (exercise OR children) AND asthma[mh], unlike a language with precedence.
        ("exercise[ti] OR children[ti] AND asthma[mh]", [1, 2]),
        ("hypertension[ti] OR (children[ti] AND exercise[ti])", [5]),
        ('"blood pressure"[tiab]', [7]),
        ('"pressure blood"[tiab]', []),
        ("pressure blood[tiab]", [7]),
        ("hypertens*[ti]", [5, 6]),
        ("2005:2010[dp]", [2, 3, 4]),
        ('"2005/06/15"[Date - Publication] : "2008/06/15"[Date - Publication]', [2, 3]),
        ("2006/01/01:2008/06/14[pdat]", []),
        ("2015[dp]", [6]),
        ("review[pt]", [5]),
        ('"Randomized Controlled Trial"[Publication Type]', [6]),
        ("german[la]", [2]),
        ("ger[la]", [2]),
        ("smith ja[au]", [8]),
        ("smith j[au]", [8]),
        ("smit[au]", []),
        ("cafe[ti]", [8]),
        ("3[pmid]", [3]),
        ("10.1/abc[doi]", [7]),
        ("hasabstract AND asthma", [1, 4]),
        ("", []),
        ("AND OR NOT", []),
        ("((asthma[ti]", [1, 2]),
        (")asthma[ti](", [1, 2]),
        ("asthma[nonsense]", [1, 2, 4]),
        ("(" * 5000 + "asthma", [1, 2, 4]),
    ],
)
def test_a_query_finds_what_it_says(query: str, pmids: list[int]) -> None:
    assert found(query) == pmids


def test_words_without_a_tag_are_mapped_to_mesh() -> None:
    result = search(INDEX, "heart attack")
    assert [INDEX.documents[number].pmid for number in result.numbers] == [3, 4]
    assert result.translations == [
        (
            "heart attack",
            '"myocardial infarction"[MeSH Terms] OR ("heart"[All Fields] AND "attack"[All Fields]) '
            'OR "heart attack"[All Fields]',
        )
    ]


def test_what_is_not_known_is_told() -> None:
    result = search(INDEX, "abcxyz[tiab] OR asthma[foo]")
    assert (result.not_found, result.unknown_fields) == (["abcxyz"], ["foo"])


def test_the_title_weighs_most() -> None:
    result = search(INDEX, "asthma")
    assert [INDEX.documents[number].pmid for number in by_relevance(INDEX, result)][-1] == 4


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2020/02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020/2/3", date(2020, 2, 3), date(2020, 2, 3)),
        ("3000", date(3000, 1, 1), date(3000, 12, 31)),
        ("2020/13", None, None),
        ("soon", None, None),
    ],
)
def test_dates_are_first_and_last_days(text: str, first: date | None, last: date | None) -> None:
    assert (read_date(text, last=False), read_date(text, last=True)) == (first, last)


@given(st.text(alphabet='abc AND OR NOT()[]":*/2019tiabmhdp', max_size=60))
def test_any_query_is_answered(query: str) -> None:
    assert set(found(query)) <= {document.pmid for document in INDEX.documents}
