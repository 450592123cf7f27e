"""What may be left out of a written query; that it only widens is held against the stand-in's reading of PubMed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.literature.corpus import Document
from localcloud.literature.index import Index
from localcloud.literature.searching import search
from primetime.articles.record import Article, PublicationDate
from primetime.errors import BadInput
from primetime.keywords.query import Concept, Limits, Term, build
from primetime.keywords.written import Part, top_parts, without


def texts(query: str) -> list[str]:
    return [f"NOT {part.text}" if part.operator == "NOT" else part.text for part in top_parts(query)]


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("asthma AND children", ["asthma", "children"]),
        ("asthma in children AND (a OR b) AND c[ti]", ["asthma in children", "(a OR b)", "c[ti]"]),
        # From left to right: what stands before the last OR is one part.
        ("a OR b AND c AND d", ["a OR b", "c", "d"]),
        ("a AND b OR c NOT d", ["a AND b OR c", "NOT d"]),
        ("a AND b OR c", []),
        ("(a AND (b OR c))", ["a", "(b OR c)"]),
        ("((a) AND (b))", ["(a)", "(b)"]),
        ('"heart attack"[tiab] AND 2019:2020[dp]', ['"heart attack"[tiab]', "2019:2020[dp]"]),
        ('a AND ("2019/01/01"[dp] : "3000"[dp])', ["a", '("2019/01/01"[dp] : "3000"[dp])']),
        ('a[ti] "b c"[ti] (d)', ["a[ti]", '"b c"[ti]', "(d)"]),  # side by side
        ('"AND" AND "a OR b" AND b AND not c', ['"AND"', '"a OR b"', "b", "not c"]),
        ('"a b"[tiab:~2] AND c', ['"a b"[tiab:~2]', "c"]),
    ],
)
def test_the_parts_of_the_top_level(query: str, parts: list[str]) -> None:
    assert texts(query) == parts


@pytest.mark.parametrize(
    "query",
    [
        "", " ", "asthma", "asthma in children", "a OR b", "a AND", "AND a", "a AND AND b", "a AND (b", "a AND b)",
        'a AND "b', "a AND b[ti", "[ti] AND a", "a AND (b)[ti]", "a AND 2019: AND b", ": a AND b", "()", "(" * 5000,
        "(" * 40 + "a AND b" + ")" * 40, "a AND b]", "NOT a AND b",
    ],
)  # fmt: skip
def test_what_is_one_part_or_not_understood_is_left_alone(query: str) -> None:
    assert top_parts(query) == []


@pytest.mark.parametrize(
    ("part", "limit"),
    [
        ("2019:2020[dp]", True),
        ('"2019"[Date - Publication] : "3000"[Date - Publication]', True),
        ('("2019/01/01"[dp] : "3000"[dp])', True),
        ('("Review"[pt] OR "Meta-Analysis"[Publication Type])', True),
        ("english[la]", True),
        ("free full text[sb]", True),
        ("((english[la]) OR (french[la] AND review[pt]))", True),
        ("2019", False),
        ("(asthma OR english[la])", False),
        ("(asthma[ti] AND english[la])", False),
        ("humans[mh]", False),
    ],
)
def test_what_only_narrows_is_a_limit(part: str, limit: bool) -> None:
    assert [one.limit for one in top_parts(f"asthma AND {part}")] == [False, limit]


def test_a_part_is_left_out_and_the_rest_stays_as_it_is() -> None:
    parts = top_parts("a OR b AND (c OR d) NOT e")
    assert without(parts, {0}) == "(c OR d) NOT e"
    assert without(parts, {1}) == "a OR b NOT e"
    assert without(parts, {2}) == "a OR b AND (c OR d)"
    assert without(parts, {0, 1}) is None  # nothing would be left to look for
    assert without(top_parts("a NOT b AND c"), {0}) == "c NOT b"  # no query begins with NOT
    assert without([Part(operator="NOT", text="b")], set()) is None


def test_a_query_that_was_made_of_concepts_has_them_as_its_parts() -> None:
    concepts = [Concept(name=name, terms=(Term(text=name), Term(text=name, field="mesh"))) for name in ("AND", "b (c")]
    limits = Limits(first=date(2020, 1, 1), languages=("english", "french"))
    parts = top_parts(build(concepts, limits))
    assert [part.limit for part in parts] == [False, False, True, True]
    assert " AND ".join(part.text for part in parts) == build(concepts, limits)


@given(st.text(alphabet='abN ANDORT()[]":*', max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_left_alone(text: str) -> None:
    for place in range(len(parts := top_parts(text))):
        without(parts, {place})


WORDS = ["asthma", "heart", "attack", "children"]


def document(pmid: int) -> Document:
    words = " ".join(word for bit, word in enumerate(WORDS) if pmid >> bit & 1)
    day = date(2000 + pmid, 6, 1)
    dated = PublicationDate(printed=str(day.year), first=day, last=day)
    return Document(article=Article(pmid=pmid, title=words, languages=("eng",), publication_date=dated), xml=b"")


INDEX = Index([document(pmid) for pmid in range(1, 16)])
_terms = st.sampled_from([*WORDS, "heart attack", '"heart attack"[ti]', "asthma[tiab]", "2003:2009[dp]", "english[la]"])
_joints = st.sampled_from([" AND ", " OR ", " NOT ", " "])


def _longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rest = st.lists(st.builds(str.__add__, _joints, inner), max_size=3).map("".join)
    return st.builds(str.__add__, inner, rest) | st.builds("({}{})".format, inner, rest)


queries = st.recursive(_terms, _longer, max_leaves=8)


def found(query: str) -> set[int]:
    return {INDEX.documents[number].pmid for number in search(INDEX, query).numbers.tolist()}


@given(queries)
def test_leaving_a_part_out_only_widens(query: str) -> None:
    parts = top_parts(query)
    for place in range(len(parts)):
        wider = without(parts, {place})
        if wider is not None:
            assert found(query) <= found(wider), wider


@given(st.lists(st.text(max_size=12), min_size=2, max_size=4))
def test_whatever_is_typed_into_concepts_the_parts_are_theirs(typed: list[str]) -> None:
    concepts = [Concept(name=text, terms=(Term(text=text),)) for text in typed]
    try:
        query = build(concepts)
    except BadInput:
        return
    said = [part for one in concepts if (part := build_or_nothing(one))]
    assert texts(query) == (said if len(said) > 1 else [])


def build_or_nothing(concept: Concept) -> str:
    try:
        return build([concept])
    except BadInput:
        return ""
