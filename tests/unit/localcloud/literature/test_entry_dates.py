from datetime import date

import pytest
from lxml import etree

from localcloud.literature.corpus import Document
from localcloud.literature.eutils import EUtilities
from localcloud.literature.index import Index
from primetime.articles.record import Article, Details, HistoryDate, PublicationDate


def document(pmid: int, published: date, entered: str | None) -> Document:
    history = () if entered is None else (HistoryDate(status="entrez", date=entered),)
    history = (HistoryDate(status="received", date="1999-01-01"), *history)
    printed = PublicationDate(printed=str(published), first=published, last=published)
    details = Details(history=history)
    return Document(article=Article(pmid=pmid, title="Gout", publication_date=printed, details=details), xml=b"")


DOCUMENTS = [
    document(1, date(2020, 1, 1), "2026-02-20"),
    document(2, date(2021, 1, 1), "2026-02"),
    document(3, date(2022, 1, 1), None),
    document(4, date(2026, 2, 25), "no date"),
    document(5, date(2026, 2, 26), "2025-12-31"),
]


@pytest.mark.parametrize(
    ("kind", "pmids"), [({"datetype": "edat"}, [4, 1]), ({"datetype": "pdat"}, [5, 4]), ({}, [5, 4])], ids=str
)
def test_a_search_is_narrowed_to_when_articles_were_published_or_came(kind: dict[str, str], pmids: list[int]) -> None:
    asked = {"db": "pubmed", "term": "gout", "mindate": "2026/02/20", "maxdate": "2026/02/28", **kind}
    _, _, body = EUtilities(Index(DOCUMENTS)).answer("esearch", asked)
    found = etree.fromstring(body)
    assert [int(one.text or "") for one in found.iterfind("IdList/Id")] == pmids
    assert found.findtext("Count") == str(len(pmids))
