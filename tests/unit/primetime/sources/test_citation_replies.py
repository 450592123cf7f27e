"""Replies made up after the sources' documentation: iCite's pubs, OpenAlex's works, Crossref's works."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.sources.crossref import read_crossref
from primetime.sources.icite import read_icite
from primetime.sources.openalex import read_openalex
from primetime.sources.transport import BadReplyError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def body(value: object) -> bytes:
    return json.dumps(value).encode()


def test_icite_knows_some_and_says_nothing_of_others() -> None:
    data = [
        {"pmid": 23456789, "citation_count": 12, "relative_citation_ratio": 0.53, "nih_percentile": 31.9},
        {"pmid": 31, "citation_count": 0, "relative_citation_ratio": None, "nih_percentile": None},
    ]
    found = read_icite(body({"meta": {}, "data": data}))
    assert (found[23456789].citations, found[23456789].relative_citation_ratio) == (12, 0.53)
    assert (found[31].citations, found[31].percentile) == (0, None)
    assert 7 not in found


def test_a_count_that_is_no_number_is_unknown_not_zero() -> None:
    for count in (None, "", "many", -1, True, 3.7):
        assert read_icite(body({"data": [{"pmid": 5, "citation_count": count}]}))[5].citations is None


def test_openalex_counts_by_year_oldest_first() -> None:
    work = {
        "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/29456894"},
        "cited_by_count": 7,
        "counts_by_year": [{"year": 2021, "cited_by_count": 4}, {"year": 2020, "cited_by_count": 3}],
    }
    found = read_openalex(body({"results": [work, {"ids": {}, "cited_by_count": 1}]}))
    assert found[29456894].by_year == [{"year": 2020, "citations": 3}, {"year": 2021, "citations": 4}]
    assert list(found) == [29456894]


def test_of_two_works_under_one_pmid_the_more_cited_counts() -> None:
    works = [{"ids": {"pmid": "9"}, "cited_by_count": count} for count in (2, 40, 3)]
    assert read_openalex(body({"results": works}))[9].citations == 40
    uncounted = [{"ids": {"pmid": "9"}, "cited_by_count": count} for count in (None, 0, None)]
    assert read_openalex(body({"results": uncounted}))[9].citations == 0


def test_crossref_is_read_by_doi_in_lower_case() -> None:
    reply = {"message": {"items": [{"DOI": "10.1016/S0140-6736(04)15838-3", "is-referenced-by-count": 3}]}}
    assert read_crossref(body(reply)) == {"10.1016/s0140-6736(04)15838-3": 3}


@pytest.mark.parametrize("reply", [b"", b"[]", b"<html>", b'{"data": 3}', b'{"message": {}}', b'{"results": null}'])
@pytest.mark.parametrize("read", [read_icite, read_openalex, read_crossref])
def test_what_is_no_reply_is_refused(read, reply: bytes) -> None:
    with pytest.raises(BadReplyError):
        read(reply)


@given(st.lists(JSON, max_size=4))
def test_no_list_of_anything_breaks_the_reading(value: list[object]) -> None:
    read_icite(body({"data": value}))
    read_openalex(body({"results": value}))
    read_crossref(body({"message": {"items": value}}))
