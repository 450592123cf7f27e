"""Recorded replies of NCBI, and broken ones."""

import io
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.articles.pubmed_xml import read_pubmed_xml
from primetime.articles.record import Article
from primetime.sources.eutils_replies import check_article_set, parse, read_post, read_search, read_spelling
from primetime.sources.transport import BadReplyError


def recorded(shared_data: Path, name: str) -> bytes:
    return (shared_data / "eutils" / name).read_bytes()


def test_a_search_tells_the_whole_count_and_a_page_of_pmids(shared_data: Path) -> None:
    found = read_search(recorded(shared_data, "esearch1.xml"))
    assert (found.count, len(found.pmids), found.pmids[0]) == (63, 20, 41282813)
    assert found.query == '"biopython"[All Fields]'


def test_a_search_kept_on_the_history_server_says_where(shared_data: Path) -> None:
    found = read_search(recorded(shared_data, "esearch2.xml"))
    assert (found.count, len(found.pmids), found.query_key) == (42249, 100, "1")
    assert found.web_env == "MCID_6927d6e7fee3e90f880ec190"


def test_a_translation_names_the_mesh_heading(shared_data: Path) -> None:
    (translation,) = read_search(recorded(shared_data, "esearch5.xml")).translations
    assert translation.words == "stem cells"
    assert '"stem cells"[MeSH Terms]' in translation.meaning


def test_a_phrase_that_pubmed_does_not_know_is_told(shared_data: Path) -> None:
    found = read_search(recorded(shared_data, "esearch8.xml"))
    assert (found.count, found.not_found) == (0, ("abcXYZ",))


def test_a_post_and_a_spelling(shared_data: Path) -> None:
    assert read_post(recorded(shared_data, "epost1.xml")).query_key == "1"
    assert read_spelling(recorded(shared_data, "espell.xml")) == "biopython"


@pytest.mark.parametrize("name", ["pubmed1", "pubmed2", "pubmed4", "pubmed5", "pubmed6", "pubmed7"])
def test_recorded_articles_are_whole_and_readable(shared_data: Path, name: str) -> None:
    body = recorded(shared_data, f"{name}.xml")
    check_article_set(body)
    records = list(read_pubmed_xml(io.BytesIO(body), "PubMed's reply"))
    assert records
    assert all(isinstance(record, Article) for record in records)


def test_articles_cut_short_are_asked_for_again(shared_data: Path) -> None:
    body = recorded(shared_data, "pubmed1.xml")
    with pytest.raises(BadReplyError, match="cut short"):
        check_article_set(body[: len(body) // 2])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Service unavailable</html>",
        b'{"error":"API rate limit exceeded"}',
        b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>",
    ],
)
def test_what_is_no_article_set_is_none(body: bytes) -> None:
    with pytest.raises(BadReplyError):
        check_article_set(body)


def test_a_search_that_is_only_an_error_is_none() -> None:
    with pytest.raises(BadReplyError, match="Search Backend failed"):
        read_search(b"<eSearchResult><ERROR>Search Backend failed</ERROR></eSearchResult>")


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE eSearchResult [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><eSearchResult>&b;</eSearchResult>'
    with pytest.raises(BadReplyError, match="entities"):
        parse(bomb, "eSearchResult")


def test_no_file_is_read_for_a_document_type(tmp_path: Path) -> None:
    trap = tmp_path / "trap.dtd"
    trap.write_text("<!ENTITY secret 'told'>")
    body = f'<!DOCTYPE eSearchResult SYSTEM "{trap}"><eSearchResult><Count>1</Count></eSearchResult>'.encode()
    assert read_search(body).count == 1


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (read_search, read_post, read_spelling, check_article_set):
        with suppress(BadReplyError):  # any other error fails
            read(body)
